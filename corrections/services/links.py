"""Sending the link of a private page again, for a reader who lost it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from corrections.marks import marks_of
from corrections.models import Report
from corrections.services import receipts
from corrections.vocabulary import Visibility
from newsroom import references
from newsroom.events import wake
from newsroom.events.models import Delivery, Event

MOST = 5
"""Reports of one address whose links are sent at once, the newest first."""


def send_again(*, email: str = "", reference: str = "") -> None:
    """Owe the reader a mail with the link of each report of this address, or of the one of this reference; at most one
    a report and day. What is not known does nothing, and says nothing.

    An address that refused our mail gets nothing. A confirmed address gets the links; where it was never confirmed,
    only the newest report's receipt with the button, which is all that may be sent there: see `receipts`.
    """
    rows = (
        Report.objects.select_related("contact")
        .filter(visibility=Visibility.NORMAL, contact__email_sealed__gt="", contact__bounced_at=None)
        .exclude(status__in=receipts.DOUBTED, contact__confirmed_at=None)
        .order_by("-pk")
    )
    if email:
        own = rows.filter(contact__email_mark__in=marks_of(email))
        found = [*own.exclude(contact__confirmed_at=None)[:MOST], *own.filter(contact__confirmed_at=None)[:1]]
    else:
        found = list(rows.filter(reference=references.normalize(reference)))
    for report in found:
        _owe(report)


def _owe(report: Report) -> None:
    kinds = ["report.submitted", "report.split_off"]
    event = Event.objects.filter(kind__in=kinds, subject_reference=report.reference).first()
    if event is None or event.test:
        return
    contact = report.contact
    confirmed = contact.confirmed_at is not None
    today = timezone.now().date().isoformat()
    key = f"link:{report.reference}:{today}:{confirmed}:{contact.address_number}"
    if not confirmed and (Delivery.objects.filter(dedupe_key=key).exists() or not receipts.within_limit(contact)):
        return
    with transaction.atomic():
        Delivery.objects.get_or_create(
            dedupe_key=key,
            defaults={
                "event": event,
                "channel": Delivery.Channel.EMAIL,
                "template": "corrections/mail/report_link" if confirmed else "corrections/mail/report_submitted",
                "recipient_kind": "reader" if confirmed else "unconfirmed_reader",
                "recipient_key": report.reference,
            },
        )
        transaction.on_commit(wake.after_commit, robust=True)
