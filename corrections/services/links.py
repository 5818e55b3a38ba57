"""Sending the link of a private page again, for a reader who lost it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from corrections.models import Report
from corrections.vocabulary import Visibility
from newsroom import references
from newsroom.events import wake
from newsroom.events.models import Delivery, Event


def send_again(reference: str) -> None:
    """Owe the reader one mail with the link, at most one a day. An unknown reference does nothing, and says nothing.

    An address that refused our mail gets nothing. A confirmed address gets the link; one that was never confirmed gets
    its receipt with the button again, which is all that may be sent there.
    """
    report = (
        Report.objects.select_related("contact")
        .filter(reference=references.normalize(reference), visibility=Visibility.NORMAL)
        .exclude(contact__email_sealed="")
        .filter(contact__bounced_at=None)
        .first()
    )
    contact = getattr(report, "contact", None)
    if report is None or contact is None:
        return
    event = Event.objects.filter(
        kind__in=["report.submitted", "report.split_off"], subject_reference=report.reference
    ).first()
    if event is None or event.test:
        return
    confirmed = contact.confirmed_at is not None
    with transaction.atomic():
        Delivery.objects.get_or_create(
            dedupe_key=f"link:{report.reference}:{timezone.now().date().isoformat()}:{confirmed}:{contact.address_number}",
            defaults={
                "event": event,
                "channel": Delivery.Channel.EMAIL,
                "template": "corrections/mail/report_link" if confirmed else "corrections/mail/report_submitted",
                "recipient_kind": "reader" if confirmed else "unconfirmed_reader",
                "recipient_key": report.reference,
            },
        )
        transaction.on_commit(wake.after_commit, robust=True)
