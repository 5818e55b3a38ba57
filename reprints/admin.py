"""The licensing desk in the admin: requests, quotes, licenses, update notices, and the rate card."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Approval, User
from newsroom.admin import CARDS, Button, Card, StaffScopedAdmin, WorkflowAdmin, due_line
from newsroom.events import promises
from newsroom.events.models import Promise
from newsroom.events.reveals import reveals_of
from reprints import admin_invoices
from reprints.forms import desk as forms
from reprints.models import (
    Invoice,
    License,
    LicenseRequest,
    PriceRule,
    Quote,
    RateCard,
    TermsTemplate,
    UpdateNotice,
    UseType,
)
from reprints.services import asking, contacts, deciding, licenses, quoting, updates
from reprints.workflow import LICENSE, QUOTE, REQUEST, UPDATE_NOTICE, QuoteStatus

ROLES = frozenset({"licensing_editor", "licensing_manager"})


def _does_licensing(subject: Any, person: User) -> bool:
    return "licensing_editor" in person.roles_at(subject.publication)


def _can_be_quoted(subject: LicenseRequest, person: User) -> bool:
    return subject.status in quoting.QUOTABLE and _does_licensing(subject, person)


def _needs_a_manager(subject: Quote, person: User) -> bool:
    return subject.status == QuoteStatus.DRAFT and quoting.needs_approval(subject) and _does_licensing(subject, person)


def _may_approve(subject: Quote, person: User) -> bool:
    return (
        _needs_a_manager(subject, person)
        and "licensing_manager" in person.roles_at(subject.publication)
        and subject.drafted_by_id != person.pk
    )


def _may_propose_revocation(subject: License, person: User) -> bool:
    return subject.status in LICENSE.transitions["revoke"].sources and _does_licensing(subject, person)


class LicensingAdmin(WorkflowAdmin):
    """What the pages of this desk have in common."""

    roles = ROLES

    def subject_context(self, request: HttpRequest, subject: Any) -> dict[str, Any]:
        """The approvals of any of them."""
        return {
            "approvals": list(
                Approval.objects.filter(subject_kind=subject.noun, subject_reference=subject.reference)
                .select_related("proposed_by", "approved_by")
                .order_by("pk")
            )
        }


@admin.register(LicenseRequest)
class LicenseRequestAdmin(LicensingAdmin):
    """The queue: what is due first, first."""

    workflow = REQUEST
    subject_template = "admin/reprints/licenserequest.html"
    list_display = ("reference", "who", "status", "due", "lane", "articles", "assignee", "created_at")
    list_filter = ("status", "lane", "publication", "organization_type")
    search_fields = ("reference", "organization__name", "items__article__headline", "po_number")
    buttons: ClassVar[dict[str, Button]] = {
        "take_up": Button(deciding.take_up),
        "draft_quote": Button(quoting.draft, forms.QuoteDraftForm, _("Write a quote"), _can_be_quoted),
        "ask": Button(deciding.ask, forms.RequestAskForm),
        "resume": Button(deciding.resume),
        "message": Button(
            lambda subject, *, by, words, seen=None: asking.message(subject, by=by, words=words),
            forms.MessageForm,
            _("Write to the requester"),
            _does_licensing,
        ),
        "note": Button(
            lambda subject, *, by, words, seen=None: asking.message(subject, by=by, words=words, internal=True),
            forms.NoteForm,
            _("Add a note"),
            _does_licensing,
        ),
        "reveal_contact": Button(
            lambda subject, *, by, reason, seen=None: contacts.reveal_contact(subject, by=by, reason=reason),
            forms.RequestRevealContactForm,
            _("Reveal contact"),
            contacts.may_reveal,
            answers=True,
        ),
        "assign": Button(deciding.assign, forms.RequestAssignForm, _("Assign"), _does_licensing),
        "reopen": Button(deciding.reopen),
        "redirect": Button(deciding.redirect, forms.RequestRedirectForm),
        "decline": Button(deciding.decline, forms.RequestDeclineForm, danger=True),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[LicenseRequest]:
        """Sorted by the promised answer."""
        rows = cast(Any, super().get_queryset(request)).for_lists()
        return rows.annotate(due_at=promises.nearest_due("license_request"))

    def get_ordering(self, request: HttpRequest) -> Any:
        """By the promised answer."""
        return [F("due_at").asc(nulls_last=True), "-pk"]

    def subject_context(self, request: HttpRequest, subject: LicenseRequest) -> dict[str, Any]:
        """What is asked for, the thread, the quotes and licenses."""
        return {
            **super().subject_context(request, subject),
            "items": list(subject.items.select_related("article")),
            "thread": list(subject.messages.select_related("author")),
            "quotes": list(subject.quotes.order_by("-number")),
            "granted": list(subject.licenses.order_by("pk")),
            "contact": getattr(subject, "contact", None),
            "reveals": list(reveals_of(subject)),
        }

    @admin.display(description=_("requester"))
    def who(self, row: LicenseRequest) -> str:
        """The organization, or the company that the web requester wrote."""
        return row.requester_house or "—"

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: Any) -> str:
        """The promised answer, marked when near or past."""
        return due_line(row)

    @admin.display(description=_("articles"))
    def articles(self, row: LicenseRequest) -> str:
        """The first headline, and how many more."""
        items = list(row.items.all())
        if not items:
            return "—"
        more = f" (+{len(items) - 1})" if len(items) > 1 else ""
        return f"{items[0].article.headline[:60]}{more}"


@admin.register(Quote)
class QuoteAdmin(LicensingAdmin):
    """Quotes, from draft to answer."""

    workflow = QUOTE
    subject_template = "admin/reprints/quote.html"
    list_display = ("reference", "request", "organization", "status", "money", "valid_until")
    list_filter = ("status", "publication")
    search_fields = ("reference", "request__reference", "organization__name")
    list_select_related = ("request", "organization", "publication")
    buttons: ClassVar[dict[str, Button]] = {
        "open": Button(quoting.open),
        "propose": Button(quoting.propose, None, _("Ask a manager to approve"), _needs_a_manager),
        "approve": Button(quoting.approve, forms.QuoteApproveForm, _("Approve the amount"), _may_approve),
        "cancel": Button(quoting.cancel, forms.WordsForm, danger=True),
    }

    def subject_context(self, request: HttpRequest, subject: Quote) -> dict[str, Any]:
        """The lines with the difference between asked and granted, and the trace of each price."""
        return {
            **super().subject_context(request, subject),
            "lines": list(subject.lines.select_related("article", "item")),
            "effective": subject.effective_status(),
            "needs_approval": subject.status == QuoteStatus.DRAFT and quoting.needs_approval(subject),
            "limit": Decimal(str(subject.publication.policy("editor_limit"))),
        }

    @admin.display(description=_("gross"))
    def money(self, quote: Quote) -> str:
        """Amount and currency."""
        return f"{quote.gross:.2f} {quote.currency}"


@admin.register(License)
class LicenseAdmin(LicensingAdmin):
    """What is granted, and its life."""

    workflow = LICENSE
    subject_template = "admin/reprints/license.html"
    list_display = ("reference", "organization", "article", "use", "status", "starts_on", "ends_on")
    list_filter = ("status", "use", "publication")
    search_fields = ("reference", "organization__name", "article__headline")
    list_select_related = ("organization", "article", "publication")
    buttons: ClassVar[dict[str, Button]] = {
        "issue": Button(licenses.issue, None, _("Payment arrived: issue")),
        "suspend": Button(licenses.suspend, forms.LicenseSuspendForm),
        "reinstate": Button(licenses.reinstate),
        "terminate": Button(licenses.terminate, forms.WordsForm),
        "propose_revoke": Button(
            licenses.propose_revoke,
            forms.LicenseProposeRevokeForm,
            _("Propose to revoke"),
            _may_propose_revocation,
            danger=True,
        ),
        "revoke": Button(licenses.revoke, forms.LicenseRevokeForm, danger=True),
    }

    def subject_context(self, request: HttpRequest, subject: License) -> dict[str, Any]:
        """The snapshot, where it was published, and what its holder was told."""
        return {
            **super().subject_context(request, subject),
            "snapshot": subject.snapshot,
            "effective": subject.effective_status(),
            "placements": list(subject.placements.filter(removed_at=None)[:200]),
            "notices": list(subject.update_notices.order_by("-pk")[:50]),
        }


@admin.register(UpdateNotice)
class UpdateNoticeAdmin(LicensingAdmin):
    """Who must act on a change, and who has not answered."""

    workflow = UPDATE_NOTICE
    subject_template = "admin/reprints/updatenotice.html"
    list_display = ("reference", "license", "article", "kind", "duty", "status", "due_at")
    list_filter = ("status", "kind", "duty", "publication")
    search_fields = ("reference", "license__reference", "organization__name")
    list_select_related = ("license", "article", "publication")
    buttons: ClassVar[dict[str, Button]] = {
        "acknowledge": Button(updates.acknowledge, forms.NoticeAcknowledgeForm, _("Enter the licensee's answer")),
        "verify": Button(updates.verify),
        "escalate": Button(updates.escalate),
        "waive": Button(updates.waive, forms.WordsForm),
    }


class PriceRuleInline(admin.TabularInline):
    """The rows of a card."""

    model = PriceRule
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the card."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


@admin.register(RateCard)
class RateCardAdmin(admin_invoices.CardPreviewAdmin):
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


def cards(person: User) -> list[Card]:
    """What waits for this person at the licensing desk."""
    if not person.roles_anywhere() & ROLES:
        return []
    requests = LicenseRequest.objects.visible_to(person)
    request_url = reverse("admin:reprints_licenserequest_changelist")
    notice_url = reverse("admin:reprints_updatenotice_changelist")
    overdue = Promise.objects.filter(
        subject_kind="license_request",
        kept_at=None,
        dropped_at=None,
        paused_at=None,
        due_at__lt=timezone.now(),
    ).values("subject_reference")
    unanswered = UpdateNotice.objects.visible_to(person).filter(
        status__in=["open", "escalated"], due_at__lt=timezone.now()
    )
    return [
        Card(
            _("overdue license requests"),
            requests.filter(reference__in=overdue).count(),
            request_url,
            urgent=True,
        ),
        Card(
            _("new license requests"),
            requests.filter(status="submitted").count(),
            f"{request_url}?status__exact=submitted",
        ),
        Card(
            _("update notices without an answer"),
            unanswered.count(),
            f"{notice_url}?status__exact=open",
            urgent=True,
        ),
    ]


admin.site.register(Invoice, admin_invoices.InvoiceAdmin)
CARDS.extend([cards, admin_invoices.cards])
