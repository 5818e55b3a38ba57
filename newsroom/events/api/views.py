"""Webhook endpoints of a partner or a CMS, their deliveries, and the same events to pull."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from newsroom.accounts.models import ApiKey, Organization, Publication
from newsroom.api.etags import Cacheable
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.api.keys import publication_for
from newsroom.api.pagination import MAX_PAGE_SIZE
from newsroom.errors import Invalid, NotFound
from newsroom.events import delivery as sending
from newsroom.events import endpoints, wake
from newsroom.events.api import streams
from newsroom.events.api.filters import DeliveryFilter
from newsroom.events.api.serializers import (
    DeliverySerializer,
    EndpointChangeSerializer,
    EndpointSerializer,
    EndpointWithSecretSerializer,
    EndpointWriteSerializer,
    PulledEventsSerializer,
    SecretSerializer,
)
from newsroom.events.models import Delivery, Endpoint

PAGE_SIZE = 25
MAX_POSITION = 2**63 - 1
RUNNING = (Endpoint.State.ACTIVE, Endpoint.State.UNVERIFIED)


class EndpointView(Cacheable, GenericAPIView):
    """What every view of endpoints shares: each key sees its owner's, those of its own world (live or test)."""

    serializer_class: Any = EndpointSerializer
    queryset: QuerySet[Any] = Endpoint.objects.none()
    ordering = ("-pk",)
    filterset_class: Any = None

    def owned(self) -> QuerySet[Endpoint]:
        """The owner's endpoints."""
        key = key_of(self.request)
        rows = Endpoint.objects.select_related("publication").filter(test=key.test)
        if key.organization_id is not None:
            return rows.filter(organization=key.organization_id)
        return rows.filter(publication__in=key.publications.all())

    def endpoint(self, endpoint_id: UUID) -> Endpoint:
        """The owner's endpoint of this id. NotFound for everybody else's."""
        found = self.owned().filter(public_id=endpoint_id).first()
        if found is None:
            raise NotFound(_("There is no such endpoint, or it is not yours."))
        return found


class EndpointsView(EndpointView):
    """All of one's endpoints."""

    scopes = {"GET": "webhooks:manage", "POST": "webhooks:manage"}
    operation_ids = {"GET": "list_webhook_endpoints", "POST": "create_webhook_endpoint"}

    @extend_schema(responses=EndpointSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your webhook endpoints, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.owned())) or []
        return self.get_paginated_response(EndpointSerializer(rows, many=True).data)

    @extend_schema(request=EndpointWriteSerializer, responses={201: EndpointWithSecretSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Create a webhook endpoint. The answer holds its secret, which cannot be read again.

        Hooks follow Standard Webhooks 1.0.0. It is `unverified`, and gets nothing but signed pings, until it answered
        one with 2xx; the first is sent at once. An endpoint made with a test key hears of tests only.
        """
        refuse_unknown_parameters(request, ())
        written = EndpointWriteSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        data, key = written.validated_data, key_of(request)
        owner = _owner(key, data.get("publication", ""))
        endpoint, secret = endpoints.create(owner, url=data["url"], types=data["types"], test=key.test)
        body = {**EndpointSerializer(endpoint).data, "secret": secret}
        response = Response(body, status=201)
        response["Location"] = request.build_absolute_uri(f"{endpoint.public_id}/")
        response["Cache-Control"] = "no-store"
        return response


class EndpointDetailView(EndpointView):
    """One endpoint."""

    scopes = {"GET": "webhooks:manage", "PATCH": "webhooks:manage", "DELETE": "webhooks:manage"}
    operation_ids = {
        "GET": "read_webhook_endpoint",
        "PATCH": "change_webhook_endpoint",
        "DELETE": "delete_webhook_endpoint",
    }

    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """Read one of your webhook endpoints."""
        refuse_unknown_parameters(request, ())
        return Response(EndpointSerializer(self.endpoint(endpoint_id)).data)

    @extend_schema(request=EndpointChangeSerializer, responses={200: EndpointSerializer})
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        """Change its address or types, pause it, or let it go on. What waited meanwhile is sent then.

        Another address is `unverified` until it answered a ping with 2xx, as a new one is.
        """
        refuse_unknown_parameters(request, ())
        endpoint = self.endpoint(endpoint_id)
        written = EndpointChangeSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        with transaction.atomic():
            changed = _change(endpoint, written.validated_data)
        return Response(EndpointSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        """Delete it, with everything that was still owed to it."""
        refuse_unknown_parameters(request, ())
        endpoints.delete(self.endpoint(endpoint_id))
        return Response(status=204)


class DeliveriesView(EndpointView):
    """What was and will be sent to one endpoint."""

    scopes = {"GET": "webhooks:manage"}
    operation_ids = {"GET": "list_webhook_deliveries"}
    serializer_class = DeliverySerializer
    queryset: QuerySet[Any] = Delivery.objects.none()
    filterset_class = DeliveryFilter

    @extend_schema(responses=DeliverySerializer(many=True))
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """List the hooks of one endpoint, newest first: sent, waiting, or given up, each with its tries."""
        rows = _deliveries(self.endpoint(endpoint_id))
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)


class RedeliverView(EndpointView):
    """Sending a hook again."""

    scopes = {"POST": "webhooks:manage"}
    operation_ids = {"POST": "redeliver_webhook"}

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @idempotent(required=False)
    def post(self, request: Request, endpoint_id: UUID, delivery_id: UUID) -> Response:
        """Send a hook again, with the same id and body, whatever became of it."""
        _refuse_body(request)
        rows = _deliveries(self.endpoint(endpoint_id)).filter(uuid=delivery_id)
        found = rows.first()
        if found is None:
            raise NotFound(_("There is no such delivery to this endpoint."))
        sending.retry(found)
        transaction.on_commit(wake.after_commit, robust=True)
        return Response(DeliverySerializer(rows.get()).data, status=202)


class PingView(EndpointView):
    """Trying an endpoint out."""

    scopes = {"POST": "webhooks:manage"}
    operation_ids = {"POST": "ping_webhook_endpoint"}

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @idempotent(required=False)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send a signed `endpoint.ping`, to see that it arrives and that its signature verifies.

        An answer of 2xx makes an `unverified` endpoint `active`.
        """
        _refuse_body(request)
        endpoint = self.endpoint(endpoint_id)
        owed = endpoints.ping(endpoint)
        return Response(DeliverySerializer(_deliveries(endpoint).get(pk=owed.pk)).data, status=202)


class RotateSecretView(EndpointView):
    """A new secret."""

    scopes = {"POST": "webhooks:manage"}
    operation_ids = {"POST": "rotate_webhook_secret"}

    @extend_schema(request=None, responses={200: SecretSerializer})
    @idempotent(required=False)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Make a new secret, shown this once. For a day every hook is signed with both, so that none is lost."""
        _refuse_body(request)
        endpoint = self.endpoint(endpoint_id)
        secret = endpoints.rotate_secret(endpoint)
        response = Response(SecretSerializer({"secret": secret, "previous_until": endpoint.previous_until}).data)
        response["Cache-Control"] = "no-store"
        return response


class EventsView(Cacheable, APIView):
    """The event stream, to pull."""

    scopes = {"GET": "events:read"}
    operation_ids = {"GET": "pull_events"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": MAX_POSITION, "default": 0},
                description="The `position` read last.",
            ),
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
            ),
        ],
        responses={200: PulledEventsSerializer},
    )
    def get(self, request: Request) -> Response:
        """Pull the events that your webhooks would be told, oldest first, from a position on.

        Positions are given after commit and in order, so that reading on from the last one never skips an event.
        There are gaps where an event is not for you.
        """
        refuse_unknown_parameters(request, ("after", "page_size"))
        after = whole(request, "after", default=0, least=0)
        page_size = whole(request, "page_size", default=PAGE_SIZE, least=1, most=MAX_PAGE_SIZE)
        key = key_of(request)
        publications = set() if key.organization_id else set(key.publications.values_list("pk", flat=True))
        end = streams.end_of_stream()
        rows = streams.events_of(key, publications).filter(number__gt=after, number__lte=end).order_by("number")
        found = list(rows[: page_size + 1])
        page, more = found[:page_size], len(found) > page_size
        position = page[-1].number if more else end
        following = replace_query_param(request.build_absolute_uri(), "after", position) if more else None
        results = [streams.as_pulled(row, publications) for row in page]
        response = Response({"next": following, "previous": None, "results": results, "position": position})
        if following:
            response["Link"] = f'<{following}>; rel="next"'
        return response


def key_of(request: Request) -> ApiKey:
    """The key that was let in: every method here needs one."""
    return cast("ApiKey", request.auth)


def _owner(key: ApiKey, slug: str) -> Organization | Publication:
    """Who will own the endpoint: the key's organization, or the named one of its publications. Raises Invalid."""
    if key.organization is not None:
        if slug:
            raise Invalid.one("/publication", _("Only the key of a CMS names a publication."), "not_for_partners")
        return key.organization
    return publication_for(key, slug)


def _change(endpoint: Endpoint, data: dict[str, Any]) -> Endpoint:
    if "url" in data or "types" in data:
        endpoint = endpoints.change(
            endpoint, url=data.get("url", endpoint.url), types=data.get("types", endpoint.types)
        )
    if data.get("state") == Endpoint.State.PAUSED and endpoint.state != Endpoint.State.PAUSED:
        return endpoints.pause(endpoint)
    # Active is what an unverified one becomes by itself.
    if data.get("state") == Endpoint.State.ACTIVE and endpoint.state not in RUNNING:
        return endpoints.resume(endpoint)
    return endpoint


def _deliveries(endpoint: Endpoint) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=endpoint).with_tries()


def _refuse_body(request: Request) -> None:
    refuse_unknown_parameters(request, ())
    if request.data not in ({}, None):
        raise Invalid.one("", _("This takes no members."), "unknown_member")


def whole(request: Request, name: str, *, default: int, least: int, most: int = MAX_POSITION) -> int:
    """A parameter that is a whole number. Raises Invalid."""
    given = request.query_params.get(name, str(default))
    digits = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
    if digits and least <= int(given) <= most:
        return int(given)
    words = _("This must be a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    raise Invalid.one(f"/{name}", words, name if name == "page_size" else "whole_number")
