"""`make reset`: drop the data folder. Asks first, unless FORCE=1.

Only a folder that `make run` made is dropped: it carries a mark, is in nobody's way, and nothing runs on it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def refusal(var: Path) -> str | None:
    """Why this folder must stay, or None. `var` is as given, so that a link is seen as one."""
    real = var.resolve()
    if var.is_symlink():
        return "it is a link"
    if real == ROOT or real in ROOT.parents or real == Path.home() or len(real.parts) < 3:
        return "it is not a data folder"
    if (real / ".git").exists() or (real / "manage.py").exists():
        return "it holds a project"
    if not (real / ".masthead").is_file():
        return "`make run` did not make it"
    return "something is running on it: stop that first" if _in_use(real) else None


def _in_use(var: Path) -> bool:
    lock = var / "run.lock"
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def main() -> int:
    var = Path(os.environ.get("MASTHEAD_VAR") or ROOT / "var").expanduser()
    if not var.exists():
        print(f"Nothing to drop: {var} does not exist.")
        return 0
    if reason := refusal(var):
        print(f"{var} was not dropped: {reason}.")
        return 1
    if os.environ.get("FORCE") != "1" and not _agreed(var):
        print("Kept.")
        return 1
    shutil.rmtree(var)
    print(f"Dropped {var}.")
    return 0


def _agreed(var: Path) -> bool:
    try:
        return input(f"Drop {var} with all its reports, licenses and mail? Type yes: ").strip() == "yes"
    except EOFError:
        return False


if __name__ == "__main__":
    sys.exit(main())
