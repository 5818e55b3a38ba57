"""What the corrections desk forgets with time, by each publication's policies. A legal hold keeps everything."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Q, QuerySet

from corrections.models import Inquiry, Report
from corrections.services import contacts, doubting, erasing, inquiries
from corrections.workflow import CLOSED, ReportStatus
from newsroom.accounts.forgetting import Kinds, each, forget
from newsroom.rounds import to_the_end
from newsroom.workflow import THE_CLOCK

logger = logging.getLogger(__name__)


@to_the_end()
def retain(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget contact details, words and networks that are older than the policies say. How many reports of each kind.

    A policy of 0 days keeps for ever. With `dry_run` nothing is written.
    """
    totals = forget(
        KINDS, lambda house: Report.objects.filter(publication=house, legal_hold=False), now=now, dry_run=dry_run
    )
    totals["listed_senders"] = doubting.forget_expired(now=now, dry_run=dry_run)
    if not dry_run and any(totals.values()):
        logger.info("retention of reports: %s", totals)
    return totals


def _settled(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    """Closed before that moment, and if joined to another report, that one too: its outcome is owed to this reader."""
    own = rows.filter(status__in=CLOSED, closed_at__lt=before)
    others = Q(joined_to=None) | Q(joined_to__closed_at__lt=before, joined_to__legal_hold=False)
    return own.filter(others)


def _contacts(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return _settled(rows, before).filter(contact__confirmed_at__isnull=False)


def _unconfirmed(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return _settled(rows, before).filter(contact__isnull=False, contact__confirmed_at=None)


def _spam(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return _settled(rows, before).filter(status=ReportStatus.SPAM, text_erased_at=None)


def _texts(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return _settled(rows, before).filter(text_erased_at=None).exclude(status=ReportStatus.SPAM)


def _colleagues(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return _settled(rows, before).filter(pk__in=Inquiry.objects.exclude(email_sealed="").values("report"))


def _networks(rows: QuerySet[Report], before: datetime) -> QuerySet[Report]:
    return rows.filter(created_at__lt=before).exclude(network_hash="")


def _forget_contacts(rows: QuerySet[Report]) -> int:
    return each(rows, lambda report: contacts.erase_contact(report, by=THE_CLOCK, why="retention"))


def _forget_colleagues(rows: QuerySet[Report]) -> int:
    return each(rows, inquiries.forget_colleagues)


def _forget_texts(rows: QuerySet[Report]) -> int:
    return each(rows, lambda report: erasing.erase_text(report, by=THE_CLOCK, why="retention"))


def _forget_networks(rows: QuerySet[Report]) -> int:
    return rows.update(network_hash="")


KINDS: Kinds = {
    "networks": ("network_days", _networks, _forget_networks),
    "contacts": ("contact_days", _contacts, _forget_contacts),
    "unconfirmed_contacts": ("unconfirmed_contact_days", _unconfirmed, _forget_contacts),
    "colleagues": ("contact_days", _colleagues, _forget_colleagues),
    "spam_texts": ("spam_text_days", _spam, _forget_texts),
    "texts": ("text_days", _texts, _forget_texts),
}
"""Kind → its policy in days, the reports that are due, and what is done with them. Networks first: they go with the
words as well, and a dry run must count what a real one counts.
"""
