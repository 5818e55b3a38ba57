"""The moves of a report, one function each."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, Message, Report
from corrections.services import answers, outcomes, priority, receipts, watching
from corrections.services import correction as notices
from corrections.services.joined import UNANSWERED, hand_over, lock_with_joined, lock_with_primary, take_along
from corrections.services.moving import begin, decide, end, keep_closed
from corrections.vocabulary import DECLINE_CODES, Resolution, Severity
from corrections.workflow import REPORT
from newsroom.accounts import regimes
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import THE_CLOCK, THE_READER, Actor, lock

MAX_WORDS = 5000
MAX_AGENCY = 120


@transaction.atomic
def release(report: Report, *, by: User, seen: int | None = None) -> Report:
    """The gate doubted it, a person does not: into the queue."""
    report, change = begin(report, "release", by=by, seen=seen)
    report.held_reasons = []
    change["receipt"] = receipts.to_address_at_last(report)
    report = end(report, change, by=by, fields=("held_reasons",))
    watching.page_if_urgent(report, by=by)
    return report


@transaction.atomic
def mark_spam(report: Report, *, by: User, seen: int | None = None) -> Report:
    """Nothing a newsroom must answer. The sender is told nothing."""
    lock_with_joined(report)
    report, change = begin(report, "mark_spam", by=by, seen=seen)
    promises.drop(report)
    report = end(report, change, by=by)
    hand_over(report)
    return report


@transaction.atomic
def restore(report: Report, *, by: User, seen: int | None = None) -> Report:
    """It was no spam after all; the promised dates begin anew."""
    report, change = begin(report, "restore", by=by, seen=seen)
    change["receipt"] = receipts.to_address_at_last(report)
    report = end(report, change, by=by)
    priority.promise(report)
    watching.page_if_urgent(report, by=by)
    return report


@transaction.atomic
def take_up(report: Report, *, by: User, seen: int | None = None) -> Report:
    """Begin to look at it; it is the editor's from now on."""
    report, change = begin(report, "take_up", by=by, seen=seen)
    report.assignee = by
    report.first_answered_at = report.first_answered_at or timezone.now()
    promises.keep(report, "acknowledge")
    return end(report, change, by=by, fields=("assignee", "first_answered_at"))


@transaction.atomic
def ask(report: Report, *, by: User, words: str, seen: int | None = None) -> Report:
    """Ask the reader something; our clocks stand until the reply."""
    report, change = begin(report, "ask", by=by, seen=seen)
    answers.refuse_open_names(words)
    change["message"] = say(report, "staff", by, words).pk
    report.reminders_sent = 0
    promises.pause(report, "decide", "publish")
    return end(report, change, by=by, fields=("reminders_sent",))


@transaction.atomic
def reply(report: Report, *, words: str, by: Actor = THE_READER, seen: int | None = None, saw: str = "") -> Report:
    """The reader answers; our clocks run again. `saw`: see `moving.begin`."""
    report, change = begin(report, "reply", by=by, seen=seen, saw=saw)
    change["message"] = say(report, "reader", by, words).pk
    promises.resume(report, "decide", "publish")
    return end(report, change, by=by)


@transaction.atomic
def resume(report: Report, *, by: User, seen: int | None = None) -> Report:
    """Go on without the reply."""
    report, change = begin(report, "resume", by=by, seen=seen)
    promises.resume(report, "decide", "publish")
    return end(report, change, by=by)


@transaction.atomic
def accept(
    report: Report, *, by: User, correction: Correction | None = None, words: str = "", seen: int | None = None
) -> Report:
    """Agree that the article is wrong. Starts the correction that will say so, or joins one that is being drafted.

    After a second look at what was published, the new notice replaces that one. The reader is told in a standard
    sentence, with `words` under it where there are any.
    """
    report, change = begin(report, "accept", by=by, seen=seen)
    answers.refuse_open_names(words)
    before = report.correction
    if before is not None:
        change["settled_by"] = before.reference
    joined = None if correction is None else notices.take_in(correction, report)
    report.correction = joined or notices.start_for(report, by=by, replaces=outcomes.now_standing(before))
    change["decision"] = decide(report, "accept", by=by, answer=words.strip()).pk
    promises.keep(report, "decide")
    if not promises.running(report).filter(kind="publish").exists():
        priority.promise(report, "publish")  # the first one ended with the answer that was appealed
    change["correction"] = report.correction.reference
    return end(report, change, by=by, fields=("correction",))


@transaction.atomic
def reopen(report: Report, *, by: User, words: str, seen: int | None = None) -> Report:
    """Not so sure after all. The draft stays where it is, and what was published before an appeal stays the answer."""
    report, change = begin(report, "reopen", by=by, seen=seen)
    report.correction = outcomes.settled_by(report)
    change["note"] = note_down(report, by, words).pk
    priority.promise(report, "decide")
    return end(report, change, by=by, fields=("correction",))


@transaction.atomic
def decline(
    report: Report,
    *,
    by: User,
    code: str,
    words: str,
    turn_to: str = "",
    agency: str = "",
    seen: int | None = None,
) -> Report:
    """Say no, with a reason, an answer to the reader, and where else to turn.

    `referred_to_agency` names the agency: the given one, else the article's. `Invalid` at `/agency` without one.
    """
    if code not in DECLINE_CODES:
        raise Invalid.one("/code", _("Choose one of the reasons for declining."), "unknown_code")
    report, change = begin(report, "decline", by=by, seen=seen)
    _require(words, "/words")
    answers.refuse_open_names(words)
    report.resolution_code = code
    turn_to = turn_to.strip() or regimes.complaints_body(report.publication)
    agency = _agency(report, agency) if code == Resolution.REFERRED_TO_AGENCY else ""
    decision = decide(report, "decline", by=by, code=code, answer=words.strip(), turn_to=turn_to, agency=agency)
    change |= {"decision": decision.pk, "resolution_code": code}
    _closed(report)
    return end(report, change, by=by, fields=("resolution_code", "first_answered_at"))


@transaction.atomic
def join(report: Report, *, by: Actor, other: Report, words: str, seen: int | None = None) -> Report:
    """The same as another report: both readers hear how that one ends.

    A reader joins only what they said to be the same, see `services.same`: nobody at the desk has answered then, and
    the promises to this reader are owed with the other report.
    """
    if other.pk == report.pk:
        raise Invalid.one("/other", _("A report cannot be joined to itself."), "same_report")
    if other.publication_id != report.publication_id:
        raise Invalid.one("/other", _("Join it to another report of the same publication."), "unknown_report")
    if other.joined_to_id:
        other = Report.objects.get(pk=other.joined_to_id)
        if other.pk == report.pk:
            raise Invalid.one("/other", _("Those two would be joined to each other."), "circular")
    other = lock_with_joined(report, other)[other.pk]
    if other.joined_to_id:
        raise Conflict(_("That report was joined to another one at this moment. Please look again."))
    if other.status in UNANSWERED:
        raise Invalid.one("/other", _("That report was closed without an answer: nobody would hear of it."), "closed")
    report, change = begin(report, "join", by=by, seen=seen)
    _require(words, "/words")
    answers.refuse_open_names(words)
    report.joined_to = other
    Report.objects.filter(joined_to=report).update(joined_to=other)
    decision = decide(report, "join", by=by, answer=words.strip())
    change |= {"decision": decision.pk, "joined_to": other.reference}
    if isinstance(by, User):
        _closed(report)
    else:
        promises.drop(report)
    report = end(report, change, by=by, fields=("joined_to", "first_answered_at"))
    priority.weigh_again(other)
    return report


@transaction.atomic
def withdraw(
    report: Report,
    *,
    by: Actor = THE_READER,
    code: str = Resolution.WITHDRAWN_BY_READER,
    seen: int | None = None,
) -> Report:
    """The reader takes it back. It never stops the newsroom's own check, nor the answer to readers who joined it.

    Whatever the desk did since the reader looked, this is still what they want: no page is too old for it.
    """
    lock_with_joined(report)
    report, change = begin(report, "withdraw", by=by, seen=seen)
    report.resolution_code = code
    change["resolution_code"] = code
    promises.drop(report)
    report = end(report, change, by=by, fields=("resolution_code",))
    hand_over(report)
    return report


@transaction.atomic
def lapse(report: Report, *, by: Actor = THE_CLOCK, seen: int | None = None) -> Report:
    """Close it: we asked, reminded twice, and heard nothing."""
    lock_with_joined(report)
    report, change = begin(report, "lapse", by=by, seen=seen)
    report.resolution_code = Resolution.NO_REPLY
    answer = answers.closing(report, Resolution.NO_REPLY)
    change["decision"] = decide(report, "lapse", by=by, code=Resolution.NO_REPLY, answer=answer).pk
    promises.drop(report)
    report = end(report, change, by=by, fields=("resolution_code",))
    hand_over(report)
    return report


@transaction.atomic
def appeal(report: Report, *, words: str, by: Actor = THE_READER, seen: int | None = None, saw: str = "") -> Report:
    """The reader asks, once, that another editor looks again. What was published about it stays with the report.

    `saw`: see `moving.begin`.
    """
    lock_with_primary(report)
    report, change = begin(report, "appeal", by=by, seen=seen, saw=saw)
    change["message"] = say(report, "reader", by, words).pk
    left = report.joined_to
    if left is not None:
        take_along(report, left)
    report.appealed_at = timezone.now()
    report.assignee = None
    report.resolution_code = ""
    report.joined_to = None
    report = end(
        report,
        change,
        by=by,
        fields=("appealed_at", "assignee", "resolution_code", "joined_to", "correction"),
    )
    priority.promise(report, "decide")
    if left is not None:
        priority.weigh_again(left)
    return report


@transaction.atomic
def assign(report: Report, *, to: User | None, by: User, seen: int | None = None) -> Report:
    """Hand it to somebody, or to nobody. No move of the table, but a version of its own."""
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if "desk_editor" not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk assigns reports."))
    needed = {"desk_editor", "legal"} if report.confidential else {"desk_editor"}
    if to is not None and not needed <= to.roles_at(report.publication):
        raise Invalid.one("/to", _("That person does not work at this desk."), "not_at_desk")
    data = {"to": to.pk} if to is not None else {}
    if report.assignee is not None and report.assignee != to:
        data["left"] = report.assignee.pk
    report.assignee = to
    report.version += 1
    report.save(update_fields=["assignee", "version", "updated_at"])
    record(events.ASSIGNED, report, by=by, data=data)
    return report


def may_take_over(report: Report, by: User) -> bool:
    """Whether somebody else has it in hand, and this person may have it instead."""
    theirs = report.is_open and report.assignee_id is not None and report.assignee_id != by.pk
    return theirs and "desk_editor" in by.roles_at(report.publication)


@transaction.atomic
def take_over(report: Report, *, by: User, seen: int | None = None) -> Report:
    """Have it instead of whoever has it now, who is told."""
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if "desk_editor" not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk assigns reports."))
    if not may_take_over(report, by):
        raise Conflict(_("Nobody else has this report in hand."))
    return assign(report, to=by, by=by)


def may_weigh(report: Report, by: User) -> bool:
    """The desk, while it is open."""
    return report.is_open and "desk_editor" in by.roles_at(report.publication)


@transaction.atomic
def weigh(report: Report, *, by: User, severity: str, seen: int | None = None) -> Report:
    """Judge how bad the error would be; the priority follows. Empty: not judged."""
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if "desk_editor" not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk judges reports."))
    if severity and severity not in Severity.values:
        raise Invalid.one("/severity", _("Low or high."), "unknown_severity")
    report.severity = severity
    report.version += 1
    report.save(update_fields=["severity", "version", "updated_at"])
    priority.weigh_again(report)
    record(events.WEIGHED, report, by=by, data={"severity": severity, "priority": report.priority})
    return report


def may_note(report: Report, by: User) -> bool:
    """The desk; on a restricted report, legal."""
    return bool({"legal" if report.confidential else "desk_editor"} & by.roles_at(report.publication))


@transaction.atomic
def note(report: Report, *, by: User, words: str) -> Message:
    """An internal note: the reader never sees it, the status stays."""
    report = lock(report)
    keep_closed(report, by)
    if not may_note(report, by):
        raise NotAllowed(_("Only the desk writes notes."))
    return note_down(report, by, words)


def available(report: Report, by: Actor) -> list[str]:
    """The names of the moves that this person may make now."""
    return [row.name for row in REPORT.available(report, by)]


def say(report: Report, author_kind: str, by: Actor, words: str) -> Message:
    """Write into the thread, inside the transaction of the move that brings the words. `Invalid` without any."""
    _require(words, "/words")
    return Message.objects.create(
        report=report,
        author_kind=author_kind,
        author=by if isinstance(by, User) else None,
        body=words.strip(),
        at=timezone.now(),
    )


def note_down(report: Report, by: User, words: str) -> Message:
    """Write an internal note, inside the transaction of the move or press that brings it. `Invalid` without words."""
    _require(words, "/words")
    return Message.objects.create(
        report=report, author_kind="staff", author=by, body=words.strip(), internal=True, at=timezone.now()
    )


def _agency(report: Report, given: str) -> str:
    named = given.strip() or (report.article.source_agency if report.article is not None else "")
    if not named or len(named) > MAX_AGENCY:
        raise Invalid.one("/agency", _("Which agency did you pass it on to?"), "required")
    return str(named)


def _closed(report: Report) -> None:
    report.first_answered_at = report.first_answered_at or timezone.now()
    promises.keep(report, "acknowledge", "decide")
    promises.drop(report, "publish")


def _require(words: Any, pointer: str) -> None:
    if not isinstance(words, str) or not words.strip():
        raise Invalid.one(pointer, _("The person who waits needs words."), "required")
    if len(words) > MAX_WORDS:
        raise Invalid.one(pointer, _("At most 5,000 characters."), "too_long")
