"""One report's whole life as a table, for an auditor or a complaints body: what happened, when, by whom, and in time.

How to reach the reader is never in it. The words of the report, its thread and its answers are, when whoever exports it
asks for them and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, LedgerEntry, Message, Report
from corrections.services.moving import keep_closed
from newsroom.accounts.models import User
from newsroom.errors import Invalid, NotAllowed
from newsroom.events.log import history_of, record
from newsroom.events.models import Delivery, Promise
from newsroom.spreadsheets import table
from newsroom.workflow import DESK, LEGAL, lock

MAX_REASON = 500
MOST = 2000
"""Lines of a kind: far more than any report has."""


@dataclass(frozen=True)
class Line:
    """One thing that happened. `at` is written in RFC 3339, in UTC, to the second; `from_` and `to` are statuses;
    `detail` is `name=value; …`.
    """

    at: datetime
    part: str
    what: str
    who: str = ""
    from_: str = ""
    to: str = ""
    detail: str = ""
    words: str = ""


COLUMNS = [field.name.rstrip("_") for field in fields(Line)]


def may_export(report: Report, by: User) -> bool:
    """The desk and legal; of a restricted report legal alone."""
    wanted = {LEGAL} if report.confidential else {DESK, LEGAL}
    return bool(by.roles_at(report.publication) & wanted)


@transaction.atomic
def export(report: Report, *, by: User, reason: str, with_words: bool = False) -> tuple[str, str]:
    """The name of the file and its CSV, oldest line first. Why it was made is kept as an internal note.

    Raises `NotAllowed` without the right, `Invalid` without a reason.
    """
    report = lock(report)
    keep_closed(report, by)
    if not may_export(report, by):
        raise NotAllowed(_("Your role does not include this."))
    why = reason.strip()
    if not why or len(why) > MAX_REASON:
        raise Invalid.one("/reason", _("Say in a few words why you need it."), "required")
    note = Message.objects.create(
        report=report, author_kind="staff", author=by, internal=True, body=why, at=timezone.now()
    )
    record(events.EXPORTED, report, by=by, data={"words": with_words, "note": note.pk})
    lines = sorted(_lines(report), key=lambda line: line.at)
    rows = [(_moment(at), *told, words if with_words else "") for at, *told, words in map(astuple, lines)]
    return f"{report.reference}.csv", table(COLUMNS, rows)


def _lines(report: Report) -> Iterator[Line]:
    yield _received(report)
    yield from _happened(report)
    yield from _promised(report)
    for message in report.messages.select_related("author")[:MOST]:
        what = (
            "internal note"
            if message.internal
            else "to the reader"
            if message.author_kind == "staff"
            else "by the reader"
        )
        yield Line(message.at, "message", what, _name(message.author, message.author_kind), words=message.body)
    for decision in report.decisions.select_related("by")[:MOST]:
        words = "\n\n".join(part for part in (decision.answer, decision.turn_to) if part)
        detail = _pairs(resolution=decision.resolution_code, agency=decision.agency)
        yield Line(decision.at, "decision", decision.move, _name(decision.by, "clock"), detail=detail, words=words)
    yield from _told(report)
    for other in report.joined.order_by("pk")[:MOST]:
        if not other.confidential:
            yield Line(other.created_at, "joined", other.reference, "reader", detail=_pairs(status=other.status))
    settled_by = (report.joined_to or report).correction
    if settled_by is not None:
        yield from _noticed(settled_by)


def _received(report: Report) -> Line:
    article = report.article.reference if report.article else ""
    detail = _pairs(
        publication=report.publication.slug,
        article=article,
        revision=report.article_revision,
        channel=report.channel,
        medium=report.medium,
        origin=report.origin,
        category=report.category,
        urgent=report.urgent,
        about_me=report.about_me,
        held_because=" ".join(report.held_reasons),
    )
    words = "\n\n".join(part for part in (report.passage_exact, report.claim, report.suggestion) if part)
    return Line(report.created_at, "report", report.reference, detail=detail, words=words)


def _happened(subject: Report | Correction) -> Iterator[Line]:
    for event in history_of(subject)[:MOST]:
        data = {key: value for key, value in event.data.items() if key not in {"from", "to"}}
        yield Line(
            event.happened_at,
            "event",
            event.kind,
            _name(event.actor, event.actor_kind),
            str(event.data.get("from", "")),
            str(event.data.get("to", "")),
            _pairs(**data),
        )


def _promised(report: Report) -> Iterator[Line]:
    rows = Promise.objects.filter(subject_kind=report.noun, subject_reference=report.reference).order_by("pk")
    for promise in rows[:MOST]:
        due = _pairs(due=_moment(promise.due_at))
        yield Line(promise.given_at, "promise", f"{promise.kind} given", detail=due)
        for verb, at in (
            ("paused", promise.paused_at),
            ("breached", promise.breached_at),
            ("escalated", promise.escalated_at),
            ("dropped", promise.dropped_at),
        ):
            if at is not None:
                yield Line(at, "promise", f"{promise.kind} {verb}", detail=due)
        if promise.kept_at is not None:
            verb = "kept late" if promise.outcome(promise.kept_at) == "late" else "kept in time"
            yield Line(promise.kept_at, "promise", f"{promise.kind} {verb}", detail=due)


def _told(report: Report) -> Iterator[Line]:
    rows = Delivery.objects.filter(event__subject_kind=report.noun, event__subject_reference=report.reference)
    for delivery in rows.select_related("event").order_by("pk")[:MOST]:
        detail = _pairs(state=delivery.state, tries=delivery.attempts, verdict=delivery.last_verdict)
        to = delivery.recipient_kind or delivery.channel
        about = delivery.event.kind if delivery.event else ""
        yield Line(delivery.sent_at or delivery.created_at, "message sent", about, to, detail=detail)


def _noticed(correction: Correction) -> Iterator[Line]:
    if not correction.is_public or correction.published_at is None:
        yield Line(correction.created_at, "notice", correction.reference, to=correction.status)
        yield from _happened(correction)
        return
    detail = _pairs(
        kind=correction.kind,
        severity=correction.severity,
        articles=" ".join(correction.articles.values_list("article__reference", flat=True)),
    )
    yield Line(
        correction.published_at,
        "notice",
        correction.reference,
        _name(correction.published_by, "staff"),
        to=correction.status,
        detail=detail,
        words=correction.text,
    )
    for placed in correction.placements.exclude(seen_at=None).select_related("placed_by").order_by("pk"):
        if placed.seen_at is not None:
            detail = _pairs(url=placed.url, where=placed.detail)
            yield Line(placed.seen_at, "placed", placed.place, _name(placed.placed_by, "desk"), detail=detail)
    yield from _happened(correction)
    for entry in LedgerEntry.objects.filter(correction=correction).order_by("index"):
        detail = _pairs(index=entry.index, leaf_hash=entry.leaf_hash)
        yield Line(correction.published_at, "public log", correction.reference, detail=detail)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _name(person: Any, otherwise: str) -> str:
    return str(person) if isinstance(person, User) else otherwise


def _pairs(**values: Any) -> str:
    shown = {name: value for name, value in values.items() if value or (value == 0 and value is not False)}
    return "; ".join(
        f"{name}={value if isinstance(value, str | int) else json.dumps(value)}" for name, value in shown.items()
    )
