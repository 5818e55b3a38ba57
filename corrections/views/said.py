"""What the reader told us about themselves, shown back so that a slip of the pen can be seen, and no more than that."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from corrections.models import Report
from corrections.vocabulary import URGENT_REASONS
from newsroom.events import sealed

HIDDEN = "•"
SHORT = 3


def about_the_reader(report: Report) -> list[dict[str, Any]]:
    """Rows for `includes/definition_list.html`: who it is, masked, for whom, and how urgent."""
    contact = getattr(report, "contact", None)
    name, email, phone = (
        sealed.open_text(getattr(contact, field, "")) if contact is not None else ""
        for field in ("name_sealed", "email_sealed", "phone_sealed")
    )
    reason = dict(URGENT_REASONS).get(report.urgent_reason, "")
    return [
        {"label": _("Your name"), "value": name},
        {"label": _("Your email address"), "value": masked_email(email)},
        {"label": _("Number to call back"), "value": masked_phone(phone)},
        {"label": _("You write for"), "value": report.acting_for},
        {"label": _("About you"), "value": _("The story is about you, or names you") if report.about_me else ""},
        {"label": _("Urgent"), "value": (reason or _("Yes")) if report.urgent else ""},
    ]


def reached_by(report: Report) -> str:
    """How we reach them: `mail` (confirmed), `bounced`, `unconfirmed`, `phone` (no address), `page` (nothing)."""
    contact = getattr(report, "contact", None)
    if contact is None:
        return "page"
    if contact.confirmed_at is not None:
        return "mail"
    if contact.bounced_at is not None:
        return "bounced"
    if contact.email_sealed:
        return "unconfirmed"
    return "phone" if contact.phone_sealed else "page"


def masked_email(address: str) -> str:
    """`rita@reader.example` → `ri•a@reader.example`: the host in full, most of the name hidden."""
    local, at, host = address.rpartition("@")
    shown = local[:1] + HIDDEN if len(local) <= SHORT else local[:2] + HIDDEN * (len(local) - SHORT) + local[-1]
    return f"{shown}{at}{host}" if address else ""


def masked_phone(number: str) -> str:
    """`+1 555 0199` → `+1 ••• •199`: the first two signs and the last three."""
    hidden = "".join(HIDDEN if sign.isdigit() else sign for sign in number[2:-SHORT])
    return f"{number[:2]}{hidden}{number[-SHORT:]}" if len(number) > 2 * SHORT else HIDDEN * len(number)
