"""What is owed, and what was paid.

The default is external: an order confirmation, and the number that the accounting system gave it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.days import by_the_day
from newsroom.accounts.models import Organization, Publication, User
from newsroom.records import Record, WrittenOnce
from reprints import moments
from reprints.models.quotes import Quote
from reprints.vocabulary import InvoiceKind, TaxTreatment
from reprints.workflow import InvoiceStatus

CHANGEABLE = frozenset(
    {"status", "version", "updated_at", "paid_at", "paid_amount", "reminders", "reminded_at", "suspended_at", "reason"}
)
"""What may still be written once an invoice was issued."""

STANDING = (InvoiceStatus.ISSUED, InvoiceStatus.PAID)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices, in English."""

    def visible_to(self, person: User) -> InvoiceQuerySet:
        """Of the publications where this member of staff does licensing; without test records."""
        return self.filter(publication__in=person.publications("licensing_editor"), test=False)

    def overdue(self, now: datetime) -> InvoiceQuerySet:
        """Issued, and the due date is over where the publication is."""
        late = by_the_day(now, lambda day: Q(due_on__lt=day))
        return self.filter(late, status=InvoiceStatus.ISSUED, kind=InvoiceKind.INVOICE)

    def of_our_own(self) -> InvoiceQuerySet:
        """Numbered here, not by the accounting system."""
        return self.exclude(sequence=None)


class Invoice(Record):
    """Who owes whom how much for which licenses. Frozen at issue; a change is a credit note and a new invoice.

    `number` is the accounting system's, or ours once issued here: then `series` and `sequence` (from 1, without
    a gap per legal entity and series) are set too. Amounts of a credit note are positive, as on the invoice
    that it `credits`.
    """

    noun = "invoice"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="invoices")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("credits")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT, editable=False
    )
    legal_entity = models.CharField(_("legal entity"), max_length=200, blank=True, default="")
    series = models.CharField(_("series"), max_length=30, blank=True, default="")
    sequence = models.PositiveIntegerField(_("number in the series"), null=True, blank=True, editable=False)
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    seller = models.JSONField(_("seller"), default=dict, blank=True)
    buyer = models.JSONField(_("buyer"), default=dict, blank=True)
    lines = models.JSONField(_("lines"), default=list, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=3)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3)
    gross = models.DecimalField(_("gross"), max_digits=14, decimal_places=3)
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, default=0)
    tax_treatment = models.CharField(
        _("tax treatment"), max_length=24, choices=TaxTreatment.choices, default=TaxTreatment.MANUAL
    )
    tax_evidence = models.JSONField(_("evidence for the tax treatment"), default=dict, blank=True)
    paid_amount = models.DecimalField(_("paid"), max_digits=14, decimal_places=3, default=0, editable=False)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid in full"), null=True, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("licenses suspended"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), max_length=500, blank=True, default="", editable=False)
    test = models.BooleanField(_("test"), default=False, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="invoice_status_known"),
            models.UniqueConstraint(
                fields=["publication", "number"], condition=~Q(number=""), name="invoice_number_once"
            ),
            models.UniqueConstraint(fields=["legal_entity", "series", "sequence"], name="invoice_sequence_once"),
            models.UniqueConstraint(
                fields=["quote"],
                condition=Q(kind=InvoiceKind.INVOICE, status__in=STANDING),
                name="invoice_one_standing_per_quote",
            ),
            models.UniqueConstraint(
                fields=["quote"],
                condition=Q(kind=InvoiceKind.INVOICE, status=InvoiceStatus.DRAFT),
                name="invoice_one_draft_per_quote",
            ),
            models.UniqueConstraint(fields=["credits"], name="invoice_credited_once"),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.INVOICE, credits=None)
                | Q(kind=InvoiceKind.CREDIT_NOTE, credits__isnull=False),
                name="invoice_credit_note_names_invoice",
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, paid_amount__gte=0, paid_amount__lte=F("gross")),
                name="invoice_amounts",
            ),
            models.CheckConstraint(
                condition=Q(sequence=None) | (Q(issued_at__isnull=False) & ~Q(number="") & ~Q(series="")),
                name="invoice_numbered_is_issued",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(status="issued"), name="invoice_due"),
            models.Index(fields=["organization", "-id"], name="invoice_of_partner"),
        ]

    _frozen = False

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Invoice:
        """As Django does it, remembering whether the stored row was issued."""
        row = super().from_db(*args, **kwargs)
        row._frozen = row.__dict__.get("issued_at") is not None  # noqa: SLF001 -- our own mark
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What was issued never changes: only the status and what belongs to its payment may be written again."""
        fields = kwargs.get("update_fields")
        if self._frozen and (fields is None or not set(fields) <= CHANGEABLE):
            raise TypeError("An invoice is never changed once issued: credit it and issue another.")
        super().save(*args, **kwargs)
        self._frozen = self.issued_at is not None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused once issued: a number would be missing."""
        if self._frozen:
            raise TypeError("An invoice is never deleted once issued: credit it.")
        return super().delete(*args, **kwargs)

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid; for a credit note, what of a payment is still to be given back."""
        if self.status != InvoiceStatus.ISSUED:
            return Decimal(0)
        owed = self.gross if self.credits is None else self.credits.paid_amount
        return owed - self.paid_amount

    def day(self, at: datetime | None = None) -> date:
        """The calendar day at that moment where the publication is."""
        return (at or moments.now()).astimezone(self.publication.zone).date()

    def days_overdue(self, at: datetime | None = None) -> int:
        """Days since the due date, which itself still counts as in time; 0 while nothing is overdue."""
        if self.status != InvoiceStatus.ISSUED or self.due_on is None or self.kind != InvoiceKind.INVOICE:
            return 0
        return max(0, (self.day(at) - self.due_on).days)

    def by_date(self) -> str:
        """`overdue`, where it is."""
        return "overdue" if self.days_overdue() else ""

    def effective_status(self, at: datetime | None = None) -> str:
        """The stored status; while issued `overdue` after the due date, else `partly_paid` after a part payment."""
        if self.days_overdue(at):
            return "overdue"
        return "partly_paid" if self.status == InvoiceStatus.ISSUED and self.paid_amount else self.status


class InvoiceCounter(models.Model):
    """The last number of a series of a legal entity. Locked while the next invoice is issued."""

    legal_entity = models.CharField(_("legal entity"), max_length=200)
    series = models.CharField(_("series"), max_length=30)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("invoice counter")
        verbose_name_plural = _("invoice counters")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["legal_entity", "series"], name="invoice_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Payment(WrittenOnce):
    """Money that arrived for an invoice, or went back for a credit note. Append-only."""

    NEVER = "A payment is never changed."

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    reference = models.CharField(_("payment reference"), max_length=100)
    received_on = models.DateField(_("received"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.UniqueConstraint(fields=["invoice", "reference"], name="payment_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.amount}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise TypeError("A payment is never deleted.")
