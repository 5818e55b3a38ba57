"""What time alone does at the corrections desk: reminders, lapses, and the watch over promises."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from corrections.events import ASKED
from corrections.models import Message, Report
from corrections.services import agencies, inquiries, presence
from corrections.services import report as reports
from corrections.vocabulary import Visibility
from corrections.workflow import REMINDERS_BEFORE_LAPSE, ReportStatus
from newsroom.business_time import last_moment
from newsroom.events import watch
from newsroom.events.log import history_of, record
from newsroom.events.models import Event
from newsroom.rounds import one_by_one, to_the_end
from newsroom.workflow import THE_CLOCK, lock

WATCHED_HERE = ("report", "correction")
REMIND_AFTER = (timedelta(days=5), timedelta(days=10))
LAPSE_AFTER = timedelta(days=15)
"""With the end of that day, where the publication is: the reader was told the date."""


@to_the_end()
def tick(now: datetime | None = None) -> None:
    """Everything that is due, each row in a transaction of its own. Twice in a row does nothing more.

    A row that fails does not hold up the others: what it raised is raised when all are through.
    """
    now = now or timezone.now()
    remind(now)
    lapse(now)
    inquiries.remind(now)
    presence.prune(now)
    agencies.end_waits(now)
    watch.watch(now, WATCHED_HERE)


def remind(now: datetime) -> int:
    """Remind readers who were asked something, on the fifth and the tenth day. The number of reminders."""
    return one_by_one(waiting(), lambda report: _remind(report, now))


def _remind(report: Any, now: datetime) -> bool:
    due = sum(1 for wait in REMIND_AFTER if report.asked_at + wait <= now)
    if due <= report.reminders_sent:
        return False
    with transaction.atomic():
        fresh = lock(report, seen=report.version)
        if fresh.status != ReportStatus.NEEDS_INFO or fresh.reminders_sent >= due:
            return False
        fresh.reminders_sent += 1
        fresh.save(update_fields=["reminders_sent", "updated_at"])
        record("report.reminded", fresh, by=THE_CLOCK, data={"number": fresh.reminders_sent})
    return True


def lapse(now: datetime) -> int:
    """Close what was asked, reminded twice and never answered. The number closed.

    What anybody did something to since it was read here is looked at afresh next time.
    """
    silent = waiting().filter(asked_at__lte=now - LAPSE_AFTER, reminders_sent__gte=REMINDERS_BEFORE_LAPSE)
    return one_by_one(silent, lambda report: _lapse(report, now))


def _lapse(report: Any, now: datetime) -> bool:
    if now <= _closes_at(report):
        return False
    reports.lapse(report, seen=report.version)
    return True


def answer_by(report: Report) -> datetime | None:
    """The last moment for the reader's answer: after it the report is closed. None when we do not wait for one, or for
    as long as it takes.
    """
    if report.about_me or report.urgent:
        return None
    row = waiting().filter(pk=report.pk).first()
    return _closes_at(row) if row is not None else None


def question_of(report: Report) -> Message | None:
    """What the reader is asked, or was in vain: whatever else the desk has written since. None when nothing is."""
    if report.status not in {ReportStatus.NEEDS_INFO, ReportStatus.LAPSED}:
        return None
    asked = history_of(report).filter(kind=ASKED.name).order_by("-pk").first()
    return report.messages.filter(pk=asked.data.get("message")).first() if asked is not None else None


def _closes_at(report: Any) -> datetime:
    return last_moment(report.asked_at, LAPSE_AFTER.days, zone=report.publication.zone)


def waiting() -> QuerySet[Any]:
    """Reports that wait for the reader, each with `asked_at`: when the desk last asked. The longest first.

    Not the restricted ones: their readers get no mail, so that none of them is reminded, and none lapses.
    """
    asked = Event.objects.filter(
        kind=ASKED.name, subject_kind=Report.noun, subject_reference=OuterRef("reference")
    ).order_by("-pk")
    rows = Report.objects.filter(status=ReportStatus.NEEDS_INFO, visibility=Visibility.NORMAL).annotate(
        asked_at=Subquery(asked.values("happened_at")[:1])
    )
    return rows.filter(asked_at__isnull=False).select_related("publication").order_by("asked_at")
