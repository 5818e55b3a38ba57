"""Test mode: the clock that a partner moves, a correction that nobody published, money that is none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from newsroom import references
from newsroom.accounts.models import Organization
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.errors import Fault, Invalid, NotAllowed, NotFound
from reprints import moments
from reprints.api.explanations import refusals
from reprints.api.serializers.licenses import UpdateNoticeSerializer
from reprints.api.serializers.trying import (
    ClockSerializer,
    ClockWriteSerializer,
    CorrectionWriteSerializer,
    DecisionSerializer,
    DecisionWriteSerializer,
    PaymentSerializer,
    PaymentWriteSerializer,
)
from reprints.api.shapes import notice_shape
from reprints.api.views.licenses import LicenseView
from reprints.api.views.partner import key_of, owned, told, written
from reprints.api.views.quotes import QuoteView
from reprints.models import License, LicenseRequest, UpdateNotice
from reprints.services import clock, trying

OF_A_LINE = re.compile(r"^/lines/\d+/(price|override_reason)$")


class ClockView(LicenseView):
    """The test clock of one's organization."""

    scopes = {"GET": "requests:read", "POST": "requests:write"}
    operation_ids = {"GET": "read_test_clock", "POST": "move_test_clock"}

    @extend_schema(responses={200: ClockSerializer, **refusals(_403="test_only")}, filters=False)
    def get(self, request: Request) -> Response:
        """Read the test clock. It runs as the real one does, as far ahead of it as you moved it."""
        refuse_unknown_parameters(request, ())
        return _shown(trying.read(tester(request)))

    @extend_schema(request=ClockWriteSerializer, responses={200: ClockSerializer, **refusals(_403="test_only")})
    @idempotent(required=False)
    def post(self, request: Request) -> Response:
        """Move the test clock forward, or reset it. What is due by then is done before the answer.

        It counts for your test records alone: quotes expire, licenses begin and end, update notices and invoices
        become overdue.
        """
        organization = tester(request)
        data = written(request, ClockWriteSerializer)
        reading = trying.reset(organization) if data["reset"] else trying.advance(organization, **data["advance"])
        moments.follow(reading.ahead_seconds)
        return _shown(reading)


class CorrectionsView(LicenseView):
    """Corrections that nobody published."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "correct_test_license"}

    def rows(self) -> QuerySet[License]:
        """Every license, with what the service asks of it."""
        return License.objects.select_related("publication", "organization", "article")

    @extend_schema(
        request=CorrectionWriteSerializer,
        responses={201: UpdateNoticeSerializer, **refusals(_403="test_only", _409="not_in_force")},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Open an update notice for one of your test licenses, as a published correction would. The article stays."""
        tester(request)
        data = written(request, CorrectionWriteSerializer)
        made = trying.correct(self.found(data["license"]), kind=data["kind"])
        fresh = UpdateNotice.objects.for_lists().get(pk=made.pk)
        return told(UpdateNoticeSerializer, notice_shape(fresh), fresh, status=201)


class DecisionsView(LicenseView):
    """A desk that is none."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "decide_as_test_desk"}

    @extend_schema(
        request=DecisionWriteSerializer,
        responses={200: DecisionSerializer, **refusals(_403="test_only", _409="conflict")},
    )
    @idempotent(required=False)
    def post(self, request: Request) -> Response:
        """Have the desk decide: quote, ask about or decline a request; suspend, reinstate or revoke a license.

        At a real desk a person does this. What follows (events, hooks, standings) is the same.
        """
        tester(request)
        data = written(request, DecisionWriteSerializer)
        words, decision = data["words"], data["decision"]
        if "license" in data:
            held = trying.rule(self.found(data["license"]), decision=decision, words=words, until=data.get("until"))
            return _decided(held.reference, held.effective_status())
        asked = _request_of(request, data["request"])
        price = Decimal(data["price"]) if "price" in data else None
        asked = _by_the_desk(asked, decision=decision, price=price, words=words)
        quote = clock.open_quote_of(asked)
        return _decided(asked.reference, asked.status, quote.reference if quote else None)


def _by_the_desk(asked: LicenseRequest, *, decision: str, price: Decimal | None, words: str) -> LicenseRequest:
    """The service names the price of each line; here it is one member for all of them."""
    try:
        return trying.decide(asked, decision=decision, price=price, words=words)
    except Invalid as error:
        faults = [Fault(OF_A_LINE.sub("/price", fault.pointer), fault.detail, fault.code) for fault in error.faults]
        raise Invalid(list(dict.fromkeys(faults))) from error


class PaymentsView(QuoteView):
    """Money that is none."""

    scopes = {"POST": "requests:write"}
    operation_ids = {"POST": "pay_test_quote"}

    @extend_schema(
        request=PaymentWriteSerializer,
        responses={200: PaymentSerializer, **refusals(_403="test_only", _409="nothing_outstanding")},
    )
    @idempotent(required=False)
    def post(self, request: Request) -> Response:
        """Have the money for an accepted test quote arrive: its invoice is paid, its licenses are in force."""
        tester(request)
        row = self.found(written(request, PaymentWriteSerializer)["quote"])
        shape: dict[str, Any] = {"quote": row.reference, "licenses": trying.pay(row), "test": True}
        return Response(PaymentSerializer(shape).data)


def tester(request: Request) -> Organization:
    """The organization of a test key. Raises `NotAllowed` for a live one."""
    key = key_of(request)
    if not key.test or key.organization is None:
        raise NotAllowed(_("This belongs to test mode: use a test key."), code="test_only")
    return key.organization


def _request_of(request: Request, reference: str) -> LicenseRequest:
    wanted = references.normalize(reference)
    valid = references.is_valid(wanted, LicenseRequest.noun)
    row = owned(LicenseRequest.objects.all(), request).filter(reference=wanted).first() if valid else None
    if row is None:
        raise NotFound(_("There is no such thing here, or it is not yours."))
    found: LicenseRequest = row
    return found


def _decided(reference: str, status: str, quote: str | None = None) -> Response:
    shape = {"reference": reference, "status": status, "quote": quote, "test": True}
    return Response(DecisionSerializer(shape).data)


def _shown(reading: trying.Reading) -> Response:
    shape = {"now": reading.now, "ahead_seconds": reading.ahead_seconds, "done": reading.done, "test": True}
    return Response(ClockSerializer(shape).data)
