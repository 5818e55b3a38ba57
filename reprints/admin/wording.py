"""What the licensing desk reads: reasons, grants and money in words. No code reaches a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Approval
from reprints.documents import wording
from reprints.models import License, LicenseRequest, QuoteLine
from reprints.services import exclusive
from reprints.services.askers import asker_of
from reprints.services.exclusive import Grant
from reprints.vocabulary import EndReason
from reprints.workflow import LicenseStatus

WHY: dict[str, Any] = {
    "zero_price": _("The rate card makes it free of charge, beyond the published threshold."),
    "exclusivity": _("It is wanted exclusively."),
    "ai_use": _("It is for artificial intelligence: agreed one by one."),
    "blocked_organization": _("The organization is blocked."),
    "other_kind": _("It asks as another kind of organization than its record says."),
    "rights_unknown": _("Nobody has said yet whether the rights are ours."),
    "third_party_rights": _("The rights are not ours, or not ours alone."),
    "agency_content": _("The article is by a news agency."),
    "embargo": _("The article is under embargo."),
    "not_usable": _("The article is withheld or withdrawn."),
    "open_report": _("An error in it was accepted and is not corrected yet."),
    "no_rule": _("No rule of the rate card matches."),
    "currency_mismatch": _("It is asked in another currency than the publication’s."),
    "over_limit": _("It is more than the rate card may answer alone."),
    "promotional_use": _("Our name would stand beside a product."),
    "adaptation": _("The text would be adapted."),
    "unusual_use": _("The use is described in words only."),
    "passage_not_found": _("The passage does not stand in the article word for word."),
    "exclusive_elsewhere": _("It runs into what somebody else holds: see the calendar."),
    "third_party_parts": _("A part of the article is not ours."),
    "asked_already": _("The same is asked in another open request."),
    "quantity_missing": _("The price depends on a quantity that was not said."),
}
"""Every code of `services.lanes.MANUAL_REASONS`, for the desk."""

EFFECTIVE: dict[str, Any] = {"scheduled": _("Begins later"), "expired": _("Expired")}
"""What a license or quote is by its dates alone."""


def locale() -> Locale:
    """The locale of the page."""
    return wording.document_locale(get_language() or wording.FALLBACK)


def reasons(found: Iterable[dict[str, Any]], *, item: int | None) -> list[Any]:
    """The sentences about one item, by its place; about the whole for None."""
    return [WHY.get(reason["code"], reason["code"]) for reason in found if reason["item"] == item]


def reasons_by_item(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{"number", "words"}]`: first what concerns the whole (number 0), then each item that has reasons."""
    places = sorted({reason["item"] for reason in found}, key=lambda place: -1 if place is None else place)
    return [{"number": 0 if place is None else place + 1, "words": reasons(found, item=place)} for place in places]


def money(amount: Decimal | str | None, currency: str) -> str:
    """The amount with its currency, with as many digits as that has; a dash for none."""
    return "—" if amount is None else wording.money_words(amount, currency, locale())


def grant(granted: dict[str, Any]) -> dict[str, str]:
    """The members of a grant that every line shows, in words."""
    here = locale()
    return {
        "portion": wording.portion_words(granted, here),
        "quantity": wording.quantity_words(granted, here),
        "where": wording.territory_words(granted["territory"], here),
        "languages": wording.language_words(granted["languages"], here),
        "when": wording.term_words(granted, here),
    }


def calendar(request: LicenseRequest, grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """What others hold of the same articles: `[{"license", "who", "where", "when", "clashes"}]`, `clashes` with the
    numbers of the items that run into it.
    """
    here = locale()
    rows = []
    for held in exclusive.calendar(grants, asker=asker_of(request)):
        row = held.license
        rows.append(
            {
                "license": row,
                "who": row.request.requester_house,
                "where": wording.territory_words(row.territory, here),
                "when": wording.term_words(_dates(row), here),
                "clashes": [place + 1 for place in held.places],
            }
        )
    return rows


def line(row: QuoteLine, currency: str, *, card: Decimal | None) -> dict[str, Any]:
    """A line of a quote for its page; `card` is what the rate card says."""
    differs = card is not None and row.price is not None and card != row.price
    return {
        "line": row,
        "price": money(row.price, currency),
        "card": money(card, currency) if differs else "",
        "changes": wording.change_rows(row.changes, locale()),
        **grant(row.granted),
    }


def reason_of(pair: Approval) -> str:
    """Why something was proposed: the reason of a revocation by its name, then the words."""
    code, colon, words = pair.reason.partition(": ")
    named = pair.move == "revoke" and colon and code in EndReason.values
    return f"{EndReason(code).label}: {words}" if named else pair.reason


def standing(row: License) -> Any:
    """What the license is today, in words."""
    status = row.effective_status()
    return EFFECTIVE.get(status) or LicenseStatus(status).label


def _dates(row: License) -> dict[str, Any]:
    return {"starts_on": row.starts_on, "ends_on": row.ends_on, "perpetual": row.perpetual}
