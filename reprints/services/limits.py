"""What a licensing editor may send alone: up to an amount, and down to a discount on the rate card."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from newsroom.accounts import approvals
from newsroom.accounts.models import Role, User
from newsroom.accounts.notices import people_with
from reprints import pricing
from reprints.models import Quote, QuoteLine

TENTH = Decimal("0.1")


def needs_approval(quote: Quote) -> bool:
    """Whether a second person must agree before it is sent."""
    return bool(reasons(quote))


def is_second_person(quote: Quote, person: User) -> bool:
    """Whether this person's word is enough for what somebody else drafted."""
    managers = Role.LICENSING_MANAGER in person.roles_at(quote.publication)
    return managers and quote.drafted_by_id not in (None, person.pk)


def holds_back(quote: Quote, person: User) -> bool:
    """Whether this person cannot send it before somebody else agreed."""
    return needs_approval(quote) and not approvals.is_given(quote, "open") and not is_second_person(quote, person)


def approvers(quote: Quote) -> list[User]:
    """The managers who may approve it: neither who drafted it nor who asks."""
    asked = approvals.of_version(quote, "open")
    own = {quote.drafted_by_id, asked.proposed_by_id if asked is not None else None}
    return [row for row in people_with(quote.publication, Role.LICENSING_MANAGER) if row.pk not in own]


def reasons(quote: Quote) -> list[str]:
    """Why a second person must agree, in sentences; nothing when the editor may send it alone."""
    found = []
    limit, currency = Decimal(str(quote.publication.policy("editor_limit"))), quote.currency
    if quote.net > limit:
        said = {"limit": pricing.plain(limit, currency), "currency": currency}
        found.append(_("It is above the editor’s limit of %(limit)s %(currency)s.") % said)
    most, given = Decimal(str(quote.publication.policy("discount_limit"))), discount(quote)
    if given is not None and given > most:
        percent = {"given": _percent(given), "most": _percent(most)}
        found.append(_("It is %(given)s %% below the rate card; an editor may go down by %(most)s %%.") % percent)
    return found


def discount(quote: Quote) -> Decimal | None:
    """By how many percent the lines that the rate card knows are offered below it together; negative above it, None
    where it knows none.
    """
    pairs = [(line.price, card_price(line)) for line in quote.lines.all()]
    known = [(offered, card) for offered, card in pairs if offered is not None and card]
    whole = sum((card for _offered, card in known), Decimal(0))
    return (whole - sum((offered for offered, _card in known), Decimal(0))) * 100 / whole if known else None


def card_price(line: QuoteLine) -> Decimal | None:
    """What the rate card says for what the line grants, by its trace; None where it says nothing."""
    steps = [step for step in line.trace if step.get("rule") != pricing.BY_HAND]
    return Decimal(steps[-1]["subtotal"]) if steps else None


def _percent(number: Decimal) -> str:
    return f"{number.quantize(TENTH, rounding=ROUND_HALF_UP):f}".removesuffix(".0")
