"""The watch over promises: a warning before the date, the breach, and the escalation to those who answer for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from corrections import events
from corrections.models import Correction, Report
from corrections.workflow import ReportStatus
from newsroom.accounts.models import Publication
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.events.models import Promise
from newsroom.workflow import THE_CLOCK, Actor

WARN_BEFORE = timedelta(days=1)
NOT_WARNED_OF = timedelta(hours=12)
"""A promise younger than this is not warned of: an urgent one is short, and whoever keeps it was just paged."""
BATCH = 200
PAGED = {ReportStatus.NEW, ReportStatus.IN_REVIEW}


def page_if_urgent(report: Report, *, by: Actor) -> bool:
    """Page the on-call editor about a new urgent report that the gate let pass. Inside the caller's transaction."""
    if not report.urgent or report.status not in PAGED:
        return False
    record(events.PAGED, report, by=by)
    return True


def watch(now: datetime) -> int:
    """Note each promise that is nearly due, past, or past for too long, once each. The number noted."""
    noted = 0
    running = Promise.objects.filter(kept_at=None, dropped_at=None, paused_at=None)
    of_reports = running.filter(subject_kind="report")
    nearly = Q(due_at__lt=now + WARN_BEFORE, due_at__gte=now, given_at__lte=now - NOT_WARNED_OF)
    for field, kind, rows in (
        ("warned_at", events.DUE_SOON, of_reports.filter(nearly, warned_at=None)),
        ("breached_at", events.OVERDUE, of_reports.filter(breached_at=None, due_at__lt=now)),
        *(("escalated_at", events.ESCALATED, rows) for rows in _to_escalate(of_reports, now)),
        (
            "breached_at",
            events.REVIEW_OVERDUE,
            running.filter(subject_kind="correction", kind="second_review", breached_at=None, due_at__lt=now),
        ),
    ):
        noted += sum(_note(promise, field, kind, now) for promise in rows.order_by("due_at")[:BATCH])
    return noted


def _to_escalate(running: QuerySet[Promise], now: datetime) -> Iterator[QuerySet[Promise]]:
    """Broken promises whose grace is over: an urgent report has none, unless the gate still holds it."""
    broken = running.filter(breached_at__isnull=False, breached_at__lte=now, escalated_at=None)
    urgent = Report.objects.filter(urgent=True).exclude(status=ReportStatus.HELD)
    yield broken.filter(subject_reference__in=urgent.values("reference"))
    for publication in Publication.objects.filter(pk__in=broken.order_by().values("publication")):
        grace = timedelta(hours=int(publication.policy("escalate_after_hours")))
        yield broken.filter(publication=publication, breached_at__lte=now - grace)


def _note(promise: Promise, field: str, kind: Kind, now: datetime) -> bool:
    with transaction.atomic():
        subject = _subject(promise)
        taken = Promise.objects.filter(pk=promise.pk, **{field: None}).update(**{field: now})
        if not taken or subject is None:
            return False
        article = subject.main_article if isinstance(subject, Correction) else subject.article
        record(kind, subject, by=THE_CLOCK, article=article, data={"promise": promise.kind})
        return True


def _subject(promise: Promise) -> Any:
    model: Any = {"report": Report, "correction": Correction}[promise.subject_kind]
    return model.objects.filter(reference=promise.subject_reference).first()
