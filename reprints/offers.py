"""The rate card in words: each kind of use, what asking for it needs, and the least it can cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from newsroom.accounts.models import Publication
from reprints import pricing
from reprints.models import RateCard, UseType
from reprints.vocabulary import AI_USES, PROMOTIONAL_USES, Lane, Use

BY_HAND = frozenset({*AI_USES, *PROMOTIONAL_USES, Use.OTHER})


@dataclass(frozen=True)
class Offer:
    """A kind of use. `from_price` is None where only a person can say what it costs."""

    use: UseType
    lane: str
    from_price: Decimal | None


def offers(publication: Publication) -> list[Offer]:
    """Every use that is offered, in the desk's order, with the prices of the card in force today."""
    today = timezone.now().astimezone(publication.zone).date()
    card = RateCard.objects.filter(publication=publication, currency=publication.currency).in_force(today).first()
    rules = [row.as_rule() for row in card.rules.all()] if card else []
    return [_offer(row, rules, publication.currency) for row in UseType.objects.filter(is_active=True)]


def least(use: str, rules: Iterable[pricing.Rule]) -> Decimal | None:
    """What no ask for this use costs less than, before a discount; None when no rule speaks of it."""
    found = []
    for rule in sorted(rules, key=lambda row: row.priority):
        if use in rule.match.get("use", {use}):
            found.append(_least_of(rule))
            if set(rule.match) <= {"use"}:
                break  # It takes every ask for this use: no later rule is reached.
    return min(found, default=None)


def _offer(row: UseType, rules: list[pricing.Rule], currency: str) -> Offer:
    lowest = None if row.code in BY_HAND else least(row.code, rules)
    if lowest is None:
        return Offer(row, Lane.MANUAL.value, None)
    rounded = pricing.to_minor_units(lowest, currency)
    return Offer(row, Lane.PRICED.value, rounded if rounded > 0 else None)


def _least_of(rule: pricing.Rule) -> Decimal:
    total = rule.base
    for factor in rule.factors:
        total *= factor.bands[0][1] if factor.bands else min(*factor.values.values(), factor.otherwise)
    return max(total, rule.minimum)
