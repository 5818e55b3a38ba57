"""What is owed.

The default is external: an order confirmation, and the number that the accounting system gave it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Organization, Publication
from newsroom.records import Record
from reprints.models.quotes import Quote
from reprints.workflow import InvoiceStatus


class Invoice(Record):
    """Frozen at issue; a change is a credit note.

    `number` is the accounting system's, or ours once issued here.
    """

    noun = "invoice"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="invoices")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="invoices")
    status = models.CharField(
        _("status"), max_length=12, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT, editable=False
    )
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=3)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3)
    gross = models.DecimalField(_("gross"), max_digits=14, decimal_places=3)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True, editable=False)
    test = models.BooleanField(_("test"), default=False, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="invoice_status_known"),
            models.UniqueConstraint(
                fields=["publication", "number"], condition=~Q(number=""), name="invoice_number_once"
            ),
        ]
