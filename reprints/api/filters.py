"""How a partner's own records are found."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from newsroom.api.filter_fields import MomentFilter, ReferenceFilter
from reprints import moments
from reprints.api.serializers.quotes import SHOWN_STATUS
from reprints.models import License, LicenseRequest, Quote, RequestItem, UpdateNotice
from reprints.vocabulary import Use
from reprints.workflow import NoticeStatus, QuoteStatus, RequestStatus


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
