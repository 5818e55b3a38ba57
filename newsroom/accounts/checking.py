"""What an administrator typed into a publication's settings, checked before any clock or page reads it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from newsroom.accounts.policies import POLICIES
from newsroom.accounts.regimes import BODY, REGIMES
from newsroom.business_time import WEEKDAYS, minutes_of

MOST = 3660
"""No setting in days, hours or minutes is longer than ten years."""
MOST_ENTRIES = 500
MOST_MONEY = 10**9
MOST_BODIES, MOST_TEXT = 5, 300
LONGEST_LINK = 500
PAYMENT_PARTS = ("number", "reference", "amount", "currency")
"""What an invoice puts into the address of the payment page."""


def faults_in(settings: Any) -> list[str]:
    """A sentence for each setting that nothing could read; empty when all is well."""
    if not isinstance(settings, dict):
        return [_('Settings are written as {"name": value}.')]
    found = []
    for name, value in settings.items():
        if name not in POLICIES:
            found.append(_("There is no setting “%(name)s”.") % {"name": str(name)[:60]})
        elif fault := _fault(name, value):
            found.append(f"{name}: {fault}")
    return found


def is_time_zone(name: str) -> bool:
    """Whether the clocks of a publication can run in it."""
    return name in zoneinfo.available_timezones()


def _fault(name: str, value: Any) -> str:
    default = POLICIES[name]
    if name == "complaints_body" and isinstance(value, list):
        return _bodies(value)
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else _("true or false.")
    if isinstance(default, int):
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
        return "" if whole else _("a whole number from 0 to %(most)d.") % {"most": MOST}
    for kind, words in ((str, _("a text in quotation marks.")), (list, _("a list.")), (dict, _("names with values."))):
        if isinstance(default, kind):
            if not isinstance(value, kind):
                return words
            if len(value) > MOST_ENTRIES and not isinstance(value, str):
                return _("at most %(most)d entries.") % {"most": MOST_ENTRIES}
    return CHECKS[name](value) if name in CHECKS else ""


def checks(name: str) -> Callable[[Callable[[Any], str]], Callable[[Any], str]]:
    """The function answers what is wrong with a value of this setting, in a sentence, or an empty string."""

    def register(check: Callable[[Any], str]) -> Callable[[Any], str]:
        CHECKS[name] = check
        return check

    return register


def _one_of(names: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        return "" if value in names else _("one of %(names)s.") % {"names": ", ".join(names)}

    return check


def _days(value: list[Any]) -> str:
    for entry in value:
        try:
            date.fromisoformat(entry)
        except (TypeError, ValueError):
            return _("“%(entry)s” is not a day like 2026-12-25.") % {"entry": str(entry)[:40]}
        if len(entry) != len("2026-12-25"):
            return _("“%(entry)s” is not a day like 2026-12-25.") % {"entry": str(entry)[:40]}
    return ""


def _hours(value: dict[str, Any]) -> str:
    if not value:
        return _("at least one day is open.")
    for day, hours in value.items():
        if day not in WEEKDAYS:
            return _("“%(entry)s” is none of %(names)s.") % {"entry": str(day)[:40], "names": ", ".join(WEEKDAYS)}
        try:
            minutes_of(str(hours))
        except ValueError:
            return _("%(name)s: hours like 09:00-18:00.") % {"name": day}
    return ""


def _addresses(value: list[Any]) -> str:
    for entry in value:
        try:
            validate_email(entry)
        except (TypeError, ValidationError):
            return _("“%(entry)s” is not a mail address.") % {"entry": str(entry)[:80]}
    return ""


def _roles(value: list[Any]) -> str:
    known = POLICIES["second_factor_roles"]
    for entry in value:
        if entry not in known:
            return _("“%(entry)s” is no role; there are %(names)s.") % {
                "entry": str(entry)[:40],
                "names": ", ".join(known),
            }
    return ""


def _amount(value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    return "" if number.is_finite() and 0 <= number <= MOST_MONEY else _("a number like “1000.00”.")


PLACES = ("article_foot", "under_headline", "homepage", "corrections_page", "social", "alert", "print")
NOTICES = ("correction", "clarification", "editors_note", "update", "retraction", "reply", "minor_fix", "low", "high")


def _placements(value: dict[str, Any]) -> str:
    for name, places in value.items():
        if name not in NOTICES:
            return _("“%(entry)s” is none of %(names)s.") % {"entry": str(name)[:40], "names": ", ".join(NOTICES)}
        if not isinstance(places, list) or any(place not in PLACES for place in places):
            return _("%(name)s: a list of %(names)s.") % {"name": name, "names": ", ".join(PLACES)}
    return ""


def _bodies(value: list[Any]) -> str:
    for row in value:
        texts = isinstance(row, dict) and all(isinstance(text, str) and len(text) <= MOST_TEXT for text in row.values())
        if not texts or not row.get("name", "").strip() or set(row) - set(BODY):
            return _("a text, or a list of {“name”, “address”, “limit”}, each with a name and short texts.")
    return "" if len(value) <= MOST_BODIES else _("at most %(most)d entries.") % {"most": MOST_BODIES}


def payment_link_fault(value: str) -> str:
    """What keeps the address from leading to a payment page; empty when nothing does.

    The host is fixed: no part of an invoice may choose where people pay.
    """
    if not value:
        return ""
    bare = value
    for name in PAYMENT_PARTS:
        bare = bare.replace(f"{{{name}}}", "x")
    try:
        address, host = urlsplit(bare), urlsplit(value).netloc
    except ValueError:
        return _("this is no address.")
    if address.scheme != "https" or not address.hostname or "@" in host or len(value) > LONGEST_LINK:
        return _("an address that begins with https://.")
    if "{" in host or "{" in bare or "}" in bare or any(sign.isspace() for sign in value):
        names = ", ".join(f"{{{name}}}" for name in PAYMENT_PARTS)
        return _("after the host it may have %(names)s, and no other braces or blanks.") % {"names": names}
    return ""


CHECKS: dict[str, Callable[[Any], str]] = {
    "regime": _one_of(REGIMES),
    "count_days": _one_of(("business", "calendar")),
    "holidays": _days,
    "opening_hours": _hours,
    "on_call": _addresses,
    "payment_link": payment_link_fault,
    **dict.fromkeys(["editor_limit", "priced_limit", "discount_limit"], _amount),
    "second_factor_roles": _roles,
    "placements": _placements,
}
"""Beyond the type of the default."""
