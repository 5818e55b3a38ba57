"""A desk that writes its own invoices, and partners who owe."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from reprints.models import Invoice
from reprints.services import accepting
from tests.reprints import factories as make

SETTINGS = {"invoicing": "builtin", "tax": {"country": "DE", "rate": "19"}, "priced_limit": "100000"}


def billing_publication(**values):
    settings = {**SETTINGS, **values.pop("settings", {})}
    return make.make_publication(
        **{
            "settings": settings,
            "legal_entity": "Daily Press GmbH",
            "legal_address": "1 Press Street\nBerlin",
            "vat_id": "DE136695976",
            "time_zone": "Europe/Berlin",
            **values,
        }
    )


def a_partner(**values):
    return make.make_organization(**{"country": "DE", "address": "2 Partner Road\nHamburg", **values})


def accepted(publication, *, organization=None, articles=1, **values):
    """A quote that a partner accepted in the priced lane."""
    organization = organization or a_partner()
    rows = [make.make_article(publication) for _ in range(articles)]
    request = make.make_request(publication, *rows, organization=organization, **values)
    quote = request.quotes.get()
    return accepting.accept(
        quote, by=request.api_key, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(organization)
    )


def owed(publication, **values):
    """The invoice of a quote that was just accepted."""
    return Invoice.objects.get(quote=accepted(publication, **values))


def days_after_due(invoice, days):
    """Noon of that day where the publication is."""
    day = invoice.due_on + timedelta(days=days)
    return datetime.combine(day, time(12), tzinfo=invoice.publication.zone)


def plus_tax(net):
    return (net * Decimal("1.19")).quantize(Decimal("0.01"))
