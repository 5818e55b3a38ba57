"""The forms behind the buttons of an invoice, each named after its move."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.admin import WorkForm
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField
from reprints import pricing
from reprints.forms.desk import WordsForm
from reprints.models import Invoice
from reprints.services.invoicing import LONGEST_NUMBER
from reprints.services.payments import LONGEST_REFERENCE
from reprints.vocabulary import InvoiceKind, TaxTreatment

TREATMENTS = [choice for choice in TaxTreatment.choices if choice[0] != TaxTreatment.MANUAL]


class InvoiceExportForm(forms.Form):
    """From which day to which the table goes, both counted."""

    since = DayField(required=False, input_formats=["%Y-%m-%d"])
    until = DayField(required=False, input_formats=["%Y-%m-%d"])


class InvoicePrepareForm(WordsForm):
    """Who buys, and how it is taxed."""

    address = CleanTextField(label=_("Buyer’s address"), required=False, max_length=500)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Buyer’s country"), required=False, help_text=_("Two letters, as DE.")
    )
    vat_id = CleanTextField(label=_("Buyer’s VAT id"), required=False, multiline=False, max_length=30)
    treatment = forms.ChoiceField(choices=TREATMENTS, label=_("Tax treatment"))
    rate = forms.DecimalField(label=_("Tax rate, %"), min_value=Decimal(0), max_digits=5, decimal_places=2, initial=0)
    words = CleanTextField(label=_("Why it is taxed so"), max_length=500)

    field_order = ("address", "country", "vat_id", "treatment", "rate", "words")

    def prepare(self) -> None:
        """Begin with what was copied in."""
        if isinstance(self.subject, Invoice):
            for name in ("address", "country", "vat_id"):
                self.fields[name].initial = self.subject.buyer.get(name, "")


class InvoiceNumberForm(WorkForm):
    """What the accounting system says."""

    number = CleanTextField(label=_("Number"), multiline=False, max_length=LONGEST_NUMBER)
    due_on = DayField(label=_("Due on"), required=False)
    tax = forms.DecimalField(label=_("Tax"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=3)
    gross = forms.DecimalField(label=_("Gross"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=3)

    def prepare(self) -> None:
        """Say in which currency, and what was calculated. A credit note takes back the amounts of its invoice."""
        if not isinstance(self.subject, Invoice):
            return
        if self.subject.kind == InvoiceKind.CREDIT_NOTE:
            del self.fields["tax"], self.fields["gross"]
            return
        for name in ("tax", "gross"):
            said = {
                "amount": pricing.plain(getattr(self.subject, name), self.subject.currency),
                "currency": self.subject.currency,
            }
            words = _("In %(currency)s, as the invoice says. Empty: %(amount)s, as calculated.") % said
            self.fields[name].help_text = words


class InvoicePayForm(WorkForm):
    """Money that arrived, or for a credit note went back."""

    amount = forms.DecimalField(
        label=_("Amount"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=3,
        help_text=_("Empty: all that is outstanding."),
    )
    reference = CleanTextField(label=_("Reference of the payment"), multiline=False, max_length=LONGEST_REFERENCE)
    received_on = DayField(label=_("Received on"), required=False, help_text=_("Empty: today."))


class InvoiceCreditForm(WordsForm):
    """Take it back, with words to whoever pays."""

    words = CleanTextField(label=_("Reason, printed on the credit note"), max_length=500)
    again = forms.BooleanField(label=_("Draft a new invoice"), required=False)


class InvoiceWriteOffForm(WordsForm):
    """Give it up."""

    words = CleanTextField(label=_("Reason"), max_length=500)
