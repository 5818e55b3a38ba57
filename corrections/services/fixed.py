"""Is it fixed? Asked of everyone who waited for a correction, some weeks after it was published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Report
from corrections.services import report as reports
from corrections.services.joined import lock_with_joined
from corrections.vocabulary import Visibility, YesNo
from corrections.workflow import ReportStatus
from newsroom.accounts.models import Publication
from newsroom.errors import Conflict
from newsroom.events.log import record
from newsroom.rounds import one_by_one, to_the_end
from newsroom.workflow import THE_CLOCK, THE_READER, lock

ASK_WITHIN = timedelta(days=14)
"""What was due longer ago is not asked by mail any more: an upgrade must not write to readers of last year."""
BATCH = 200


@to_the_end()
def ask(now: datetime | None = None) -> int:
    """Ask the readers of reports that were settled so long ago, and those who joined them, once. How many.

    Each publication says after how many days (`ask_fixed_after_days`); 0 asks nobody.
    """
    now = now or timezone.now()
    asked = 0
    for publication in Publication.objects.order_by("pk"):
        wait = _wait(publication)
        if wait is None:
            continue
        due = Report.objects.filter(
            publication=publication,
            status=ReportStatus.RESOLVED,
            visibility=Visibility.NORMAL,
            fix_asked_at=None,
            closed_at__lte=now - wait,
            closed_at__gt=now - wait - ASK_WITHIN,
        )
        asked += one_by_one(due.order_by("closed_at", "pk")[:BATCH], lambda report: _ask_with_joined(report, now))
    return asked


def is_asked(report: Report, *, now: datetime | None = None) -> bool:
    """Whether the private page asks this reader: the correction is out for so long, and they have not answered."""
    wait = _wait(report.publication)
    settled = report.joined_to if report.status == ReportStatus.DUPLICATE else report
    if wait is None or settled is None or settled.status != ReportStatus.RESOLVED:
        return False
    if report.fixed_answer or settled.confidential or report.confidential:
        return False
    return report.outcome_at is not None and (now or timezone.now()) >= report.outcome_at + wait


@transaction.atomic
def say_fixed(report: Report, *, yes: bool, words: str = "") -> Report:
    """The reader answers. A no reopens nothing by itself: the desk is told, with what the reader says is still wrong.

    The same answer again is no error. Raises `Conflict` when nobody asked.
    """
    answer = YesNo.YES if yes else YesNo.NO
    report = lock(report)
    if report.fixed_answer == answer:
        return report
    if not is_asked(report):
        raise Conflict(_("This question is no longer open."))
    report.fixed_answer = answer.value
    report.version += 1
    report.save(update_fields=["fixed_answer", "version", "updated_at"])
    said: dict[str, Any] = {"question": "fixed", "answer": answer.value}
    if words.strip():
        said["message"] = reports.say(report, "reader", THE_READER, words).pk
    record(events.QUESTION_ANSWERED, report, by=THE_READER, data=said)
    return report


def _ask_with_joined(report: Report, now: datetime) -> int:
    joined = Report.objects.filter(
        joined_to=report, status=ReportStatus.DUPLICATE, visibility=Visibility.NORMAL, fix_asked_at=None
    )
    asked = 0
    with transaction.atomic():
        lock_with_joined(report)
        for row in (report, *joined.order_by("pk")):
            fresh = lock(row)
            settled = fresh.status in {ReportStatus.RESOLVED, ReportStatus.DUPLICATE}
            if not settled or fresh.fix_asked_at is not None:
                continue
            fresh.fix_asked_at = now
            fresh.save(update_fields=["fix_asked_at", "updated_at"])
            if not fresh.fixed_answer and fresh.text_erased_at is None:
                record(events.FIX_ASKED, fresh, by=THE_CLOCK)
                asked += 1
    return asked


def _wait(publication: Publication) -> timedelta | None:
    days = int(publication.policy("ask_fixed_after_days"))
    return timedelta(days=days) if days > 0 else None
