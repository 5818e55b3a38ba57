"""What keeps a quote from being sent."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from newsroom.errors import Fault, Invalid
from reprints import moments, pricing
from reprints.models import Quote, QuoteLine
from reprints.services import exclusive
from reprints.services.checking import check_granted
from reprints.vocabulary import TaxTreatment

LONGEST_OFFER = timedelta(days=90)


def check_complete(quote: Quote, *, by_hand: bool) -> None:
    """Raise `Invalid` with everything that keeps the quote from being sent, `Conflict` for a clash of
    exclusivity. What the desk sends `by_hand` says how it is taxed; the rate card's may leave that to the law.
    """
    faults: list[Fault] = []
    lines = list(quote.lines.select_related("article__publication", "item", "quote__publication"))
    if not lines:
        faults.append(Fault("/lines", _("A quote needs at least one line."), "required"))
    today = moments.now().astimezone(quote.publication.zone).date()
    for index, line in enumerate(lines):
        faults += _line_faults(quote, line, f"/lines/{index}", today)
    if not quote.tax_treatment or (by_hand and quote.tax_treatment == TaxTreatment.MANUAL):
        faults.append(Fault("/tax_treatment", _("Decide how it is taxed."), "required"))
    if quote.terms_id is None:
        faults.append(Fault("/terms", _("There are no terms in force."), "required"))
    if not quote.exclusions_confirmed and any(line.exclusions for line in lines):
        faults.append(Fault("/exclusions_confirmed", _("Confirm what is left out."), "required"))
    now = moments.now()
    if quote.valid_until is not None and quote.valid_until <= now:
        faults.append(Fault("/valid_until", _("The last day of this offer is over: write it anew."), "past_date"))
    elif quote.valid_until is None or quote.valid_until > now + LONGEST_OFFER:
        faults.append(Fault("/valid_until", _("A quote is valid for at most 90 days."), "too_large"))
    if faults:
        raise Invalid(faults)
    exclusive.refuse_clash(lines, to_desk=by_hand)


def _line_faults(quote: Quote, line: QuoteLine, at: str, today: date) -> list[Fault]:
    faults = []
    if line.price is None:
        faults.append(Fault(f"{at}/price", _("This line has no price."), "required"))
    elif line.price == 0 and not line.override_reason and not pricing.is_free(line.trace):
        faults.append(Fault(f"{at}/override_reason", _("Free of charge needs a reason."), "required"))
    try:
        check_granted(line.granted, article=line.article, today=today, at=at)
    except Invalid as error:
        faults += error.faults
    if line.article.status != "usable":
        faults.append(Fault(at, _("This article may not be used at present."), "not_usable"))
    return faults
