"""The restore drill: a filled database is backed up, everything is lost, an empty one gets it back.

`python -m tests.faults.drill --database both --reports 200`; the defaults come from DRILL_DATABASE and DRILL_REPORTS.

Twice: with the keys in the data folder, as an embedded desk keeps them, and with keys of the environment, as production
does, where another set of `FIELD_KEYS` must be noticed.

Prints how long each step took. RPO is how old a backup is at the moment it is complete: whatever was written since its
copy began is not in it; in daily life the time since the last backup comes on top. RTO is from the loss to a restored
database whose sealed values and public log were verified. Exit 1 when a row differs, the log does not fit, a sealed
value does not open, or what was handed out before (private links, a certificate, a key) opens no more.
"""

import argparse
import base64
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

from tests import databases, services
from tests.faults.place import ROOT

DATABASE = os.environ.get("DRILL_DATABASE", "both")
REPORTS = int(os.environ.get("DRILL_REPORTS", "200"))


def drill(*, database, reports, folder, server=None, keys=None, lost=False):
    """One drill; the figures. `server` is a PostgreSQL to use; the databases made there are dropped again.

    `keys` are those of production's environment; `lost`: the second installation has other `FIELD_KEYS`.
    """
    with ExitStack() as stack:
        if database == "postgres" and server is None:
            server = stack.enter_context(services.postgres())
        file = folder / "backup.tar.gz"
        first = _home(folder / "first", server, stack, tables=True) | (keys or {})
        filled = _do(first, "fill", file, "--reports", str(reports))
        lost_at = time.monotonic()
        shutil.rmtree(first["MASTHEAD_VAR"])
        second = _home(folder / "second", server, stack) | (keys or {})
        if lost:
            second["FIELD_KEYS"] = a_key()
        seconds = _do(second, "bring-back", file)["seconds"]
        restored = _do(second, "prove", file, told=filled["told"])
        rto = time.monotonic() - lost_at
        size = file.stat().st_size
    return {
        "database": database,
        "rows": sum(filled["counts"].values()),
        "tables": len(filled["counts"]),
        "backup_bytes": size,
        "rpo_seconds": filled["seconds"],
        "restore_seconds": seconds,
        "rto_seconds": round(rto, 1),
        "missing": sorted(name for name in filled["counts"] if filled["counts"][name] != restored["counts"].get(name)),
        "changed": sorted(name for name, sha in filled["digests"].items() if sha != restored["digests"].get(name)),
        "root_kept": filled["root"] == restored["root"],
        "log_entries": filled["size"],
        "verified": restored["verified"],
        "opened": restored["opened"],
        "closed": sorted(name for name, opens in restored["secrets"].items() if opens is not True),
    }


def failures(found):
    """What must not be, as sentences."""
    wrong = [f"{table} has more or fewer rows than before" for table in found["missing"]]
    wrong += [f"{table} has other contents than before" for table in found["changed"]]
    wrong += [f"not so: {claim}" for claim in found["closed"]]
    if not found["opened"].startswith("All "):
        wrong.append(f"what is sealed does not open: {found['opened']}")
    if not found["root_kept"]:
        wrong.append("the public log has another root")
    if "is whole" not in found["verified"]:
        wrong.append(f"the public log does not verify: {found['verified']}")
    return wrong


def a_key():
    """32 random bytes, as every key of the environment is written."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def keys_of_production():
    """The environment that production adds to that of an embedded desk."""
    return {
        "MASTHEAD_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": a_key(),
        "LEDGER_KEYS": a_key(),
        "LICENSE_KEYS": a_key(),
        "BASE_URL": "https://desk.example",
        "ALLOWED_HOSTS": "desk.example",
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }


def _home(var, server, stack, *, tables=False):
    """The environment of an installation on an empty database. Its keys are files of its data folder.

    `tables`: it may begin with the tables that the test run has made.
    """
    (var / "static").mkdir(parents=True)
    file = var / "masthead.sqlite3"
    url = f"sqlite:///{file}"
    if server is None and tables:
        databases.copied(file)
    if server is not None:
        name = f"masthead_drill_{uuid.uuid4().hex[:12]}"
        databases.created(server.url, name, empty=not tables)
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


def _do(env, step, file, *arguments, told=None):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.drilling", step, str(file), *arguments],
        input=json.dumps(told),
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{step} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _drilled(**how):
    with tempfile.TemporaryDirectory(prefix=f"masthead-drill-{secrets.token_hex(4)}-") as folder:
        return drill(folder=Path(folder), **how)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default=DATABASE)
    parser.add_argument("--reports", type=int, default=REPORTS)
    given = parser.parse_args()
    wrong = []
    for database in ("sqlite", "postgres") if given.database == "both" else (given.database,):
        for keys in (None, keys_of_production()):
            found = _drilled(database=database, reports=given.reports, keys=keys)
            width = max(map(len, found))
            where = "keys of the environment" if keys else "keys in the data folder"
            sys.stdout.write(f"{where}\n")
            sys.stdout.write("\n".join(f"{name.ljust(width)}  {value}" for name, value in found.items()) + "\n\n")
            wrong += [f"{database}, {where}: {sentence}" for sentence in failures(found)]
        if not failures(_drilled(database=database, reports=1, keys=keys_of_production(), lost=True)):
            wrong.append(f"{database}: lost FIELD_KEYS were not noticed")
    said = [f"FAILED: {sentence}" for sentence in wrong] or ["Every row is back, the log is whole, every secret opens."]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
