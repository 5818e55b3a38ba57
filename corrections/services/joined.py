"""What becomes of readers who were joined to a report that ends without an outcome."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from corrections.models import Decision, Report
from corrections.services import priority
from corrections.services.moving import begin, end
from corrections.workflow import ReportStatus
from newsroom.workflow import THE_LOG

UNANSWERED = frozenset({ReportStatus.WITHDRAWN, ReportStatus.LAPSED, ReportStatus.SPAM})
"""How a report ends without an outcome that its joined readers could be told."""


def lock_with_joined(*reports: Report) -> dict[int, Report]:
    """Lock these reports and all that were joined to one of them, in the order in which they came, so that two such
    moves never wait for each other. Primary key → row. Before any of them is locked by itself.
    """
    keys = [report.pk for report in reports]
    rows = Report.objects.select_for_update(of=("self",)).filter(Q(pk__in=keys) | Q(joined_to__in=keys))
    return {row.pk: row for row in rows.order_by("pk")}


def lock_with_primary(report: Report) -> None:
    """The same for a report and the one that it was joined to."""
    primary = Report.objects.filter(pk=report.pk).values("joined_to")
    rows = Report.objects.select_for_update(of=("self",)).filter(Q(pk=report.pk) | Q(pk__in=primary))
    list(rows.order_by("pk"))


def take_along(report: Report, left: Report) -> None:
    """Write down on the report itself what was decided of the one it is about to leave: the answer that its reader had,
    who gave it, and the notice that was published. Nothing while there is none, or where it is the legal desk's alone.

    The caller saves the report.
    """
    if left.status not in {ReportStatus.RESOLVED, ReportStatus.DECLINED} or left.confidential:
        return
    report.correction = left.correction
    had_at = report.closed_at or timezone.now()
    for given in left.decisions.filter(move__in=["accept", "resolve", "decline"]).order_by("pk"):
        # What was written to the other reader is theirs; an answer that says no was for everybody who had joined.
        said = {"answer": given.answer, "turn_to": given.turn_to} if given.move == "decline" else {}
        Decision.objects.create(
            report=report,
            move=given.move,
            resolution_code=given.resolution_code,
            agency=given.agency,
            by=given.by,
            at=max(given.at, had_at),
            **said,
        )


def hand_over(report: Report) -> Report | None:
    """The first of the joined reports goes on by itself, and the others are joined to it. None when there are none.

    To be called inside the transaction that closes `report` without deciding it, and that began with
    `lock_with_joined`: its reader took it back, it lapsed, or it was spam. Those who said the same still wait for an
    answer, and are promised new dates.
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
