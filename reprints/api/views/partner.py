"""What every view of a partner's own records shares: whose they are, and which version the caller has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from newsroom import references
from newsroom.accounts.models import ApiKey, Organization
from newsroom.api.etags import Cacheable, etag_of, require_match
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.problems import escape
from newsroom.errors import Fault, Invalid, NotAllowed, NotFound, Stale
from reprints import links, moments

UNREAD = 0
"""A version that no record ever has: versions count from 1."""

MAY_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the version you have read, if it matters. 412 when it is no longer current.",
)


class OnTheCallersClock(APIView):
    """Base of views, named first: what a test key asks for happens on the test clock of its organization."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """On the real clock until the key is known."""
        with moments.ahead(0):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """From here on the caller is known."""
        super().initial(request, *args, **kwargs)
        key = request.auth
        if isinstance(key, ApiKey) and key.test and key.organization is not None:
            moments.follow(key.organization.test_clock_seconds)


class PartnerView(OnTheCallersClock, Cacheable, GenericAPIView):
    """The key's own records: of its organization, and test records for a test key only. All else is 404."""

    serializer_class: Any = serializers.Serializer
    queryset: Any = None
    filterset_class: Any = None
    lookup_field = "reference"
    noun = ""
    ordering = ("-pk",)

    def rows(self) -> QuerySet[Any]:
        """Every row of the kind, with all that its shape shows."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """Those of the caller."""
        return owned(self.rows(), self.request)

    def found(self, reference: str) -> Any:
        """The caller's own row, typed in whatever case. NotFound for everything else."""
        wanted = references.normalize(reference)
        row = self.get_queryset().filter(reference=wanted).first() if references.is_valid(wanted, self.noun) else None
        if row is None:
            raise NotFound(_("There is no such thing here, or it is not yours."))
        return row

    def again(self, row: Any) -> Any:
        """The row as it stands after a move, with all that its shape shows."""
        return self.get_queryset().get(pk=row.pk)


def owned(rows: QuerySet[Any], request: Request) -> QuerySet[Any]:
    """The rows of the key's organization in the key's world, live or test."""
    key = key_of(request)
    return rows.filter(organization=key.organization, test=key.test)


def key_of(request: Request) -> ApiKey:
    """The partner's key that was let in. A key without an organization owns nothing here."""
    if not isinstance(request.auth, ApiKey):
        raise NotAllowed(_("This needs the key of a partner."))
    organization_of(request.auth)
    return request.auth


def organization_of(key: ApiKey) -> Organization:
    """Whose key it is. Raises `NotAllowed` for the key of a CMS."""
    if key.organization is None:
        raise NotAllowed(_("This needs the key of a partner."))
    return key.organization


def told(shape: type[serializers.Serializer], data: dict[str, Any], row: Any, *, status: int = 200) -> Response:
    """The shape with the ETag of its row, and with its address where it is new."""
    response = Response(shape(data).data, status=status)
    response["ETag"] = etag_of(row)
    if status == HTTP_201_CREATED:
        response["Location"] = links.api_url(row)
    return response


def seen(request: Request, row: Any) -> int | None:
    """The version the caller says it has seen; None when it does not say. Raises `Stale`."""
    return require_match(request, row) if "If-Match" in request.headers else None


def claimed(request: Request, row: Any) -> int:
    """Like `require_match`, but leaves an old version to the service, which answers a repeated acceptance anyway."""
    try:
        return require_match(request, row)
    except Stale:
        return UNREAD


def written(request: Request, shape: type[serializers.Serializer]) -> dict[str, Any]:
    """The body, checked against its shape. Unknown members and parameters are refused."""
    refuse_unknown_parameters(request, ())
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    data: dict[str, Any] = body.validated_data
    return data


def members(request: Request, known: Iterable[str]) -> dict[str, Any]:
    """The body as it came, for a service that checks the values itself. Unknown members are refused."""
    refuse_unknown_parameters(request, ())
    data = request.data
    if not isinstance(data, dict):
        raise Invalid.one("", _("The body must be an object."), "wrong_type")
    names = set(known)
    unknown = [
        Fault(f"/{escape(str(name))}", _("There is no such member."), "unknown_member")
        for name in data
        if name not in names
    ]
    if unknown:
        raise Invalid(unknown)
    return data
