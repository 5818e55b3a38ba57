"""A partner answers a quote by a proposal of its own, and the desk quotes as proposed with one press."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from newsroom.accounts.models import User
from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.languages import spoken
from newsroom.money import shown
from newsroom.workflow import LICENSING, PARTNER, THE_PARTNER, Actor
from reprints import events, moments, pricing
from reprints.documents.wording import FIELD_LABELS, spoken_locale, value_words
from reprints.models import Quote, QuoteLine, RequestItem, RequestMessage
from reprints.services import limits, quoting, tax
from reprints.services.checking import check_granted
from reprints.services.moving import lock_quote, say, tell, touch, words_of
from reprints.vocabulary import TaxTreatment
from reprints.workflow import QuoteStatus

NEGOTIABLE = ("territory", "quantity", "ends_on")
MOST_PROPOSALS = 10
MOST_WORDS = 4000
AS_QUOTED = gettext_lazy("That is what the quote says: accept it.")


@transaction.atomic
def counter(
    quote: Quote,
    *,
    by: Actor = THE_PARTNER,
    amount: Decimal | None = None,
    changes: list[dict[str, Any]] | None = None,
    words: str = "",
    seen: int | None = None,
) -> RequestMessage:
    """Propose another net amount for the whole, or other terms (`{"item", "territory", "quantity", "ends_on"}`), as a
    message of the thread. The quote stays open, and a date is promised for the desk's answer.

    Raises `Invalid` for a proposal that could not be quoted, `Conflict` when the quote is not open (`expired`) or after
    ten proposals (`too_many`).
    """
    quote = lock_quote(quote, seen=seen)
    if PARTNER not in by.roles_at(quote.publication):
        raise NotAllowed(_("Your role does not include this."))
    _check_open(quote)
    if quote.request.messages.exclude(proposal=None).count() >= MOST_PROPOSALS:
        raise Conflict(_("You have made ten proposals. Write to the licensing desk."), code="too_many")
    amount = _amount(quote, amount)
    wanted = _changes(quote, changes or [])
    if amount is None and not wanted:
        raise Invalid.one("/amount", _("Propose an amount, or other terms."), "required")
    if amount == quote.net and not wanted:
        raise Invalid.one("/amount", str(AS_QUOTED), "unchanged")
    proposal = {
        "quote": quote.reference,
        "amount": None if amount is None else pricing.plain(amount, quote.currency),
        "currency": quote.currency,
        "changes": wanted,
    }
    text = "\n\n".join(filter(None, [_sentence(proposal), words_of(words, required=False, most=MOST_WORDS)]))
    message = say(quote.request, text, by=by, made="counter", proposal=proposal)
    quote.request.waiting_since = None
    touch(quote.request, fields=["waiting_since"])
    promises.give(quote.request, "quote", quoting.reply_due(quote.publication))
    tell(events.COUNTERED, quote, by=by, data={"message": message.pk})
    return message


@transaction.atomic
def requote(quote: Quote, *, by: User, seen: int | None = None) -> Quote:
    """Write the newest proposal as a new quote and send it. Beyond the editor's limits it stays a draft, and a manager
    is asked to approve it; it stays one, too, until somebody decides how it is taxed.

    The new net is the proposed amount, spread over the lines as before; without an amount, lines with other terms take
    the rate card's price. Raises `Conflict` (`nothing_proposed`).
    """
    quote = lock_quote(quote, seen=seen)
    if LICENSING not in by.roles_at(quote.publication):
        raise NotAllowed(_("Your role does not include this."))
    _check_open(quote)
    message = latest(quote)
    if message is None or message.proposal is None:
        raise Conflict(_("Nothing was proposed on this quote."), code="nothing_proposed")
    proposal = message.proposal
    rows = list(quote.lines.select_related("item"))
    prices = _prices(quote, rows, proposal)
    changed = {change["item"]: {**change} for change in proposal["changes"]}
    with override(spoken(quote.request.language or quote.publication.language)):
        reason = _("As proposed by the partner.")
    lines = [_line(row, prices[row.pk], changed.get(_place(row), {}), reason) for row in rows if row.item]
    fresh = quoting.draft(
        quote.request, by=by, lines=lines, note=quote.note, exclusions_confirmed=True, taxed=tax.choice_of(quote)
    )
    if fresh.tax_treatment == TaxTreatment.MANUAL:
        return fresh
    if not limits.needs_approval(fresh):
        return quoting.open(fresh, by=by)
    if limits.approvers(fresh):
        quoting.propose(fresh, by=by)
    return fresh


@transaction.atomic
def stand(quote: Quote, *, by: User, words: str, seen: int | None = None) -> RequestMessage:
    """Answer a proposal by the quote as it is, with words for the partner: what was promised is kept, and the partner
    decides. Raises `Conflict` (`nothing_proposed`).
    """
    quote = lock_quote(quote, seen=seen)
    if LICENSING not in by.roles_at(quote.publication):
        raise NotAllowed(_("Your role does not include this."))
    _check_open(quote)
    request = quote.request
    if not is_owed(quote):
        raise Conflict(_("No proposal on this quote waits for an answer."), code="nothing_proposed")
    message = say(request, words_of(words), by=by, made="stand")
    request.waiting_since, request.reminders = moments.now(), 0
    touch(request, fields=["waiting_since", "reminders"])
    promises.keep(request, "quote")
    tell(events.MESSAGED, request, by=by, data={"message": message.pk, "internal": False})
    return message


def is_owed(quote: Quote) -> bool:
    """Whether a proposal on this open quote waits for the desk's answer."""
    return quote.status == QuoteStatus.OPEN and promises.running(quote.request).filter(kind="quote").exists()


def latest(quote: Quote) -> RequestMessage | None:
    """The newest proposal that was made on this quote."""
    return quote.request.messages.filter(proposal__quote=quote.reference).order_by("-pk").first()


def _check_open(quote: Quote) -> None:
    if quote.is_expired():
        raise Conflict(_("This quote has expired. Ask for a new one."), code="expired")
    if quote.status != QuoteStatus.OPEN:
        raise Conflict(_("This quote is “%(status)s”.") % {"status": quote.get_status_display()})


def _amount(quote: Quote, amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    if not amount.is_finite() or not 0 < amount < pricing.LARGEST:
        raise Invalid.one("/amount", _("This cannot be a price."), "out_of_range")
    if pricing.to_minor_units(amount, quote.currency) != amount:
        raise Invalid.one("/amount", _("This currency has no such fraction."), "too_precise")
    return amount


def _changes(quote: Quote, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The terms as they may be stored, by item. Faults have pointers like `/changes/0/territory/1`."""
    lines = {_place(row): row for row in quote.lines.select_related("item__article") if row.item}
    today = quote.request.day()
    found: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    for index, change in enumerate(changes):
        place, terms = change.get("item"), {name: change[name] for name in NEGOTIABLE if name in change}
        if not isinstance(place, int) or place not in lines or place in found:
            faults.append(Fault(f"/changes/{index}/item", _("Name each item of the quote once."), "unknown_item"))
        elif not terms or set(change) - {"item", *NEGOTIABLE}:
            faults.append(Fault(f"/changes/{index}", _("Propose a territory, a quantity or an end."), "required"))
        else:
            at = f"/changes/{index}"
            wrong = _term_faults(lines[place], terms, today, at)
            if not wrong and all(_is_same(lines[place].granted[name], value) for name, value in terms.items()):
                wrong = [Fault(at, str(AS_QUOTED), "unchanged")]
            faults += wrong
            found[place] = {"item": place, **terms}
    if faults:
        raise Invalid(faults)
    return [found[place] for place in sorted(found)]


def _term_faults(line: QuoteLine, terms: dict[str, Any], today: date, at: str) -> list[Fault]:
    """What is wrong with the new terms, by the rules of what may be granted; what stays as it was is not judged again.
    The terms are made normal.
    """
    try:
        clean = check_granted({**line.granted, **terms}, article=line.article, today=today, at="")
    except Invalid as error:
        own = [row for row in error.faults if row.pointer.split("/")[1] in terms]
        return [Fault(at + row.pointer, row.detail, row.code) for row in own]
    granted = clean.as_granted()
    terms.update({name: granted[name] for name in terms})
    return []


def _is_same(granted: Any, proposed: Any) -> bool:
    """Countries in another order are no other territory."""
    return sorted(granted) == sorted(proposed) if isinstance(granted, list) else bool(granted == proposed)


def _sentence(proposal: dict[str, Any]) -> str:
    said = []
    if proposal["amount"] is not None:
        said.append(_("We propose %(sum)s, net.") % {"sum": shown(proposal["amount"], proposal["currency"])})
    locale = spoken_locale()
    for change in proposal["changes"]:
        terms = "; ".join(
            f"{FIELD_LABELS[name]}: {value_words(name, value, locale)}"
            for name, value in change.items()
            if name != "item"
        )
        said.append(_("For item %(number)d: %(terms)s.") % {"number": change["item"] + 1, "terms": terms})
    return "\n".join(said)


def _place(line: QuoteLine) -> int:
    return line.item.position if line.item else line.position


def _prices(quote: Quote, rows: list[QuoteLine], proposal: dict[str, Any]) -> dict[int, Decimal | None]:
    """Line → its price; None takes the rate card's. The last line takes what rounding leaves."""
    changed = {change["item"] for change in proposal["changes"]}
    if proposal["amount"] is None:
        return {row.pk: None if _place(row) in changed else row.price for row in rows}
    left = total = Decimal(proposal["amount"])
    prices: dict[int, Decimal | None] = {}
    for row in rows[:-1]:
        share = (row.price or Decimal(0)) / quote.net if quote.net else Decimal(0)
        part = pricing.to_minor_units(total * share, quote.currency)
        prices[row.pk] = part
        left -= part
    prices[rows[-1].pk] = left
    return prices


def _line(row: QuoteLine, price: Decimal | None, change: dict[str, Any], reason: str) -> quoting.Line:
    item = row.item
    if not isinstance(item, RequestItem):
        raise Conflict(_("The request was edited since."))
    asked = item.as_asked()
    granted = {name: value for name, value in row.granted.items() if asked.get(name) != value}
    granted |= {name: value for name, value in change.items() if name != "item"}
    return quoting.Line(item=item, granted=granted, price=price, override_reason=reason, exclusions=row.exclusions)
