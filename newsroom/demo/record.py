"""`demo.json`: what the demo's people and clients log in with, readable by its owner alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from newsroom.demo.house import SIGNATORY, Secrets


def path() -> Path:
    """Where it is."""
    return Path(settings.VAR) / "demo.json"


def read() -> dict[str, Any] | None:
    """What it says; None when there is none, or it cannot be read as such."""
    try:
        told = json.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and "users" in told else None


def compose(shown: Secrets, articles: list[dict[str, str]]) -> dict[str, Any]:
    """The whole file. `articles` are `{"reference", "url", "lane"}`."""
    return {
        "base_url": settings.BASE_URL,
        "users": {name: {"username": name, "password": password} for name, password in shown.passwords.items()},
        "api_keys": shown.keys,
        "signatory": SIGNATORY,
        "articles": articles,
        "webhook_secret": shown.webhook,
    }


def write(told: dict[str, Any]) -> None:
    """Put it there whole, with mode 0600 from its first byte."""
    final = path()
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = final.with_name("demo.json.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, indent=2, ensure_ascii=False)
        file.write("\n")
    fresh.replace(final)
