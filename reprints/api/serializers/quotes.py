"""Quotes and invoices."""

from __future__ import annotations

from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField
from reprints.api.serializers.asking import ItemSerializer
from reprints.api.serializers.parts import MoneySerializer, StepSerializer
from reprints.vocabulary import InvoiceKind, Lane, TaxTreatment
from reprints.workflow import InvoiceStatus, QuoteStatus

SHOWN_STATUS = [*(row for row in QuoteStatus.choices if row[0] != QuoteStatus.DRAFT), ("expired", "Expired")]


class ChangeSerializer(serializers.Serializer):
    """A member of the item that is granted otherwise than it was asked."""

    field = serializers.CharField()
    asked = serializers.JSONField()
    granted = serializers.JSONField()

    class Meta:
        ref_name = "GrantChange"


class QuoteLineSerializer(serializers.Serializer):
    """What is granted for one item, and for how much."""

    item = serializers.IntegerField(help_text="Its place in the request's `items`, from 0.")
    article = serializers.CharField()
    granted = ItemSerializer()
    changes = ChangeSerializer(many=True)
    exclusions = serializers.ListField(child=serializers.CharField())
    lane = serializers.ChoiceField(
        choices=Lane.choices, help_text="How its price came about: free of charge, by the rate card, by a person."
    )
    price = MoneySerializer()
    trace = StepSerializer(many=True)

    class Meta:
        ref_name = "QuoteLine"


class QuoteSerializer(serializers.Serializer):
    """A quote. Money is net on each line; tax and gross are sums."""

    reference = serializers.CharField()
    request = serializers.CharField()
    end_client = serializers.CharField()
    number = serializers.IntegerField(help_text="Counts the quotes of a request from 1.")
    version = serializers.IntegerField(help_text="The same as `number`: the first offer is 1. See `etag` for If-Match.")
    etag = serializers.CharField(help_text="What If-Match wants.")
    status = serializers.ChoiceField(choices=SHOWN_STATUS)
    valid_until = MomentField()
    currency = serializers.CharField()
    lines = QuoteLineSerializer(many=True)
    net = MoneySerializer()
    tax = MoneySerializer()
    gross = MoneySerializer()
    tax_treatment = serializers.ChoiceField(choices=TaxTreatment.choices)
    terms_version = serializers.CharField()
    terms_sha256 = serializers.CharField()
    note = serializers.CharField()
    licenses = serializers.ListField(child=serializers.CharField())
    reconfirm_since = MomentField(allow_null=True, help_text="An article changed after this was sent: read it again.")
    opened_at = MomentField()
    accepted_at = MomentField(allow_null=True)
    pdf = serializers.URLField()
    test = serializers.BooleanField()

    class Meta:
        ref_name = "Quote"


class AcceptSerializer(StrictSerializer):
    """Agreement to a quote: the fingerprint of the terms that were read, and who signs."""

    terms_sha256 = TextField(max_length=64)
    signatory = TextField(
        max_length=254, name=True, help_text="Mail address or name of a contact of yours who may sign."
    )

    class Meta:
        ref_name = "AcceptData"


class BillingSerializer(StrictSerializer):
    """Whom the invoice is made out to."""

    legal_name = TextField(
        max_length=200,
        name=True,
        required=False,
        allow_blank=True,
        default="",
        help_text="The licensing desk keeps yours: leave it out.",
    )
    address = TextField(max_length=500, multiline=True)
    country = TextField(max_length=2, help_text="ISO 3166-1 alpha-2. The tax depends on it.")
    vat_id = TextField(
        max_length=30, required=False, allow_blank=True, default="", help_text="Checked by its form and check digits."
    )

    class Meta:
        ref_name = "BillingData"


class AcceptedSerializer(serializers.Serializer):
    """What came of it. `invoice` is null where the accounting system writes it."""

    status = serializers.ChoiceField(choices=[QuoteStatus.ACCEPTED.value])
    licenses = serializers.ListField(child=serializers.CharField())
    invoice = serializers.CharField(allow_null=True)

    class Meta:
        ref_name = "Accepted"


class InvoiceSerializer(serializers.Serializer):
    """What is owed."""

    reference = serializers.CharField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=InvoiceKind.choices)
    credits = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=InvoiceStatus.choices)
    quote = serializers.CharField()
    licenses = serializers.ListField(child=serializers.CharField())
    currency = serializers.CharField()
    net = MoneySerializer()
    tax = MoneySerializer()
    gross = MoneySerializer()
    tax_treatment = serializers.ChoiceField(choices=TaxTreatment.choices)
    outstanding = MoneySerializer()
    issued_at = MomentField()
    due_on = serializers.DateField(allow_null=True)
    paid_at = MomentField(allow_null=True)
    overdue = serializers.BooleanField()
    pdf = serializers.CharField(allow_null=True)
    payment_url = serializers.URLField(allow_null=True, help_text="Where what is outstanding can be paid.")
    test = serializers.BooleanField()

    class Meta:
        ref_name = "Invoice"
