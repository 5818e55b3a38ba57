"""What the licensing desk forgets with time, by each publication's policies. What was signed stays."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from newsroom.accounts.forgetting import Kinds, each, forget
from newsroom.rounds import to_the_end
from newsroom.workflow import THE_CLOCK
from reprints.models import License, LicenseRequest, RequestMessage
from reprints.services import contacts, drafts, partner_access

logger = logging.getLogger(__name__)


@to_the_end()
def retain(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget web requesters' contact details and words that are older than the policies say. How many requests.

    A policy of 0 days keeps for ever. With `dry_run` nothing is written.
    """
    totals = forget(KINDS, lambda house: LicenseRequest.objects.filter(publication=house), now=now, dry_run=dry_run)
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
    return unlicensed.filter(~Q(note="", po_number="", end_client="") | Exists(said))


def _forget_contacts(rows: QuerySet[LicenseRequest]) -> int:
    return each(rows, lambda request: contacts.erase_contact(request, by=THE_CLOCK, why="retention"))


def _forget_texts(rows: QuerySet[LicenseRequest]) -> int:
    return each(rows, lambda request: contacts.erase_text(request, by=THE_CLOCK, why="retention"))


KINDS: Kinds = {
    "contacts": ("contact_days", _contacts, _forget_contacts),
    "unconfirmed_contacts": ("unconfirmed_contact_days", _unconfirmed, _forget_contacts),
    "texts": ("request_text_days", _texts, _forget_texts),
}
"""Kind → its policy in days, the requests that are due, and what is done with them."""
