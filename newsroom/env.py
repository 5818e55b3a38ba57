"""Typed reads of the environment. Every variable the service knows is read through here, once, in `settings.py`.

A wrong value stops the start with the variable's name and what was expected, never with a traceback far away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()
KNOWN: dict[str, str] = {}
"""Name → default as text, in the order read. The documentation test walks it."""


def text(name: str, default: str = "") -> str:
    """The variable as text, stripped."""
    return _remember(name, default, os.environ.get(name, default)).strip()


def integer(name: str, default: int) -> int:
    """The variable as a whole number."""
    raw = _remember(name, str(default), os.environ.get(name, "")) or str(default)
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from error


def boolean(name: str, *, default: bool) -> bool:
    """The variable as yes or no: 1/0, true/false, yes/no, on/off."""
    raw = (_remember(name, str(default), os.environ.get(name, "")) or str(default)).strip().lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {raw!r}.")


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """The variable as one of these words."""
    raw = (text(name, default) or default).lower()
    if raw not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {raw!r}.")
    return raw


def listing(name: str, default: str = "") -> list[str]:
    """The variable as a list, comma separated; blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """The variable as an absolute folder."""
    raw = _remember(name, str(default.name), os.environ.get(name, ""))
    return Path(raw).expanduser().resolve() if raw else default.resolve()


def database(name: str, default: str) -> dict[str, Any]:
    """A database URL (postgres://, sqlite:///) as Django's settings dictionary."""
    _remember(name, "", "")
    return dict(_env.db_url_config(os.environ.get(name) or default))


def email(name: str) -> dict[str, Any]:
    """A mail URL (smtp+tls://user:password@host:587) as Django's EMAIL_* settings; empty when unset."""
    raw = text(name)
    return dict(_env.email_url_config(raw)) if raw else {}


def _remember(name: str, default: str, value: str) -> str:
    KNOWN.setdefault(name, default)
    return value
