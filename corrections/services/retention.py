"""What the corrections desk forgets with time, by each publication's policies. A legal hold keeps everything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from corrections.models import Inquiry, Report
from corrections.services import contacts, doubting, erasing, inquiries
from corrections.workflow import CLOSED, ReportStatus
from newsroom.accounts.models import Publication
from newsroom.errors import DomainError
from newsroom.workflow import THE_CLOCK

logger = logging.getLogger(__name__)
BATCH = 200


def retain(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget contact details, words and networks that are older than the policies say. How many reports of each kind.

    A policy of 0 days keeps for ever. With `dry_run` nothing is written.
    """
    totals = dict.fromkeys(KINDS, 0)
    for publication in Publication.objects.order_by("pk"):
        for kind, (policy, due, forget) in KINDS.items():
            days = int(publication.policy(policy))
            if days <= 0:
                continue
            rows = due(Report.objects.filter(publication=publication, legal_hold=False), now - timedelta(days=days))
            totals[kind] += rows.count() if dry_run else forget(rows)
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
    return _each(rows, lambda report: contacts.erase_contact(report, by=THE_CLOCK, why="retention"))


def _forget_colleagues(rows: QuerySet[Report]) -> int:
    return _each(rows, inquiries.forget_colleagues)


def _forget_texts(rows: QuerySet[Report]) -> int:
    return _each(rows, lambda report: erasing.erase_text(report, by=THE_CLOCK, why="retention"))


def _forget_networks(rows: QuerySet[Report]) -> int:
    return rows.update(network_hash="")


def _each(rows: QuerySet[Report], forget: Callable[[Report], bool]) -> int:
    """In batches by primary key, each row in a transaction of its own; one that moved meanwhile waits for tomorrow."""
    done, last = 0, 0
    rows = rows.order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for report in batch:
            try:
                done += forget(report)
            except DomainError as refusal:
                logger.warning("retention leaves %s: %s", report.reference, refusal.message)
    return done


KINDS: dict[str, tuple[str, Any, Callable[[QuerySet[Report]], int]]] = {
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
