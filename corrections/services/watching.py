"""What the corrections desk promises, for the watch over promises; and calling the editor on call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from corrections import events
from corrections.models import Correction, Report
from corrections.workflow import ReportStatus
from newsroom.accounts import regimes
from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.events.log import history_of, record
from newsroom.events.models import Event
from newsroom.events.watch import Watched, register
from newsroom.workflow import Actor

PAGED = {ReportStatus.NEW, ReportStatus.IN_REVIEW}
SOFT = frozenset({"trap", "too_fast", "over_quota", "many_on_article"})
"""Doubts that a reader in a hurry raises, too: a browser that fills in fields, a network of many."""
ONE_PAGE_WITHIN = timedelta(hours=1)


def _report(reference: str) -> tuple[Any, Any] | None:
    row = Report.objects.select_related("article").filter(reference=reference).first()
    return (row, row.article) if row is not None else None


def _correction(reference: str) -> tuple[Any, Any] | None:
    row = Correction.objects.filter(reference=reference).first()
    return (row, row.main_article) if row is not None else None


def _urgent() -> QuerySet[Any]:
    """Nobody waits a day when one of these is late, unless the gate still holds it."""
    return Report.objects.filter(urgent=True).exclude(status=ReportStatus.HELD)


register(
    Watched(
        "report",
        regimes.PROMISES,
        _report,
        overdue=events.OVERDUE,
        due_soon=events.DUE_SOON,
        escalated=events.ESCALATED,
        at_once=_urgent,
    )
)
register(Watched("correction", ("second_review",), _correction, overdue=events.REVIEW_OVERDUE))


def page_if_urgent(report: Report, *, by: Actor) -> bool:
    """Page the on-call editor about an urgent report, once. Inside the caller's transaction.

    One that the gate holds for soft reasons alone pages, too, but the first about an article within an hour only: it
    may be a child in danger behind a crowded network, and it may be a flood.
    """
    if not report.urgent or history_of(report).filter(kind=events.PAGED.name).exists():
        return False
    if report.status == ReportStatus.HELD:
        if not set(report.held_reasons) <= SOFT or _paged_about(report):
            return False
    elif report.status not in PAGED:
        return False
    record(events.PAGED, report, by=by)
    return True


def _paged_about(report: Report) -> bool:
    """Whether anybody was paged about this article, or this address, within the hour. Locks it, so that of two at once
    the second sees the first one's page.
    """
    recent = Event.objects.filter(kind=events.PAGED.name, happened_at__gt=timezone.now() - ONE_PAGE_WITHIN)
    if report.article_id is not None:
        Article.objects.select_for_update().filter(pk=report.article_id).first()
        return recent.filter(article=report.article_id).exists()
    Publication.objects.select_for_update().filter(pk=report.publication_id).first()
    same = Report.objects.filter(publication=report.publication_id, article_url=report.article_url, urgent=True)
    return recent.filter(subject_kind="report", subject_reference__in=same.values("reference")).exists()
