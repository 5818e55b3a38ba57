"""The reader adds something to a report that is not decided: a source, a slip of the pen. It moves nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Report
from corrections.services import report as reports
from corrections.workflow import ReportStatus
from newsroom.errors import Conflict, Invalid
from newsroom.events.log import history_of, record
from newsroom.workflow import THE_READER, lock

ADDED_IN = frozenset({ReportStatus.HELD, ReportStatus.NEW, ReportStatus.IN_REVIEW})
MAX_ADDITIONS = 5
MAX_ADDED_WORDS = 2000


def may_add(report: Report) -> bool:
    """Whether the private page takes additions: nothing is decided or asked, and there were not too many."""
    return report.status in ADDED_IN and report.text_erased_at is None and _added(report) < MAX_ADDITIONS


@transaction.atomic
def add(report: Report, *, words: str) -> Report:
    """A message of the thread. The version counts on, so that nobody decides without having seen it.

    The same words again add nothing. Raises `Conflict` when the report is decided, or too much was added.
    """
    report = lock(report)
    words = words.strip()
    if len(words) > MAX_ADDED_WORDS:
        raise Invalid.one("/words", _("At most 2,000 characters."), "too_long")
    if words and report.messages.filter(author_kind="reader", body=words).exists():
        return report
    if not may_add(report):
        raise Conflict(_("Nothing more can be added to this report."))
    message = reports.say(report, "reader", THE_READER, words)
    report.version += 1
    report.save(update_fields=["version", "updated_at"])
    record(events.ADDED_TO, report, by=THE_READER, data={"message": message.pk})
    return report


def _added(report: Report) -> int:
    return history_of(report).filter(kind=events.ADDED_TO.name).count()
