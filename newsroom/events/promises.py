"""Dates given to people: give, keep, pause, resume, drop. One running promise of a kind and subject at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.business_time import (
    BUSINESS,
    CALENDAR,
    Term,
    add_business_time,
    add_calendar_days,
    business_time,
)
from newsroom.events.models import Promise
from newsroom.rounds import one_by_one

BATCH = 200

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


def give(subject: Any, kind: str, term: Term) -> Promise:
    """Promise this by then; a running promise of the same kind is moved there. One that is broken already ends as it
    is, and counts as late: a newer date does not make up for it.
    """
    now = timezone.now()
    _open(subject, (kind,)).filter(paused_at=None, due_at__lt=now).update(dropped_at=now)
    promise, _created = Promise.objects.update_or_create(
        subject_kind=subject.noun,
        subject_reference=subject.reference,
        kind=kind,
        kept_at=None,
        dropped_at=None,
        defaults={
            "publication": subject.publication,
            "due_at": term.due_at,
            "counting": term.counting,
            "latest_at": term.latest_at,
            **dict.fromkeys(["paused_at", "warned_at", "breached_at", "escalated_at"]),
        },
    )
    return promise


def keep(subject: Any, *kinds: str) -> int:
    """Kept now: the number of promises that were running."""
    return _open(subject, kinds).update(kept_at=timezone.now())


def drop(subject: Any, *kinds: str) -> int:
    """Owed no longer: neither kept nor broken, unless its date had passed."""
    return _open(subject, kinds).update(dropped_at=timezone.now())


def pause(subject: Any, *kinds: str) -> int:
    """We wait for them now; the clock stands, but for what falls due on a day that never moves."""
    moving = Q(latest_at=None) | Q(due_at__lt=F("latest_at"))
    return _open(subject, kinds).filter(moving, paused_at=None).update(paused_at=timezone.now())


def resume(subject: Any, *kinds: str) -> None:
    """The clock runs again, with the time that was left: opening hours of the publication for what is promised in
    business days, whole days for calendar days, else the hours that it stood. What was broken before stays so.
    """
    now = timezone.now()
    for promise in _open(subject, kinds).exclude(paused_at=None).select_related("publication"):
        _run_on(promise, _moved(promise, now))


def end_pauses(now: datetime, *, before: timedelta) -> int:
    """Let what waits run again `before` the moment that it never passes, whoever we wait for. How many."""
    paused = Promise.objects.owed().filter(paused_at__isnull=False, latest_at__lte=now + before)
    waiting = paused.exclude(paused_at__gt=F("due_at"))
    return one_by_one(waiting.order_by("pk")[:BATCH], _end_pause)


def _end_pause(promise: Promise) -> bool:
    if promise.latest_at is not None:
        _run_on(promise, promise.latest_at)
    return promise.latest_at is not None


def running(subject: Any) -> QuerySet[Promise]:
    """What is still owed to this subject, the nearest date first."""
    return _open(subject, ()).order_by("due_at")


def nearest_due(subject_kind: str) -> Subquery:
    """For a queue of records with a `reference`: the nearest date that is running, None without one."""
    return Subquery(
        Promise.objects.running()
        .filter(subject_kind=subject_kind, subject_reference=OuterRef("reference"))
        .order_by()
        .values("subject_reference")
        .annotate(first=Min("due_at"))
        .values("first")
    )


def in_time() -> Q:
    """Kept by the date, or while the clock stood before it. In SQL what `Promise.outcome` says of one."""
    return Q(kept_at__isnull=False) & (Q(kept_at__lte=F("due_at")) | Q(paused_at__lte=F("due_at")))


def broken(now: datetime) -> Q:
    """Kept or dropped after the date, or past it by now, and the clock did not stand at the time."""
    ran = Q(paused_at=None) | Q(paused_at__gt=F("due_at"))
    open_ = Q(kept_at=None, dropped_at=None)
    return ran & (
        Q(kept_at__gt=F("due_at")) | Q(kept_at=None, dropped_at__gt=F("due_at")) | (open_ & Q(due_at__lt=now))
    )


def _moved(promise: Promise, now: datetime) -> datetime:
    stood, due, calendar = promise.paused_at, promise.due_at, promise.publication.calendar
    if stood is None or due <= stood:
        return due
    if promise.counting == BUSINESS:
        moved = add_business_time(now, business_time(stood, due, calendar=calendar), calendar=calendar)
    elif promise.counting == CALENDAR:
        days = (now.astimezone(calendar.zone).date() - stood.astimezone(calendar.zone).date()).days
        moved = add_calendar_days(due, days, calendar=calendar)
    else:
        moved = due + (now - stood)
    return moved if promise.latest_at is None else min(moved, promise.latest_at)


def _run_on(promise: Promise, due_at: datetime) -> None:
    if due_at > promise.due_at:
        promise.warned_at = None
    promise.due_at, promise.paused_at = due_at, None
    promise.save(update_fields=["due_at", "paused_at", "warned_at"])


def _open(subject: Any, kinds: tuple[str, ...]) -> QuerySet[Promise]:
    rows = Promise.objects.owed().filter(subject_kind=subject.noun, subject_reference=subject.reference)
    return rows.filter(kind__in=kinds) if kinds else rows
