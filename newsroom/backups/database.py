"""Copying the database out and in: SQLite by its online backup API, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

MEMBER = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""Vendor → name of the copy inside the archive."""
SIGNS_OF_LIFE = ("accounts_user", "accounts_publication", "events_event")
VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
PGPASSFILE = ("PATH", "HOME", "PGPASSFILE", "PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "LANG")


class BackupError(Exception):
    """The message is a sentence for the operator: what is wrong and what to do."""


def copy_out(path: Path) -> dict[str, int]:
    """Write a consistent copy of the running database to `path`. Table → rows, counted in that very copy."""
    if connection.vendor == "sqlite":
        return _sqlite_out(path)
    return _postgres_out(path)


def copy_in(path: Path, *, tables: set[str]) -> dict[str, int]:
    """Put the copy in the place of everything in the configured database. Table → rows, as they are there now.

    `tables` are those of the copy; on PostgreSQL others, left by a newer release, are dropped.
    """
    if connection.vendor == "sqlite":
        _sqlite_in(path)
    else:
        _postgres_in(path, tables)
    return count()


def close_to_others() -> None:
    """SQLite's files are their owner's alone, whatever the umask was when they were made."""
    if connection.vendor != "sqlite":
        return
    path = Path(str(connection.settings_dict["NAME"]))
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.is_file():
            file.chmod(0o600)


def is_empty() -> bool:
    """Whether nobody has used the configured database: no tables, or neither people nor publications nor events."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables.intersection(SIGNS_OF_LIFE):
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608 -- our own names
            if cursor.fetchone()[0]:
                return False
    return True


def count() -> dict[str, int]:
    """Table → rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- quoted
            found[table] = int(cursor.fetchone()[0])
    return found


def applied_migrations() -> list[str]:
    """`app.name` of each migration the database has; empty before the first."""
    if "django_migrations" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


def _sqlite_out(path: Path) -> dict[str, int]:
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
        _check_integrity(target)
        names = target.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables = sorted(name for (name,) in names.fetchall())
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in tables}
        return {
            name: int(target.execute(f"SELECT count(*) FROM {quoted[name]}").fetchone()[0])  # noqa: S608 -- quoted
            for name in tables
        }


def _sqlite_in(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as source:
        _check_integrity(source)
        connection.ensure_connection()
        try:
            source.backup(connection.connection)
        except sqlite3.OperationalError as error:
            raise BackupError(f"The database could not be written ({error}). Stop everything that uses it.") from error
    close_to_others()
    connections.close_all()  # the next connection reads the new schema


def _check_integrity(database: sqlite3.Connection) -> None:
    try:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise BackupError(f"The copy of the database is damaged: {verdict}.")


def _postgres_out(path: Path) -> dict[str, int]:
    program = _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {name} = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        found = count()
        _run([program, "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}"])
    return found


def _postgres_in(path: Path, tables: set[str]) -> None:
    program = _program("pg_restore")
    left_over = set(connection.introspection.table_names()) - tables
    with connection.cursor() as cursor:
        for table in sorted(left_over):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    database = str(connection.settings_dict["NAME"])
    connections.close_all()  # our own locks would stand in its way
    _run(
        [
            program,
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={database}",
            str(path),
        ]
    )


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} is not on the PATH. It comes with PostgreSQL's client programs (Debian: postgresql-client)."
        )
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603 -- our own list
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise BackupError(f"{Path(command[0]).name} failed: {told[0] if told else done.returncode}")


def _environment() -> dict[str, str]:
    """What libpq needs to reach the configured database. The password never stands on a command line."""
    given: dict[str, Any] = connection.settings_dict
    kept = {name: os.environ[name] for name in PGPASSFILE if name in os.environ}
    options = given.get("OPTIONS") or {}
    if "sslmode" in options:
        kept["PGSSLMODE"] = str(options["sslmode"])
    return kept | {variable: str(given[name]) for name, variable in VARIABLES.items() if given.get(name)}
