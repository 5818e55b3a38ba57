"""The test database: made once for each set of migrations; its append-only tables may be emptied between tests."""

import gc
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path

import django
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from newsroom.upgrades import online

KEPT = Path(tempfile.gettempdir(), f"masthead-tests-{os.getuid()}")
MOST_KEPT = 5


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """On SQLite begin with a copy of the tables that an earlier run made by the same migrations, where there is one."""
    if connection.vendor != "sqlite" or not migrated().exists():
        return django_db_keepdb
    name = connection.settings_dict["TEST"]["NAME"]
    for left in (f"{name}-wal", f"{name}-shm"):
        Path(left).unlink(missing_ok=True)
    shutil.copyfile(migrated(), name)
    return True


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
    """Only the test's own connection is open: the loop of a browser in a test before this one had another one in this
    thread, and left it to be collected. Restoring asks for a database that nobody else uses.
    """
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


def migrated() -> Path:
    """Where the empty tables are kept that these migrations, of ours and of the libraries, lead to."""
    steps = MigrationLoader(None).disk_migrations.values()
    files = sorted({sys.modules[type(step).__module__].__file__ for step in steps} | {online.__file__})
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for file in files:
        digest.update(Path(file).read_bytes())
    return KEPT / f"{digest.hexdigest()[:32]}.sqlite3"


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
