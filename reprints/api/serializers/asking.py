"""Requests for licenses, estimates, and the rate card in words.

What a request may say is decided by `services.checking`, for the web form and the API alike. The serializers named
`…Write…` describe it; a test keeps both equal.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField
from newsroom.articles.addresses import MAX_LENGTH
from reprints.api.serializers.parts import MoneySerializer, StepSerializer
from reprints.vocabulary import (
    MAX_EXCERPT_CHARACTERS,
    MAX_ITEMS,
    MAX_LANGUAGES,
    MAX_PLACEMENTS,
    MAX_QUANTITY,
    MAX_TERRITORIES,
    AiPurpose,
    DeclineCode,
    Exclusivity,
    Format,
    Lane,
    Modifications,
    OrganizationType,
    Portion,
    QuantityUnit,
    Use,
)
from reprints.workflow import RequestStatus

TERRITORY = "ISO 3166-1 alpha-2 codes, or `001` for the world."
LANGUAGES = "BCP 47 tags."
LANE_REASONS = "Why a person answers. What would tell about other people, like an error somebody reported, is left out."
USUAL = "What is usual for the use, if left out: `GET license-uses/` says what may be asked for."


class ItemWriteSerializer(StrictSerializer):
    """One use of one article. `ends_on` or `perpetual` is needed, and `excerpt_text` for an excerpt or quotation."""

    article_url = serializers.CharField(max_length=MAX_LENGTH, help_text="Any address the article is known by.")
    use = serializers.ChoiceField(choices=Use.choices)
    portion = serializers.ChoiceField(choices=Portion.choices, required=False, help_text=USUAL)
    excerpt_text = serializers.CharField(
        max_length=MAX_EXCERPT_CHARACTERS, allow_null=True, allow_blank=True, required=False
    )
    format = serializers.ChoiceField(choices=Format.choices, required=False, help_text=USUAL)
    quantity = serializers.IntegerField(
        min_value=1,
        max_value=MAX_QUANTITY,
        allow_null=True,
        required=False,
        help_text="Needed wherever the price depends on it.",
    )
    quantity_unit = serializers.ChoiceField(choices=QuantityUnit.choices, required=False, help_text=USUAL)
    territory = serializers.ListField(
        child=serializers.CharField(), min_length=1, max_length=MAX_TERRITORIES, required=False, help_text=TERRITORY
    )
    languages = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_LANGUAGES, required=False, help_text=LANGUAGES
    )
    starts_on = serializers.DateField(required=False, help_text="Today where the publication is, if left out.")
    ends_on = serializers.DateField(allow_null=True, required=False, help_text="The last day; it counts.")
    perpetual = serializers.BooleanField(default=False)
    exclusivity = serializers.ChoiceField(choices=Exclusivity.choices, default=Exclusivity.NONE)
    modifications = serializers.ChoiceField(choices=Modifications.choices, default=Modifications.NONE)
    placement_urls = serializers.ListField(child=serializers.URLField(), max_length=MAX_PLACEMENTS, required=False)
    ai_purposes = serializers.ListField(child=serializers.ChoiceField(choices=AiPurpose.choices), required=False)

    class Meta:
        ref_name = "LicenseItemData"


class LicenseRequestWriteSerializer(StrictSerializer):
    """A request: the articles and uses, and who asks. All articles are of one publication."""

    items: Any = serializers.ListField(child=ItemWriteSerializer(), min_length=1, max_length=MAX_ITEMS)
    organization_type = serializers.ChoiceField(
        choices=OrganizationType.choices,
        required=False,
        help_text="With a key your organization's own kind counts. As an agency or a developer of AI it may ask all "
        "the same, and a person answers.",
    )
    currency = serializers.RegexField(
        r"^[A-Za-z]{3}$", required=False, help_text="ISO 4217; the publication's own, if left out."
    )
    po_number = serializers.CharField(max_length=60, allow_blank=True, allow_null=True, required=False)
    end_client = serializers.CharField(
        max_length=200,
        allow_blank=True,
        allow_null=True,
        required=False,
        help_text="For whom an agency asks: who will use it.",
    )
    deadline = serializers.DateField(allow_null=True, required=False)
    note = serializers.CharField(max_length=5000, allow_blank=True, allow_null=True, required=False)

    class Meta:
        ref_name = "LicenseRequestData"


class RequestChangeSerializer(LicenseRequestWriteSerializer):
    """What is changed of a request; null empties a text or the deadline. The currency stays."""

    currency = None  # type: ignore[assignment]  # -- how DRF leaves a field out

    class Meta:
        ref_name = "LicenseRequestChange"


class ItemSerializer(serializers.Serializer):
    """One use of one article, as asked or as granted."""

    article_url = serializers.CharField()
    use = serializers.ChoiceField(choices=Use.choices)
    portion = serializers.ChoiceField(choices=Portion.choices)
    excerpt_text = serializers.CharField(allow_null=True)
    format = serializers.ChoiceField(choices=Format.choices)
    quantity = serializers.IntegerField(allow_null=True)
    quantity_unit = serializers.ChoiceField(choices=QuantityUnit.choices)
    territory = serializers.ListField(child=serializers.CharField(), help_text=TERRITORY)
    languages = serializers.ListField(child=serializers.CharField(), help_text=LANGUAGES)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    perpetual = serializers.BooleanField()
    exclusivity = serializers.ChoiceField(choices=Exclusivity.choices)
    modifications = serializers.ChoiceField(choices=Modifications.choices)
    placement_urls = serializers.ListField(child=serializers.CharField())
    ai_purposes = serializers.ListField(child=serializers.ChoiceField(choices=AiPurpose.choices))

    class Meta:
        ref_name = "LicenseItem"


class LaneReasonSerializer(serializers.Serializer):
    """Why a person answers."""

    item = serializers.IntegerField(allow_null=True, help_text="Its place in `items`, from 0; null for the whole.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="In words.")

    class Meta:
        ref_name = "LaneReason"


class LicenseRequestSerializer(serializers.Serializer):
    """A license request. `items` may be sent back, changed, with PATCH."""

    reference = serializers.CharField()
    version = serializers.IntegerField()
    etag = serializers.CharField(help_text="What If-Match wants.")
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    lane = serializers.ChoiceField(choices=Lane.choices)
    lane_reasons = LaneReasonSerializer(many=True, help_text=LANE_REASONS)
    answer_by = MomentField(allow_null=True, help_text="When a person will have answered; null when none was needed.")
    items: Any = ItemSerializer(many=True)
    quotes = serializers.ListField(child=serializers.CharField(), help_text="Oldest first.")
    licenses = serializers.ListField(child=serializers.CharField())
    publication = serializers.CharField(help_text="Slug.")
    organization_type = serializers.ChoiceField(choices=OrganizationType.choices)
    currency = serializers.CharField()
    po_number = serializers.CharField()
    end_client = serializers.CharField()
    deadline = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    renews = serializers.CharField(allow_null=True, help_text="The license whose next term this is.")
    decline_code = serializers.ChoiceField(choices=DeclineCode.choices, allow_null=True)
    article_changed_at = MomentField(allow_null=True, help_text="An article changed after you asked.")
    created_at = MomentField()
    test = serializers.BooleanField()

    class Meta:
        ref_name = "LicenseRequest"


class ProposedTermsSerializer(StrictSerializer):
    """Other terms for one item of a quote; what is left out stays."""

    item = serializers.IntegerField(min_value=0, max_value=MAX_ITEMS, help_text="Its place in the request, from 0.")
    territory = serializers.ListField(child=TextField(max_length=3), max_length=MAX_TERRITORIES, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, required=False)
    ends_on = serializers.DateField(required=False)

    class Meta:
        ref_name = "ProposedTerms"


class ProposalSerializer(serializers.Serializer):
    """What a partner proposed instead of a quote."""

    quote = serializers.CharField()
    amount = MoneySerializer(allow_null=True)
    changes = ProposedTermsSerializer(many=True)

    class Meta:
        ref_name = "Proposal"


class CounterOfferSerializer(StrictSerializer):
    """Another net amount for the whole, other terms, or both."""

    amount = MoneySerializer(required=False, allow_null=True, default=None)
    changes = ProposedTermsSerializer(many=True, required=False, default=list, max_length=MAX_ITEMS)  # type: ignore[call-arg]  # -- the stubs miss the list argument
    words = TextField(max_length=4000, multiline=True, allow_blank=True, default="")

    class Meta:
        ref_name = "CounterOfferData"


class MessageSerializer(serializers.Serializer):
    """One message of the thread."""

    author = serializers.ChoiceField(choices=[("partner", "partner"), ("editor", "editor")])
    words = serializers.CharField()
    move = serializers.CharField(allow_null=True, help_text="The move it was written with, like `ask` or `decline`.")
    proposal = ProposalSerializer(allow_null=True, help_text="The counter-offer that the message makes.")
    created_at = MomentField()

    class Meta:
        ref_name = "LicenseRequestMessage"


class EstimateLineSerializer(serializers.Serializer):
    """What one item would cost, and why. `price` is null when only a person can say."""

    item = serializers.IntegerField(help_text="Its place in `items`, from 0.")
    lane = serializers.ChoiceField(choices=Lane.choices, help_text="Of this item, taken by itself.")
    price = MoneySerializer(allow_null=True)
    free = serializers.BooleanField(help_text="Whether it is granted free of charge; never in the manual lane.")
    exclusions = serializers.ListField(child=serializers.CharField(), help_text="What is not ours to license.")
    trace = StepSerializer(many=True)
    words = serializers.IntegerField(allow_null=True, help_text="Counted in the passage; null without one.")
    passage_found = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the passage stands in the article word for word; if not, a person answers.",
    )

    class Meta:
        ref_name = "EstimateLine"


class EstimateSerializer(serializers.Serializer):
    """What a request would be given. Nothing was written."""

    lane = serializers.ChoiceField(choices=Lane.choices)
    lane_reasons = LaneReasonSerializer(many=True, help_text=LANE_REASONS)
    total = MoneySerializer(allow_null=True)
    lines = EstimateLineSerializer(many=True)
    answer_by = MomentField(allow_null=True)

    class Meta:
        ref_name = "Estimate"


class OfferSerializer(serializers.Serializer):
    """A kind of use in plain words."""

    use = serializers.ChoiceField(choices=Use.choices)
    label: Any = serializers.CharField()
    description = serializers.CharField()
    needs = serializers.ListField(
        child=serializers.CharField(), help_text="Members of an item that this use cannot do without."
    )
    usual_format = serializers.ChoiceField(choices=Format.choices)
    usual_unit = serializers.ChoiceField(choices=QuantityUnit.choices)
    portions = serializers.ListField(
        child=serializers.ChoiceField(choices=Portion.choices), help_text="What may be asked for; the first is usual."
    )
    formats = serializers.ListField(child=serializers.ChoiceField(choices=Format.choices))
    units = serializers.ListField(child=serializers.ChoiceField(choices=QuantityUnit.choices))
    lane = serializers.ChoiceField(choices=[Lane.PRICED, Lane.MANUAL])
    from_price = MoneySerializer(
        allow_null=True, help_text="No such use costs less. Null: a person says what it costs."
    )

    class Meta:
        ref_name = "LicenseUse"


class RateCardSerializer(serializers.Serializer):
    """The rate card of a publication in words. One page holds it all."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = OfferSerializer(many=True)
    publication = serializers.CharField(help_text="Slug.")
    currency = serializers.CharField()
    free_words = serializers.IntegerField(help_text="Quotations of at most so many words are free of charge.")

    class Meta:
        ref_name = "RateCard"
