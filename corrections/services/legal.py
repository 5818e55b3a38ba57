"""The legal desk closes a report to everybody else, opens it again, and keeps what would be forgotten. And it is asked
for its advice, which is an internal note.

While a report is restricted, only the legal role sees it or does anything to it; nothing about it is mailed to its
reader or sent to a CMS, and it is in no list and no figure of others.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import LegalAct, Report
from corrections.services import report as reports
from corrections.services.moving import keep_closed
from corrections.vocabulary import Visibility
from newsroom.accounts.models import User
from newsroom.accounts.notices import people_with
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.events.planning import await_planners
from newsroom.events.upkeep import cancel_owed
from newsroom.workflow import DESK, LEGAL, lock

MAX_REASON = 500
Act = LegalAct.Act


def may_restrict(report: Report, by: User) -> bool:
    """Whether this person may close it to everybody but legal."""
    return not report.confidential and LEGAL in by.roles_at(report.publication)


def may_unrestrict(report: Report, by: User) -> bool:
    """Whether this person may open it again."""
    return report.confidential and LEGAL in by.roles_at(report.publication)


def may_place_hold(report: Report, by: User) -> bool:
    """Whether this person may keep it from being forgotten."""
    return not report.legal_hold and LEGAL in by.roles_at(report.publication)


def may_lift_hold(report: Report, by: User) -> bool:
    """Whether this person may let it be forgotten again."""
    return report.legal_hold and LEGAL in by.roles_at(report.publication)


def may_refer(report: Report, by: User) -> bool:
    """Whether this person may ask legal to look at it."""
    wanted = report.is_open and not report.confidential and report.referred_at is None
    return wanted and DESK in by.roles_at(report.publication)


def may_advise(report: Report, by: User) -> bool:
    """Whether legal was asked, and this person answers."""
    return report.referred_at is not None and LEGAL in by.roles_at(report.publication)


def acts_shown_to(report: Report, person: User) -> list[LegalAct]:
    """What the legal desk did, oldest first. Why a report was or is closed is for legal alone; a hold is for all."""
    acts = report.legal_acts.select_related("by")
    if LEGAL not in person.roles_at(report.publication):
        acts = acts.filter(act__in=[Act.PLACE_HOLD, Act.LIFT_HOLD, Act.REFER])
    return list(acts[:50])


@transaction.atomic
def refer(report: Report, *, by: User, reason: str, seen: int | None = None) -> Report:
    """Ask legal to look at it; the legal desk is mailed. The report stays where it is and its dates run on.

    Raises `NotAllowed` for whoever is not of the desk, `Conflict` when it is with legal already, is closed, or nobody
    holds the legal role there, `Invalid` without a reason.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk refers reports to legal."))
    if not may_refer(report, by):
        raise Conflict(_("It is with legal already, or closed."))
    if not people_with(report.publication, LEGAL):
        raise Conflict(_("Nobody holds the legal role at this publication."))
    _check(reason)
    report.referred_at = timezone.now()
    return _end(report, Act.REFER, events.REFERRED, by=by, reason=reason)


@transaction.atomic
def advise(report: Report, *, by: User, words: str, seen: int | None = None) -> Report:
    """Answer the desk that asked: an internal note. Whoever works on the report is told."""
    report = lock(report, seen=seen)
    if LEGAL not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the legal desk does this."))
    if report.referred_at is None:
        raise Conflict(_("Nobody waits for advice about it."))
    note = reports.note_down(report, by, words)
    report.referred_at = None
    report.version += 1
    report.save(update_fields=["referred_at", "version", "updated_at"])
    record(events.ADVISED, report, by=by, data={"note": note.pk})
    return report


@transaction.atomic
def restrict(report: Report, *, by: User, reason: str, seen: int | None = None) -> Report:
    """From now on for the legal role alone. Who worked on it without that role is told that it is gone.

    Mails and hooks about it that are still owed are canceled, and what happened before and is not planned yet brings
    none; they do not come back when it is opened again.
    """
    await_planners(report)
    report = _begin(report, by=by, reason=reason, seen=seen)
    if report.confidential:
        raise Conflict(_("It is restricted already."))
    report.visibility, report.referred_at = Visibility.RESTRICTED, None
    left = report.assignee
    if left is not None and LEGAL in left.roles_at(report.publication):
        left = None
    if left is not None:
        report.assignee = None
    cancel_owed(report, note="the report was restricted")
    data = {"left": left.pk} if left is not None else {}
    return _end(report, Act.RESTRICT, events.RESTRICTED, by=by, reason=reason, data=data)


@transaction.atomic
def unrestrict(report: Report, *, by: User, reason: str, seen: int | None = None) -> Report:
    """The desk sees it again, and is told."""
    report = _begin(report, by=by, reason=reason, seen=seen)
    if not report.confidential:
        raise Conflict(_("It is not restricted."))
    report.visibility = Visibility.NORMAL
    return _end(report, Act.UNRESTRICT, events.UNRESTRICTED, by=by, reason=reason)


@transaction.atomic
def place_hold(report: Report, *, by: User, reason: str, seen: int | None = None) -> Report:
    """Nothing of it is erased, neither with time nor when the reader asks."""
    report = _begin(report, by=by, reason=reason, seen=seen)
    if report.legal_hold:
        raise Conflict(_("A legal hold is on it already."))
    report.legal_hold = True
    return _end(report, Act.PLACE_HOLD, events.HOLD_PLACED, by=by, reason=reason)


@transaction.atomic
def lift_hold(report: Report, *, by: User, reason: str, seen: int | None = None) -> Report:
    """What is due to be forgotten is forgotten by the next round of retention."""
    report = _begin(report, by=by, reason=reason, seen=seen)
    if not report.legal_hold:
        raise Conflict(_("No legal hold is on it."))
    report.legal_hold = False
    return _end(report, Act.LIFT_HOLD, events.HOLD_LIFTED, by=by, reason=reason)


def _begin(report: Report, *, by: User, reason: str, seen: int | None) -> Report:
    report = lock(report, seen=seen)
    if LEGAL not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the legal desk does this."))
    _check(reason)
    return report


def _check(reason: str) -> None:
    if not reason.strip():
        raise Invalid.one("/reason", _("Say why: it is kept with your name."), "required")
    if len(reason) > MAX_REASON:
        raise Invalid.one("/reason", _("At most 500 characters."), "too_long")


def _end(report: Report, act: str, kind: Kind, *, by: User, reason: str, data: dict[str, int] | None = None) -> Report:
    report.version += 1
    report.save(update_fields=["visibility", "legal_hold", "referred_at", "assignee", "version", "updated_at"])
    LegalAct.objects.create(report=report, act=act, reason=reason.strip(), by=by, at=timezone.now())
    record(kind, report, by=by, data=data)
    return report
