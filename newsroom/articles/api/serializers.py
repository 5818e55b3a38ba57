"""Articles as the API reads and writes them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from newsroom.accounts.models import ApiKey
from newsroom.api.fields import (
    MomentField,
    ProblemSerializer,
    StrictSerializer,
    TextField,
    WholeNumberField,
    YesNoField,
)
from newsroom.articles.addresses import MAX_LENGTH, BadAddress, clean_url
from newsroom.articles.models import Article, UseStatus
from newsroom.articles.rights import members_of

BODY_LENGTH = 200_000
BATCH = 100


class AddressField(TextField):
    """An address of an article, cleaned of tracking and fragments."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address as it is kept."""
        try:
            return clean_url(super().to_internal_value(data))
        except BadAddress as error:
            raise serializers.ValidationError(str(error), code="bad_address") from error


class StatusField(serializers.ChoiceField):
    """One of the words of ninjs `pubStatus`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=UseStatus.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The word itself."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


class ComponentSerializer(StrictSerializer):
    """A part of the article with rights of its own: a photo, a graphic, a table."""

    kind = TextField(max_length=40)
    credit = TextField(max_length=200, name=True, allow_blank=True, default="")
    licensable = YesNoField(allow_null=True, default=None)


class ArticleWriteSerializer(StrictSerializer):
    """An article as its CMS states it. What is left out stays as it is."""

    url = AddressField(required=False)
    aliases = serializers.ListField(child=AddressField(), required=False, max_length=50)
    publication = TextField(max_length=50, required=False)
    external_id = TextField(max_length=200, required=False)
    headline = TextField(max_length=500, name=True, required=False)
    section = TextField(max_length=80, name=True, allow_blank=True, required=False)
    bylines = serializers.ListField(child=TextField(max_length=200, name=True), required=False, max_length=50)
    source_agency = TextField(max_length=120, name=True, allow_blank=True, required=False)
    language = serializers.RegexField(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}$", max_length=20, required=False)
    published_at = MomentField(allow_null=True, required=False)
    modified_at = MomentField(allow_null=True, required=False)
    status = StatusField(required=False)
    embargoed_until = MomentField(allow_null=True, required=False)
    body = TextField(max_length=BODY_LENGTH, multiline=True, allow_blank=True, required=False)
    licensable = YesNoField(allow_null=True, required=False)
    components = serializers.ListField(child=ComponentSerializer(), required=False, max_length=100)

    class Meta:
        ref_name = "ArticleData"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must name the article; lists become plain JSON for the row."""
        if not attrs.get("url") and not attrs.get("external_id"):
            words = str(_("Name the article by its address or by its CMS id."))
            raise serializers.ValidationError({"url": [serializers.ErrorDetail(words, code="required")]})
        if "components" in attrs:
            attrs["components"] = [dict(component) for component in attrs["components"]]
        return attrs


class ArticleSerializer(serializers.Serializer):
    """The Article shape. `body` is there for a key with `articles:write` of its publication only."""

    reference = serializers.CharField()
    url = serializers.URLField()
    aliases = serializers.SerializerMethodField()
    publication = serializers.CharField(source="publication.slug")
    external_id = serializers.CharField()
    headline = serializers.CharField()
    section = serializers.CharField()
    bylines = serializers.ListField(child=serializers.CharField())
    source_agency = serializers.CharField()
    language = serializers.CharField()
    published_at = MomentField(allow_null=True)
    modified_at = MomentField(allow_null=True)
    status = serializers.ChoiceField(choices=UseStatus.choices)
    embargoed_until = MomentField(allow_null=True)
    body = serializers.SerializerMethodField()
    licensable = serializers.BooleanField(allow_null=True)
    components = ComponentSerializer(many=True)
    revision = serializers.IntegerField()
    revision_sha256 = serializers.CharField()
    corrections_count = serializers.IntegerField()
    latest_correction_at = MomentField(allow_null=True)
    time_zone = serializers.CharField(
        source="publication.time_zone", help_text="Where its publication's days begin, like `Europe/Berlin`."
    )
    page = serializers.SerializerMethodField()
    rights = serializers.SerializerMethodField(
        help_text="schema.org members for the JSON-LD of its page: copyright, and where a license is to be had."
    )

    class Meta:
        ref_name = "Article"

    def get_fields(self) -> dict[str, serializers.Field]:
        """Without `body` for everyone else."""
        fields = super().get_fields()
        key = self.context["request"].auth if self.context.get("request") else None
        if self.context.get("request") is not None and not (isinstance(key, ApiKey) and "articles:write" in key.scopes):
            del fields["body"]
        return fields

    def get_aliases(self, article: Article) -> list[str]:
        """Every other known address."""
        return [row.url for row in article.addresses.all() if row.url != article.url]

    def get_body(self, article: Article) -> str | None:
        """The newest text; null for an article of a publication that is not the key's, or without a text."""
        if article.publication_id not in self.context.get("own_publications", ()):
            return None
        revision = article.current_revision()
        return revision.body if revision else None

    def get_page(self, article: Article) -> str:
        """Its correction history for people."""
        return f"{settings.BASE_URL}/articles/{article.reference}/"

    def get_rights(self, article: Article) -> dict[str, Any]:
        """As the licensing desk says them."""
        return members_of(article)


class HistoryEntrySerializer(serializers.Serializer):
    """One thing that happened to an article, as the public may know it."""

    at = MomentField()
    type = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    correction = serializers.CharField(allow_null=True)
    summary = serializers.CharField()

    class Meta:
        ref_name = "HistoryEntry"


class UpdatesSerializer(serializers.Serializer):
    """What happened since, newest first, and the text that is current now."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = HistoryEntrySerializer(many=True)
    as_of = MomentField(help_text="Pass this as `since` next time. Entries may come twice; none is skipped.")
    revision = serializers.IntegerField()
    revision_sha256 = serializers.CharField()
    status = serializers.ChoiceField(choices=UseStatus.choices)

    class Meta:
        ref_name = "ArticleUpdates"


class BatchSerializer(StrictSerializer):
    """Up to a hundred articles."""

    articles = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=BATCH)

    class Meta:
        ref_name = "ArticleBatch"


class BatchResultSerializer(serializers.Serializer):
    """What became of one article of the batch: `reference` or `problem`."""

    index = WholeNumberField()
    status = WholeNumberField(help_text="201 created, 200 known, else the status of the problem.")
    reference = serializers.CharField(allow_null=True)
    created = serializers.BooleanField()
    revised = serializers.BooleanField()
    problem = ProblemSerializer(allow_null=True)

    class Meta:
        ref_name = "ArticleBatchResult"


class BatchAnswerSerializer(serializers.Serializer):
    """One result for each article, in the order given."""

    results = BatchResultSerializer(many=True)

    class Meta:
        ref_name = "ArticleBatchAnswer"
