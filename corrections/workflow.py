"""The two state machines of the corrections desk, as tables: a reader's report, and the notice that settles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.vocabulary import YesNo
from newsroom.workflow import CLOCK, DESK, LEGAL, LOG, READER, STANDARDS, Actor, Workflow, transition

if TYPE_CHECKING:
    from corrections.models import Correction, Report


class ReportStatus(models.TextChoices):
    """Where a report stands. Outsiders see `held` as `new`."""

    HELD = "held", _("Held")
    NEW = "new", _("New")
    IN_REVIEW = "in_review", _("In review")
    NEEDS_INFO = "needs_info", _("Waiting for the reader")
    ACCEPTED = "accepted", _("Accepted")
    RESOLVED = "resolved", _("Resolved")
    DECLINED = "declined", _("Declined")
    DUPLICATE = "duplicate", _("Joined to another report")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Closed without a reply")
    SPAM = "spam", _("Spam")


class CorrectionStatus(models.TextChoices):
    """Where a notice stands."""

    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPPRESSED = "suppressed", _("Suppressed")
    DISCARDED = "discarded", _("Discarded")


UNPUBLISHED = [CorrectionStatus.DRAFT, CorrectionStatus.AWAITING_APPROVAL]
PUBLIC = [CorrectionStatus.PUBLISHED, CorrectionStatus.SUPERSEDED, CorrectionStatus.WITHDRAWN]
CLOSED = [
    ReportStatus.RESOLVED,
    ReportStatus.DECLINED,
    ReportStatus.DUPLICATE,
    ReportStatus.WITHDRAWN,
    ReportStatus.LAPSED,
    ReportStatus.SPAM,
]
REMINDERS_BEFORE_LAPSE = 2


def decided_before(obj: object, by: Actor) -> str:
    """An appeal is decided by another editor than the one who decided first."""
    report = cast("Report", obj)
    if report.appealed_at and getattr(by, "pk", None) in report.first_deciders():
        return _now("You decided this report the first time: another editor decides the appeal.")
    return ""


def not_said_to_be_the_same(obj: object, by: Actor) -> str:
    """A reader joins a report only by saying, of words that another reader marked too, that it is the same thing."""
    if by.actor_kind == READER and cast("Report", obj).same_answer != YesNo.YES:
        return _now("Only an editor can join reports.")
    return decided_before(obj, by)


def appeal_is_over(obj: object, by: Actor) -> str:
    """Once, and within the publication's window (28 days unless it says otherwise)."""
    report = cast("Report", obj)
    if report.appealed_at:
        return _now("This report was already looked at a second time.")
    if report.text_erased_at:
        return _now("What you wrote was erased: there is nothing left to look at a second time.")
    if report.appeal_until is None or timezone.now() > report.appeal_until:
        return _now("The time to ask for a second look is over.")
    return ""


def words_are_erased(obj: object, by: Actor) -> str:
    """Nobody can work on a report that says nothing any more."""
    return _now("What the reader wrote was erased.") if cast("Report", obj).text_erased_at else ""


def may_not_lapse(obj: object, by: Actor) -> str:
    """Never when the reader is the subject of the story or it is urgent, and never before two reminders."""
    report = cast("Report", obj)
    if report.about_me or report.urgent:
        return _now("A report by the subject of the story, or an urgent one, never lapses.")
    if report.reminders_sent < REMINDERS_BEFORE_LAPSE:
        return _now("The reader has not been reminded twice yet.")
    return ""


def wrote_the_words(obj: object, by: Actor) -> str:
    """Who approves a notice wrote none of its draft, and gave none of the answers that it needs."""
    correction = cast("Correction", obj)
    if getattr(by, "pk", None) in correction.author_ids():
        return _now("You wrote words of this draft: a second person publishes it.")
    if getattr(by, "pk", None) in correction.answerer_ids():
        return _now("You answered a warning about this notice: another person reads the answer, and publishes it.")
    return correction.not_ready()


def urgent_not_allowed(obj: object, by: Actor) -> str:
    """Only where the publication allows it; a second person reviews within 24 hours."""
    correction = cast("Correction", obj)
    if not correction.publication.policy("allow_publish_urgent"):
        return _now("This publication does not allow publishing alone.")
    return correction.not_ready()


def destroyed(obj: object, by: Actor) -> str:
    """What an order destroyed cannot come back."""
    return (
        _now("The text was destroyed under the order: publish a new notice instead.")
        if cast("Correction", obj).destroyed_at
        else ""
    )


S, C = ReportStatus, CorrectionStatus

REPORT = Workflow(
    "report",
    ReportStatus,
    [
        transition("release", {S.HELD}, S.NEW, who={DESK}, label=_("Release")),
        transition("mark_spam", {S.HELD, S.NEW, S.IN_REVIEW}, S.SPAM, who={DESK}, label=_("Mark as spam")),
        transition("restore", {S.SPAM}, S.NEW, who={DESK}, label=_("Not spam"), guard=words_are_erased),
        transition("take_up", {S.NEW}, S.IN_REVIEW, who={DESK}, label=_("Take up")),
        transition("ask", {S.IN_REVIEW}, S.NEEDS_INFO, who={DESK}, label=_("Ask the reader"), needs_words=True),
        transition("reply", {S.NEEDS_INFO}, S.IN_REVIEW, who={READER}, label=_("Reply"), needs_words=True),
        transition("resume", {S.NEEDS_INFO}, S.IN_REVIEW, who={DESK}, label=_("Go on without a reply")),
        transition("accept", {S.IN_REVIEW}, S.ACCEPTED, who={DESK}, label=_("Accept"), guard=decided_before),
        transition("reopen", {S.ACCEPTED}, S.IN_REVIEW, who={DESK}, label=_("Reopen"), needs_words=True),
        transition("resolve", {S.ACCEPTED}, S.RESOLVED, who={LOG}, label=_("Resolve")),
        transition(
            "decline",
            {S.NEW, S.IN_REVIEW, S.NEEDS_INFO},
            S.DECLINED,
            who={DESK},
            label=_("Decline"),
            needs_words=True,
            guard=decided_before,
        ),
        transition(
            "join",
            {S.NEW, S.IN_REVIEW},
            S.DUPLICATE,
            who={DESK, READER},
            label=_("Join to another report"),
            needs_words=True,
            guard=not_said_to_be_the_same,
        ),
        transition("carry_on", {S.DUPLICATE}, S.NEW, who={LOG}, label=_("Go on by itself")),
        transition(
            "withdraw",
            {S.HELD, S.NEW, S.IN_REVIEW, S.NEEDS_INFO},
            S.WITHDRAWN,
            who={READER},
            label=_("Withdraw"),
        ),
        transition("lapse", {S.NEEDS_INFO}, S.LAPSED, who={CLOCK}, label=_("Lapse"), guard=may_not_lapse),
        transition(
            "appeal",
            {S.DECLINED, S.RESOLVED, S.DUPLICATE, S.LAPSED},
            S.IN_REVIEW,
            who={READER},
            label=_("Ask for a second look"),
            needs_words=True,
            guard=appeal_is_over,
        ),
    ],
)

CORRECTION = Workflow(
    "correction",
    CorrectionStatus,
    [
        transition("send_for_approval", {C.DRAFT}, C.AWAITING_APPROVAL, who={DESK}, label=_("Send for approval")),
        transition(
            "return_to_draft",
            {C.AWAITING_APPROVAL},
            C.DRAFT,
            who={DESK},
            label=_("Return to draft"),
            needs_words=True,
        ),
        transition("discard", {C.DRAFT}, C.DISCARDED, who={DESK}, label=_("Discard")),
        transition(
            "publish",
            {C.AWAITING_APPROVAL},
            C.PUBLISHED,
            who={STANDARDS},
            label=_("Publish"),
            guard=wrote_the_words,
        ),
        transition(
            "publish_urgent",
            {C.DRAFT},
            C.PUBLISHED,
            who={STANDARDS},
            label=_("Publish at once, alone"),
            needs_words=True,
            guard=urgent_not_allowed,
        ),
        transition("supersede", {C.PUBLISHED}, C.SUPERSEDED, who={LOG}, label=_("Supersede")),
        transition("withdraw", {C.PUBLISHED}, C.WITHDRAWN, who={STANDARDS}, label=_("Withdraw")),
        transition("reinstate", {C.WITHDRAWN}, C.PUBLISHED, who={STANDARDS}, label=_("Reinstate")),
        transition("suppress", PUBLIC, C.SUPPRESSED, who={LEGAL}, label=_("Suppress"), needs_words=True),
        transition(
            "unsuppress",
            {C.SUPPRESSED},
            "",
            who={LEGAL},
            label=_("Lift the suppression"),
            needs_words=True,
            guard=destroyed,
        ),
    ],
)
