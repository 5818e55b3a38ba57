"""How notices are found."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from corrections.models import Correction, CorrectionArticle
from corrections.models.notice import with_headline
from corrections.vocabulary import UNDOING, Kind, Severity
from newsroom.api.filter_fields import MomentFilter, ReferenceFilter, YesNoFilter

MAX_WORDS = 8


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

    kind = django_filters.ChoiceFilter(
        choices=Kind.choices,
        method="of_kind",
        help_text="Not among them: notices that withdraw or reinstate one of the kind.",
    )
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    section = django_filters.CharFilter(
        method="in_section", max_length=80, help_text="A section of one of its articles, in any case."
    )
    publication = django_filters.CharFilter(
        field_name="publication__slug", max_length=50, help_text="The slug of the publication."
    )
    article = ReferenceFilter(noun="article", method="about_article", help_text="The reference of one of its articles.")
    published_after = MomentFilter(
        field_name="published_at", lookup_expr="gte", max_length=40, help_text="At this moment or later."
    )
    published_before = MomentFilter(
        field_name="published_at", lookup_expr="lt", max_length=40, help_text="Earlier than this moment."
    )
    q = django_filters.CharFilter(
        method="with_words", max_length=200, help_text="Words that stand in the notice or in a headline, all of them."
    )

    def of_kind(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Those that are of this kind themselves."""
        return queryset.filter(kind=value).exclude(effect__in=UNDOING)

    def in_section(self, queryset: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Those about an article of the section."""
        return queryset.filter(_names(article__section__iexact=value))

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
                | Q(_names(with_headline(word)))
            )
        return queryset


def _names(*wanted: Q, **article: Any) -> Exists:
    """Whether the notice names such an article; a join would show a notice once an article."""
    return Exists(CorrectionArticle.objects.filter(*wanted, correction=OuterRef("pk"), **article))
