"""What keeps a quote from being sent."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from newsroom.errors import Conflict, Fault, Invalid
from reprints import moments
from reprints.models import Quote, QuoteLine
from reprints.services import exclusive
from reprints.vocabulary import Lane

LONGEST_OFFER = timedelta(days=90)


def check_complete(quote: Quote) -> None:
    """Raise `Invalid` with everything that keeps the quote from being sent, `Conflict` for a clash of
    exclusivity.
    """
    faults: list[Fault] = []
    lines = list(quote.lines.select_related("article__publication", "item"))
    if not lines:
        faults.append(Fault("/lines", _("A quote needs at least one line."), "required"))
    for index, line in enumerate(lines):
        faults += _line_faults(quote, line, f"/lines/{index}")
    if not quote.tax_treatment:
        faults.append(Fault("/tax_treatment", _("Decide how it is taxed."), "required"))
    if quote.terms_id is None:
        faults.append(Fault("/terms", _("There are no terms in force."), "required"))
    if not quote.exclusions_confirmed and any(line.exclusions for line in lines):
        faults.append(Fault("/exclusions_confirmed", _("Confirm what is left out."), "required"))
    now = moments.now()
    if quote.valid_until is None or not now < quote.valid_until <= now + LONGEST_OFFER:
        faults.append(Fault("/valid_until", _("A quote is valid for at most 90 days."), "too_large"))
    if faults:
        raise Invalid(faults)
    for line in lines:
        if clash := exclusive.clash_with(line):
            raise Conflict(
                _("%(number)s is exclusive for this use, territory and time.") % {"number": clash.reference},
                code="exclusivity_clash",
            )


def _line_faults(quote: Quote, line: QuoteLine, at: str) -> list[Fault]:
    faults = []
    if line.price is None:
        faults.append(Fault(f"{at}/price", _("This line has no price."), "required"))
    elif line.price == 0 and quote.request.lane != Lane.FREE and not line.override_reason:
        faults.append(Fault(f"{at}/override_reason", _("Free of charge needs a reason."), "required"))
    granted = line.granted
    if not granted.get("territory"):
        faults.append(Fault(f"{at}/territory", _("Name a territory."), "required"))
    ends_on, perpetual = granted.get("ends_on"), bool(granted.get("perpetual"))
    if perpetual == bool(ends_on) or (ends_on and ends_on < str(granted.get("starts_on"))):
        faults.append(Fault(f"{at}/ends_on", _("Give an end after the beginning, or grant it for ever."), "required"))
    elif ends_on and date.fromisoformat(ends_on) < moments.now().astimezone(quote.publication.zone).date():
        faults.append(Fault(f"{at}/ends_on", _("This day is over."), "past_date"))
    if line.article.status != "usable":
        faults.append(Fault(at, _("This article may not be used at present."), "not_usable"))
    return faults
