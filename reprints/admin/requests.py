"""The queue of license requests."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.admin import Button, DueFilter, OpenFilter, PersonFilter, due_line, moment_line, status_line, two_lines
from newsroom.events import promises
from newsroom.events.reveals import reveals_of
from reprints.admin import wording
from reprints.admin.base import does_licensing
from reprints.admin.statistics import StatisticsAdmin
from reprints.forms import desk as forms
from reprints.forms.offering import QuoteDraftForm
from reprints.models import (
    LicenseRequest,
)
from reprints.services import asking, contacts, deciding, exclusive, quoting
from reprints.workflow import REQUEST


def _can_be_quoted(subject: LicenseRequest, person: User) -> bool:
    return subject.status in quoting.QUOTABLE and does_licensing(subject, person)


class RequestOpenFilter(OpenFilter):
    """Open requests first of all."""

    statuses = frozenset({"submitted", "in_review", "needs_info", "quoted", "agreed"})


@admin.register(LicenseRequest)
class LicenseRequestAdmin(StatisticsAdmin):
    """The queue: what is due first, first."""

    workflow = REQUEST
    subject_template = "admin/reprints/licenserequest.html"
    list_display = ("reference", "what", "state", "due", "received", "lane", "assignee")
    list_display_links = ("reference",)
    list_filter = (
        RequestOpenFilter,
        DueFilter,
        PersonFilter,
        "status",
        "lane",
        "organization_type",
        "publication",
    )
    search_fields = ("reference", "organization__name", "items__article__headline", "po_number")
    buttons: ClassVar[dict[str, Button]] = {
        "take_up": Button(deciding.take_up),
        "draft_quote": Button(quoting.draft, QuoteDraftForm, _("Write a quote"), _can_be_quoted),
        "ask": Button(deciding.ask, forms.RequestAskForm),
        "resume": Button(deciding.resume),
        "message": Button(
            lambda subject, *, by, words, seen=None: asking.message(subject, by=by, words=words),
            forms.MessageForm,
            _("Write to the requester"),
            does_licensing,
        ),
        "note": Button(
            lambda subject, *, by, words, seen=None: asking.message(subject, by=by, words=words, internal=True),
            forms.NoteForm,
            _("Add a note"),
            does_licensing,
        ),
        "reveal_contact": Button(
            lambda subject, *, by, reason, seen=None: contacts.reveal_contact(subject, by=by, reason=reason),
            forms.RequestRevealContactForm,
            _("Reveal contact"),
            contacts.may_reveal,
            answers=True,
        ),
        "assign": Button(deciding.assign, forms.RequestAssignForm, _("Assign"), does_licensing),
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
        """What is asked for, what others hold of it, the thread, the quotes and licenses."""
        items = list(subject.items.select_related("article"))
        quotes = subject.quotes.order_by("-number")
        return {
            **super().subject_context(request, subject),
            "items": [{"item": item, **wording.grant(item.as_asked() | {"words": item.words})} for item in items],
            "reasons": wording.reasons_by_item(subject.lane_reasons),
            "calendar": wording.calendar(subject, [exclusive.grant_of(item) for item in items]),
            "thread": list(subject.messages.select_related("author")),
            "quotes": [{"quote": row, "gross": wording.money(row.gross, row.currency)} for row in quotes],
            "granted": list(subject.licenses.order_by("pk")),
            "contact": getattr(subject, "contact", None),
            "reveals": list(reveals_of(subject)),
        }

    def title_of(self, subject: LicenseRequest) -> str:
        """Who asks."""
        return subject.requester_house or subject.reference

    @admin.display(description=_("who asks, and for what"))
    def what(self, row: LicenseRequest) -> str:
        """The organization, or the company a web requester wrote; under it the first headline, and how many more."""
        items = list(row.items.all())
        more = f" (+{len(items) - 1})" if len(items) > 1 else ""
        headline = f"{items[0].article.headline[:90]}{more}" if items else "—"
        return two_lines(row.requester_house or "—", headline)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: LicenseRequest) -> str:
        """How it stands."""
        return status_line(row)

    @admin.display(description=_("received"), ordering="created_at")
    def received(self, row: LicenseRequest) -> str:
        """When it came."""
        return moment_line(row.created_at, row.publication)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: Any) -> str:
        """The promised answer, marked when near or past."""
        return due_line(row)
