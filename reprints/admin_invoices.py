"""Invoices in the admin, and what a request would cost under a rate card that is not in force yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom import references
from newsroom.accounts.models import User
from newsroom.admin import Button, Card, StaffScopedAdmin, WorkflowAdmin
from newsroom.errors import Conflict
from reprints import accounting, papers, pricing
from reprints.forms import invoices as forms
from reprints.models import Invoice, LicenseRequest, RateCard
from reprints.services import asking, invoicing, payments
from reprints.services.lanes import Assessment
from reprints.vocabulary import InvoiceKind, Lane
from reprints.workflow import INVOICE, InvoiceStatus

ROLES = frozenset({"licensing_editor", "licensing_manager"})


def _does_licensing(subject: Invoice, person: User) -> bool:
    return "licensing_editor" in person.roles_at(subject.publication)


def _is_draft(subject: Invoice, person: User, *, builtin: bool) -> bool:
    draft = subject.status == InvoiceStatus.DRAFT and _does_licensing(subject, person)
    return draft and invoicing.is_builtin(subject.publication) == builtin


def _can_be_issued(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=True) and subject.tax_treatment != "manual"


def _can_be_prepared(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=True)


def _takes_a_number(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=False)


def _can_be_paid(subject: Invoice, person: User) -> bool:
    return subject.outstanding > 0 and _does_licensing(subject, person)


def _prepare(subject: Invoice, *, by: User, address: str, country: str, vat_id: str, **words: Any) -> Invoice:
    buyer = {"address": address, "country": country.upper(), "vat_id": vat_id}
    return invoicing.prepare(subject, by=by, buyer=buyer, **words)


class InvoiceAdmin(WorkflowAdmin):
    """What is owed, newest first; the table for the accounting system."""

    workflow = INVOICE
    roles = ROLES
    subject_template = "admin/reprints/invoice.html"
    list_display = ("name", "kind", "buyer_name", "status", "standing", "money", "due_on", "created_at")
    list_filter = ("status", "kind", "publication")
    search_fields = ("reference", "number", "organization__name", "quote__reference")
    list_select_related = ("publication", "organization", "quote", "credits")
    buttons: ClassVar[dict[str, Button]] = {
        "prepare": Button(_prepare, forms.InvoicePrepareForm, _("Buyer and tax"), _can_be_prepared),
        "issue": Button(invoicing.issue, None, _("Issue"), _can_be_issued),
        "enter_number": Button(
            invoicing.enter_number,
            forms.InvoiceNumberForm,
            _("Enter the number of the accounting system"),
            _takes_a_number,
        ),
        "pay": Button(payments.pay, forms.InvoicePayForm, _("Enter a payment"), _can_be_paid),
        "credit": Button(payments.credit, forms.InvoiceCreditForm, danger=True),
        "write_off": Button(payments.write_off, forms.InvoiceWriteOffForm, danger=True),
    }

    def get_urls(self) -> list[URLPattern]:
        """The letter and the table beside the rest."""
        view: Callable[..., Any] = self.admin_site.admin_view
        return [
            path("export.csv", view(self.export_view), name="reprints_invoice_export"),
            path("<path:object_id>/invoice.pdf", view(self.pdf_view), name="reprints_invoice_pdf"),
            *super().get_urls(),
        ]

    def subject_context(self, request: HttpRequest, subject: Invoice) -> dict[str, Any]:
        """What was copied in, the payments, and the letters that belong to it."""
        return {
            "effective": subject.effective_status(),
            "outstanding": subject.outstanding,
            "payments": list(subject.payments.select_related("recorded_by")),
            "credit_notes": list(subject.credit_notes.order_by("pk")),
            "granted": list(subject.quote.licenses.order_by("pk")),
            "pdf_url": reverse("admin:reprints_invoice_pdf", args=[subject.pk]) if subject.sequence else "",
        }

    def pdf_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The letter. 404 for what was not written here."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            paper = papers.invoice_pdf(self._find(request, object_id))
        except Conflict as error:
            raise Http404(error.message) from error
        headers = {"Content-Disposition": f'attachment; filename="{paper.name}"'}
        return HttpResponse(paper.content, content_type=paper.media_type, headers=headers)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Everything this person may see as CSV, oldest first; `since` and `until` (ISO days) bound its creation."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_module_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("publication", "quote", "credits")
        if since := _day(request.GET.get("since")):
            rows = rows.filter(created_at__date__gte=since)
        if until := _day(request.GET.get("until")):
            rows = rows.filter(created_at__date__lte=until)
        text = accounting.invoices_csv(rows.prefetch_related("payments").order_by("pk"))
        headers = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the way to the table."""
        page = super().changelist_view(request, extra_context)
        if isinstance(page, TemplateResponse) and page.context_data is not None:
            link = {"label": _("Export for accounting (CSV)"), "url": reverse("admin:reprints_invoice_export")}
            page.context_data["starters"] = [*page.context_data.get("starters", []), link]
        return page

    @admin.display(description=_("number"), ordering="number")
    def name(self, row: Invoice) -> str:
        """The number once there is one."""
        return row.number or row.reference

    @admin.display(description=_("buyer"), ordering="organization__name")
    def buyer_name(self, row: Invoice) -> str:
        """As it was copied in."""
        return str(row.buyer.get("name") or row.organization or "—")

    @admin.display(description=_("stands"))
    def standing(self, row: Invoice) -> str:
        """Overdue and partly paid, which are computed."""
        found = row.effective_status()
        if found == "overdue":
            return format_html('<span class="due--over">{}</span>', _("overdue"))
        return _now("partly paid") if found == "partly_paid" else ""

    @admin.display(description=_("gross"), ordering="gross")
    def money(self, row: Invoice) -> str:
        """Amount and currency; a credit note is negative."""
        sign = "−" if row.kind == InvoiceKind.CREDIT_NOTE else ""
        return f"{sign}{pricing.plain(row.gross, row.currency)} {row.currency}"


class CardPreviewAdmin(StaffScopedAdmin):
    """A rate card with a page that prices a stored request under it, draft or not."""

    change_form_template = "admin/reprints/ratecard_form.html"

    def get_urls(self) -> list[URLPattern]:
        """The preview beside Django's own."""
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<path:object_id>/preview/", view, name="reprints_ratecard_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What would this request cost under this card? Reads only, and only by GET."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = object_id.isdecimal() and len(object_id) <= 18
        card = RateCard.objects.select_related("publication").filter(pk=object_id).first() if known else None
        if card is None:
            raise Http404
        asked = references.normalize(request.GET.get("request", ""))[:32]
        person = cast(User, request.user)
        found = LicenseRequest.objects.visible_to(person).filter(publication=card.publication, reference=asked).first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What would this request cost under this card?"),
            "card": card,
            "asked": asked,
            "found": found,
            **(_preview(found, card) if found else {}),
        }
        status = 404 if asked and found is None else 200
        return TemplateResponse(request, "admin/reprints/ratecard_preview.html", context, status=status)


def _preview(request: LicenseRequest, card: RateCard) -> dict[str, Any]:
    try:
        assessment = asking.assess_request(request, card=card)
    except pricing.BadRule as error:
        return {"fault": str(error)}
    items = list(request.items.select_related("article"))
    lines = [
        {
            "item": item,
            "line": line,
            "price": None if line.amount is None else pricing.plain(line.amount, line.currency),
            "reasons": _reasons(assessment, index),
        }
        for index, (item, line) in enumerate(zip(items, assessment.lines, strict=True))
    ]
    total = assessment.total
    return {
        "lines": lines,
        "lane": Lane(assessment.lane).label,
        "reasons": _reasons(assessment, None),
        "total": None if total is None else pricing.plain(total, assessment.currency),
        "currency": assessment.currency,
        "other_currency": card.currency != request.currency,
    }


def _reasons(assessment: Assessment, index: int | None) -> list[str]:
    return [reason["code"].replace("_", " ") for reason in assessment.reasons if reason["item"] == index]


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def cards(person: User) -> list[Card]:
    """Overdue invoices and orders without a number, for whoever does licensing."""
    if not person.roles_anywhere() & ROLES:
        return []
    mine = Invoice.objects.visible_to(person)
    url = reverse("admin:reprints_invoice_changelist")
    late = mine.filter(status=InvoiceStatus.ISSUED, kind=InvoiceKind.INVOICE, due_on__lt=timezone.localdate())
    drafts = mine.filter(status=InvoiceStatus.DRAFT)
    return [
        Card(_("overdue invoices"), late.count(), f"{url}?status__exact=issued", urgent=True),
        Card(_("orders to invoice"), drafts.count(), f"{url}?status__exact=draft"),
    ]
