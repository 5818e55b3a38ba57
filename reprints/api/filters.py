"""How a partner's own records are found."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from newsroom import references
from newsroom.api.fields import MomentField
from reprints import moments
from reprints.api.serializers.quotes import SHOWN_STATUS
from reprints.models import License, LicenseRequest, Quote, RequestItem, UpdateNotice
from reprints.vocabulary import Use
from reprints.workflow import NoticeStatus, QuoteStatus, RequestStatus

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
        except (ValueError, OverflowError, serializers.ValidationError) as error:
            words = _("Give a date, or a time with its offset, like 2026-11-20T08:00:00Z.")
            raise ValidationError(words, code="invalid") from error


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(django_filters.Filter):
    """Compares with a moment."""

    field_class = MomentFormField


class ReferenceFormField(forms.CharField):
    """A reference, typed in whatever case."""

    def __init__(self, *, noun: str, **kwargs: Any) -> None:
        self.noun = noun
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """The reference as it is stored."""
        text = references.normalize(super().clean(value))
        if text and not references.is_valid(text, self.noun):
            raise ValidationError(_("This is not such a reference."), code="bad_reference")
        return text


class ReferenceFilter(django_filters.Filter):
    """Looks for the reference of something of that noun."""

    field_class = ReferenceFormField


class RequestFilter(django_filters.FilterSet):
    """All of them together narrow the list."""

    status = django_filters.ChoiceFilter(choices=RequestStatus.choices)
    article = ReferenceFilter(
        noun="article", method="about_article", help_text="The reference of an article asked for."
    )
    created_after = MomentFilter(
        field_name="created_at", lookup_expr="gt", max_length=40, help_text="Later than this moment."
    )

    class Meta:
        model = LicenseRequest
        fields: list[str] = []

    def about_article(
        self,
        queryset: QuerySet[LicenseRequest],
        name: str,
        value: str,
    ) -> QuerySet[LicenseRequest]:
        """Those with an item for the article; a join would show a request once an item."""
        return queryset.filter(Exists(RequestItem.objects.filter(request=OuterRef("pk"), article__reference=value)))


class QuoteFilter(django_filters.FilterSet):
    """`status` is the status that is shown: an open quote whose date has passed is `expired`."""

    status = django_filters.ChoiceFilter(choices=SHOWN_STATUS, method="with_status")
    request = ReferenceFilter(noun="license_request", field_name="request__reference")

    class Meta:
        model = Quote
        fields: list[str] = []

    def with_status(self, queryset: QuerySet[Quote], name: str, value: str) -> QuerySet[Quote]:
        """Open and expired ones are told apart by their date."""
        over = Q(valid_until__lt=moments.now())
        shown = {"open": ~over, "expired": over}
        stored = QuoteStatus.OPEN if value in shown else value
        return queryset.filter(shown.get(value, Q()), status=stored)


class LicenseFilter(django_filters.FilterSet):
    """By article, by use, by request."""

    article = ReferenceFilter(noun="article", field_name="article__reference")
    request = ReferenceFilter(noun="license_request", field_name="request__reference")
    use = django_filters.ChoiceFilter(choices=Use.choices)

    class Meta:
        model = License
        fields: list[str] = []


class NoticeFilter(django_filters.FilterSet):
    """By status, by license, by article."""

    status = django_filters.ChoiceFilter(choices=NoticeStatus.choices)
    license = ReferenceFilter(noun="license", field_name="license__reference", help_text="A license number.")
    article = ReferenceFilter(noun="article", field_name="article__reference")

    class Meta:
        model = UpdateNotice
        fields: list[str] = []
