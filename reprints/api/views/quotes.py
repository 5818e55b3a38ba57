"""Answering an offer, and what is owed for it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from newsroom import references
from newsroom.api.etags import needs_match
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.errors import NotFound
from newsroom.web.text import has_forbidden_characters
from reprints import papers
from reprints.api.explanations import refusals
from reprints.api.filters import QuoteFilter
from reprints.api.serializers.parts import OptionalWordsSerializer
from reprints.api.serializers.quotes import (
    AcceptedSerializer,
    AcceptSerializer,
    BillingSerializer,
    InvoiceSerializer,
    QuoteSerializer,
)
from reprints.api.shapes import accepted_shape, invoice_shape, quote_shape
from reprints.api.views.negotiation import ProblemsAsJson, handed_out
from reprints.api.views.partner import MAY_MATCH, PartnerView, claimed, key_of, seen, told, written
from reprints.models import Invoice, Quote
from reprints.services import accepting, billing, quoting


class QuoteView(PartnerView):
    """What the views of quotes share: only those that were sent."""

    serializer_class = QuoteSerializer
    queryset = Quote.objects.none()
    noun = "quote"

    def rows(self) -> QuerySet[Quote]:
        """Every quote that a partner may see."""
        return Quote.objects.for_lists().seen_by_partner().prefetch_related("licenses")

    def shown(self, row: Quote) -> Response:
        """The quote as it stands now."""
        fresh = self.again(row)
        return told(QuoteSerializer, quote_shape(fresh), fresh)


class QuotesView(QuoteView):
    """Everything that was offered."""

    scopes = {"GET": "quotes:read"}
    operation_ids = {"GET": "list_quotes"}
    filterset_class = QuoteFilter

    @extend_schema(responses=QuoteSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the quotes made to you, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(QuoteSerializer([quote_shape(row) for row in rows], many=True).data)


class QuoteDetailView(QuoteView):
    """One quote."""

    scopes = {"GET": "quotes:read"}
    operation_ids = {"GET": "read_quote"}

    def get(self, request: Request, reference: str) -> Response:
        """Read a quote. Its ETag is what accepting it wants."""
        refuse_unknown_parameters(request, ())
        return self.shown(self.found(reference))


class QuotePdfView(QuoteView):
    """The quote as a letter."""

    scopes = {"GET": "quotes:read"}
    operation_ids = {"GET": "read_quote_pdf"}
    content_negotiation_class = ProblemsAsJson

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Read a quote as a PDF."""
        refuse_unknown_parameters(request, ())
        return handed_out(papers.quote_pdf(self.found(reference)))


class AcceptView(QuoteView):
    """Agreeing."""

    scopes = {"POST": "quotes:accept"}
    operation_ids = {"POST": "accept_quote"}

    @extend_schema(
        request=AcceptSerializer,
        responses={
            200: AcceptedSerializer,
            **refusals(_403="not_a_signatory", _409="expired", _412="stale", _428="precondition_required"),
        },
    )
    @needs_match
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Accept a quote: one license for each line.

        Repeated with the terms that were accepted it gives the same answer again, whatever If-Match says. 409
        `expired`, `terms_changed`, `not_usable`, `embargo`, `open_report`, `exclusivity_clash`,
        `blocked_organization`, `billing_missing`, `term_over`, `over_credit`.
        """
        row = self.found(reference)
        version = claimed(request, row)
        data = written(request, AcceptSerializer)
        done = accepting.accept(row, by=key_of(request), seen=version, **data)
        return Response(AcceptedSerializer(accepted_shape(done)).data)


class BillingView(QuoteView):
    """Who pays."""

    scopes = {"POST": "quotes:accept"}
    operation_ids = {"POST": "bill_quote"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=BillingSerializer,
        responses={200: QuoteSerializer, **refusals(_409="expired")},
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Say whom the invoice is made out to, and read the tax of the open quote.

        Kept for your organization. Where this desk writes the invoices, a quote is accepted only when address and
        country are known (409 `billing_missing`).
        """
        data = written(request, BillingSerializer)
        row = self.found(reference)
        return self.shown(billing.bill(row, by=key_of(request), data=data, seen=seen(request, row)))


class DeclineView(QuoteView):
    """Not wanting it."""

    scopes = {"POST": "quotes:accept"}
    operation_ids = {"POST": "decline_quote"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=OptionalWordsSerializer,
        responses={200: QuoteSerializer, **refusals(_409="conflict")},
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Decline a quote. The request returns to the desk, which may offer something else."""
        data = written(request, OptionalWordsSerializer)
        row = self.found(reference)
        return self.shown(quoting.decline(row, by=key_of(request), seen=seen(request, row), **data))


class InvoiceView(PartnerView):
    """What the views of invoices share: only those that were issued."""

    serializer_class = InvoiceSerializer
    queryset = Invoice.objects.none()
    noun = "invoice"
    lookup_field = "number"

    def rows(self) -> QuerySet[Any]:
        """Every invoice that was issued."""
        return Invoice.objects.exclude(issued_at=None).select_related("quote", "publication", "credits")


class InvoicesView(InvoiceView):
    """What is owed."""

    scopes = {"GET": "licenses:read"}
    operation_ids = {"GET": "list_invoices"}

    @extend_schema(responses=InvoiceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your invoices, newest first. Empty where the accounting system writes them."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(InvoiceSerializer([invoice_shape(row) for row in rows], many=True).data)


class InvoiceDetailView(InvoiceView):
    """One invoice."""

    scopes = {"GET": "licenses:read"}
    operation_ids = {"GET": "read_invoice"}

    def get(self, request: Request, number: str) -> Response:
        """Read an invoice, by its number or by our reference."""
        refuse_unknown_parameters(request, ())
        row = self._numbered(number)
        return told(InvoiceSerializer, invoice_shape(row), row)

    def _numbered(self, number: str) -> Invoice:
        if references.is_valid(references.normalize(number), self.noun):
            return self.found(number)
        plain = "" if has_forbidden_characters(number) else number
        # Two publications may count alike: the newest of the caller's own is meant.
        row = self.get_queryset().exclude(number="").filter(number=plain).order_by("-pk").first()
        if row is None:
            raise NotFound(_("There is no such thing here, or it is not yours."))
        return row


class InvoicePdfView(InvoiceDetailView):
    """The invoice as a letter."""

    scopes = {"GET": "licenses:read"}
    operation_ids = {"GET": "read_invoice_pdf"}
    content_negotiation_class = ProblemsAsJson

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **refusals(_409="written_elsewhere")},
    )
    def get(self, request: Request, number: str) -> HttpResponse:  # type: ignore[override]  # -- a paper, not JSON
        """Read an invoice as a PDF. Refused for one that the accounting system wrote."""
        refuse_unknown_parameters(request, ())
        return handed_out(papers.invoice_pdf(self._numbered(number)))
