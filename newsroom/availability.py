"""Read-only mode, and what counts as a database that is away. No models: everything may ask."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

MAX_REASON = 200
READ_ONLY_TRANSACTION = "25006"


def read_only() -> bool:
    """Whether nothing may be written: `READ_ONLY`, or the switch of `manage.py readonly`. Asked at every request."""
    return settings.READ_ONLY or switch().exists()


def reason() -> str:
    """What the operator said when they threw the switch; empty otherwise."""
    try:
        return switch().read_text("utf-8").strip()[:MAX_REASON]
    except (OSError, UnicodeDecodeError):
        return ""


def switch() -> Path:
    """The file whose presence is read-only mode, beside the data and outside the database."""
    return Path(settings.VAR) / "read_only"


def is_away(error: BaseException) -> bool:
    """Whether this error says that the database cannot be reached or read, or is busy: not that a query is wrong.

    SQLite's complaint about a file that is no database is a plain DatabaseError; PostgreSQL's about a write on a
    standby has a code of its own.
    """
    standby = getattr(error.__cause__, "sqlstate", "") == READ_ONLY_TRANSACTION
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError or standby


def told(error: BaseException) -> str:
    """What the database said, on one line for the log."""
    return f"the database is away: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
