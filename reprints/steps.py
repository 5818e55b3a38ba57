"""How a price came about, in words: the rows of a trace as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from reprints import pricing

NAMES: dict[str, Any] = {
    "quantity": _("How many"),
    "quantity_unit": _("Of what"),
    "territory": _("Where"),
    "duration": _("How long"),
    "languages": _("Languages"),
    "words": _("Words of the passage"),
    "use": _("Use"),
    "portion": _("Portion"),
    "format": _("Format"),
    "organization_type": _("Who asks"),
    "modifications": _("Changes to the text"),
    "exclusivity": _("Exclusivity"),
    "discount": _("Discount"),
    "minimum": _("Minimum"),
    "rounding": _("Rounding"),
    pricing.BY_HAND: _("Set by the desk"),
}
"""Step after the first → its name. The first is the rule of the rate card, by the name that the desk gave it."""


def in_words(trace: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`[{rule, effect, subtotal}]` with names in place of codes; a name that nobody knows stays as it is."""
    return [_step(row, first=place == 0) for place, row in enumerate(trace)]


def _step(row: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    rule, effect = str(row.get("rule", "")), str(row.get("effect", ""))
    if first and rule == pricing.FREE:
        return {**row, "rule": _now("Free of charge"), "effect": _now("%(words)s words") % {"words": effect}}
    if first and rule != pricing.BY_HAND:
        return {**row}
    if rule == "minimum":
        effect = _now("raised to %(amount)s") % {"amount": effect.removeprefix("≥ ")}
    if rule == "rounding":
        effect = _now("to the smallest coin")
    return {**row, "rule": NAMES.get(rule, rule), "effect": effect}
