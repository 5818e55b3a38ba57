"""How to reach a reader: an address given and confirmed, looked at with a reason, and erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.marks import mark_of
from corrections.models import Report, ReporterContact
from corrections.services import receipts
from corrections.services.splitting import family_of, same_address
from corrections.vocabulary import Visibility
from newsroom.accounts.models import User
from newsroom.errors import Conflict, NotAllowed
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.events.reveals import note_reveal
from newsroom.events.upkeep import cancel_to, forget_recipient
from newsroom.workflow import DESK, LEGAL, THE_CLOCK, THE_READER, Actor, lock

READER_KINDS = ("reader", "unconfirmed_reader")
MAX_ADDRESSES = 3
"""Each address that is given gets one mail: nobody may have us write to many."""
CONFIRM_WITHIN = timedelta(days=30)
"""How long the button that was mailed to an address confirms it."""


def may_reveal(report: Report, by: User) -> bool:
    """Whether there is something to see, and this person works on such reports: restricted ones are legal's."""
    wanted = {LEGAL} if report.visibility != Visibility.NORMAL else {DESK, LEGAL}
    return getattr(report, "contact", None) is not None and bool(by.roles_at(report.publication) & wanted)


@transaction.atomic
def reveal_contact(report: Report, *, by: User, reason: str) -> list[tuple[Any, str]]:
    """Name, mail and telephone, as pairs of label and text, with the reason written down.

    Raises `NotAllowed` without the right, `Conflict` when there is nothing to see, `Invalid` without a reason.
    """
    report = lock(report)
    contact = getattr(report, "contact", None)
    if contact is None:
        raise Conflict(_("This reader left no contact details, or they were erased."))
    if not may_reveal(report, by):
        raise NotAllowed(_("Your role does not include this."))
    note_reveal(report, events.CONTACT_REVEALED, by=by, reason=reason)
    return [
        (_("Name"), sealed.open_text(contact.name_sealed) or "—"),
        (_("Email address"), sealed.open_text(contact.email_sealed) or "—"),
        (_("Telephone"), sealed.open_text(contact.phone_sealed) or "—"),
    ]


@transaction.atomic
def note_refusal(reference: str, *, owed_at: datetime) -> bool:
    """Their mail server refused a mail that was owed at that time: write no more until the address is confirmed again.

    False when that is known already, when there is no address, and when the reader has given another one since.
    """
    report = Report.objects.filter(reference=reference).first()
    contact = _locked(report) if report else None
    if report is None or contact is None or contact.bounced_at is not None:
        return False
    if contact.given_at is not None and owed_at < contact.given_at:
        return False
    copies = same_address(report, contact)
    for key in copies.values_list("report__reference", flat=True):
        cancel_to(kinds=READER_KINDS, key=key, note="their mail server refuses the address")
    copies.update(bounced_at=timezone.now(), confirmed_at=None)
    record(events.MAIL_REFUSED, report, by=THE_CLOCK)
    return True


def may_give_address(report: Report) -> bool:
    """Whether the private page takes an address: none is confirmed, and not too many were given."""
    contact = getattr(report, "contact", None)
    if report.text_erased_at is not None or report.confidential:
        return False
    return (contact is None or contact.confirmed_at is None) and _given(report.reference) < MAX_ADDRESSES


@transaction.atomic
def give_address(report: Report, *, email: str) -> Report:
    """The reader says where to write from now on: the receipt with the button goes there, and nothing else before that
    is pressed. Raises `Conflict` when an address is confirmed, or several were given.
    """
    report = lock(report)
    contact = _locked(report)
    if not may_give_address(report):
        raise Conflict(_("No other address can be given for this report."))
    contact = contact or ReporterContact.objects.create(report=report)
    copies = same_address(report, contact) if contact.email_sealed else ReporterContact.objects.filter(pk=contact.pk)
    for key in copies.values_list("report__reference", flat=True):
        cancel_to(kinds=READER_KINDS, key=key, note="the reader gave another address")
    copies.update(
        email_sealed=sealed.seal(email),
        email_mark=mark_of(email),
        # Counted in all halves, erased contact details included: no half had this number with another address.
        address_number=_given(*family_of(report).values_list("reference", flat=True)) + 1,
        given_at=timezone.now(),
        bounced_at=None,
        confirmed_at=None,
    )
    report.version += 1
    report.save(update_fields=["version", "updated_at"])
    record(events.ADDRESS_GIVEN, report, by=THE_READER, data={"receipt": receipts.to_address(report)})
    return report


def confirming(report: Report, *, number: int) -> str:
    """What the button does that was mailed to the address of this number: `open` (it confirms), `confirmed`,
    `too_late`, `replaced` (another address was given since), `nothing_there` (none is left).
    """
    return _confirming(ReporterContact.objects.select_related("report").filter(report=report).first(), number)


@transaction.atomic
def confirm_address(report: Report, *, number: int) -> str:
    """The reader pressed the button that was mailed to the address of this number. How it stands now: see `confirming`.

    Only `open` is written, with the copies of the same address in the other halves of a split report.
    """
    contact = _locked(report)
    standing = _confirming(contact, number)
    if contact is None or standing != "open":
        return standing
    copies = same_address(report, contact).filter(confirmed_at=None)
    copies.update(confirmed_at=timezone.now(), bounced_at=None)
    record(events.ADDRESS_CONFIRMED, report, by=THE_READER)
    return "confirmed"


@transaction.atomic
def erase_contact(report: Report, *, by: Actor, why: str) -> bool:
    """Forget how to reach the reader; mails still owed there are canceled. False when there was nothing.

    `why` is `asked` or `retention`. Who asks is forgotten with the other halves of a split report too, but for those
    under a hold. Raises `Conflict` when this one is.
    """
    # All halves in the order in which they came: another one's page may ask for the same at this moment.
    list(family_of(report).select_for_update(of=("self",)))
    report = lock(report)
    if report.legal_hold:
        raise Conflict(_("A legal matter obliges us to keep this for now."), code="legal_hold")
    if why == "asked":
        for other in family_of(report).filter(contact__isnull=False, legal_hold=False).exclude(pk=report.pk):
            _forget(lock(other), by=by, why=why)
    return _forget(report, by=by, why=why)


def _forget(report: Report, *, by: Actor, why: str) -> bool:
    erased, _rows = ReporterContact.objects.filter(report=report).delete()
    if not erased:
        return False
    canceled = forget_recipient(kinds=READER_KINDS, key=report.reference)
    record(events.CONTACT_ERASED, report, by=by, data={"why": why, "canceled": canceled})
    return True


def _locked(report: Report) -> ReporterContact | None:
    """The contact row of this report, locked with those of its other halves, whose address may be the same."""
    rows = ReporterContact.objects.select_for_update(of=("self",)).select_related("report")
    family = rows.filter(report__in=family_of(report).values("pk")).order_by("pk")
    return next((row for row in family if row.pk == report.pk), None)


def _confirming(contact: ReporterContact | None, number: int) -> str:
    if contact is None or not contact.email_sealed:
        return "nothing_there"
    if contact.address_number != number:
        return "replaced"
    if contact.confirmed_at is not None:
        return "confirmed"
    asked_at = contact.given_at or contact.report.created_at
    return "too_late" if timezone.now() > asked_at + CONFIRM_WITHIN else "open"


def _given(*references: str) -> int:
    given = Event.objects.filter(kind=events.ADDRESS_GIVEN.name, subject_kind=Report.noun)
    return given.filter(subject_reference__in=references).count()
