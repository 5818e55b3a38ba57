"""Licenses, their placements, and the notices that follow them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField
from reprints.api.serializers.parts import ChosenField, MoneySerializer
from reprints.models.licenses import PUBLIC_STATUS
from reprints.vocabulary import (
    MAX_PLACEMENTS,
    Action,
    AiPurpose,
    Duty,
    EndReason,
    Exclusivity,
    Format,
    Modifications,
    NoticeKind,
    Portion,
    QuantityUnit,
    Use,
)
from reprints.workflow import LicenseStatus, NoticeStatus

EFFECTIVE_STATUS = [*LicenseStatus.choices, ("scheduled", "Scheduled"), ("expired", "Expired")]
PUBLIC_WORDS = [*dict.fromkeys(PUBLIC_STATUS.values()), "test", "unknown"]
MAX_URL = 1000


class LicensedArticleSerializer(serializers.Serializer):
    """The text as it stood when it was licensed."""

    reference = serializers.CharField()
    url = serializers.CharField()
    headline = serializers.CharField()
    revision = serializers.IntegerField()
    revision_sha256 = serializers.CharField()

    class Meta:
        ref_name = "LicensedArticle"


@extend_schema_field({"type": "number", "exclusiveMinimum": 0})
class HoursField(serializers.Field):
    """Hours as the terms state them: 72, or 1.5."""

    def to_representation(self, value: float) -> float:
        """The number itself."""
        return value


class DutySerializer(serializers.Serializer):
    """What the licensee does when the article changes in this way, and within which time."""

    duty = serializers.ChoiceField(choices=Duty.choices)
    within_hours = HoursField(required=False)

    class Meta:
        ref_name = "LicenseDuty"


class DocumentsSerializer(serializers.Serializer):
    """Where the papers and the text are."""

    pdf = serializers.URLField()
    jws = serializers.URLField()
    odrl = serializers.URLField()
    content = serializers.URLField()

    class Meta:
        ref_name = "LicenseDocuments"


class PlacementSerializer(serializers.Serializer):
    """Where the licensee says the text stands."""

    url = serializers.CharField()
    declared_at = MomentField()
    removed_at = MomentField(allow_null=True)
    seen_at = MomentField(allow_null=True, help_text="When the newsroom last saw the text there.")

    class Meta:
        ref_name = "Placement"


class LicenseSerializer(serializers.Serializer):
    """A license. What was granted never changes; `status` and what belongs to it do."""

    number = serializers.CharField()
    version = serializers.IntegerField()
    etag = serializers.CharField(help_text="What If-Match wants.")
    status = serializers.ChoiceField(choices=LicenseStatus.choices)
    effective_status = serializers.ChoiceField(choices=EFFECTIVE_STATUS)
    licensee = serializers.CharField()
    end_client = serializers.CharField(help_text="For whom the licensee, an agency, acts; else empty.")
    publication = serializers.CharField(help_text="Slug.")
    article = LicensedArticleSerializer()
    use = serializers.ChoiceField(choices=Use.choices)
    portion = serializers.ChoiceField(choices=Portion.choices)
    excerpt_text = serializers.CharField(allow_null=True)
    format = serializers.ChoiceField(choices=Format.choices)
    quantity = serializers.IntegerField(allow_null=True)
    quantity_unit = serializers.ChoiceField(choices=QuantityUnit.choices)
    territory = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    perpetual = serializers.BooleanField()
    exclusivity = serializers.ChoiceField(choices=Exclusivity.choices)
    modifications = serializers.ChoiceField(choices=Modifications.choices)
    ai_purposes = serializers.ListField(child=serializers.ChoiceField(choices=AiPurpose.choices))
    exclusions = serializers.ListField(child=serializers.CharField())
    duties = serializers.DictField(child=DutySerializer())
    credit_line = serializers.CharField()
    price = MoneySerializer()
    terms_version = serializers.CharField()
    terms_sha256 = serializers.CharField()
    request = serializers.CharField()
    quote = serializers.CharField()
    issued_at = MomentField(allow_null=True)
    ended_at = MomentField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, allow_null=True)
    end_words = serializers.CharField()
    removal_deadline = MomentField(allow_null=True)
    suspended_until = serializers.DateField(allow_null=True, help_text="The day on which it is in force again.")
    renews = serializers.CharField(allow_null=True)
    superseded_by = serializers.CharField(allow_null=True)
    placements = PlacementSerializer(many=True)
    documents = DocumentsSerializer()
    verify_url = serializers.URLField()
    test = serializers.BooleanField()

    class Meta:
        ref_name = "License"


class PublicStatusSerializer(serializers.Serializer):
    """Is this license real, and in force? Never a price or a person."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=PUBLIC_WORDS)
    take_down = serializers.BooleanField(
        help_text="In force, but after a change of the article the text is to be taken down, wherever it stands."
    )
    ended_at = MomentField(
        allow_null=True, help_text="When it was ended early, revoked or replaced; null where it was not."
    )
    as_of = MomentField()

    class Meta:
        ref_name = "LicenseStatusAnswer"


class PlacementsWriteSerializer(StrictSerializer):
    """Every address where the text stands now. One that is left out counts as removed."""

    urls = serializers.ListField(child=TextField(max_length=MAX_URL), max_length=MAX_PLACEMENTS)

    class Meta:
        ref_name = "PlacementsData"


class PlacementsSerializer(serializers.Serializer):
    """Where the text stands now."""

    placements = PlacementSerializer(many=True)

    class Meta:
        ref_name = "Placements"


class RenewSerializer(StrictSerializer):
    """The next term."""

    ends_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Its last day; as long as the last term, if left out."
    )

    class Meta:
        ref_name = "RenewData"


class UpdateNoticeSerializer(serializers.Serializer):
    """Something that a licensee must know, and mostly must act on."""

    reference = serializers.CharField()
    version = serializers.IntegerField()
    etag = serializers.CharField(help_text="What If-Match wants.")
    license = serializers.CharField()
    article = serializers.CharField()
    correction = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    duty = serializers.ChoiceField(choices=Duty.choices)
    revision = serializers.IntegerField(allow_null=True, help_text="The corrected text, once it is there.")
    status = serializers.ChoiceField(choices=NoticeStatus.choices)
    due_at = MomentField(allow_null=True)
    overdue = serializers.BooleanField()
    answers = serializers.ListField(
        child=serializers.ChoiceField(choices=Action.choices),
        help_text="The actions that this notice takes for an answer.",
    )
    action = serializers.ChoiceField(choices=Action.choices, allow_null=True)
    url = serializers.CharField()
    note = serializers.CharField()
    acknowledged_at = MomentField(allow_null=True)
    waived_reason = serializers.CharField()
    content = serializers.URLField(help_text="Where the text under the license is.")
    created_at = MomentField()
    test = serializers.BooleanField()

    class Meta:
        ref_name = "UpdateNotice"


class AcknowledgeSerializer(StrictSerializer):
    """What was done about it, and where that can be seen."""

    action = ChosenField(choices=Action.choices)
    url = TextField(max_length=MAX_URL, allow_blank=True, default="")
    note = TextField(max_length=2000, multiline=True, allow_blank=True, default="")

    class Meta:
        ref_name = "AcknowledgeData"
