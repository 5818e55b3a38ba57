"""Destroying the words of a suppressed notice under an order, for good: one of legal proposes it, another does it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, LedgerOpening
from corrections.workflow import CorrectionStatus
from newsroom.accounts import approvals
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import record
from newsroom.workflow import LEGAL, lock

DESTROYED = ("text", "original_text", "corrected_text", "not_fixed_reason", "anchor", "alone_reason")
"""Every word of a notice: what is not its text may quote it."""


def may_propose(correction: Correction, by: User) -> bool:
    """Whether this person may propose it now."""
    return _can_be(correction, by) and approvals.of_version(correction, "destroy") is None


def may_decide(correction: Correction, by: User) -> bool:
    """Whether a proposal of somebody else waits for this person."""
    return _can_be(correction, by) and approvals.waiting(correction, "destroy").exclude(proposed_by=by).exists()


@transaction.atomic
def propose_destroy(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """Name the order. Nothing is destroyed yet; another of legal is told."""
    correction = _begin(correction, by=by, seen=seen)
    if not words.strip():
        raise Invalid.one("/words", _("Name the order."), "required")
    approvals.propose(correction, "destroy", by=by, reason=words, kind=events.DESTRUCTION_PROPOSED)
    return correction


@transaction.atomic
def destroy(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """Erase text, passages and salt. The leaf's commitment then commits to nothing that anyone can name.

    Raises `Conflict` when nobody proposed it, `NotAllowed` for whoever did.
    """
    correction = _begin(correction, by=by, seen=seen)
    approvals.approve(correction, "destroy", by=by)
    for name in DESTROYED:
        setattr(correction, name, "")
    correction.lint_answers = {}
    correction.destroyed_at = timezone.now()
    correction.version += 1
    correction.save(update_fields=[*DESTROYED, "lint_answers", "destroyed_at", "version", "updated_at"])
    correction.articles.update(not_fixed_reason="")
    LedgerOpening.objects.filter(entry__correction=correction).delete()
    record(events.DESTROYED, correction, by=by, article=correction.main_article)
    return correction


@transaction.atomic
def keep(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """The second person does not agree: the words stay, suppressed as they are."""
    correction = _begin(correction, by=by, seen=seen)
    if not words.strip():
        raise Invalid.one("/words", _("Say why it is kept."), "required")
    if not approvals.close(correction, "destroy", by=by, words=words):
        raise Conflict(_("Nobody proposed to destroy it."), code="nothing_waits")
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    record(events.DESTRUCTION_REFUSED, correction, by=by, article=correction.main_article)
    return correction


def _can_be(correction: Correction, by: User) -> bool:
    suppressed = correction.status == CorrectionStatus.SUPPRESSED and correction.destroyed_at is None
    return suppressed and LEGAL in by.roles_at(correction.publication)


def _begin(correction: Correction, *, by: User, seen: int | None) -> Correction:
    correction = lock(correction, seen=seen)
    if LEGAL not in by.roles_at(correction.publication):
        raise NotAllowed(_("Only the legal desk does this."))
    if not _can_be(correction, by):
        raise Conflict(_("Only a suppressed notice is destroyed, and only once."))
    return correction
