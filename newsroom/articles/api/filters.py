"""How an article is found."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from newsroom.articles.addresses import MAX_LENGTH, BadAddress, canonical_key
from newsroom.articles.models import Article


class AddressFormField(forms.CharField):
    """An address, as the key under which articles are looked up."""

    def clean(self, value: Any) -> str:
        """The canonical key."""
        try:
            return canonical_key(super().clean(value))
        except BadAddress as error:
            raise ValidationError(str(error), code="bad_address") from error


class AddressFilter(django_filters.Filter):
    """Looks an address up by its canonical key."""

    field_class = AddressFormField


class ArticleFilter(django_filters.FilterSet):
    """`?url=`: any known address, in whatever spelling."""

    url = AddressFilter(
        method="with_address",
        required=True,
        max_length=MAX_LENGTH,
        help_text="Any address the article is known by: with tracking parameters, AMP, mobile, http or https.",
    )

    class Meta:
        model = Article
        fields: list[str] = []

    def with_address(self, queryset: QuerySet[Article], name: str, value: str) -> QuerySet[Article]:
        """The article that has this address."""
        return queryset.filter(addresses__key=value)
