"""What a partner holds: licenses, where they stand, their next term, and whether anyone may believe a number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from newsroom import references
from newsroom.api.etags import Cacheable, etag_of
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.errors import Fault, Invalid
from reprints.api.explanations import refusals
from reprints.api.filters import LicenseFilter
from reprints.api.serializers.asking import LicenseRequestSerializer
from reprints.api.serializers.licenses import (
    LicenseSerializer,
    PlacementsSerializer,
    PlacementsWriteSerializer,
    PublicStatusSerializer,
    RenewSerializer,
)
from reprints.api.shapes import license_shape, placement_shape, request_shape
from reprints.api.views.partner import MAY_MATCH, PartnerView, key_of, seen, told, written
from reprints.duties import to_come_down
from reprints.models import License, LicenseRequest
from reprints.services import asking, licenses, placements

MOST_OF_A_NUMBER = 40
NOBODYS: dict[str, Any] = {"status": "unknown", "take_down": False, "ended_at": None}
ENDED = frozenset({"expired", "revoked", "superseded"})


class LicenseView(PartnerView):
    """What the views of licenses share."""

    serializer_class: Any = LicenseSerializer
    queryset = License.objects.none()
    noun = "license"

    def rows(self) -> QuerySet[License]:
        """Every license."""
        return License.objects.for_lists().select_related("renews").with_placements()


class LicensesView(LicenseView):
    """Everything that was granted."""

    scopes = {"GET": "licenses:read"}
    operation_ids = {"GET": "list_licenses"}
    filterset_class = LicenseFilter

    @extend_schema(responses=LicenseSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your licenses, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(LicenseSerializer([license_shape(row) for row in rows], many=True).data)


class LicenseDetailView(LicenseView):
    """One license."""

    scopes = {"GET": "licenses:read"}
    operation_ids = {"GET": "read_license"}

    def get(self, request: Request, number: str) -> Response:
        """Read a license: what was granted, where it stands, where its papers are."""
        refuse_unknown_parameters(request, ())
        row = self.found(number)
        return told(LicenseSerializer, license_shape(row), row)


class LicenseStatusView(Cacheable, APIView):
    """Is this license real, and in force?"""

    scopes = None
    operation_ids = {"GET": "read_license_status"}

    @extend_schema(responses=PublicStatusSerializer)
    def get(self, request: Request, number: str) -> Response:
        """Learn whether a license is real and in force today. Always 200; an unknown number is `unknown`."""
        refuse_unknown_parameters(request, ())
        now = timezone.now().replace(microsecond=0)
        wanted = references.normalize(number)[:MOST_OF_A_NUMBER]
        valid = references.is_valid(wanted, "license")
        rows = License.objects.select_related("publication", "article")
        row = rows.filter(reference=wanted).first() if valid else None
        said = {"number": wanted, "as_of": now, **(_public(row, now) if row else NOBODYS)}
        return Response(PublicStatusSerializer(said).data)


class PlacementsView(LicenseView):
    """Where the text stands."""

    scopes = {"PUT": "licenses:write"}
    operation_ids = {"PUT": "declare_placements"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=PlacementsWriteSerializer,
        responses={200: PlacementsSerializer, **refusals(_409="conflict")},
    )
    def put(self, request: Request, number: str) -> Response:
        """Say where you published the text: the whole list, as of now."""
        data = written(request, PlacementsWriteSerializer)
        row = self.found(number)
        stand = placements.declare(row, by=key_of(request), seen=seen(request, row), **data)
        response = Response(PlacementsSerializer({"placements": [placement_shape(each) for each in stand]}).data)
        response["ETag"] = etag_of(self.again(row))
        return response


class RenewView(LicenseView):
    """The next term."""

    scopes = {"POST": "licenses:write"}
    operation_ids = {"POST": "renew_license"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=RenewSerializer,
        responses={201: LicenseRequestSerializer, **refusals(_409="renewing")},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Ask for the next term of a license: a request for the same use from the day after its end."""
        data = written(request, RenewSerializer)
        row = self.found(number)
        made = _renewed(row, request, data)
        fresh = LicenseRequest.objects.for_lists().select_related("renews").get(pk=made.pk)
        shape = request_shape(fresh, answer_by=asking.answer_by(fresh))
        return told(LicenseRequestSerializer, shape, fresh, status=201)


def _public(row: License, now: datetime) -> dict[str, Any]:
    """What anyone may know of where it stands; of a test, that it is one."""
    status = row.public_status(now)
    ended_at = row.ended_at if status in ENDED else None
    return {"status": status, "take_down": status == "valid" and bool(to_come_down([row])), "ended_at": ended_at}


def _renewed(row: License, request: Request, data: dict[str, Any]) -> LicenseRequest:
    """The service names places of the request it makes; here they are places of what was sent."""
    try:
        return licenses.renew(row, by=key_of(request), seen=seen(request, row), **data)
    except Invalid as error:
        raise Invalid(
            [Fault(fault.pointer.removeprefix("/items/0"), fault.detail, fault.code) for fault in error.faults]
        ) from error
