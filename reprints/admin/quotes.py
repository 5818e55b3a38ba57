"""The quotes: drafted, approved, open."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from newsroom.accounts import approvals
from newsroom.accounts.models import User
from newsroom.admin import Button, moment_line
from newsroom.events import promises
from reprints.admin import wording
from reprints.admin.base import LicensingAdmin, does_licensing
from reprints.admin.waiting import SecondPersonFilter
from reprints.forms import desk as forms
from reprints.models import (
    Quote,
)
from reprints.services import countering, exclusive, limits, quoting
from reprints.vocabulary import TaxTreatment
from reprints.workflow import QUOTE, QuoteStatus

UNDECIDED = (QuoteStatus.DRAFT, QuoteStatus.OPEN)


def _waits(subject: Quote, person: User) -> bool:
    """Whether the amount waits for a second person's word."""
    beyond = subject.status == QuoteStatus.DRAFT and limits.needs_approval(subject)
    return beyond and does_licensing(subject, person) and not approvals.is_given(subject, "open")


def _may_approve(subject: Quote, person: User) -> bool:
    return _waits(subject, person) and limits.is_second_person(subject, person)


def _who_approves(subject: Quote, person: User) -> str:
    """What stands between a draft beyond the limits and its sending, in a sentence."""
    if not _waits(subject, person):
        return _("A second person approved it: it can be sent.")
    if limits.is_second_person(subject, person):
        return _("You can approve it, or send it, which says the same.")
    names = ", ".join(str(row) for row in limits.approvers(subject))
    if not names:
        return _("Nobody else is a licensing manager here: an administrator gives somebody that role.")
    if approvals.of_version(subject, "open") is not None:
        return _("It waits for the word of one of: %(names)s.") % {"names": names}
    return _("Before it is sent, one of these approves it: %(names)s.") % {"names": names}


def _after_requote(fresh: Quote, person: User) -> str:
    """That it was not sent, and what it waits for; empty once it was."""
    if fresh.status != QuoteStatus.DRAFT:
        return ""
    sentences = [_("Not sent yet: %(quote)s is a draft.") % {"quote": fresh.reference}]
    if _waits(fresh, person):
        sentences += [*limits.reasons(fresh), _who_approves(fresh, person)]
    if fresh.tax_treatment == TaxTreatment.MANUAL:
        sentences.append(_("Decide on its request how it is taxed."))
    return " ".join(sentences)


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
    list_display = ("reference", "request", "organization", "status", "money", "valid")
    list_filter = ("status", SecondPersonFilter, "publication")
    search_fields = ("reference", "request__reference", "organization__name")
    list_select_related = ("request", "organization", "publication")
    buttons: ClassVar[dict[str, Button]] = {
        "open": Button(quoting.open),
        "propose": Button(quoting.propose, None, _lazy("Ask a manager to approve"), _waits),
        "approve": Button(quoting.approve, forms.QuoteApproveForm, _lazy("Approve the amount"), _may_approve),
        "requote": Button(countering.requote, None, _lazy("Quote as proposed"), _was_countered, left=_after_requote),
        "stand": Button(countering.stand, forms.WordsForm, _lazy("Stand by this quote"), _waits_for_us),
        "cancel": Button(quoting.cancel, forms.WordsForm, danger=True),
    }

    def needless(self, subject: Quote, person: User) -> set[str]:
        """To send what a manager approves first; and to ask for that where it was asked, or where one's own word is
        enough, or nobody has one.
        """
        if not _waits(subject, person):
            return set()
        if limits.is_second_person(subject, person):
            return {"propose"}
        asked = approvals.of_version(subject, "open") is not None or not limits.approvers(subject)
        return {"open", *(["propose"] if asked else [])}

    def subject_context(self, request: HttpRequest, subject: Quote) -> dict[str, Any]:
        """The lines with the difference between asked and granted, the trace of each price, what others hold, and what
        keeps the editor from sending it alone.
        """
        currency = subject.currency
        lines = list(subject.lines.select_related("article", "item"))
        grants = [exclusive.granted_by(row) for row in lines]
        given = limits.discount(subject)
        beyond = limits.reasons(subject) if subject.status == QuoteStatus.DRAFT else []
        return {
            **super().subject_context(request, subject),
            "lines": [wording.line(row, currency, card=limits.card_price(row)) for row in lines],
            "sums": {name: wording.money(getattr(subject, name), currency) for name in ("net", "tax", "gross")},
            "below_card": given if given is not None and given > 0 else None,
            "effective": subject.effective_status(),
            "proposed": countering.latest(subject),
            "owed": list(promises.running(subject.request)) if subject.status == QuoteStatus.OPEN else [],
            "beyond": beyond,
            "who_approves": _who_approves(subject, cast(User, request.user)) if beyond else "",
            "calendar": wording.calendar(subject.request, grants) if subject.status in UNDECIDED else [],
        }

    def title_of(self, subject: Quote) -> str:
        """Who it is for, and the amount."""
        return f"{subject.organization or subject.request.requester_house or subject.reference} · {self.money(subject)}"

    @admin.display(description=_lazy("gross"))
    def money(self, quote: Quote) -> str:
        """Amount and currency."""
        return wording.money(quote.gross, quote.currency)

    @admin.display(description=_lazy("valid until"), ordering="valid_until")
    def valid(self, quote: Quote) -> str:
        """Weekday, day, time and zone of the publication, and whether that is over for an open quote."""
        line = moment_line(quote.valid_until, quote.publication, weekday=True)
        over = quote.effective_status() == "expired"
        return format_html('{} <span class="due--over">{}</span>', line, _("expired")) if over else line
