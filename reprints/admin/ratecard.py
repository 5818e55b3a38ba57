"""The rate card with its preview, the uses and the terms."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from newsroom import references
from newsroom.accounts.models import User
from newsroom.admin import OurFields, StaffScopedAdmin
from reprints import pricing
from reprints.admin import rules, wording
from reprints.models import (
    LicenseRequest,
    PriceRule,
    RateCard,
    TermsTemplate,
    UseType,
)
from reprints.services import asking, ratecard
from reprints.vocabulary import Lane


class CardPreviewAdmin(StaffScopedAdmin):
    """A rate card with a page that prices a stored request under it, draft or not, and a button that copies it."""

    change_form_template = "admin/reprints/ratecard_form.html"

    def get_urls(self) -> list[URLPattern]:
        """The preview and the copy beside Django's own."""
        view, copy = self.admin_site.admin_view(self.preview_view), self.admin_site.admin_view(self.copy_view)
        return [
            path("<path:object_id>/preview/", view, name="reprints_ratecard_preview"),
            path("<path:object_id>/copy/", copy, name="reprints_ratecard_copy"),
            *super().get_urls(),
        ]

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """By POST: a draft with the same rules, and its page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        copied = ratecard.copy_as_draft(_card(object_id))
        self.log_addition(request, copied, str(_("Copied from a rate card.")))
        messages.success(
            request, _("This draft has the rules of the card that you copied. It prices nothing while it is a draft.")
        )
        return HttpResponseRedirect(reverse("admin:reprints_ratecard_change", args=[copied.pk]))

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What would this request cost under this card? Reads only, and only by GET."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        card = _card(object_id)
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


class PriceRuleInline(OurFields, admin.StackedInline):
    """The rows of a card, each with what it says in words."""

    model = PriceRule
    extra = 0
    readonly_fields = ("in_words",)
    fields = (
        ("priority", "name"),
        "in_words",
        "match",
        ("base", "minimum"),
        ("per_unit", "unit_size"),
        "factors",
    )

    @admin.display(description=_("in words"))
    def in_words(self, row: PriceRule) -> str:
        """The stored rule, sentence by sentence; why it cannot be computed, where it cannot."""
        if row.pk is None:
            return "—"
        try:
            sentences = rules.in_words(row.as_rule(), row.card.currency)
        except pricing.BadRule as error:
            sentences = [str(error)]
        return format_html_join("", "<div>{}</div>", ((sentence,) for sentence in sentences))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the card."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


@admin.register(RateCard)
class RateCardAdmin(CardPreviewAdmin):
    """Dated cards of rules; a draft prices nothing."""

    roles = frozenset({"licensing_manager"})
    list_display = ("name", "publication", "currency", "valid_from", "valid_to", "draft")
    list_select_related = ("publication",)
    inlines: ClassVar = [PriceRuleInline]


@admin.register(UseType)
class UseTypeAdmin(StaffScopedAdmin):
    """The uses that may be asked for, in plain words."""

    roles = frozenset({"licensing_manager"})


@admin.register(TermsTemplate)
class TermsAdmin(StaffScopedAdmin):
    """Versions of the terms. A new wording is a new row."""

    roles = frozenset({"licensing_manager"})
    list_display = ("label", "publication", "effective_on", "sha256")
    list_select_related = ("publication",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a quote names can never change."""
        return False


def _card(object_id: str) -> RateCard:
    """The card of this address. Raises `Http404`."""
    known = object_id.isascii() and object_id.isdecimal() and len(object_id) <= 18
    card = RateCard.objects.select_related("publication").filter(pk=object_id).first() if known else None
    if card is None:
        raise Http404
    return card


def _preview(request: LicenseRequest, card: RateCard) -> dict[str, Any]:
    now = asking.assess_request(request)
    try:
        assessment = asking.assess_request(request, card=card)
    except pricing.BadRule as error:
        return {"fault": str(error)}
    items = list(request.items.select_related("article"))
    lines = [
        {
            "item": item,
            "line": line,
            "price": wording.money(line.amount, line.currency),
            "now": wording.money(now.lines[index].amount, now.currency),
            "reasons": wording.reasons(assessment.reasons, item=index),
        }
        for index, (item, line) in enumerate(zip(items, assessment.lines, strict=True))
    ]
    return {
        "lines": lines,
        "lane": Lane(assessment.lane).label,
        "reasons": wording.reasons(assessment.reasons, item=None),
        "total": None if assessment.total is None else wording.money(assessment.total, assessment.currency),
        "total_now": wording.money(now.total, now.currency),
        "other_currency": card.currency != request.currency,
    }
