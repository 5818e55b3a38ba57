"""The test database: made once for each set of migrations; its append-only tables may be emptied between tests."""

import gc
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from newsroom.upgrades import online
from tests.services import shared_postgres

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path(tempfile.gettempdir(), f"masthead-tests-{os.getuid()}")
MOST_KEPT = 5


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """On SQLite begin with a copy of the tables that an earlier run made by the same migrations, where there is one."""
    return (
        connection.vendor == "sqlite" and copied(Path(connection.settings_dict["TEST"]["NAME"]))
    ) or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """On PostgreSQL begin with a copy of the tables that one process of the run made."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template(shared_postgres().url)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """SQLite empties by DELETE, which the triggers refuse unless this table has a row; PostgreSQL truncates, which they
    refuse unless there is such a table.
    """
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS masthead_allow_flush (reason text NOT NULL)")
            return
        if not migrated().exists():
            keep_migrated()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO masthead_allow_flush (reason) VALUES ('tests')")


@pytest.fixture
def nobody_else():
    """Only the test's own connection is open, as restoring asks for. The loop of an earlier test's browser may have
    left another one in this thread; and one that an error of SQLite speaks of is let go when that is collected.
    """
    gc.collect()
    for other in [found for found in gc.get_objects() if issubclass(type(found), BaseDatabaseWrapper)]:
        if other is not connections["default"] and other._thread_ident == threading.get_ident():
            other.close()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path_factory):
    """A data folder of each test's own: the signer of the public log remembers what it signed, and a test that begins
    with an empty log, or runs beside another one, must not be told that entries are missing.
    """
    if Path(settings.VAR) == Path(os.environ["MASTHEAD_VAR"]):
        settings.VAR = Path(tempfile.mkdtemp(prefix="var-", dir=tmp_path_factory.getbasetemp()))


def copied(file: Path) -> bool:
    """Whether the SQLite file has the tables now: in a test run, once a process has made them."""
    if not apps.ready or not migrated().exists():
        return False
    for left in ("-wal", "-shm"):
        file.with_name(f"{file.name}{left}").unlink(missing_ok=True)
    shutil.copyfile(migrated(), file)
    return True


def created(server_url: str, name: str, *, empty: bool = False) -> bool:
    """Make a database on that server. Whether it has the tables already: in a test run it is a copy of `template`."""
    like = template(server_url) if apps.ready and not empty else ""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like or 'template1'}")
    return bool(like)


def template(server_url: str) -> str:
    """A database on that server with the tables and nothing else, for others to begin as its copies. Made once."""
    name = f"masthead_tables_{_digest()}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('masthead_tables'))")
        old = [
            row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'masthead_tables_%'")
        ]
        if name in old:
            return name
        for other in old:
            server.execute(f"DROP DATABASE IF EXISTS {other} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}_part")
        url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}_part"))
        env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        server.execute(f"ALTER DATABASE {name}_part RENAME TO {name}")
    return name


def migrated() -> Path:
    """Where the empty tables of SQLite are kept."""
    return KEPT / f"{_digest()}.sqlite3"


@cache
def _digest() -> str:
    """Of the migrations, of ours and of the libraries, that lead to the tables."""
    steps = MigrationLoader(None).disk_migrations.values()
    files = sorted({sys.modules[type(step).__module__].__file__ for step in steps} | {online.__file__})
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for file in files:
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()[:32]


def keep_migrated() -> None:
    """Keep a copy of the tables as they are now, and forget the oldest copies."""
    KEPT.mkdir(mode=0o700, exist_ok=True)
    unfinished = KEPT / f"{os.getpid()}.part"
    unfinished.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(unfinished)])
    unfinished.replace(migrated())
    for old in sorted(KEPT.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime)[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
