"""The calendar of exclusivity: article × use × territory × dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from reprints.models import License, QuoteLine
from reprints.vocabulary import WORLD, Exclusivity
from reprints.workflow import LicenseStatus

FOREVER = date.max


def clash_with(line: QuoteLine) -> License | None:
    """The license in force that this line would run into, or None.

    Two grants clash when one of them is exclusive, their dates and territories meet, and it speaks of the
    other's use:
    `full` of any use anywhere, `territory` of any use in its countries, `media` of the same use in its
    countries.
    """
    held = License.objects.holding(line.article).filter(
        publication=line.quote.publication,
        test=line.quote.test,
        status__in=[LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED, LicenseStatus.PENDING_PAYMENT],
    )
    if line.quote.request.renews_id is not None:
        held = held.exclude(pk=line.quote.request.renews_id)
    wanted = line.granted
    for other in held.order_by("pk"):
        if _dates_meet(wanted, other) and (
            _speaks_of(wanted["exclusivity"], wanted, other) or _speaks_of(other.exclusivity, wanted, other)
        ):
            return other
    return None


def _speaks_of(exclusivity: str, wanted: dict[str, Any], other: License) -> bool:
    if exclusivity == Exclusivity.FULL:
        return True
    if exclusivity == Exclusivity.TERRITORY:
        return _territories_meet(wanted["territory"], other.territory)
    if exclusivity == Exclusivity.MEDIA:
        return wanted["use"] == other.use and _territories_meet(wanted["territory"], other.territory)
    return False


def _territories_meet(one: list[str], other: list[str]) -> bool:
    return WORLD in one or WORLD in other or bool(set(one) & set(other))


def _dates_meet(wanted: dict[str, Any], other: License) -> bool:
    starts_on = date.fromisoformat(wanted["starts_on"])
    ends_on = date.fromisoformat(wanted["ends_on"]) if wanted.get("ends_on") else FOREVER
    return starts_on <= (other.ends_on or FOREVER) and other.starts_on <= ends_on
