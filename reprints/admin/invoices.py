"""The invoices: issued here or in the accounting system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.days import within_days
from newsroom.accounts.models import User
from newsroom.admin import Button, WorkflowAdmin, moment_line
from newsroom.errors import Conflict
from reprints import accounting, papers, paying, pricing
from reprints.admin.base import ROLES, does_licensing
from reprints.forms import invoices as forms
from reprints.models import Invoice
from reprints.services import invoicing, payments
from reprints.services.buyers import writes_invoices
from reprints.vocabulary import InvoiceKind
from reprints.workflow import INVOICE, InvoiceStatus


def _is_draft(subject: Invoice, person: User, *, builtin: bool) -> bool:
    draft = subject.status == InvoiceStatus.DRAFT and does_licensing(subject, person)
    return draft and writes_invoices(subject.publication) == builtin


def _can_be_issued(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=True) and subject.tax_treatment != "manual"


def _can_be_prepared(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=True)


def _takes_a_number(subject: Invoice, person: User) -> bool:
    return _is_draft(subject, person, builtin=False)


def _can_be_paid(subject: Invoice, person: User) -> bool:
    return subject.outstanding > 0 and does_licensing(subject, person)


def _prepare(subject: Invoice, *, by: User, address: str, country: str, vat_id: str, **words: Any) -> Invoice:
    buyer = {"address": address, "country": country.upper(), "vat_id": vat_id}
    return invoicing.prepare(subject, by=by, buyer=buyer, **words)


class OverdueFilter(admin.SimpleListFilter):
    """Invoices to press for."""

    title = _("payment")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Overdue."""
        return [("yes", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Those whose due date is over."""
        rows = cast(Any, queryset)
        return rows.overdue(timezone.now()) if self.value() == "yes" else rows


@admin.register(Invoice)
class InvoiceAdmin(WorkflowAdmin):
    """What is owed, newest first; the table for the accounting system."""

    workflow = INVOICE
    roles = ROLES
    subject_template = "admin/reprints/invoice.html"
    list_display = ("name", "kind", "buyer_name", "status", "standing", "money", "due_on", "created")
    list_filter = ("status", OverdueFilter, "kind", "publication")
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
            "payment_url": paying.payment_url(subject),
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
        """Everything this person may see as CSV, oldest first; `since` and `until` (ISO days of the publication, both
        counted) bound its creation. 400 for another text.
        """
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_module_permission(request):
            raise PermissionDenied
        asked = forms.InvoiceExportForm(request.GET)
        if not asked.is_valid():
            said = " ".join(f"{name}: {words}" for name, faults in asked.errors.items() for words in faults)
            return render(request, "400.html", {"said": said}, status=400)
        rows = self.get_queryset(request).select_related("publication", "quote", "credits")
        rows = rows.filter(within_days("created_at", **asked.cleaned_data))
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

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, row: Invoice) -> str:
        """When it was made."""
        return moment_line(row.created_at, row.publication)

    @admin.display(description=_("gross"), ordering="gross")
    def money(self, row: Invoice) -> str:
        """Amount and currency; a credit note is negative."""
        sign = "−" if row.kind == InvoiceKind.CREDIT_NOTE else ""
        return f"{sign}{pricing.plain(row.gross, row.currency)} {row.currency}"
