"""The one shape of every move of a report: lock, compare, ask the table, save, record."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from corrections.events import EVENT_OF_MOVE
from corrections.models import Decision, Report
from corrections.workflow import CLOSED, REPORT
from newsroom.accounts.models import User
from newsroom.errors import NotFound, Stale
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import LEGAL, Actor, lock

WAITING = ("waiting_on", "waiting_reason", "waiting_since", "waiting_until")
MOVED = ["status", "version", "updated_at", "closed_at"]


def keep_closed(report: Report, by: Actor) -> None:
    """A restricted report is not there for staff without the legal role: raises `NotFound`."""
    if report.confidential and isinstance(by, User) and LEGAL not in by.roles_at(report.publication):
        raise NotFound(_("No such report."))


def shown(report: Report) -> str:
    """What the reader's page shows of how the report stands: the status, and how many words of ours. What the desk does
    among itself (hands it over, notes, judges) does not change it, so that it refuses no move of a reader.
    """
    words = report.messages.filter(internal=False).exclude(author_kind="reader").count()
    return f"{report.outside_status}.{words}.{report.decisions.count()}"


def begin(report: Report, move: str, *, by: Actor, seen: int | None, saw: str = "") -> tuple[Report, dict[str, Any]]:
    """The locked row with its new status, and what changed. To be called inside a transaction.

    `seen` is the version that the caller read; `saw` is what `shown` was when the reader's page was made. `Stale` when
    either is another one by now.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if saw and saw != shown(report):
        raise Stale(_("Something new stands here since this page was opened."))
    change: dict[str, Any] = dict(REPORT.move(report, move, by))
    end_wait(report)
    report.closed_at = timezone.now() if report.status in CLOSED else None
    return report, change


def end_wait(report: Report) -> bool:
    """Wait for no agency any more, and let the clocks run; the caller saves `WAITING`. False when nobody waited."""
    if report.waiting_since is None:
        return False
    report.waiting_on = report.waiting_reason = ""
    report.waiting_since = report.waiting_until = None
    promises.resume(report, "decide", "publish")
    return True


def end(report: Report, change: dict[str, Any], *, by: Actor, fields: tuple[str, ...] = ()) -> Report:
    """Save what the move changed, and record it."""
    report.save(update_fields=[*MOVED, *WAITING, *fields])
    record(EVENT_OF_MOVE["report"][change["move"]], report, by=by, data=change)
    return report


def decide(
    report: Report, move: str, *, by: Actor, code: str = "", answer: str = "", turn_to: str = "", agency: str = ""
) -> Decision:
    """Write down one answer to the report."""
    return Decision.objects.create(
        report=report,
        move=move,
        resolution_code=code,
        answer=answer,
        turn_to=turn_to,
        agency=agency,
        by=by if isinstance(by, User) else None,
        at=timezone.now(),
    )
