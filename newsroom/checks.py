"""System checks: what production must have. `manage.py check --deploy` runs them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each finding names the variable and what happens without it."""
    found: list[CheckMessage] = []
    if settings.ALLOW_LOOPBACK_ENDPOINTS:
        found.append(
            Error(
                "ALLOW_LOOPBACK_ENDPOINTS lets webhooks reach this machine. It is for the demo only.",
                id="masthead.E001",
            )
        )
    if not settings.FIELD_KEYS:
        found.append(Error("FIELD_KEYS is empty: contact details cannot be encrypted.", id="masthead.E002"))
    if not settings.LEDGER_KEYS:
        found.append(Error("LEDGER_KEYS is empty: the public log cannot be signed.", id="masthead.E003"))
    if not settings.LICENSE_KEYS:
        found.append(Error("LICENSE_KEYS is empty: licenses cannot be signed.", id="masthead.E004"))
    if not settings.BASE_URL.startswith("https://"):
        found.append(Error("BASE_URL must begin with https://: links in mails carry tokens.", id="masthead.E005"))
    if settings.FAILPOINT:
        found.append(Error("MASTHEAD_FAILPOINT kills the process. It is for tests only.", id="masthead.E006"))
    if settings.EMAIL_BACKEND.endswith("letterbox.FileBackend"):
        found.append(Error("EMAIL_URL is empty: mail would be written to files.", id="masthead.E007"))
    if settings.DEMO:
        found.append(Error("MASTHEAD_DEMO is on: its logins are written to a file.", id="masthead.E008"))
    if not settings.SECURITY_CONTACT:
        found.append(
            checks.Warning("SECURITY_CONTACT is empty: security.txt names the desk's address.", id="masthead.W001")
        )
    return found


@register(Tags.database)
def sqlite_transactions(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SQLite must begin its transactions IMMEDIATE, or two writers can deadlock."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and database["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        return [Error("SQLite needs transaction_mode=IMMEDIATE.", id="masthead.E010")]
    return []
