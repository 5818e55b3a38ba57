"""Drafting, sending and ending a quote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from newsroom import references
from newsroom.accounts import approvals
from newsroom.accounts.models import Approval, Publication, User
from newsroom.business_time import BUSINESS, Term, add_business_days
from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.kinds import Kind
from newsroom.workflow import LICENSING, MANAGER, THE_LOG, THE_PARTNER, Actor, lock
from reprints import events, moments, pricing
from reprints.models import LicenseRequest, Quote, QuoteLine, RequestItem, TermsTemplate
from reprints.services import limits, tax
from reprints.services.askers import asker_of
from reprints.services.checking import CleanItem, check_granted
from reprints.services.completeness import LONGEST_OFFER, check_complete
from reprints.services.lanes import Assessment, LinePrice, assess, excluded_parts
from reprints.services.moving import lock_quote, move, say, touch, words_of
from reprints.workflow import QUOTE, REQUEST, QuoteStatus, RequestStatus

QUOTABLE = {RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW, RequestStatus.QUOTED}


@dataclass(frozen=True)
class Line:
    """What the desk offers for one item: the members that differ from what was asked, a price, what is left
    out.

    `price` None takes the rate card's for what is granted; another price than the card's needs `override_reason`.
    `exclusions` None takes the parts of the article that are not ours.
    """

    item: RequestItem
    granted: dict[str, Any] = field(default_factory=dict)
    price: Decimal | None = None
    override_reason: str = ""
    exclusions: list[str] | None = None


@transaction.atomic
def draft(
    request: LicenseRequest,
    *,
    by: Actor,
    lines: list[Line] | None = None,
    note: str = "",
    valid_days: int | None = None,
    exclusions_confirmed: bool = False,
    taxed: tax.TaxChoice | None = None,
    seen: int | None = None,
    draft_seen: str | None = None,
) -> Quote:
    """Begin a quote, or write an existing draft anew. Without `lines`: every item as asked, at the rate
    card's price. `taxed` decides the tax by hand; else the settings of the publication do. `draft_seen` is the
    `draft_mark` that the page was drawn from.

    Raises `Conflict` when the request is not being worked on, or the draft is not the one that was seen
    (`draft_changed`), `Invalid` for a line that cannot be offered.
    """
    request = lock(request, seen=seen)
    _require(request, by, LICENSING)
    if request.status not in QUOTABLE:
        raise Conflict(
            _("This request is “%(status)s”: there is nothing to quote.") % {"status": request.get_status_display()}
        )
    if draft_seen is not None and draft_seen != draft_mark(request):
        raise Conflict(_changed_draft(request), code="draft_changed")
    rows = list(request.items.select_related("article__publication"))
    wanted = {line.item.pk: line for line in lines} if lines is not None else {row.pk: Line(row) for row in rows}
    offers = _offers(request, [wanted[row.pk] for row in rows if row.pk in wanted])
    quote = _draft_of(request)
    quote.drafted_by = by if isinstance(by, User) else None
    quote.note, quote.currency = note, request.currency
    quote.exclusions_confirmed = exclusions_confirmed
    quote.valid_until = _valid_until(request, valid_days)
    _fill(quote, offers, taxed=taxed)
    return quote


def draft_mark(request: LicenseRequest) -> str:
    """Which draft the request has now, and in which version, for a page to state; empty without one."""
    quote = _found_draft(request)
    return f"{quote.reference} {quote.version}" if quote else ""


@transaction.atomic
def open(  # noqa: A001 -- the move is named so in the table
    quote: Quote, *, by: User, seen: int | None = None
) -> Quote:
    """Send the quote. An older open quote of the request is superseded.

    Raises `Invalid` or `Conflict` with the reason.
    """
    quote = lock_quote(quote, seen=seen)
    QUOTE.check(quote, "open", by)
    check_complete(quote, by_hand=True)
    _check_limit(quote, by)
    return _open(quote, by=by)


@transaction.atomic
def propose(quote: Quote, *, by: User, seen: int | None = None) -> Approval:
    """Ask a manager to approve a quote beyond the editor's limits, as it stands in this version."""
    quote = lock_quote(quote, seen=seen)
    _require(quote, by, LICENSING)
    check_complete(quote, by_hand=True)
    return approvals.propose(quote, "open", by=by, kind=events.APPROVAL_ASKED, at=moments.now())


@transaction.atomic
def approve(quote: Quote, *, by: User, reason: str = "", seen: int | None = None) -> Approval:
    """The second person agrees to the amount, in this version of the quote.

    Never who drafted or proposed it.
    """
    quote = lock_quote(quote, seen=seen)
    _require(quote, by, MANAGER)
    if quote.status != QuoteStatus.DRAFT:
        raise Conflict(_("This quote was already sent."))
    check_complete(quote, by_hand=True)
    if by.pk == quote.drafted_by_id:
        raise NotAllowed(_("You wrote this quote: a second person approves it."))
    return _agreed(quote, by=by, reason=reason, kind=events.APPROVED)


@transaction.atomic
def cancel(quote: Quote, *, by: User, words: str, seen: int | None = None) -> Quote:
    """Take a quote back, with words for the requester; the request returns to the desk."""
    quote = lock_quote(quote, seen=seen)
    QUOTE.check(quote, "cancel", by)
    quote.ended_reason = words_of(words)
    was_open = quote.status == QuoteStatus.OPEN
    data = {"message": say(quote.request, quote.ended_reason, by=by, made="cancel").pk} if was_open else {}
    move(quote, "cancel", by=by, fields=["ended_reason"], data=data)
    if was_open:
        _back_to_desk(quote)
    return quote


@transaction.atomic
def decline(quote: Quote, *, by: Actor = THE_PARTNER, words: str = "", seen: int | None = None) -> Quote:
    """The partner does not want it. The request returns to the desk, which may offer something else."""
    quote = lock_quote(quote, seen=seen)
    QUOTE.check(quote, "decline", by)
    quote.ended_reason = words_of(words, required=False)
    data = {"message": say(quote.request, quote.ended_reason, by=by, made="decline").pk} if quote.ended_reason else {}
    move(quote, "decline", by=by, fields=["ended_reason"], data=data)
    _back_to_desk(quote)
    return quote


def supersede_all(request: LicenseRequest, *, but: Quote | None = None) -> None:
    """End the request's drafts and open quote because something newer takes their place.

    Inside a transaction.
    """
    for quote in _unfinished(request).exclude(pk=but.pk if but else None):
        move(lock(quote), "supersede", by=THE_LOG)


def cancel_all(request: LicenseRequest) -> None:
    """End the request's drafts and open quote because the request ended. Inside a transaction."""
    for quote in _unfinished(request):
        move(lock(quote), "cancel", by=THE_LOG)


def draft_from_card(request: LicenseRequest, assessment: Assessment) -> Quote:
    """The quote that the rate card makes of a request in the free or priced lane. Inside a transaction."""
    rows = request.items.select_related("article__publication")
    quote = _draft_of(request)
    quote.currency, quote.exclusions_confirmed = request.currency, True
    quote.valid_until = _valid_until(request, None)
    _fill(quote, [Offer(Line(row), row.as_asked(), assessment.lines[place]) for place, row in enumerate(rows)])
    return quote


def open_from_card(quote: Quote) -> Quote:
    """Send what the rate card made. Inside a transaction."""
    check_complete(quote, by_hand=False)
    return _open(lock_quote(quote), by=THE_LOG)


def changes_between(asked: dict[str, Any], granted: dict[str, Any]) -> list[dict[str, Any]]:
    """`[{"field", "asked", "granted"}]` for each member that differs, in the order of the item."""
    return [
        {"field": name, "asked": asked[name], "granted": granted[name]}
        for name in asked
        if granted.get(name) != asked[name]
    ]


def terms_in_force(publication: Publication) -> TermsTemplate | None:
    """The terms under which the publication licenses today."""
    today = moments.now().astimezone(publication.zone).date()
    return TermsTemplate.objects.filter(publication=publication, effective_on__lte=today).first()


def reply_due(publication: Publication) -> Term:
    """By when the publication promises an answer to a request that comes in now."""
    days = int(publication.policy("quote_within_days"))
    return Term(add_business_days(moments.now(), days, calendar=publication.calendar), BUSINESS)


@dataclass(frozen=True)
class Offer:
    """A line with everything it grants, and what the rate card says to that."""

    line: Line
    granted: dict[str, Any]
    computed: LinePrice


def _offers(request: LicenseRequest, lines: list[Line]) -> list[Offer]:
    """Raises `Invalid` with everything that cannot be granted, pointers like `/lines/0/territory/1`."""
    today = request.day()
    clean: list[CleanItem] = []
    faults: list[Fault] = []
    for place, line in enumerate(lines):
        asked, at = line.item.as_asked(), f"/lines/{place}"
        try:
            clean.append(check_granted({**asked, **line.granted}, article=line.item.article, today=today, at=at))
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    computed = assess(clean, asker=asker_of(request), today=today).lines
    return [Offer(line, item.as_granted(), price) for line, item, price in zip(lines, clean, computed, strict=True)]


def _found_draft(request: LicenseRequest) -> Quote | None:
    return request.quotes.filter(status=QuoteStatus.DRAFT).select_related("drafted_by").first()


def _changed_draft(request: LicenseRequest) -> str:
    quote = _found_draft(request)
    if quote is None:
        return _("The draft changed meanwhile: it is no longer there. What you typed is kept below.")
    return _(
        "The draft changed meanwhile: %(who)s wrote %(quote)s. Look at it first; what you typed is kept below, and"
        " takes its place when you press again."
    ) % {"who": quote.drafted_by or _("somebody"), "quote": quote.reference}


def _draft_of(request: LicenseRequest) -> Quote:
    """The request's draft, emptied, or a new one."""
    quote = _found_draft(request)
    if quote is not None:
        quote.lines.all().delete()
        return quote
    newest = request.quotes.aggregate(newest=Max("number"))["newest"] or 0
    return Quote.objects.create(
        reference=references.new("quote", test=request.test),
        request=request,
        publication=request.publication,
        organization=request.organization,
        number=newest + 1,
        currency=request.currency,
        test=request.test,
    )


def _fill(quote: Quote, offers: list[Offer], *, taxed: tax.TaxChoice | None = None) -> None:
    """Write the lines, the sums and the tax of a draft."""
    for position, offer in enumerate(offers):
        item, exclusions = offer.line.item, offer.line.exclusions
        price, trace = _price_of(quote, offer, position)
        QuoteLine.objects.create(
            quote=quote,
            position=position,
            item=item,
            article=item.article,
            granted=offer.granted,
            changes=changes_between(item.as_asked(), offer.granted),
            exclusions=excluded_parts(item.article) if exclusions is None else exclusions,
            price=price,
            trace=trace,
            override_reason=offer.line.override_reason,
        )
    quote.net = sum((row.price for row in quote.lines.all() if row.price is not None), Decimal(0))
    decided = tax.decide(quote) if taxed is None else tax.decide_by_hand(quote, taxed)
    tax.write(quote, decided)
    quote.terms = terms_in_force(quote.publication)
    touch(
        quote,
        fields=[
            *("drafted_by", "note", "currency", "exclusions_confirmed", "valid_until", "net", "terms"),
            *tax.FIELDS,
        ],
    )


def _price_of(quote: Quote, offer: Offer, position: int) -> tuple[Decimal | None, list[dict[str, str]]]:
    line, computed = offer.line, offer.computed
    if line.price is None or line.price == computed.amount:
        return computed.amount, computed.trace
    at = f"/lines/{position}"
    price = pricing.to_minor_units(line.price, quote.currency)
    if price < 0 or price >= pricing.LARGEST:
        raise Invalid.one(f"{at}/price", _("This cannot be a price."), "out_of_range")
    if price != line.price:
        raise Invalid.one(f"{at}/price", _("This currency has no such fraction."), "too_precise")
    if computed.amount is not None and not line.override_reason.strip():
        words = _("Say why the price differs from the rate card.")
        raise Invalid.one(f"{at}/override_reason", words, "required")
    step = pricing.Step(pricing.BY_HAND, line.override_reason, price)
    return price, [*computed.trace, step.row(quote.currency)]


def _check_limit(quote: Quote, by: User) -> None:
    """A manager sends what others drafted; anything else beyond `limits` needs the second person's `Approval`."""
    if limits.holds_back(quote, by):
        why = [*limits.reasons(quote), _("A manager approves it first.")]
        raise Conflict(" ".join(why), code="needs_approval")
    if limits.needs_approval(quote) and not approvals.is_given(quote, "open"):
        _agreed(quote, by=by)


def _agreed(quote: Quote, *, by: User, reason: str = "", kind: Kind | None = None) -> Approval:
    """The manager's word, on what somebody proposed or, without that, on what its author drafted."""
    now = moments.now()
    if approvals.is_given(quote, "open"):
        raise Conflict(_("This amount is approved already."))
    approvals.propose(quote, "open", by=quote.drafted_by, at=now)
    return approvals.approve(quote, "open", by=by, reason=reason, kind=kind, at=now)


def _open(quote: Quote, *, by: Actor) -> Quote:
    request = quote.request
    supersede_all(request, but=quote)
    quote.opened_at = moments.now()
    move(quote, "open", by=by, fields=["opened_at"], data={"number": quote.number, "lane": request.lane})
    request.waiting_since, request.reminders = quote.opened_at, 0
    if request.status == RequestStatus.QUOTED:
        touch(request, fields=["waiting_since", "reminders"])
    else:
        REQUEST.check(request, "quote", THE_LOG)
        move(
            request,
            "quote",
            by=THE_LOG,
            fields=["waiting_since", "reminders"],
            data={"quote": quote.reference},
        )
    promises.keep(request, "quote")
    quote.request = request
    return quote


def _back_to_desk(quote: Quote) -> None:
    request = quote.request
    if request.status == RequestStatus.QUOTED:
        request.waiting_since = None
        move(request, "resume", by=THE_LOG, fields=["waiting_since"], data={"quote": quote.reference})
        promises.give(request, "quote", reply_due(request.publication))


def _unfinished(request: LicenseRequest) -> Any:
    return request.quotes.filter(status__in=[QuoteStatus.DRAFT, QuoteStatus.OPEN]).order_by("pk")


def _valid_until(request: LicenseRequest, days: int | None) -> Any:
    span = int(request.publication.policy("quote_valid_days")) if days is None else days
    if not 0 < span <= LONGEST_OFFER.days:
        raise Invalid.one("/valid_days", _("A quote is valid for at most 90 days."), "too_large")
    return moments.now() + timedelta(days=span)


def _require(row: Any, by: Actor, role: str) -> None:
    if role not in by.roles_at(row.publication):
        raise NotAllowed(_("Your role does not include this."))
