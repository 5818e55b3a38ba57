"""The receipt with the confirm button: the one mail that goes to an address before anybody said that it is theirs.

Anyone can type anyone's address. So nothing is mailed while the report is doubted, and few receipts go to one address.
"""

from __future__ import annotations

from corrections.models import Report, ReporterContact
from corrections.workflow import ReportStatus
from newsroom.api import throttles
from newsroom.events.models import Delivery

DOUBTED = (ReportStatus.HELD, ReportStatus.SPAM)
THROTTLE = "link-request"


def to_address(report: Report) -> int | None:
    """The number of the address that gets the receipt for what happens now, and counts it; None when none does. Beyond
    the limit the report is taken all the same.

    To be called inside the transaction that records the event: if that fails, nothing was mailed or counted.
    """
    contact = ReporterContact.objects.filter(report=report, confirmed_at=None).exclude(email_sealed="").first()
    if contact is None or report.test or report.confidential or report.status in DOUBTED:
        return None
    return contact.address_number if within_limit(contact) else None


def to_address_at_last(report: Report) -> int | None:
    """The same for a report that is doubted no longer: it is owed what was not sent before."""
    sent = Delivery.objects.filter(recipient_kind="unconfirmed_reader", recipient_key=report.reference)
    return None if sent.exists() else to_address(report)


def within_limit(contact: ReporterContact) -> bool:
    """Count one receipt to this address, whichever report it is about, and say whether it may go."""
    return throttles.hit(THROTTLE, f"receipt:{contact.email_mark}").allowed
