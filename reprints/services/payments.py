"""Money for an invoice: paid in parts or whole, written off, or late, and what follows for the licenses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid
from newsroom.languages import spoken
from newsroom.workflow import THE_CLOCK, Actor, lock
from reprints import events, moments, pricing
from reprints.models import Invoice, License, Payment
from reprints.services import invoicing, licenses
from reprints.services.moving import move, tell, touch, words_of
from reprints.vocabulary import EndReason, InvoiceKind
from reprints.workflow import INVOICE, LicenseStatus

LONGEST_REFERENCE = 100


@transaction.atomic
def pay(
    invoice: Invoice,
    *,
    by: Actor,
    reference: str,
    amount: Decimal | None = None,
    received_on: date | None = None,
    seen: int | None = None,
) -> Invoice:
    """Money arrived: the whole that is outstanding, or `amount` of it. `reference` is the bank's, once an invoice.

    Paid in full, the licenses that waited for it are issued, unless their article may not be used any more (the desk is
    told), and those suspended for it are reinstated, unless something else stands against that (the desk is told). For
    a credit note it is the money given back. Raises `Invalid` for an amount that is not a part of what is outstanding.
    """
    invoice = lock(invoice, seen=seen)
    INVOICE.check(invoice, "pay", by)
    rest = invoice.outstanding
    if rest <= 0:
        raise Conflict(_("Nothing is to be paid on this."), code="nothing_outstanding")
    amount = _part_of(rest, amount, invoice.currency)
    reference = words_of(reference, pointer="/reference", most=LONGEST_REFERENCE)
    if invoice.payments.filter(reference=reference).exists():
        raise Invalid.one("/reference", _("This payment is entered already."), "duplicate")
    received_on = received_on or invoice.day()
    if received_on > invoice.day():
        raise Invalid.one("/received_on", _("This day has not come yet."), "in_future")
    Payment.objects.create(
        invoice=invoice,
        amount=amount,
        reference=reference,
        received_on=received_on,
        recorded_by=by if isinstance(by, User) else None,
    )
    invoice.paid_amount += amount
    data = {"amount": pricing.plain(amount, invoice.currency), "currency": invoice.currency}
    if amount < rest:
        touch(invoice, fields=["paid_amount"])
        tell(events.PART_PAID, invoice, by=by, data=data)
        return invoice
    invoice.paid_at = moments.now()
    move(invoice, "pay", by=by, fields=["paid_amount", "paid_at"], data=data)
    if invoice.kind == InvoiceKind.INVOICE:
        _release_licenses(invoice, by=by, paid=True)
    return invoice


@transaction.atomic
def credit(
    invoice: Invoice, *, by: User, words: str, again: bool = False, seen: int | None = None
) -> tuple[Invoice, Invoice | None]:
    """`invoicing.credit`, and the licenses that were suspended for the debt are reinstated as after a payment: it is
    gone.
    """
    note, draft = invoicing.credit(invoice, by=by, words=words, again=again, seen=seen)
    _release_licenses(invoice, by=by, paid=False)
    return note, draft


@transaction.atomic
def write_off(invoice: Invoice, *, by: User, words: str, seen: int | None = None) -> Invoice:
    """Give the debt up, with the reason in words. The licenses stay as they are."""
    invoice = lock(invoice, seen=seen)
    INVOICE.check(invoice, "write_off", by)
    invoice.reason = words_of(words, most=500)
    rest = pricing.plain(invoice.outstanding, invoice.currency)
    move(invoice, "write_off", by=by, fields=["reason"], data={"amount": rest, "currency": invoice.currency})
    return invoice


def remind(invoice: Invoice, now: datetime) -> bool:
    """The next reminder of an overdue invoice, when its day has come. Each once; a late clock sends one, not all."""
    if not _reminder_due(invoice, now):
        return False
    with transaction.atomic():
        invoice = lock(invoice)
        due = _reminder_due(invoice, now)
        if not due:
            return False
        invoice.reminders, invoice.reminded_at = due, now
        touch(invoice, fields=["reminders", "reminded_at"])
        said = {"status": "overdue", "days": invoice.days_overdue(now), "reminder": due}
        tell(events.INVOICE_OVERDUE, invoice, by=THE_CLOCK, data=said)
    return True


def suspend_for(invoice: Invoice, now: datetime) -> bool:
    """Suspend the licenses of an invoice that is overdue for too long. Once: what the desk reinstates stays."""
    if not _too_late(invoice, now):
        return False
    with transaction.atomic():
        invoice = lock(invoice)
        if not _too_late(invoice, now):
            return False
        invoice.suspended_at = now
        touch(invoice, fields=["suspended_at"])
        with override(spoken(invoice.quote.request.language or invoice.publication.language)):
            words = _("Invoice %(number)s is overdue since %(day)s.") % {
                "number": invoice.number,
                "day": invoice.due_on,
            }
        for row in License.objects.filter(quote=invoice.quote, status=LicenseStatus.ACTIVE).order_by("pk"):
            licenses.suspend(row, by=THE_CLOCK, reason=EndReason.PAYMENT_OVERDUE, words=words)
    return True


def overdue(now: datetime, scope: Q) -> list[Invoice]:
    """Invoices of our own whose due date has passed by then, oldest first: what the clock looks at."""
    rows = Invoice.objects.of_our_own().overdue(now).filter(scope)
    return list(rows.select_related("publication").order_by("due_on", "pk"))


def _reminder_due(invoice: Invoice, now: datetime) -> int:
    """Which reminder is due, from 1; 0 when none is."""
    overdue = invoice.days_overdue(now)
    due = sum(overdue >= int(day) for day in invoice.publication.policy("invoice_reminder_days"))
    return due if overdue and invoice.sequence is not None and invoice.reminders < due else 0


def _too_late(invoice: Invoice, now: datetime) -> bool:
    """Whether its licenses are to be suspended, and were not yet."""
    limit = int(invoice.publication.policy("suspend_after_overdue_days"))
    unpaid = invoice.sequence is not None and invoice.suspended_at is None
    return unpaid and 0 < limit <= invoice.days_overdue(now)


def _part_of(rest: Decimal, amount: Decimal | None, currency: str) -> Decimal:
    if amount is None:
        return rest
    if not amount.is_finite() or amount <= 0:
        raise Invalid.one("/amount", _("This cannot be a payment."), "out_of_range")
    if pricing.to_minor_units(amount, currency) != amount:
        raise Invalid.one("/amount", _("This currency has no such fraction."), "too_precise")
    if amount > rest:
        said = {"amount": pricing.plain(rest, currency), "currency": currency}
        raise Invalid.one("/amount", _("Only %(amount)s %(currency)s is outstanding.") % said, "too_large")
    return amount


def _release_licenses(invoice: Invoice, *, by: Actor, paid: bool) -> None:
    rows = License.objects.filter(quote=invoice.quote).order_by("pk")
    if paid:
        for row in rows.filter(status=LicenseStatus.PENDING_PAYMENT):
            licenses.issue_paid(row, by=by)
    for row in rows.filter(status=LicenseStatus.SUSPENDED):
        licenses.settle(row, by=by)
