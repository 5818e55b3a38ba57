"""Who may press what is not a move of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from corrections.models import Correction, Placement
from corrections.services.correction import REVIEWED_BY
from corrections.workflow import CorrectionStatus
from newsroom.accounts import approvals
from newsroom.accounts.models import User
from newsroom.workflow import LEGAL

DESK_ROLES = frozenset({"desk_editor", "standards_editor", "legal"})


def at_desk(subject: Any, person: User) -> bool:
    return "desk_editor" in person.roles_at(subject.publication)


def to_review(person: User) -> QuerySet[Correction]:
    """Notices of which this person may review what another did alone: standards editors a publication, legal a
    suppression.
    """
    return _as_second(person, REVIEWED_BY)


def to_decide(person: User) -> QuerySet[Correction]:
    """The same, and for legal what another proposed to destroy."""
    return _as_second(person, {**REVIEWED_BY, "destroy": LEGAL})


def _as_second(person: User, moves: Mapping[str, str]) -> QuerySet[Correction]:
    found = Correction.objects.none()
    for move, role in moves.items():
        waiting = approvals.undecided("correction").filter(move=move).exclude(proposed_by=person)
        found |= Correction.objects.filter(
            publication__in=person.publications(role), reference__in=waiting.values("subject_reference")
        )
    return found


def to_place() -> QuerySet[Correction]:
    """Published notices that do not stand everywhere they must."""
    missing = Placement.objects.filter(seen_at=None).order_by().values("correction")
    return Correction.objects.filter(status=CorrectionStatus.PUBLISHED, pk__in=missing)
