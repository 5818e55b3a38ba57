"""`python -m tests.reached`: after `make coverage`, is every line and branch of the core reached, and 95 % of all?

Fails also when a file of the core is missing from the measurement: what was not measured was not reached.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import coverage

from tests.mutation.targets import TARGETS

CORE = sorted({name for target in TARGETS.values() for name in target.modules})
OVERALL = 95


def gaps(measured: dict) -> list[str]:
    """What is missing, as sentences; `measured` is coverage's JSON report."""
    found = []
    for name in CORE:
        file = measured["files"].get(name)
        if file is None or not file["summary"]["num_statements"]:
            found.append(f"{name} was not measured")
            continue
        lines, branches = file["missing_lines"], file.get("missing_branches")
        if branches is None:
            found.append(f"{name} was measured without branches")
        elif lines or branches:
            found.append(f"{name}: lines {lines}, branches {branches}")
    if (whole := measured["totals"]["percent_covered"]) < OVERALL:
        found.append(f"overall {whole:.2f} %, wanted {OVERALL} %")
    return found


def main() -> int:
    measurement = coverage.Coverage()
    measurement.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measurement.json_report(outfile=str(report), ignore_errors=True)
        found = gaps(json.loads(report.read_text("utf-8")))
    sys.stdout.write("\n".join(found or [f"All of the core ({len(CORE)} files) is reached."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
