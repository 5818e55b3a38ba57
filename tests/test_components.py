"""What the service is made of: `make sbom` lists it as it is locked, `make audit` fails when it left something out."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (
    "one==1.0 \\\n    --hash=sha256:aa\ntwo-parts==2.0 \\\n    --hash=sha256:bb\nold==3 ; python_version < '3.0' \\\n"
)
FINE = [{"name": "one", "version": "1.0", "vulns": []}, {"name": "Two.Parts", "version": "2.0", "vulns": []}]
HOLE = {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}


def make(*arguments):
    """`make`, with the environment of the checks as it is."""
    command = ["make", "--silent", "--assume-old=.venv/.dev", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_list_of_components_is_that_of_the_lock_and_the_same_each_time(tmp_path):
    made = make("sbom", f"MASTHEAD_VAR={tmp_path}")
    assert (made.returncode, made.stdout) == (0, f"{tmp_path}/sbom.json\n"), made.stderr
    text = (tmp_path / "sbom.json").read_text()
    listed = json.loads(text)
    locked = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["name"] == "masthead"
    assert sorted((part["name"], part["version"]) for part in listed["components"]) == sorted(locked)
    assert not re.search(r"pytest|ruff|mypy", text)
    for part in listed["components"]:
        assert any(reference.get("hashes") for reference in part["externalReferences"]), part["name"]
    make("sbom", f"MASTHEAD_VAR={tmp_path}")
    assert (tmp_path / "sbom.json").read_text() == text


@pytest.fixture
def audit(tmp_path):
    """Audit a lock of three components, one of them for an older Python, with a pip-audit that says and ends so."""
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK)

    def run(said, code=0):
        program = tmp_path / "pip-audit"
        text = said if isinstance(said, str) else json.dumps({"dependencies": said, "fixes": []})
        program.write_text(f"#!{sys.executable}\nprint({text!r})\nraise SystemExit({code})\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        command = [sys.executable, "deploy/audit.py", str(program), str(lock)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    return run


def test_an_audit_of_every_component_without_a_finding_passes(audit):
    assert audit(FINE) == (0, ["2 components audited, no known hole."])


@pytest.mark.parametrize(
    ("said", "code", "lines"),
    [
        ([HOLE, FINE[1]], 1, ["one 1.0: PYSEC-2026-1"]),
        ([HOLE, FINE[1]], 0, ["one 1.0: PYSEC-2026-1"]),
        ([FINE[0], {"name": "two-parts", "skip_reason": "not found"}], 0, ["not audited: two-parts"]),
        ([FINE[0]], 0, ["not audited: two-parts"]),
        ([], 0, ["not audited: one", "not audited: two-parts"]),
        (FINE, 3, ["pip-audit ended with 3."]),
        ("", 1, ["The audit could not be made."]),
        ("", 0, ["The audit could not be made."]),
        ("[]", 0, ["The audit could not be made."]),
    ],
)
def test_a_hole_and_what_was_not_looked_at_fail_the_audit(audit, said, code, lines):
    assert audit(said, code) == (1, lines)


def test_the_command_audits_the_whole_lock_of_the_checks():
    """Without asking anyone: a program that ends at once stands in for pip-audit."""
    made = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "audit"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert made.stdout.splitlines()[-1].split() == [
        *(".venv/bin/python", "deploy/audit.py", ".venv/bin/pip-audit", "requirements/dev.txt")
    ]
    everything = (ROOT / "requirements" / "dev.txt").read_text()
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE):
        assert re.search(rf"^{re.escape(name)}==", everything, re.MULTILINE), name
