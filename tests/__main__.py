"""`python -m tests [pytest arguments]`: the whole suite, as `make test` runs it.

Two passes: everything on SQLite, then on PostgreSQL what is marked `postgres` or `both`. The last lines add
the two up: what was not run here and why, then “N passed, N failed”. MASTHEAD_TEST_WORKERS sets the
processes (default 3: on two cores, because the one with the whole services mostly waits for them).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.skips import not_run

PASSES = (
    ("SQLite", {}, "not postgres"),
    ("PostgreSQL", {"MASTHEAD_TEST_DB": "postgres"}, "postgres or both"),
)

# The desk of whoever runs the tests stays untouched.
NOT_FOR_TESTS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "BASE_URL", "MASTHEAD_ENV"}
# Nor need hundreds of processes compile the same files.
NOT_FOR_TESTS |= {"PYTHONDONTWRITEBYTECODE"}


def main(arguments: list[str]) -> int:
    codes, tallies = [], []
    for name, extra, marks in PASSES:
        print(f"\n=== on {name}", flush=True)
        code, tally = _run_pass(arguments, extra=extra, marks=marks)
        codes.append(code)
        tallies.append(tally)
    return _close(codes, tallies)


def _run_pass(arguments: list[str], *, extra: dict[str, str], marks: str) -> tuple[int, dict]:
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally.json"
        workers = os.environ.get("MASTHEAD_TEST_WORKERS", "3")
        command = [sys.executable, "-m", "pytest", "-m", marks, *arguments]
        if workers != "0":
            command += ["-n", workers, "--dist", "loadgroup"]
        environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
        environment |= {**extra, "MASTHEAD_TEST_TALLY": str(tally), "MASTHEAD_VAR": str(Path(folder) / "var")}
        code = subprocess.run(command, env=environment, check=False).returncode
        return code, json.loads(tally.read_text()) if tally.exists() else {}


def _close(codes: list[int], tallies: list[dict]) -> int:
    passed = sum(tally.get("passed", 0) + tally.get("xfailed", 0) for tally in tallies)
    failed = sum(tally.get("failed", 0) + tally.get("error", 0) for tally in tallies)
    skipped = [tuple(entry) for tally in tallies for entry in tally.get("skipped", [])]
    nothing, fine = pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.OK
    ran_well = all(code in (fine, nothing) for code in codes) and any(code == fine for code in codes)
    print()
    for line in not_run(skipped):
        print(line)
    if not ran_well and not failed:
        print(f"The run failed although no test did: pytest ended with {', '.join(map(str, codes))}.")
    print(f"{passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""), flush=True)
    return 0 if ran_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
