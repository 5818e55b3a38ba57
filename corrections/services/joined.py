"""What becomes of readers who were joined to a report that ends without an outcome."""

from __future__ import annotations

from corrections.models import Report
from corrections.services import priority
from corrections.services.moving import begin, end
from corrections.workflow import ReportStatus
from newsroom.workflow import THE_LOG

UNANSWERED = frozenset({ReportStatus.WITHDRAWN, ReportStatus.LAPSED, ReportStatus.SPAM})
"""How a report ends without an outcome that its joined readers could be told."""


def lock_both(report: Report, other: Report) -> Report:
    """Lock two reports in the order in which they came, so that two such moves never wait for each other: the other."""
    rows = Report.objects.select_for_update(of=("self",)).filter(pk__in=[report.pk, other.pk]).order_by("pk")
    return {row.pk: row for row in rows}[other.pk]


def hand_over(report: Report) -> Report | None:
    """The first of the joined reports goes on by itself, and the others are joined to it. None when there are none.

    To be called inside the transaction that closes `report` without deciding it: its reader took it back, it lapsed, or
    it was spam. Those who said the same still wait for an answer, and are promised new dates.
    """
    waiting = Report.objects.filter(joined_to=report, status=ReportStatus.DUPLICATE).order_by("pk")
    first = waiting.first()
    if first is None:
        return None
    first, change = begin(first, "carry_on", by=THE_LOG, seen=None)
    first.joined_to = None
    first.resolution_code = ""
    waiting.exclude(pk=first.pk).update(joined_to=first)
    first.priority, first.priority_reasons = priority.of(first)
    first = end(
        first,
        change,
        by=THE_LOG,
        fields=("joined_to", "resolution_code", "priority", "priority_reasons"),
    )
    priority.promise(first)
    return first
