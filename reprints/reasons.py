"""Why a person answers a request: what of it whoever asks may read, on pages and in the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "zero_price": _("The price list has no price for it."),
    "exclusivity": _("You ask for it exclusively."),
    "ai_use": _("Uses by artificial intelligence are agreed one by one."),
    "other_kind": _("You ask as another kind of organization than the one we know you as."),
    "rights_unknown": _("We look up whether the rights are ours."),
    "third_party_rights": _("The rights are not ours, or not ours alone."),
    "agency_content": _("It is by a news agency."),
    "no_rule": _("The price list does not cover this use."),
    "currency_mismatch": _("The price list is in another currency."),
    "over_limit": _("It is more than the price list covers."),
    "promotional_use": _("Our name would stand beside a product."),
    "adaptation": _("You would adapt the text."),
    "unusual_use": _("You told us in your own words."),
    "passage_not_found": _("The passage does not stand in the article word for word."),
    "exclusive_elsewhere": _("Somebody else may hold it exclusively for this use, place or time."),
    "third_party_parts": _("A part of the article is not ours to license."),
    "asked_already": _("You asked for the same before, and that request is still open."),
    "quantity_missing": _("The price depends on the quantity, which you did not say."),
}
"""Why a person answers, by the codes of `services.lanes.MANUAL_REASONS`.

Those that would tell about other people, their reports or their embargoes, are not here and are not said.
"""


def told(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that are said, of `Assessment.reasons`, each with its sentence."""
    return [
        {"item": reason["item"], "code": reason["code"], "detail": REASONS[reason["code"]]}
        for reason in reasons
        if reason["code"] in REASONS
    ]
