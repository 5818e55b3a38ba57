"""The restore drill: a filled database is backed up, everything is lost, an empty one gets it back.

`python -m tests.faults.drill --database both --reports 200`; the defaults come from DRILL_DATABASE and DRILL_REPORTS.

Prints how long each step took. RPO is how old a backup is at the moment it is complete: whatever was written since its
copy began is not in it; in daily life the time since the last backup comes on top. RTO is from the loss to a restored
database whose public log was verified. Exit 1 when a row is missing or the log does not fit.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import services
from tests.faults.place import ROOT

DATABASE = os.environ.get("DRILL_DATABASE", "both")
REPORTS = int(os.environ.get("DRILL_REPORTS", "200"))


def drill(*, database, reports, folder, server=None):
    """One drill; the figures. `server` is a PostgreSQL to use; the databases made there are dropped again."""
    with ExitStack() as stack:
        if database == "postgres" and server is None:
            server = stack.enter_context(services.postgres())
        file = folder / "backup.tar.gz"
        first = _home(folder / "first", server, stack)
        filled = _do(first, "fill", file, reports)
        lost_at = time.monotonic()
        shutil.rmtree(first["MASTHEAD_VAR"])
        second = _home(folder / "second", server, stack)
        restored = _do(second, "bring-back", file, reports)
        rto = time.monotonic() - lost_at
        size = file.stat().st_size
    return {
        "database": database,
        "rows": sum(filled["counts"].values()),
        "tables": len(filled["counts"]),
        "backup_bytes": size,
        "rpo_seconds": filled["seconds"],
        "restore_seconds": restored["seconds"],
        "rto_seconds": round(rto, 1),
        "missing": sorted(name for name in filled["counts"] if filled["counts"][name] != restored["counts"].get(name)),
        "root_kept": filled["root"] == restored["root"],
        "log_entries": filled["size"],
        "verified": restored["verified"],
    }


def failures(found):
    """What must not be, as sentences."""
    wrong = [f"{table} has other rows than before" for table in found["missing"]]
    if not found["root_kept"]:
        wrong.append("the public log has another root")
    if "is whole" not in found["verified"]:
        wrong.append(f"the public log does not verify: {found['verified']}")
    return wrong


def _home(var, server, stack):
    """The environment of an installation on an empty database. Its keys are files of its data folder."""
    (var / "static").mkdir(parents=True)
    url = f"sqlite:///{var / 'masthead.sqlite3'}"
    if server is not None:
        name = f"masthead_drill_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        stack.callback(_drop, server.url, name)
        url = urlunsplit(urlsplit(server.url)._replace(path=f"/{name}"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "DATABASE_URL": url,
        "MASTHEAD_VAR": str(var),
        "BASE_URL": "http://desk.example",
        "LOG_LEVEL": "ERROR",
    }


def _drop(url, name):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _do(env, step, file, reports):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.drilling", step, str(file), "--reports", str(reports)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{step} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default=DATABASE)
    parser.add_argument("--reports", type=int, default=REPORTS)
    given = parser.parse_args()
    wrong = []
    for database in ("sqlite", "postgres") if given.database == "both" else (given.database,):
        with tempfile.TemporaryDirectory(prefix=f"masthead-drill-{secrets.token_hex(4)}-") as folder:
            found = drill(database=database, reports=given.reports, folder=Path(folder))
        width = max(map(len, found))
        sys.stdout.write("\n".join(f"{name.ljust(width)}  {value}" for name, value in found.items()) + "\n\n")
        wrong += [f"{database}: {sentence}" for sentence in failures(found)]
    said = [f"FAILED: {sentence}" for sentence in wrong] or ["Every row is back, and the public log is whole."]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
