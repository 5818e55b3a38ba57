"""Looking at how to reach somebody: with a reason, written down, once."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.models import ContactReveal, User
from newsroom.errors import Invalid
from newsroom.events.kinds import Kind
from newsroom.events.log import record

MAX_REASON = 500


def note_reveal(subject: Any, kind: Kind, *, by: User, reason: str) -> ContactReveal:
    """Write down who looks and why, and record the event, which names the row. To be called inside a transaction.

    Raises `Invalid` without a reason.
    """
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise Invalid.one("/reason", _("Say in a few words why you need it."), "required")
    row = ContactReveal.objects.create(
        subject_kind=subject.noun,
        subject_reference=subject.reference,
        publication=subject.publication,
        reason=words,
        by=by,
        at=timezone.now(),
    )
    record(kind, subject, by=by, data={"reveal": row.pk})
    return row


def reveals_of(subject: Any) -> QuerySet[ContactReveal]:
    """Everyone who looked, the first first."""
    rows = ContactReveal.objects.filter(subject_kind=subject.noun, subject_reference=subject.reference)
    return rows.select_related("by").order_by("pk")
