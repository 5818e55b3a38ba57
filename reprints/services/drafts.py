"""Drafts of requests: saved sealed, found by a private link or by their organization, forgotten after two weeks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import links
from newsroom.accounts.models import Organization
from newsroom.errors import Conflict, Invalid
from newsroom.events import sealed
from newsroom.privacy import same_address
from reprints.models import RequestDraft

LASTS = timedelta(days=14)
PURPOSE = "request_draft"
FOLDER = "/reprints/drafts/"
MOST_LETTERS = 60_000
MOST_DRAFTS = 50

Fields = list[tuple[str, str]]


@transaction.atomic
def save(fields: Fields, *, organization: Organization | None = None, token: str = "") -> RequestDraft:
    """Keep what was typed for two weeks from now; over the draft that the token names, if it is the asker's.

    Raises `Invalid` for more than 60,000 letters, `Conflict` when an organization has fifty drafts.
    """
    text = json.dumps(fields)
    if len(text) > MOST_LETTERS:
        raise Invalid.one("", _("This is too long to be kept as a draft."), "too_long")
    now = timezone.now()
    known = draft_of(token)
    if known is not None and known.organization == organization:
        known.fields_encrypted, known.saved_at = sealed.seal(text), now
        known.save(update_fields=["fields_encrypted", "saved_at"])
        return known
    if organization is not None:
        Organization.objects.select_for_update().get(pk=organization.pk)
        if RequestDraft.objects.filter(organization=organization).count() >= MOST_DRAFTS:
            words = _("There are %(count)s drafts already: send or delete one first.") % {"count": MOST_DRAFTS}
            raise Conflict(words, code="too_many")
    return RequestDraft.objects.create(organization=organization, fields_encrypted=sealed.seal(text), saved_at=now)


def token_of(draft: RequestDraft) -> str:
    """The token of its link."""
    return links.token(PURPOSE, str(draft.pk), draft.nonce)


def path_of(draft: RequestDraft) -> str:
    """The path of its page."""
    return f"{FOLDER}{token_of(draft)}/"


def draft_of(token: str) -> RequestDraft | None:
    """The draft that this token opens, within its two weeks."""
    nonce = links.nonce_of(token)
    rows = RequestDraft.objects.filter(saved_at__gt=timezone.now() - LASTS)
    row = rows.select_related("organization").filter(nonce=nonce).first() if nonce else None
    return row if row is not None and links.opens(token, PURPOSE, str(row.pk), row.nonce) else None


def drafts_of(organization: Organization) -> list[RequestDraft]:
    """The organization's, the one saved last first; fifty at most."""
    rows = RequestDraft.objects.filter(organization=organization, saved_at__gt=timezone.now() - LASTS)
    return list(rows.order_by("-saved_at", "-pk")[:MOST_DRAFTS])


def fields_of(draft: RequestDraft) -> Fields:
    """What was typed, name by name."""
    return [(str(name), str(value)) for name, value in json.loads(sealed.open_text(draft.fields_encrypted) or "[]")]


def discard(draft: RequestDraft) -> None:
    """Forget it."""
    RequestDraft.objects.filter(pk=draft.pk).delete()


def prune(now: datetime, *, dry_run: bool) -> int:
    """Forget drafts that nobody touched for two weeks. How many."""
    rows = RequestDraft.objects.filter(saved_at__lte=now - LASTS)
    return rows.count() if dry_run else rows.delete()[0]


def drafts_with(email: str) -> list[RequestDraft]:
    """Those that name this mail address. They are sealed, so every one is opened."""
    found: list[Any] = []
    for row in RequestDraft.objects.order_by("pk").iterator(chunk_size=500):
        try:
            given = dict(fields_of(row)).get("email", "")
        except sealed.Unreadable:
            continue
        found += [row] if given and same_address(given, email) else []
    return found
