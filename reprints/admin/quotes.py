"""The quotes: drafted, approved, open."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.admin import Button
from newsroom.events import promises
from reprints.admin import wording
from reprints.admin.base import LicensingAdmin, does_licensing
from reprints.forms import desk as forms
from reprints.models import (
    Quote,
)
from reprints.services import countering, exclusive, limits, quoting
from reprints.workflow import QUOTE, QuoteStatus

UNDECIDED = (QuoteStatus.DRAFT, QuoteStatus.OPEN)


def _needs_a_manager(subject: Quote, person: User) -> bool:
    return subject.status == QuoteStatus.DRAFT and limits.needs_approval(subject) and does_licensing(subject, person)


def _may_approve(subject: Quote, person: User) -> bool:
    return (
        _needs_a_manager(subject, person)
        and "licensing_manager" in person.roles_at(subject.publication)
        and subject.drafted_by_id != person.pk
    )


def _was_countered(subject: Quote, person: User) -> bool:
    can = subject.status == QuoteStatus.OPEN and not subject.is_expired() and does_licensing(subject, person)
    return can and countering.latest(subject) is not None


def _waits_for_us(subject: Quote, person: User) -> bool:
    return _was_countered(subject, person) and countering.is_owed(subject)


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
        "requote": Button(countering.requote, None, _("Quote as proposed"), _was_countered),
        "stand": Button(countering.stand, forms.WordsForm, _("Stand by this quote"), _waits_for_us),
        "cancel": Button(quoting.cancel, forms.WordsForm, danger=True),
    }

    def subject_context(self, request: HttpRequest, subject: Quote) -> dict[str, Any]:
        """The lines with the difference between asked and granted, the trace of each price, what others hold, and what
        keeps the editor from sending it alone.
        """
        currency = subject.currency
        lines = list(subject.lines.select_related("article", "item"))
        grants = [exclusive.granted_by(row) for row in lines]
        given = limits.discount(subject)
        return {
            **super().subject_context(request, subject),
            "lines": [wording.line(row, currency, card=limits.card_price(row)) for row in lines],
            "sums": {name: wording.money(getattr(subject, name), currency) for name in ("net", "tax", "gross")},
            "below_card": given if given is not None and given > 0 else None,
            "effective": subject.effective_status(),
            "proposed": countering.latest(subject),
            "owed": list(promises.running(subject.request)) if subject.status == QuoteStatus.OPEN else [],
            "beyond": limits.reasons(subject) if subject.status == QuoteStatus.DRAFT else [],
            "calendar": wording.calendar(subject.request, grants) if subject.status in UNDECIDED else [],
        }

    def title_of(self, subject: Quote) -> str:
        """Who it is for, and the amount."""
        return f"{subject.organization or subject.request.requester_house or subject.reference} · {self.money(subject)}"

    @admin.display(description=_("gross"))
    def money(self, quote: Quote) -> str:
        """Amount and currency."""
        return wording.money(quote.gross, quote.currency)
