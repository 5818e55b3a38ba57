"""How far a report has come, for its reader: what happened with its date, what happens now, what may come.

Nothing that did not happen is called done, whatever way the report ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from corrections.models import Decision, Report
from corrections.views.wording import primary_of
from corrections.vocabulary import Resolution
from corrections.workflow import ReportStatus

S = ReportStatus
RECEIVED = _("Received")
WITH_EDITOR = _("With an editor")
DECIDED = _("Decided")
JOINED = _("Joined to another report")
LAPSED = _("Closed without a reply")
SECOND_LOOK = _("Second look")
CORRECTION = _("Correction")
PUBLISHED = _("Published")
DECISIONS = {"accept": DECIDED, "decline": DECIDED, "join": JOINED, "lapse": LAPSED}
"""A decision that a reader may have asked to look at again → what it was."""
ENDS = {S.WITHDRAWN: _("Taken back"), S.LAPSED: LAPSED, S.SPAM: _("Closed")}
"""How a report ends without an answer of ours."""
ERASED = _("What you wrote was erased")
UNANSWERED = frozenset({*ENDS.values(), ERASED})
"""Steps that ended something instead of bringing it on."""

Row = tuple[Any, datetime | None]


def steps_of(report: Report) -> list[dict[str, Any]]:
    """The steps for `includes/steps.html`."""
    past = _so_far(report)
    now, later = _ahead(report)
    if now:
        rows = [*_rows("done", past), *_rows("current", [now])]
    elif later:
        rows = [*_rows("done", past[:-1]), *_rows("current", past[-1:])]
    else:
        rows = _rows("done", past)
    for row in rows:
        if row["state"] == "done" and row["label"] in UNANSWERED:
            row["state"] = "ended"
    return [*rows, *_rows("todo", [(label, None) for label in later])]


def _rows(state: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{"label": label, "state": state, "at": at} for label, at in rows]


def _so_far(report: Report) -> list[Row]:
    rows: list[Row] = [(RECEIVED, report.created_at)]
    if report.first_answered_at is not None:
        rows.append((WITH_EDITOR, report.first_answered_at))
    if report.appealed_at is not None:
        before = [row for row in report.decisions.all() if row.at <= report.appealed_at]
        rows += [(DECISIONS[row.move], row.at) for row in before if row.move in DECISIONS][-1:]
        rows += [(PUBLISHED, row.at) for row in before if row.move == "resolve"]
        rows.append((SECOND_LOOK, report.appealed_at))
    if report.status == S.DUPLICATE:
        rows.append((JOINED, report.closed_at))
    elif report.status in ENDS:
        settled = report.resolution_code == Resolution.ALREADY_CORRECTED
        rows.append((_("Settled before") if settled else ENDS[S(report.status)], report.closed_at))
    primary = primary_of(report)
    if primary.status in {S.ACCEPTED, S.RESOLVED, S.DECLINED}:
        rows.append((DECIDED, _decided_at(primary)))
    if primary.status == S.RESOLVED:
        rows.append((PUBLISHED, primary.closed_at))
    if report.text_erased_at is not None:
        rows.append((ERASED, report.text_erased_at))
    return rows


def _ahead(report: Report) -> tuple[Row | None, list[Any]]:
    """What happens now, when that is no step yet taken; and the steps to come."""
    primary = primary_of(report)
    if primary.status == S.ACCEPTED:
        return (CORRECTION, None), [PUBLISHED]
    if report.status == S.NEEDS_INFO:
        return (_("Your answer"), None), [DECIDED]
    if report.outside_status == S.NEW and report.appealed_at is None:
        return None, [WITH_EDITOR, DECIDED]
    if report.is_open or (report.status == S.DUPLICATE and primary.status not in {S.RESOLVED, S.DECLINED}):
        return None, [DECIDED]
    return None, []


def _decided_at(report: Report) -> datetime | None:
    decisions: list[Decision] = [row for row in report.decisions.all() if row.move in {"accept", "decline"}]
    return decisions[-1].at if decisions else report.closed_at
