"""How notices are found."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from corrections.models import Correction, CorrectionArticle
from corrections.vocabulary import Kind, Severity
from newsroom import references
from newsroom.api.fields import MomentField

MAX_WORDS = 8
LETTERS_OF_A_DATE = 10


class MomentFormField(forms.CharField):
    """A moment of RFC 3339, or a date, which is its first moment in UTC."""

    def clean(self, value: Any) -> datetime | None:
        """The moment in UTC; None when nothing was given."""
        # A plus sign that was not escaped arrives as a blank.
        text = super().clean(value).replace(" ", "+")
        if not text:
            return None
        try:
            if len(text) == LETTERS_OF_A_DATE:
                return datetime.combine(date.fromisoformat(text), time.min, tzinfo=UTC)
            return MomentField().run_validation(text)
        except (ValueError, serializers.ValidationError) as error:
            words = _now("Give a date, or a time with its offset, like 2026-11-20T08:00:00Z.")
            raise ValidationError(words, code="invalid") from error


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(django_filters.Filter):
    """Compares with a moment."""

    field_class = MomentFormField


class ReferenceFormField(forms.CharField):
    """The reference of an article, typed in whatever case."""

    def clean(self, value: Any) -> str:
        """The reference as it is stored."""
        text = references.normalize(super().clean(value))
        if text and not references.is_valid(text, "article"):
            raise ValidationError(_now("This is not the reference of an article."), code="bad_reference")
        return text


class ReferenceFilter(django_filters.Filter):
    """Looks for a reference."""

    field_class = ReferenceFormField


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(django_filters.ChoiceFilter):
    """`true` or `false`, and nothing that merely looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", _("yes")), ("false", _("no"))], null_label=None, empty_label=None, **kwargs)


class CorrectionsOfArticleFilter(django_filters.FilterSet):
    """`?include_minor=true` shows the minor fixes too, which are kept but not listed."""

    include_minor = YesNoFilter(method="with_minor_fixes", help_text="Show minor fixes (spelling, grammar) too.")

    class Meta:
        model = Correction
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Correction]) -> QuerySet[Correction]:
        """Without minor fixes unless asked for."""
        if self.form.cleaned_data.get("include_minor") != "true":
            queryset = queryset.exclude(kind=Kind.MINOR_FIX)
        return super().filter_queryset(queryset)

    def with_minor_fixes(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Decided in `filter_queryset`, because leaving the parameter out means something."""
        return queryset


class CorrectionFilter(CorrectionsOfArticleFilter):
    """The filters of the public list. All of them together narrow it."""

    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    section = django_filters.CharFilter(
        method="in_section", max_length=80, help_text="A section of one of its articles."
    )
    publication = django_filters.CharFilter(
        field_name="publication__slug", max_length=50, help_text="The slug of the publication."
    )
    article = ReferenceFilter(method="about_article", max_length=40, help_text="The reference of one of its articles.")
    published_after = MomentFilter(
        field_name="published_at", lookup_expr="gte", max_length=40, help_text="At this moment or later."
    )
    published_before = MomentFilter(
        field_name="published_at", lookup_expr="lt", max_length=40, help_text="Earlier than this moment."
    )
    q = django_filters.CharFilter(
        method="with_words", max_length=200, help_text="Words that stand in the notice or in a headline, all of them."
    )

    def in_section(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Those about an article of the section."""
        return queryset.filter(_names(article__section=value))

    def about_article(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Those that name the article."""
        return queryset.filter(_names(article__reference=value))

    def with_words(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Those that hold each word, in whatever case."""
        for word in value.split()[:MAX_WORDS]:
            queryset = queryset.filter(
                Q(text__icontains=word)
                | Q(original_text__icontains=word)
                | Q(corrected_text__icontains=word)
                | Q(_names(article__headline__icontains=word))
            )
        return queryset


def _names(**article: Any) -> Exists:
    """Whether the notice names such an article; a join would show a notice once an article."""
    return Exists(CorrectionArticle.objects.filter(correction=OuterRef("pk"), **article))
