"""The moves of a notice, one function each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.events import EVENT_OF_MOVE
from corrections.models import Correction
from corrections.services import publishing
from corrections.services.drafting import (
    OPEN,
    answer_warning,
    drop_article,
    edit,
    name_article,
    start,
    start_for,
    take_in,
)
from corrections.services.fixing import leave_unchanged, see_fix
from corrections.workflow import CORRECTION
from newsroom.accounts import approvals
from newsroom.accounts.models import Approval, User
from newsroom.business_time import Term
from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import LEGAL, STANDARDS, Actor, lock

__all__ = [
    "OPEN",
    "answer_warning",
    "available",
    "discard",
    "drop_article",
    "edit",
    "leave_unchanged",
    "name_article",
    "publish",
    "publish_urgent",
    "return_to_draft",
    "review",
    "see_fix",
    "send_for_approval",
    "start",
    "start_for",
    "suppress",
    "take_in",
    "unsuppress",
]
MOVED = ["status", "version", "updated_at"]
SECOND_REVIEW = timedelta(hours=24)
REVIEWED_BY = {"publish_urgent": STANDARDS, "suppress": LEGAL}
"""What one person may do alone → who reviews it within 24 hours."""


def faults_before_approval(correction: Correction) -> list[Fault]:
    """What must change before the words may be sent for approval."""
    if not correction.text.strip():
        return [Fault("/text", _("The notice has no text yet."), "required")]
    if not correction.articles.all():
        return [Fault("/articles", _("Name at least one article."), "required")]
    blocking = [finding for finding in correction.lint() if finding.level == "block"]
    return [Fault("/text", str(finding.sentence), finding.code) for finding in blocking]


@transaction.atomic
def send_for_approval(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """The words are done; from here on they are frozen. What the rules say must change is changed before that.

    Warnings can still be answered while it waits. Raises `Invalid` with every finding that blocks.
    """
    correction = lock(correction, seen=seen)
    if faults := faults_before_approval(correction):
        raise Invalid(faults)
    change = CORRECTION.move(correction, "send_for_approval", by)
    correction.save(update_fields=MOVED)
    author = correction.authors.order_by("-at").first()
    approvals.propose(correction, "publish", by=author.user if author else by)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def return_to_draft(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """Not yet: back to the desk, with the reason."""
    if not words.strip():
        raise Invalid.one("/words", _("Say what is missing."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "return_to_draft", by)
    correction.save(update_fields=MOVED)
    approvals.close(correction, "publish", by=by, words=words)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def discard(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """No notice will come of this. Refused while accepted reports wait for it."""
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "discard", by)
    if correction.reports.filter(status="accepted").exists():
        raise Conflict(_("Accepted reports wait for this correction: reopen them first."), code="blocked")
    correction.save(update_fields=MOVED)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def publish(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """Say it in public. A second person does this, who wrote none of the words.

    In one transaction: the notice, its leaf in the public log, the settled reports, its effect on the notice it names,
    and the article's desk status when it is retracted.
    """
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "publish", by)
    now = timezone.now()
    approvals.approve(correction, "publish", by=by, at=now)
    return publishing.publish(correction, change, by=by, now=now)


@transaction.atomic
def publish_urgent(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """Alone, because it cannot wait. The reason is kept, and a second person reviews it within 24 hours."""
    if not words.strip():
        raise Invalid.one("/words", _("Say why it cannot wait for a second person."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "publish_urgent", by)
    now = timezone.now()
    correction.alone_reason = words.strip()[:500]
    approvals.propose(correction, "publish_urgent", by=by, reason=correction.alone_reason, at=now)
    _owe_review(correction, now)
    return publishing.publish(correction, change, by=by, now=now)


@transaction.atomic
def review(correction: Correction, *, by: User) -> Approval:
    """The second person's word on what was published alone, or suppressed: on the newest that their role includes."""
    correction = lock(correction)
    roles = by.roles_at(correction.publication)
    moves = [move for move, role in REVIEWED_BY.items() if role in roles]
    if not moves:
        raise NotAllowed(_("Your role does not include this review."))
    approval = approvals.approve(correction, *moves, by=by, kind=events.REVIEWED)
    if not approvals.waiting(correction, *REVIEWED_BY).exists():
        promises.keep(correction, "second_review")
    return approval


@transaction.atomic
def suppress(
    correction: Correction,
    *,
    by: User,
    words: str,
    hidden: bool = False,
    seen: int | None = None,
) -> Correction:
    """Under an order: text, passages and salt leave pages, API, feeds and embeds. The log's leaf stays.

    `hidden` (an injunction): even the placeholder is gone, a plain 404.
    An order to destroy the text is carried out by two people: see `services.destroying`.
    """
    if not words.strip():
        raise Invalid.one("/words", _("Name the order."), "required")
    correction = lock(correction, seen=seen)
    before = correction.status
    change = CORRECTION.move(correction, "suppress", by)
    correction.status_before = before
    correction.suppressed_reason, correction.suppressed_hidden = words.strip()[:500], hidden
    correction.save(update_fields=[*MOVED, "status_before", "suppressed_reason", "suppressed_hidden"])
    approvals.propose(correction, "suppress", by=by, reason=correction.suppressed_reason)
    _owe_review(correction, timezone.now())
    publishing.refresh_articles(correction)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def unsuppress(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """The order is lifted: the notice is again what it was."""
    if not words.strip():
        raise Invalid.one("/words", _("Say why it may be shown again."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "unsuppress", by)
    correction.suppressed_reason, correction.suppressed_hidden = "", False
    correction.save(update_fields=[*MOVED, "suppressed_reason", "suppressed_hidden"])
    approvals.close(correction, "suppress", "destroy", by=by, words=words)
    if not approvals.waiting(correction, *REVIEWED_BY).exists():
        promises.drop(correction, "second_review")
    publishing.refresh_articles(correction)
    _record(correction, change, by=by)
    return correction


def available(correction: Correction, by: Actor) -> list[str]:
    """The moves that this person may press. Superseding, withdrawing and reinstating happen by a notice."""
    return [
        row.name
        for row in CORRECTION.available(correction, by)
        if row.name not in {"supersede", "withdraw", "reinstate"}
    ]


def _owe_review(correction: Correction, now: datetime) -> None:
    """Within a day; what is owed already for an earlier reason is not put off."""
    if not promises.running(correction).filter(kind="second_review").exists():
        promises.give(correction, "second_review", Term(now + SECOND_REVIEW))


def _record(correction: Correction, change: dict[str, str], *, by: Actor) -> None:
    record(
        EVENT_OF_MOVE["correction"][change["move"]],
        correction,
        by=by,
        data=change,
        article=correction.main_article,
    )
