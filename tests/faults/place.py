"""A database of its own, and the processes that work on it: started, killed, started again."""

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import databases

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Place:
    """`vendor` is sqlite or postgres; `env` is what every process here is started with."""

    vendor: str
    env: dict[str, str] = field(repr=False)
    forks: list[subprocess.Popen] = field(default_factory=list, repr=False)

    def with_env(self, **more):
        """The same database, with more in the environment."""
        return Place(self.vendor, {**self.env, **{name: str(value) for name, value in more.items()}}, self.forks)

    def run(self, *arguments, expect=0, **more):
        """Run `python …` to its end and answer what it printed; an unexpected exit code fails with its stderr."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **{name: str(value) for name, value in more.items()}},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == expect, f"{arguments} ended with {done.returncode}: {done.stderr[-2000:]}"
        return done.stdout

    def produce(self, *arguments, expect=0, **more):
        """The producer in a process of its own, forked from one that is warm: see `forks`. What it printed."""
        if not self.forks:
            self.forks.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.forks"],
                    cwd=ROOT,
                    env=self.env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        warm = self.forks[0]
        env = {**self.env, **{name: str(value) for name, value in more.items()}}
        warm.stdin.write(json.dumps({"arguments": arguments, "env": env}) + "\n")
        warm.stdin.flush()
        done = json.loads(warm.stdout.readline())
        assert done["code"] == expect, f"{arguments} ended with {done['code']}: {done['err'][-2000:]}"
        return done["out"]

    def close(self):
        """Let the warm process go."""
        while self.forks:
            warm = self.forks.pop()
            warm.stdin.close()
            warm.wait(10)
            warm.stdout.close()

    def report(self):
        return json.loads(self.produce("report"))

    def start(self, *arguments, log=subprocess.DEVNULL, prefix=(), **more):
        """Start `python …` as the first of a group of processes, and leave it running."""
        return subprocess.Popen(
            [*prefix, sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **{name: str(value) for name, value in more.items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def sqlite_place(folder, *, settings="tests.faults.settings"):
    """A migrated SQLite database in the folder: in a test run a copy of the tables that were made before."""
    file = folder / "faults.sqlite3"
    made = Place("sqlite", _env(folder, f"sqlite:///{file}") | {"DJANGO_SETTINGS_MODULE": settings})
    return made if databases.copied(file) else _migrated(made)


def postgres_place(folder, server_url, *, settings="tests.faults.settings"):
    """A migrated database of its own on that server, which commits as production does."""
    name = f"masthead_faults_{uuid.uuid4().hex[:12]}"
    has_tables = databases.created(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    made = Place("postgres", _env(folder, url) | {"DJANGO_SETTINGS_MODULE": settings})
    return made if has_tables else _migrated(made)


def drop(place, server_url):
    """Drop the database of a postgres place, whoever is connected."""
    name = urlsplit(place.env["DATABASE_URL"]).path.strip("/")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _env(folder, url):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "DATABASE_URL": url,
        "MASTHEAD_VAR": str(folder),
        "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-0123456789",
        "ALLOW_LOOPBACK_ENDPOINTS": "1",
        "LOG_LEVEL": "WARNING",
    }


def _migrated(place):
    place.run("manage.py", "migrate", "--verbosity", "0")
    return place
