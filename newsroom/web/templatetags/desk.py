"""Filters that every template may use without loading them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.tz import do_timezone
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newsroom.accounts import approvals
from newsroom.articles.addresses import BadAddress, host_of
from newsroom.events.kinds import KINDS
from newsroom.events.promises import label_of
from newsroom.money import shown

register = template.Library()
NO_BREAK = "\u00a0"

ACTORS: dict[str, Any] = {
    "reader": _("the reader"),
    "partner": _("the partner"),
    "clock": _("by date"),
    "log": _("by itself"),
    "staff": _("the desk"),
    "cms": _("the CMS"),
}
RECIPIENTS: dict[str, Any] = {
    "user": _("a member of staff"),
    "reader": _("the reader"),
    "unconfirmed_reader": _("the reader, to confirm the address"),
    "colleague": _("a colleague"),
    "witness": _("who keeps the log’s checkpoints"),
    "on_call": _("the editor on call"),
    "publication": _("the newsroom"),
    "requester": _("the requester"),
    "organization": _("the partner"),
    "partner": _("the partner"),
    "": _("a webhook"),
}


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """`mapping[key]`, or None."""
    return mapping.get(key) if mapping else None


@register.filter
def absolute(path: str) -> str:
    """A path as an address that opens from anywhere."""
    return f"{settings.BASE_URL}{path}"


@register.filter
def host(link: str) -> str:
    """Where a link leads: its host, in the form that cannot be mistaken for another. Empty when it is no link."""
    try:
        return host_of(link)
    except BadAddress:
        return ""


@register.filter
def in_currency(amount: Any, currency: str) -> str:
    """An amount with its currency: `USD 1,250.00`."""
    return "" if amount in (None, "") else shown(amount, currency)


@register.filter
def in_zone(moment: datetime | None, publication: Any) -> datetime | None:
    """The moment in the publication's time zone; the publication's days begin and end there."""
    if moment is None or not publication:
        return moment
    # A plain datetime would be turned back into the current zone by the `date` filter; Django's own filter marks it.
    return do_timezone(moment, publication.zone)


@register.filter(expects_localtime=True)
def by_day(moment: Any) -> str:
    """A day on which somebody acts, with its weekday, in the zone of the page: `Friday, Nov. 27, 2026`."""
    return f"{date_format(moment, 'l')}, {date_format(moment, 'DATE_FORMAT')}" if moment else ""


@register.filter(expects_localtime=True)
def by_minute(moment: Any) -> str:
    """The same with time and zone: `Friday, Nov. 27, 2026, 2:30 p.m. EST`."""
    return f"{date_format(moment, 'l')}, {at_minute(moment)}" if moment else ""


@register.filter(expects_localtime=True)
def at_minute(moment: Any) -> str:
    """A moment that was, with its zone: `Nov. 27, 2026, 2:30 p.m. EST`. No line ends within the time."""
    if not moment:
        return ""
    text = f"{date_format(moment, 'DATETIME_FORMAT')} {moment.tzname() or ''}".strip()
    return re.sub(r"(?<=\d|n) (?=[ap]\.m\.)| (?=\S+$)", NO_BREAK, text)


@register.filter
def is_past(moment: datetime | None) -> bool:
    """Whether it is over."""
    return moment is not None and moment < timezone.now()


@register.filter
def event_label(event: Any) -> Any:
    """What happened, in words."""
    kind = KINDS.get(event.kind)
    return kind.label if kind else event.kind


@register.filter
def actor_label(event: Any) -> Any:
    """Who did it, in words: a member of staff by name, anybody else by what they are."""
    return event.actor or ACTORS.get(event.actor_kind, event.actor_kind)


@register.filter
def recipient_label(delivery: Any) -> Any:
    """Who is told, in words."""
    kind = delivery.recipient_kind
    return RECIPIENTS.get(kind, kind.replace("_", " "))


@register.filter
def move_label(decision: Any, workflow: Any) -> Any:
    """The move of a decision, in the words of its button."""
    known = workflow.transitions.get(decision.move)
    return known.label if known else decision.move


@register.filter
def approval_label(approval: Any) -> Any:
    """What two people decide, in words."""
    return approvals.LABELS.get(approval.move, approval.move)


@register.filter
def promise_label(promise: Any) -> Any:
    """What is owed, in words."""
    return label_of(promise.kind)


@register.filter
def status_label(subject: Any, status: str) -> Any:
    """The words of a status that a record had, or has."""
    known = getattr(subject, "statuses", None) or subject._meta.get_field("status").flatchoices  # noqa: SLF001 -- Django's own door
    return dict(known).get(status, status)


@register.filter
def cells(row: Any, headers: Any) -> list[SafeString]:
    """The cells of a row of an admin list, as Django drew them, each with the words of its column for a narrow page."""
    found = []
    for cell, header in zip(row, headers, strict=False):
        text = "" if "action-checkbox" in header.get("class_attrib", "") else capfirst(header["text"])
        name = format_html('<td data-label="{}"', text)
        found.append(SafeString(str(cell).replace("<td", name, 1)))
    return found
