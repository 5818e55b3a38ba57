"""`make audit`: has a locked component a known hole? `python deploy/audit.py PROGRAM LOCK [arguments of pip-audit]`

An audit that left a component out has failed, whatever pip-audit says: it skips what it cannot find, and an index that
does not answer is no good news.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOW = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")


def audit(program: str, lock: Path, *more: str) -> list[str]:
    """What is wrong, as lines; empty when every component was looked up and none has a known hole."""
    done = subprocess.run([program, *HOW, "-r", str(lock), *more], stdout=subprocess.PIPE, text=True, check=False)
    try:
        rows: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return ["The audit could not be made."]
    looked_up = {canonicalize_name(row["name"]) for row in rows if "vulns" in row}
    wrong = [f"not audited: {name}" for name in sorted(locked(lock) - looked_up)]
    for row in rows:
        wrong += [f"{row['name']} {row['version']}: {hole['id']}" for hole in row.get("vulns", [])]
    if done.returncode and not wrong:
        wrong.append(f"pip-audit ended with {done.returncode}.")
    return wrong


def locked(lock: Path) -> set[str]:
    """The names of the components that this machine would install."""
    lines = [line.rstrip("\\ ") for line in lock.read_text().splitlines() if line[:1].isalnum()]
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate()}


def main(program: str, lock: str, *more: str) -> int:
    """Print what is wrong; 1 if anything is."""
    wrong = audit(program, Path(lock), *more)
    sys.stdout.write("\n".join(wrong or [f"{len(locked(Path(lock)))} components audited, no known hole."]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
