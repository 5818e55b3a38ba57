"""The buyer says whom the invoice is made out to, and sees the tax before accepting."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, NotAllowed
from newsroom.workflow import PARTNER, THE_PARTNER, Actor
from reprints import events
from reprints.models import Quote, RequesterContact
from reprints.services import tax
from reprints.services.buyers import NEEDED, Buyer, buyer_of, sealed_buyer
from reprints.services.checking import countries
from reprints.services.members import Faults
from reprints.services.moving import lock_quote, tell, touch
from reprints.workflow import QuoteStatus

LONGEST = {"legal_name": 200, "address": 500, "country": 2, "vat_id": 30}


@transaction.atomic
def bill(
    quote: Quote,
    *,
    by: Actor = THE_PARTNER,
    data: dict[str, Any],
    seen: int | None = None,
) -> Quote:
    """Keep who pays (`legal_name`, `address`, `country`, `vat_id`) and write the tax of the open quote anew, unless a
    person decided it.

    An organization keeps its name: the licensing desk changes that. Raises `Invalid` with every fault, `Conflict` when
    the quote is not open (`expired`).
    """
    quote = lock_quote(quote, seen=seen)
    if PARTNER not in by.roles_at(quote.publication):
        raise NotAllowed(_("Your role does not include this."))
    if quote.is_expired():
        raise Conflict(_("This quote has expired. Ask for a new one."), code="expired")
    if quote.status != QuoteStatus.OPEN:
        raise Conflict(_("This quote is “%(status)s”.") % {"status": quote.get_status_display()})
    buyer = _checked(quote, data)
    _keep(quote, buyer)
    if tax.choice_of(quote) is None:
        tax.write(quote, tax.decide(quote))
    touch(quote, fields=tax.FIELDS)
    tell(events.BILLED, quote, by=by)
    return quote


def _checked(quote: Quote, data: dict[str, Any]) -> Buyer:
    found = Faults("")
    known = buyer_of(quote.request)
    given = {
        name: found.text(data, name, most=most, multiline=name == "address").strip() for name, most in LONGEST.items()
    }
    given["country"] = given["country"].upper()
    if quote.organization is not None:
        if given["legal_name"] not in ("", known.legal_name):
            found.add("/legal_name", _("The licensing desk keeps the name of your organization: write to it."), "kept")
        given["legal_name"] = known.legal_name
    for name, words in NEEDED.items():
        if not given[name] and not found.has(f"/{name}"):
            found.add(f"/{name}", str(words), "required")
    if given["country"] and given["country"] not in countries() and not found.has("/country"):
        found.add("/country", _("This is not a country code of ISO 3166."), "unknown_country")
    elif tax.check_vat_id(given["vat_id"], given["country"]) == tax.INVALID:
        found.add("/vat_id", _("This is not a VAT id of that country."), "bad_vat_id")
    found.stop_if_any()
    return Buyer(**given)


def _keep(quote: Quote, buyer: Buyer) -> None:
    organization = quote.organization
    if organization is None:
        contact = RequesterContact.objects.get(request=quote.request)
        contact.billing_encrypted = sealed_buyer(buyer)
        contact.save(update_fields=["billing_encrypted"])
        quote.request.contact = contact
        return
    organization.address, organization.country, organization.vat_id = buyer.address, buyer.country, buyer.vat_id
    organization.save(update_fields=["address", "country", "vat_id"])
    quote.request.organization = organization
