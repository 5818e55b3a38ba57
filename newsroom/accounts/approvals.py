"""Two people: one proposes a move on a version of something, another approves it. Every such pair goes through here.

A proposal waits until it is approved or closed: sent back, withdrawn, or without an object any more. Where no move of a
table says so, the caller names the kind of event that does, so that both stand in the history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from newsroom.accounts.models import Approval, User
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.kinds import Kind
from newsroom.events.log import record

MAX_REASON = 2000
LABELS: dict[str, Any] = {
    "publish": _lazy("Publication"),
    "publish_urgent": _lazy("Review of what one person published alone"),
    "suppress": _lazy("Review of the suppression"),
    "destroy": _lazy("Destruction of its words"),
    "open": _lazy("A price beyond the editor's limits"),
    "revoke": _lazy("Revocation"),
}
"""What two people decide, as the desks read it."""


def propose(
    subject: Any, move: str, *, by: User | None, reason: str = "", kind: Kind | None = None, at: datetime | None = None
) -> Approval:
    """Ask for a second person's word on this version. Asked again, the answer is the first proposal.

    Inside the transaction of the service that names the move. Raises `Conflict` when this version was sent back.
    """
    approval, created = Approval.objects.get_or_create(
        **_of_version(subject, move),
        defaults={"proposed_by": by, "proposed_at": at or timezone.now(), "reason": reason.strip()[:MAX_REASON]},
    )
    if approval.closed_at is not None:
        raise Conflict(_("This was not approved as it stands: change it first."), code="not_approved")
    if created and kind is not None and by is not None:
        record(kind, subject, by=by, data={"decides": move})
    return approval


def approve(
    subject: Any, *moves: str, by: User, reason: str = "", kind: Kind | None = None, at: datetime | None = None
) -> Approval:
    """The second person's word on the newest of these moves that waits.

    Raises `Conflict` (`nothing_waits`) when none does, and `NotAllowed` for whoever proposed it.
    """
    approval = waiting(subject, *moves).select_for_update().order_by("-pk").first()
    if approval is None:
        raise Conflict(_("Nothing waits for a second person."), code="nothing_waits")
    if approval.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this: a second person decides it."))
    approval.approved_by, approval.approved_at = by, at or timezone.now()
    approval.reason = reason.strip()[:MAX_REASON] or approval.reason
    approval.save(update_fields=["approved_by", "approved_at", "reason"])
    if kind is not None:
        record(kind, subject, by=by, data={"decides": approval.move})
    return approval


def close(subject: Any, *moves: str, by: User | None, words: str = "") -> int:
    """What waits of these moves (of any, without one) waits no longer, with the words why. How many."""
    return waiting(subject, *moves).update(
        closed_by=by, closed_at=timezone.now(), closed_words=words.strip()[:MAX_REASON]
    )


def waiting(subject: Any, *moves: str) -> QuerySet[Approval]:
    """Proposals on this record that nobody has decided; with `moves`, of these."""
    rows = undecided(subject.noun).filter(subject_reference=subject.reference)
    return rows.filter(move__in=moves) if moves else rows


def undecided(noun: str) -> QuerySet[Approval]:
    """The same for every record of a kind."""
    return Approval.objects.filter(subject_kind=noun, approved_at=None, closed_at=None)


def is_given(subject: Any, move: str) -> bool:
    """Whether a second person agreed to this version."""
    return Approval.objects.filter(**_of_version(subject, move), approved_at__isnull=False).exists()


def of_version(subject: Any, move: str) -> Approval | None:
    """The proposal on this very version, whatever became of it."""
    return Approval.objects.filter(**_of_version(subject, move)).first()


def of(subject: Any) -> list[Approval]:
    """Every pair of people of this record, oldest first, for its page."""
    rows = Approval.objects.filter(subject_kind=subject.noun, subject_reference=subject.reference)
    return list(rows.select_related("proposed_by", "approved_by", "closed_by").order_by("pk"))


def _of_version(subject: Any, move: str) -> dict[str, Any]:
    return {
        "subject_kind": subject.noun,
        "subject_reference": subject.reference,
        "subject_version": subject.version,
        "move": move,
    }
