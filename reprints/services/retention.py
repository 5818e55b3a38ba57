"""What the licensing desk forgets with time, by each publication's policies. What was signed stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from newsroom.accounts.models import Publication
from newsroom.errors import DomainError
from newsroom.workflow import THE_CLOCK
from reprints.models import License, LicenseRequest, RequestMessage
from reprints.services import contacts, drafts, partner_access

logger = logging.getLogger(__name__)
BATCH = 200


def retain(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget web requesters' contact details and words that are older than the policies say. How many requests.

    A policy of 0 days keeps for ever. With `dry_run` nothing is written.
    """
    totals = dict.fromkeys(KINDS, 0)
    for publication in Publication.objects.order_by("pk"):
        for kind, (policy, due, forget) in KINDS.items():
            days = int(publication.policy(policy))
            if days <= 0:
                continue
            rows = due(LicenseRequest.objects.filter(publication=publication), now - timedelta(days=days))
            totals[kind] += rows.count() if dry_run else _each(rows, forget)
    totals |= partner_access.prune(now, dry_run=dry_run)
    totals["request_drafts"] = drafts.prune(now, dry_run=dry_run)
    if not dry_run and any(totals.values()):
        logger.info("retention of license requests: %s", totals)
    return totals


def _settled(rows: QuerySet[LicenseRequest], before: datetime) -> QuerySet[LicenseRequest]:
    """Closed before that moment, and every license of it over by then."""
    needed = License.objects.filter(contacts.needed_licenses(before), request=OuterRef("pk"))
    return rows.filter(closed_at__lt=before).exclude(Exists(needed))


def _contacts(rows: QuerySet[LicenseRequest], before: datetime) -> QuerySet[LicenseRequest]:
    held = rows.filter(contact__erased_at=None, contact__email_confirmed_at__isnull=False)
    return _settled(held, before)


def _unconfirmed(rows: QuerySet[LicenseRequest], before: datetime) -> QuerySet[LicenseRequest]:
    held = rows.filter(contact__isnull=False, contact__erased_at=None, contact__email_confirmed_at=None)
    return _settled(held, before)


def _texts(rows: QuerySet[LicenseRequest], before: datetime) -> QuerySet[LicenseRequest]:
    said = RequestMessage.objects.filter(request=OuterRef("pk"), author_kind="partner").exclude(body="")
    unlicensed = rows.filter(organization=None, closed_at__lt=before, licenses=None)
    return unlicensed.filter(~Q(note="") | Exists(said))


def _forget_contact(request: LicenseRequest) -> bool:
    return contacts.erase_contact(request, by=THE_CLOCK, why="retention")


def _forget_text(request: LicenseRequest) -> bool:
    return contacts.erase_text(request, by=THE_CLOCK, why="retention")


def _each(rows: QuerySet[LicenseRequest], forget: Callable[[LicenseRequest], bool]) -> int:
    """In batches by primary key, each row in a transaction of its own; one that moved meanwhile waits for tomorrow."""
    done, last = 0, 0
    rows = rows.order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for request in batch:
            try:
                done += forget(request)
            except DomainError as refusal:
                logger.warning("retention leaves %s: %s", request.reference, refusal.message)
    return done


KINDS: dict[str, tuple[str, Any, Callable[[LicenseRequest], bool]]] = {
    "contacts": ("contact_days", _contacts, _forget_contact),
    "unconfirmed_contacts": ("unconfirmed_contact_days", _unconfirmed, _forget_contact),
    "texts": ("request_text_days", _texts, _forget_text),
}
"""Kind → its policy in days, the requests that are due, and what is done with each."""
