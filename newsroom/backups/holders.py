"""Who uses the database: whatever serves from it holds a lock of the data folder, and the database is asked for others.

The system lets go of a lock when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import OperationalError, connection

logger = logging.getLogger(__name__)
SHARED = "in_use.lock"
"""Held by each process of web, deliver and clock."""
ALONE = "run.lock"
"""Held by `make run`."""


def hold() -> IO[bytes] | None:
    """Say that this process serves, until it ends or the file is closed. None where no file can be made."""
    try:
        Path(settings.VAR).mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (Path(settings.VAR) / SHARED).open("ab")
    except OSError as error:
        logger.warning("the data folder cannot be written to: %s", error.strerror)
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


@contextmanager
def holding() -> Iterator[None]:
    """`hold`, until the block ends."""
    file = hold()
    try:
        yield
    finally:
        if file is not None:
            file.close()


def in_use() -> str:
    """A sentence about who uses this database; empty when nobody does."""
    if _is_locked(ALONE):
        return "`make run` is running on this data folder. Stop it first."
    if _is_locked(SHARED):
        return "Web, deliver or clock is running on this data folder. Stop them first."
    return _of_sqlite() if connection.vendor == "sqlite" else _of_postgres()


def _is_locked(name: str) -> bool:
    lock = Path(settings.VAR) / name
    if not lock.exists():
        return False
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _of_sqlite() -> str:
    """A write-ahead log can only be given up by the last one who has it open."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("PRAGMA journal_mode = DELETE")
        except OperationalError:
            return "Another program has the database open. Stop it first."
        finally:
            connection.close()  # the next connection begins as all of them do
    return ""


def _of_postgres() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), string_agg(DISTINCT coalesce(nullif(application_name, ''), usename), ', ')"
            " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        others, names = cursor.fetchone()
    return f"{others} others are connected to this database ({names}). Stop them first." if others else ""
