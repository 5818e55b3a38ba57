"""Dates given to people: give, keep, pause, resume, drop. One running promise of a kind and subject at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.events.models import Promise

LABELS: dict[str, Any] = {
    "acknowledge": _("Take it up"),
    "decide": _("Answer the reader"),
    "publish": _("Publish the correction"),
    "second_review": _("Review by a second person"),
    "quote": _("Answer the requester"),
}
"""What is owed, as the desk reads it: the duty of each kind."""


def label_of(kind: str) -> Any:
    """The duty in words; a kind without words is shown as it is."""
    return LABELS.get(kind, kind.replace("_", " "))


def give(subject: Any, kind: str, due_at: datetime) -> Promise:
    """Promise this by then; a running promise of the same kind is moved there."""
    promise, _created = Promise.objects.update_or_create(
        subject_kind=subject.noun,
        subject_reference=subject.reference,
        kind=kind,
        kept_at=None,
        dropped_at=None,
        defaults={
            "publication": subject.publication,
            "due_at": due_at,
            **dict.fromkeys(["paused_at", "warned_at", "breached_at", "escalated_at"]),
        },
    )
    return promise


def keep(subject: Any, *kinds: str) -> int:
    """Kept now: the number of promises that were running."""
    return _open(subject, kinds).update(kept_at=timezone.now(), paused_at=None)


def drop(subject: Any, *kinds: str) -> int:
    """Owed no longer, neither kept nor broken."""
    return _open(subject, kinds).update(dropped_at=timezone.now(), paused_at=None)


def pause(subject: Any, *kinds: str) -> int:
    """We wait for them now; the clock stands."""
    return _open(subject, kinds).filter(paused_at=None).update(paused_at=timezone.now())


def resume(subject: Any, *kinds: str) -> None:
    """The clock runs again; the time that it stood is added to the date."""
    now = timezone.now()
    for promise in _open(subject, kinds).exclude(paused_at=None):
        if promise.paused_at is not None:
            promise.due_at += now - promise.paused_at
        promise.paused_at = None
        promise.save(update_fields=["due_at", "paused_at"])


def running(subject: Any) -> QuerySet[Promise]:
    """What is still owed to this subject, the nearest date first."""
    return _open(subject, ()).order_by("due_at")


def nearest_due(subject_kind: str) -> Subquery:
    """For a queue of records with a `reference`: the nearest date that is running, None without one."""
    return Subquery(
        Promise.objects.filter(
            subject_kind=subject_kind,
            subject_reference=OuterRef("reference"),
            kept_at=None,
            dropped_at=None,
            paused_at=None,
        )
        .order_by()
        .values("subject_reference")
        .annotate(first=Min("due_at"))
        .values("first")
    )


def _open(subject: Any, kinds: tuple[str, ...]) -> QuerySet[Promise]:
    rows = Promise.objects.filter(
        subject_kind=subject.noun, subject_reference=subject.reference, kept_at=None, dropped_at=None
    )
    return rows.filter(kind__in=kinds) if kinds else rows
