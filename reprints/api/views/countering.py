"""Answering a quote by a proposal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from newsroom.api.idempotency import idempotent
from newsroom.errors import Invalid
from reprints.api.explanations import refusals
from reprints.api.serializers.asking import CounterOfferSerializer, MessageSerializer
from reprints.api.shapes import message_shape
from reprints.api.views.partner import MAY_MATCH, key_of, seen, written
from reprints.api.views.quotes import QuoteView
from reprints.services import countering


class CounterOfferView(QuoteView):
    """A proposal in the thread."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "counter_quote"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=CounterOfferSerializer,
        responses={201: MessageSerializer, **refusals(_409="expired")},
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Propose another amount or other terms for an open quote. It stays open; the desk answers by a new one."""
        data = written(request, CounterOfferSerializer)
        row = self.found(reference)
        amount = _amount(data["amount"], row.currency)
        changes = [_plain(change) for change in data["changes"]]
        version = seen(request, row)
        message = countering.counter(
            row, by=key_of(request), amount=amount, changes=changes, words=data["words"], seen=version
        )
        return Response(MessageSerializer(message_shape(message)).data, status=201)


def _amount(money: dict[str, str] | None, currency: str) -> Decimal | None:
    if money is None:
        return None
    if money["currency"] != currency:
        raise Invalid.one("/amount/currency", _("The quote is in %(c)s.") % {"c": currency}, "currency_mismatch")
    if len(money["amount"]) > 20:
        raise Invalid.one("/amount/amount", _("This cannot be a price."), "out_of_range")
    return Decimal(money["amount"])


def _plain(change: dict[str, Any]) -> dict[str, Any]:
    """As the service takes it: days as text."""
    return {name: value.isoformat() if name == "ends_on" else value for name, value in change.items()}
