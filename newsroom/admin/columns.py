"""The cells of a list: each says by itself what it is, for a phone shows a row as a card without its head."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _now

SOON = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NOTHING = "—"


def due_line(row: Any) -> str:
    """What is due of the row (`due_at`): weekday, day, time and zone of its publication; marked, and with the time that
    is left or lost, when it is within a day or past.
    """
    if row.due_at is None:
        return NOTHING
    now = timezone.now()
    if row.due_at < now:
        css, words = "due--over", _now("%(time)s late") % {"time": timesince(row.due_at, now, depth=1)}
    elif row.due_at < now + SOON:
        css, words = "due--soon", _now("in %(time)s") % {"time": timeuntil(row.due_at, now, depth=1)}
    else:
        css, words = "due", ""
    if abs(row.due_at - now) < MINUTE:
        words = _now("now")
    text = format_html(
        '<time datetime="{}" class="{}">{}</time>', row.due_at.isoformat(), css, _minute(row.due_at, row.publication)
    )
    return format_html('{}<span class="second-line">{}</span>', text, words) if words else text


def moment_line(moment: datetime | None, publication: Any, *, weekday: bool = False) -> str:
    """When something was: day, and under it time and zone of the publication, UTC where there is none; with the weekday
    where somebody acts on it.
    """
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment, publication.zone if publication else UTC)
    return format_html(
        '<time datetime="{}">{}<span class="second-line">{} {}</span></time>',
        moment.isoformat(),
        date_format(local, "D j M Y" if weekday else "j M Y"),
        date_format(local, "H:i"),
        local.tzname() or "",
    )


def two_lines(first: str, second: str, *, mark: Any = "") -> str:
    """A cell of a queue: what matters, after a word that marks it, and under it, smaller, what it belongs to."""
    marked = format_html('<strong class="mark-word">{}</strong> ', mark) if mark else ""
    return format_html('{}<bdi dir="auto">{}</bdi><bdi dir="auto" class="second-line">{}</bdi>', marked, first, second)


def status_line(row: Any) -> str:
    """The status as a badge: a drawing, a word and a color."""
    return render_to_string("includes/status.html", {"status": row.status, "label": row.get_status_display()})


def _minute(moment: datetime, publication: Any) -> str:
    local = timezone.localtime(moment, publication.zone)
    return f"{date_format(local, 'D j M, H:i')} {local.tzname() or ''}".strip()
