"""Notices, reports and the public log as the API reads and writes them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator, validate_email
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from corrections.services.submitting import MAX_SOURCES
from corrections.vocabulary import Category, Effect, Kind, Medium, Severity
from corrections.workflow import PUBLIC, ReportStatus
from newsroom.api.fields import MomentField, StrictSerializer, TextField, YesNoField

ADDRESS_LENGTH = 2000
WORDS_LENGTH = 5000
_source_address = URLValidator(schemes=["http", "https"])
_language_tag = RegexValidator(
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}\Z", _("Give a language like en or pt-BR."), code="bad_language"
)


class NamedArticleSerializer(serializers.Serializer):
    """One article that a notice is about."""

    reference = serializers.CharField()
    url = serializers.URLField(help_text="Empty while the article is under embargo.")
    headline = serializers.CharField(help_text="Empty while the article is under embargo.")
    section = serializers.CharField()
    publication = serializers.CharField(help_text="The slug of the publication.")
    revision_before = serializers.IntegerField(allow_null=True, help_text="The text with the error.")
    revision_after = serializers.IntegerField(allow_null=True, help_text="The text with the fix.")
    fixed_at = MomentField(allow_null=True, help_text="When the text with the fix was first seen.")
    anchor = serializers.CharField(
        allow_null=True, help_text="The post of a live blog, as the fragment of its address."
    )

    class Meta:
        ref_name = "CorrectionArticle"


class OpeningSerializer(serializers.Serializer):
    """What opens the leaf's commitment: SHA-256(salt ‖ RFC 8785 JSON of content)."""

    salt = serializers.CharField(help_text="32 bytes in lower-case hex.")
    content = serializers.DictField(help_text="The words as they were published, exactly as committed to.")

    class Meta:
        ref_name = "LedgerOpening"


class PlaceInLedgerSerializer(serializers.Serializer):
    """Where a notice stands in the public log."""

    index = serializers.IntegerField()
    leaf_hash = serializers.CharField(help_text="RFC 6962, lower-case hex.")
    opening = OpeningSerializer(allow_null=True)

    class Meta:
        ref_name = "PlaceInLedger"


class FollowerSerializer(serializers.Serializer):
    """A public notice that acts on another one."""

    reference = serializers.CharField()
    effect = serializers.ChoiceField(choices=Effect.choices)
    published_at = MomentField()

    class Meta:
        ref_name = "CorrectionFollower"


class CorrectionSerializer(serializers.Serializer):
    """A public notice, from `corrections.public.shape`."""

    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    effect = serializers.ChoiceField(
        choices=Effect.choices,
        allow_null=True,
        help_text="What it does to another notice. One that withdraws or reinstates says nothing of its kind itself.",
    )
    severity = serializers.ChoiceField(choices=Severity.choices)
    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in PUBLIC])
    text = serializers.CharField()
    original_text = serializers.CharField(allow_null=True)
    corrected_text = serializers.CharField(allow_null=True)
    articles = NamedArticleSerializer(many=True)
    published_at = MomentField()
    error_published_at = MomentField(allow_null=True)
    supersedes = serializers.CharField(allow_null=True, help_text="The notice that this one replaced.")
    withdraws = serializers.CharField(allow_null=True, help_text="The notice that this one took back.")
    reinstates = serializers.CharField(allow_null=True, help_text="The notice that this one put back in force.")
    superseded_by = serializers.CharField(allow_null=True, help_text="The notice that replaced this one.")
    followed_by = FollowerSerializer(many=True, help_text="The notices that act on this one, the oldest first.")
    reader_reported = serializers.BooleanField()
    ledger = PlaceInLedgerSerializer(allow_null=True)
    url = serializers.URLField(help_text="Its page for people.")

    class Meta:
        ref_name = "Correction"


class WordField(serializers.ChoiceField):
    """One word of a closed list, as a JSON text."""

    def to_internal_value(self, data: Any) -> str:
        """The word itself."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


class MailField(TextField):
    """A mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address, not yet confirmed by anyone."""
        text = str(super().to_internal_value(data))
        try:
            validate_email(text)
        except ValidationError as error:
            raise serializers.ValidationError(_now("This is not a mail address."), code="bad_email") from error
        return text


class SourceField(TextField):
    """The address of something that supports the claim."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=ADDRESS_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """An address that begins with http:// or https://."""
        text = str(super().to_internal_value(data))
        try:
            _source_address(text)
        except ValidationError as error:
            words = _now("Give an address that begins with https:// or http://.")
            raise serializers.ValidationError(words, code="bad_address") from error
        return text


class LanguageField(TextField):
    """A language tag (BCP 47) of at most three parts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.validators.append(_language_tag)


class WhereSerializer(StrictSerializer):
    """Where the error was seen."""

    medium = WordField(choices=Medium.choices, default=Medium.WEB)
    detail = TextField(max_length=300, allow_blank=True, default="", help_text="Issue and page, episode and minute…")


class PassageSerializer(StrictSerializer):
    """The words in question, with a few before and after them (W3C TextQuoteSelector)."""

    exact = TextField(max_length=500, allow_blank=True, default="")
    prefix = TextField(max_length=64, allow_blank=True, default="")
    suffix = TextField(max_length=64, allow_blank=True, default="")


class ReportWriteSerializer(StrictSerializer):
    """What a reader says is wrong."""

    article_url = TextField(
        max_length=ADDRESS_LENGTH,
        allow_blank=True,
        default="",
        help_text="Any address of the article; its fragment names the post of a live blog. May be empty unless it was "
        "seen on the web.",
    )
    where = WhereSerializer(required=False)
    passage = PassageSerializer(required=False)
    claim = TextField(max_length=WORDS_LENGTH, multiline=True, help_text="What is wrong.")
    suggestion = TextField(
        max_length=WORDS_LENGTH, multiline=True, allow_blank=True, default="", help_text="What would be right."
    )
    category = WordField(choices=Category.choices, default=Category.OTHER)
    sources = serializers.ListField(child=SourceField(), max_length=MAX_SOURCES, default=list)
    about_me = YesNoField(default=False, help_text="The reader is the subject of the story.")
    urgent = YesNoField(default=False)
    name = TextField(max_length=120, name=True, allow_blank=True, default="")
    email = MailField(
        allow_blank=True, default="", help_text="Nothing but a mail to confirm it is sent there until it is confirmed."
    )
    language = LanguageField(default="en")

    class Meta:
        ref_name = "ReportData"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """On the web there is an address."""
        medium = attrs.get("where", {}).get("medium", Medium.WEB)
        if medium == Medium.WEB and not attrs["article_url"]:
            words = _now("Which article is it? Give its address.")
            raise serializers.ValidationError({"article_url": [serializers.ErrorDetail(words, code="required")]})
        return attrs


class ReportReceiptSerializer(serializers.Serializer):
    """What the sender of a report gets to know."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(
        choices=[choice for choice in ReportStatus.choices if choice[0] != ReportStatus.HELD]
    )
    status_url = serializers.URLField(help_text="The reader's private page. Whoever has this address can read and act.")
    answer_by = MomentField(help_text="By then the newsroom answers.")

    class Meta:
        ref_name = "ReportReceipt"


class LeafSerializer(serializers.Serializer):
    """A leaf of the log. Its hash is SHA-256(0x00 ‖ RFC 8785 JSON of all of it)."""

    type = serializers.CharField()
    reference = serializers.CharField()
    publication = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    at = serializers.CharField(help_text="RFC 3339 in whole seconds.")
    commitment = serializers.CharField(help_text="SHA-256, lower-case hex.")

    class Meta:
        ref_name = "LedgerLeaf"


class EntrySerializer(serializers.Serializer):
    """A leaf and its place."""

    index = serializers.IntegerField()
    leaf = LeafSerializer()
    leaf_hash = serializers.CharField(help_text="RFC 6962, lower-case hex.")

    class Meta:
        ref_name = "LedgerEntry"


class EntriesSerializer(serializers.Serializer):
    """A part of the log."""

    entries = EntrySerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The entries after these; null when there are none yet.")

    class Meta:
        ref_name = "LedgerEntries"


class KeySerializer(serializers.Serializer):
    """A key of the log."""

    vkey = serializers.CharField(help_text="C2SP vkey: name, id and base64.")
    since = serializers.DateTimeField(allow_null=True, help_text="Its first checkpoint; null before that.")
    until = serializers.DateTimeField(allow_null=True, help_text="Null while it signs.")

    class Meta:
        ref_name = "LedgerKey"


class KeysSerializer(serializers.Serializer):
    """Every key that signs or ever signed, those that sign first."""

    keys = KeySerializer(many=True)

    class Meta:
        ref_name = "LedgerKeys"


class InclusionProofSerializer(serializers.Serializer):
    """That a leaf is in the tree of `size` leaves (RFC 6962 §2.1.1)."""

    index = serializers.IntegerField()
    size = serializers.IntegerField()
    hashes = serializers.ListField(child=serializers.CharField(), help_text="Lower-case hex, from the leaf upwards.")

    class Meta:
        ref_name = "InclusionProof"


class ConsistencyProofSerializer(serializers.Serializer):
    """That the log of `from` leaves is a prefix of the log of `to` leaves (RFC 6962 §2.1.2)."""

    to = serializers.IntegerField()
    hashes = serializers.ListField(child=serializers.CharField(), help_text="Lower-case hex.")

    class Meta:
        ref_name = "ConsistencyProof"

    def get_fields(self) -> dict[str, serializers.Field]:
        """With `from`, which Python keeps for itself."""
        return {"from": serializers.IntegerField(), **super().get_fields()}
