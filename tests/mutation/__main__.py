"""`python -m tests.mutation [NAME[:MODULE]…]`: break the core, a small change at a time; does a test notice?

The tests of a target run once, watched line by line. Then each mutant is put into a fork of that loaded process, over
a copy of its migrated database, and the tests that ran its lines run again until one fails. What is left is printed:
a mutant that survives is a promise nobody keeps, or stands with its reason in `equivalent.txt`. Fails below the target.
`SURVIVORS` names a file with what an earlier run printed: then only its survivors are tried again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutation.targets import TARGETS, equivalents, target

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    rows, wrong = [], 0
    known = equivalents()
    for name in names or TARGETS:
        aim = target(name)
        with tempfile.TemporaryDirectory() as folder:
            found = Path(folder) / "found.json"
            command = [
                *(sys.executable, "-m", "pytest", "-q", "-m", aim.marks, "-p", "tests.mutation.plugin"),
                *("-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib -p no:schemathesis -p no:valkey"),
                *("-o", "timeout=0", "--mutate", name, "--mutants-found", str(found), *aim.tests),
            ]
            code = subprocess.run(command, check=False).returncode
            if code or not found.exists():
                print(f"{name}: the tests fail without any mutant.")
                return 1
            results = json.loads(found.read_text("utf-8"))
        left = [one for one, verdict in results if verdict in {"survived", "not run"}]
        open_ = [one for one in left if one not in known]
        counted = len(results) - (len(left) - len(open_))
        killed = counted - len(open_)
        share = 100 * killed / counted if counted else 100.0
        wrong += share < aim.at_least
        rows.append(
            f"| {name} | {len(results)} | {len(results) - len(left)} | {sum(v == 'endless' for _, v in results)} "
            f"| {len(left) - len(open_)} | {len(open_)} | {share:.1f} % | {aim.at_least} % |"
        )
        for one in open_:
            print(f"survived: {one}")
    print("\n| target | mutants | killed | of these endless | equivalent | survived | killed of the rest | at least |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
