"""Asking: the rate card, an estimate, a request and its thread."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from newsroom.accounts.models import ApiKey, Publication
from newsroom.api.etags import Cacheable, needs_match, require_match
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.errors import Invalid
from reprints import offers, pricing
from reprints.api.explanations import invalid, refusals
from reprints.api.filters import RequestFilter
from reprints.api.serializers.asking import (
    EstimateSerializer,
    LicenseRequestSerializer,
    LicenseRequestWriteSerializer,
    MessageSerializer,
    RateCardSerializer,
    RequestChangeSerializer,
)
from reprints.api.serializers.parts import OptionalWordsSerializer, WordsSerializer
from reprints.api.shapes import estimate_shape, message_shape, request_shape
from reprints.api.views.partner import MAY_MATCH, OnTheCallersClock, PartnerView, key_of, members, seen, told, written
from reprints.models import LicenseRequest, RequestMessage
from reprints.services import asking, deciding
from reprints.vocabulary import SHAPES, Use

ASK_MEMBERS = tuple(LicenseRequestWriteSerializer().fields)
CHANGE_MEMBERS = tuple(RequestChangeSerializer().fields)
NO_SUCH_COUNTRY = invalid(
    "/items/0/territory/1", "This is not a country code of ISO 3166, nor 001 for the world.", "unknown_country"
)


class LicenseUsesView(Cacheable, APIView):
    """The rate card in words."""

    scopes = None
    operation_ids = {"GET": "list_license_uses"}

    @extend_schema(
        parameters=[OpenApiParameter("publication", str, description="Slug; else the publication of this host.")],
        responses=RateCardSerializer,
    )
    def get(self, request: Request) -> Response:
        """Read what can be licensed, what asking for it needs, and what it costs at least."""
        refuse_unknown_parameters(request, ("publication",))
        publication = _named(request)
        results = [
            {
                "use": offer.use.code,
                "label": offer.use.label,
                "description": offer.use.help_text,
                "needs": offer.use.required_fields,
                "usual_format": offer.use.default_format,
                "usual_unit": offer.use.default_unit,
                "portions": list(SHAPES[Use(offer.use.code)].portions),
                "formats": list(SHAPES[Use(offer.use.code)].formats),
                "units": list(SHAPES[Use(offer.use.code)].units),
                "lane": offer.lane,
                "from_price": None
                if offer.from_price is None
                else pricing.money(offer.from_price, publication.currency),
            }
            for offer in offers.offers(publication)
        ]
        card = {
            "next": None,
            "previous": None,
            "results": results,
            "publication": publication.slug,
            "currency": publication.currency,
            "free_words": int(publication.policy("free_words")),
        }
        return Response(RateCardSerializer(card).data)


class EstimateView(OnTheCallersClock, Cacheable, APIView):
    """A price before effort."""

    scopes = {"POST": None}
    operation_ids = {"POST": "estimate_license_request"}

    @extend_schema(request=LicenseRequestWriteSerializer, responses={200: EstimateSerializer, **NO_SUCH_COUNTRY})
    def post(self, request: Request) -> Response:
        """Learn what a request would be given: lane, price with its reasons, or by when a person would answer.

        Takes the body of a request and writes nothing. With a key it counts in your organization's discount.
        """
        data = members(request, ASK_MEMBERS)
        publication = _asked(request, data)
        key = request.auth if isinstance(request.auth, ApiKey) else None
        assessment, due = asking.estimate(
            data,
            publication=publication,
            organization=key.organization if key else None,
            test=bool(key and key.test),
        )
        return Response(EstimateSerializer(estimate_shape(assessment, answer_by=due)).data)


class RequestView(PartnerView):
    """What the views of requests share."""

    serializer_class: Any = LicenseRequestSerializer
    queryset = LicenseRequest.objects.none()
    noun = "license_request"

    def rows(self) -> QuerySet[LicenseRequest]:
        """Every request."""
        return LicenseRequest.objects.for_lists().select_related("renews")

    def shown(self, row: LicenseRequest, *, status: int = 200) -> Response:
        """The request as it stands now."""
        fresh = self.again(row)
        shape = request_shape(fresh, answer_by=asking.answer_by(fresh))
        return told(LicenseRequestSerializer, shape, fresh, status=status)


class RequestsView(RequestView):
    """Asking, and everything asked so far."""

    scopes = {"GET": "requests:read", "POST": "requests:write"}
    operation_ids = {"GET": "list_license_requests", "POST": "request_license"}
    filterset_class = RequestFilter

    @extend_schema(responses=LicenseRequestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your requests, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        due = asking.answers_by(rows)
        shapes = [request_shape(row, answer_by=due.get(row.reference)) for row in rows]
        return self.get_paginated_response(LicenseRequestSerializer(shapes, many=True).data)

    @extend_schema(request=LicenseRequestWriteSerializer, responses={201: LicenseRequestSerializer, **NO_SUCH_COUNTRY})
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask for licenses. The answer holds an open quote (priced lane), licenses (free lane), or a date.

        Asking for what is free of charge agrees to the terms in force.
        """
        data = members(request, ASK_MEMBERS)
        key = key_of(request)
        made = asking.submit(data, publication=_asked(request, data), organization=key.organization, by=key)
        return self.shown(made, status=201)


class RequestDetailView(RequestView):
    """One request."""

    scopes = {"GET": "requests:read", "PATCH": "requests:write"}
    operation_ids = {"GET": "read_license_request", "PATCH": "change_license_request"}

    def get(self, request: Request, reference: str) -> Response:
        """Read a request: where it stands, its quotes and licenses."""
        refuse_unknown_parameters(request, ())
        return self.shown(self.found(reference))

    @extend_schema(
        request=RequestChangeSerializer,
        responses={200: LicenseRequestSerializer, **refusals(_409="conflict"), **NO_SUCH_COUNTRY},
    )
    @needs_match
    def patch(self, request: Request, reference: str) -> Response:
        """Ask for something else: what is given is changed, what is left out stays.

        With other items, organization type or client an open quote is superseded, and the request assessed anew.
        """
        data = members(request, CHANGE_MEMBERS)
        row = self.found(reference)
        changed = asking.edit(row, data, by=key_of(request), seen=require_match(request, row))
        return self.shown(changed)


class WithdrawView(RequestView):
    """Asking no longer."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "withdraw_license_request"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=OptionalWordsSerializer,
        responses={200: LicenseRequestSerializer, **refusals(_409="conflict")},
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Take a request back. Open quotes are canceled."""
        data = written(request, OptionalWordsSerializer)
        row = self.found(reference)
        return self.shown(asking.withdraw(row, by=key_of(request), seen=seen(request, row), **data))


class ReopenView(RequestView):
    """Asking once more."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "reopen_license_request"}

    @extend_schema(
        parameters=[MAY_MATCH], request=None, responses={200: LicenseRequestSerializer, **refusals(_409="conflict")}
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Take a lapsed request up again, within 30 days: a person answers it by the date that is promised then."""
        members(request, ())
        row = self.found(reference)
        return self.shown(deciding.reopen(row, by=key_of(request), seen=seen(request, row)))


class ReplyView(RequestView):
    """Answering the desk's question."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "reply_to_licensing_desk"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=WordsSerializer,
        responses={200: LicenseRequestSerializer, **refusals(_409="conflict")},
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Answer the desk's question; the clock of its promise runs again."""
        data = written(request, WordsSerializer)
        row = self.found(reference)
        return self.shown(asking.reply(row, by=key_of(request), seen=seen(request, row), **data))


class MessagesView(RequestView):
    """The thread of a request."""

    scopes = {"GET": "requests:read", "POST": "requests:write"}
    operation_ids = {"GET": "list_license_request_messages", "POST": "write_to_licensing_desk"}
    serializer_class = MessageSerializer
    ordering = ("pk",)

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    def get(self, request: Request, reference: str) -> Response:
        """List what was said about a request, oldest first."""
        refuse_unknown_parameters(request, ("cursor", "page_size"))
        thread: Any = RequestMessage.objects.filter(request=self.found(reference), internal=False)
        rows = self.paginate_queryset(thread) or []
        return self.get_paginated_response(MessageSerializer([message_shape(row) for row in rows], many=True).data)

    @extend_schema(request=WordsSerializer, responses={201: MessageSerializer, **refusals(_409="conflict")})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Say something without changing the status."""
        data = written(request, WordsSerializer)
        row = asking.message(self.found(reference), by=key_of(request), **data)
        return Response(MessageSerializer(message_shape(row)).data, status=201)


def _named(request: Request) -> Publication:
    """The publication the query names, else the one of this host. Raises Invalid."""
    slug = request.query_params.get("publication")
    if slug is None:
        found = _of_host(request)
    else:
        found = Publication.objects.filter(slug=slug[:50].replace("\0", "")).first()
    if found is None:
        raise Invalid.one("/publication", _("There is no such publication."), "unknown_publication")
    return found


def _asked(request: Request, data: dict[str, Any]) -> Publication:
    """The publication of the first known article; where none is known, this host's, which refuses each of them."""
    found = asking.publication_of(data.get("items")) or _of_host(request)
    if found is None:
        raise Invalid.one("/items/0/article_url", _("We do not know this article."), "unknown_article")
    return found


def _of_host(request: Request) -> Publication | None:
    here: Any = getattr(request, "publication", None)
    return Publication.objects.get(pk=here.pk) if here else None
