"""The numbers behind the promise, for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from corrections import statistics
from newsroom.accounts.models import ApiKey, Publication
from newsroom.api.etags import Cacheable
from newsroom.api.fields import MomentField
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.errors import NotFound


class SpreadSerializer(serializers.Serializer[Any]):
    """Hours from the report's arrival. Null when fewer than five readers are counted."""

    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)


class HoursSerializer(serializers.Serializer[Any]):
    """Until it was taken up, answered, corrected."""

    acknowledge = SpreadSerializer()
    decide = SpreadSerializer()
    publish = SpreadSerializer()


class FiguresSerializer(serializers.Serializer[Any]):
    """What is counted of a month, a section, or all. Null when fewer than five readers are counted."""

    received = serializers.IntegerField(allow_null=True)
    accepted = serializers.IntegerField(allow_null=True)
    declined = serializers.IntegerField(allow_null=True)
    corrections = serializers.IntegerField()
    found_by_readers = serializers.IntegerField(allow_null=True)
    found_by_readers_share = serializers.FloatField(allow_null=True)
    articles = serializers.IntegerField()
    corrections_per_1000_articles = serializers.FloatField(allow_null=True)
    hours = HoursSerializer()


class MonthFiguresSerializer(FiguresSerializer):
    """The same of a month, `2026-11`."""

    month = serializers.CharField()


class SectionFiguresSerializer(FiguresSerializer):
    """The same of a section; empty for what has none."""

    section = serializers.CharField(allow_blank=True)


class DeclinedSerializer(serializers.Serializer[Any]):
    """How many reports were declined with this resolution code."""

    code = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)


class KeptSerializer(serializers.Serializer[Any]):
    """Of the promises that fell due, the share kept in time."""

    promise = serializers.ChoiceField(choices=statistics.STEPS)
    due = serializers.IntegerField(allow_null=True)
    kept_share = serializers.FloatField(allow_null=True)


class StatisticsSerializer(serializers.Serializer[Any]):
    """The last twelve months of a publication."""

    publication = serializers.CharField()
    to = serializers.CharField()
    as_of = MomentField()
    fewest_readers_counted = serializers.IntegerField()
    totals = FiguresSerializer()
    declined_by_code = DeclinedSerializer(many=True)
    promises = KeptSerializer(many=True)
    by_month = MonthFiguresSerializer(many=True)
    by_section = SectionFiguresSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which Python does not take for a name."""
        fields = super().get_fields()
        return {"publication": fields.pop("publication"), "from": serializers.CharField(), **fields}


class StatisticsView(Cacheable, APIView):
    """The promise and how it is kept."""

    scopes = None
    operation_ids = {"GET": "read_statistics"}
    may_be_missing = True

    @extend_schema(responses={200: StatisticsSerializer})
    def get(self, request: Request) -> Response:
        """Read how the publication of this host dealt with reports of errors in the last twelve months.

        404 until the publication opens its figures and has 90 days of them; its CMS key reads them before that.
        """
        refuse_unknown_parameters(request, ())
        publication: Publication | None = request._request.publication  # type: ignore[attr-defined]  # noqa: SLF001 -- set by PublicationMiddleware
        if not publication or not (statistics.is_open(publication) or _is_its_cms(request, publication)):
            raise NotFound(_("This publication has not opened its figures."))
        return Response(StatisticsSerializer(statistics.of(publication)).data)


def _is_its_cms(request: Request, publication: Publication) -> bool:
    key = request.auth
    return (
        isinstance(key, ApiKey)
        and key.organization_id is None
        and not key.test
        and key.publications.filter(pk=publication.pk).exists()
    )
