"""What a use costs: values in, a price and its reasons out. Pure, and `Decimal` throughout.

The first rule that matches, by ascending priority, makes the price:
base + per_unit × ceil(quantity ÷ unit_size), × each factor in the order the rule names them, then the
partner's discount, then the minimum, below which no discount goes, then rounding HALF_UP to the minor units of
the currency. Every step that changes something, and the rule itself, is a row of the trace; the last subtotal is
the price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision

from reprints.vocabulary import WORLD

NUMBERS = frozenset({"quantity", "territory", "duration", "languages", "words"})
WORDS = frozenset({"use", "portion", "format", "organization_type", "modifications", "exclusivity", "quantity_unit"})
MATCHABLE = WORDS | {"territory", "languages"}
ONE, ZERO = Decimal(1), Decimal(0)
LARGEST = Decimal(10) ** 10
LARGEST_FACTOR = Decimal(1000)
FREE = "free"
"""The rule of a price of nothing within the published threshold."""
BY_HAND = "by hand"
"""The rule of a price that a person gave."""


class BadRule(ValueError):
    """A rule that cannot be computed, or by which more would cost less.

    A sentence for whoever edits the card.
    """


class TooLarge(ValueError):
    """The price has more digits than an amount can hold: for a person to look at."""


@dataclass(frozen=True)
class Ask:
    """What is asked for, as far as the price depends on it. `days` is None for a perpetual use."""

    use: str
    portion: str = "full_text"
    format: str = "web"
    quantity: int | None = None
    quantity_unit: str = "monthly_users"
    territory: tuple[str, ...] = (WORLD,)
    languages: tuple[str, ...] = ("en",)
    days: int | None = 365
    words: int = 0
    exclusivity: str = "none"
    modifications: str = "none"
    organization_type: str = "publisher"


@dataclass(frozen=True)
class Factor:
    """One multiplier: by bands of a number (`(up_to, factor)`, the last one open), or by a word."""

    by: str
    bands: tuple[tuple[int | None, Decimal], ...] = ()
    values: Mapping[str, Decimal] = field(default_factory=dict)
    otherwise: Decimal = ONE
    unlimited: Decimal | None = None


@dataclass(frozen=True)
class Rule:
    """One row of the rate card."""

    name: str
    priority: int
    match: Mapping[str, frozenset[str]] = field(default_factory=dict)
    base: Decimal = ZERO
    per_unit: Decimal = ZERO
    unit_size: int = 1
    factors: tuple[Factor, ...] = ()
    minimum: Decimal = ZERO

    @property
    def counts(self) -> bool:
        """Whether its price depends on the quantity: without one it would be the lowest, whatever is meant."""
        return bool(self.per_unit) or any(factor.by == "quantity" for factor in self.factors)


@dataclass(frozen=True)
class Step:
    """A row of the trace."""

    rule: str
    effect: str
    subtotal: Decimal

    def row(self, currency: str) -> dict[str, str]:
        """As JSON."""
        return {"rule": self.rule, "effect": self.effect, "subtotal": plain(self.subtotal, currency)}


@dataclass(frozen=True)
class Price:
    """An amount, rounded, and how it came about."""

    amount: Decimal
    currency: str
    trace: tuple[Step, ...]

    def trace_rows(self) -> list[dict[str, str]]:
        """The trace as JSON; the last subtotal is the amount."""
        return [step.row(self.currency) for step in self.trace]


def price(ask: Ask, rules: Iterable[Rule], *, currency: str, discount_percent: Decimal = ZERO) -> Price | None:
    """The price in that currency, or None when no rule matches. Never negative.

    Raises `TooLarge` from 10^10.
    """
    rule = rule_for(ask, rules)
    return None if rule is None else price_by(rule, ask, currency=currency, discount_percent=discount_percent)


def rule_for(ask: Ask, rules: Iterable[Rule]) -> Rule | None:
    """The first rule that matches, by ascending priority."""
    return next((row for row in sorted(rules, key=lambda row: row.priority) if matches(row, ask)), None)


def price_by(rule: Rule, ask: Ask, *, currency: str, discount_percent: Decimal = ZERO) -> Price:
    """What this rule makes of the ask. Raises `TooLarge` from 10^10."""
    steps = [Step(rule.name, plain(rule.base, currency), rule.base)]
    total = rule.base
    if rule.per_unit and ask.quantity:
        units = (Decimal(ask.quantity) / rule.unit_size).to_integral_value(rounding=ROUND_CEILING)
        total += rule.per_unit * units
        steps.append(Step("quantity", f"+ {units:f} × {_short(rule.per_unit)}", total))
    for factor in rule.factors:
        by = multiplier(factor, ask)
        if by != ONE:
            total *= by
            steps.append(Step(factor.by, f"× {_short(by)}", total))
    if discount_percent and total:
        total *= (Decimal(100) - discount_percent) / 100
        steps.append(Step("discount", f"− {_short(discount_percent)} %", total))
    if total < rule.minimum:
        total = rule.minimum
        steps.append(Step("minimum", f"≥ {plain(rule.minimum, currency)}", total))
    if total >= LARGEST:
        raise TooLarge
    rounded = to_minor_units(total, currency)
    if rounded != total:
        steps.append(Step("rounding", "HALF_UP", rounded))
    return Price(rounded, currency, tuple(steps))


def is_free(trace: Iterable[Mapping[str, str]]) -> bool:
    """Whether a stored trace says that it is free of charge by the published threshold."""
    return any(step.get("rule") == FREE for step in trace)


def matches(rule: Rule, ask: Ask) -> bool:
    """Whether the rule speaks of this: every member it names holds one of its words; every country must be
    among its own.
    """
    for name, allowed in rule.match.items():
        held = getattr(ask, name)
        wanted = set(held) if isinstance(held, tuple) else {held}
        if not wanted <= allowed:
            return False
    return True


def multiplier(factor: Factor, ask: Ask) -> Decimal:
    """The factor's number for this ask. Worldwide and perpetual are `unlimited`, else the last band."""
    if factor.by in WORDS:
        return factor.values.get(getattr(ask, factor.by), factor.otherwise)
    size = measure(factor.by, ask)
    if size is None:
        return factor.unlimited if factor.unlimited is not None else factor.bands[-1][1]
    for up_to, by in factor.bands:
        if up_to is None or size <= up_to:
            return by
    return factor.bands[-1][1]


def measure(by: str, ask: Ask) -> int | None:
    """How much: quantity, countries, days, languages, words. None is without limit."""
    if by == "territory":
        return None if WORLD in ask.territory else len(set(ask.territory))
    if by == "duration":
        return ask.days
    if by == "languages":
        return len(set(ask.languages))
    return (ask.quantity or 1) if by == "quantity" else ask.words


def to_minor_units(amount: Decimal, currency: str) -> Decimal:
    """Rounded HALF_UP to what the currency has: two places for USD, none for JPY, three for KWD (CLDR)."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), rounding=ROUND_HALF_UP)


def plain(amount: Decimal, currency: str) -> str:
    """The amount as a decimal string with the currency's minor units: `1250.00`."""
    return f"{to_minor_units(amount, currency):f}"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """`{"amount": "1250.00", "currency": "USD"}`: how money looks outside."""
    return {"amount": plain(amount, currency), "currency": currency}


def read_match(raw: Any) -> dict[str, frozenset[str]]:
    """The `match` of a stored rule. Raises `BadRule`."""
    if not isinstance(raw, dict):
        raise BadRule("“Applies to” must be an object.")
    found: dict[str, frozenset[str]] = {}
    for name, allowed in raw.items():
        if name not in MATCHABLE:
            raise BadRule(f"A rule cannot match on “{name}”.")
        words = [allowed] if isinstance(allowed, str) else allowed
        if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
            raise BadRule(f"“{name}” needs a word or a list of words.")
        found[name] = frozenset(words)
    return found


def read_factors(raw: Any) -> tuple[Factor, ...]:
    """The `factors` of a stored rule, in order. Raises `BadRule`, also when more would cost less."""
    if not isinstance(raw, list):
        raise BadRule("Factors must be a list.")
    return tuple(_read_factor(entry) for entry in raw)


def _read_factor(entry: Any) -> Factor:
    if not isinstance(entry, dict) or not isinstance(entry.get("by"), str):
        raise BadRule("A factor names what it goes by.")
    by = entry["by"]
    if by in WORDS:
        values = entry.get("values")
        if not isinstance(values, dict) or not values:
            raise BadRule(f"The factor by {by} needs values.")
        return Factor(
            by,
            values={word: _number(value) for word, value in values.items()},
            otherwise=_number(entry.get("otherwise", "1")),
        )
    if by not in NUMBERS:
        raise BadRule(f"There is no factor by “{by}”.")
    return _read_bands(by, entry)


def _read_bands(by: str, entry: dict[str, Any]) -> Factor:
    raw = entry.get("bands")
    if not isinstance(raw, list) or not raw or not all(isinstance(band, list) and len(band) == 2 for band in raw):
        raise BadRule(f"The factor by {by} needs bands: [up to, factor].")
    bands: list[tuple[int | None, Decimal]] = []
    for up_to, value in raw:
        if up_to is not None and (not isinstance(up_to, int) or isinstance(up_to, bool) or up_to < 1):
            raise BadRule(f"A band by {by} ends at a whole number of at least 1, or is open.")
        if bands and (bands[-1][0] is None or (up_to is not None and up_to <= bands[-1][0])):
            raise BadRule(f"The bands by {by} must ascend, the open one last.")
        bands.append((up_to, _number(value)))
        if len(bands) > 1 and bands[-1][1] < bands[-2][1]:
            raise BadRule(f"More {by} must not cost less.")
    unlimited = _number(entry["unlimited"]) if entry.get("unlimited") is not None else None
    if unlimited is not None and unlimited < bands[-1][1]:
        raise BadRule(f"Unlimited {by} must not cost less.")
    return Factor(by, bands=tuple(bands), unlimited=unlimited)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRule("A factor is written as text, like “1.5”.")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise BadRule(f"“{value}” is not a number.") from error
    if not number.is_finite() or number < 0 or number > LARGEST_FACTOR:
        raise BadRule(f"“{value}” cannot be a factor.")
    return number


def _short(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
