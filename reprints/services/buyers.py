"""Who pays: what an invoice must say of them, and what of it is missing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Publication
from newsroom.events import sealed
from reprints.models import LicenseRequest, Quote

NEEDED = {
    "legal_name": _("The name that the invoice is made out to is missing."),
    "address": _("The address for the invoice is missing."),
    "country": _("The country for the invoice is missing."),
}
"""What an invoice cannot do without, and what is said when it is missing."""


@dataclass(frozen=True)
class Buyer:
    """As an invoice names them. `country`: ISO 3166-1 alpha-2; empty is not known."""

    legal_name: str = ""
    address: str = ""
    country: str = ""
    vat_id: str = ""


def buyer_of(request: LicenseRequest) -> Buyer:
    """The organization, as the licensing desk has it; else what the web requester gave for the invoice, under the name
    of the request where none was given.
    """
    organization = request.organization
    if organization is not None:
        return Buyer(organization.name, organization.address, organization.country, organization.vat_id)
    contact = getattr(request, "contact", None)
    written = sealed.open_text(contact.billing_encrypted) if contact else ""
    given = json.loads(written) if written else {}
    return Buyer(**{"legal_name": request.requester_name, **given})


def sealed_buyer(buyer: Buyer) -> str:
    """As it is kept with a web requester."""
    return sealed.seal(json.dumps(asdict(buyer)))


def writes_invoices(publication: Publication) -> bool:
    """Whether this desk writes the invoices; else the accounting system does."""
    return bool(publication.policy("invoicing") == "builtin")


def missing(quote: Quote) -> list[str]:
    """The names of `NEEDED` that must be known before the quote is accepted: none where it is free of charge, or the
    accounting system asks for them.
    """
    if quote.net <= 0 or not writes_invoices(quote.publication):
        return []
    buyer = buyer_of(quote.request)
    return [name for name in NEEDED if not getattr(buyer, name).strip()]
