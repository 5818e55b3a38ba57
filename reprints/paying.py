"""Where an invoice is paid: the publication's own payment page, with the invoice's particulars in its address."""

from __future__ import annotations

from urllib.parse import quote

from newsroom.accounts.checking import payment_link_fault
from reprints import pricing
from reprints.models import Invoice
from reprints.vocabulary import InvoiceKind


def payment_url(row: Invoice) -> str:
    """The policy `payment_link` for what is outstanding now; empty when nothing is, or without a sound link."""
    template = str(row.publication.policy("payment_link"))
    owed = row.outstanding
    if not template or owed <= 0 or row.kind != InvoiceKind.INVOICE or row.test or payment_link_fault(template):
        return ""
    said = {
        "number": row.number,
        "reference": row.reference,
        "amount": pricing.plain(owed, row.currency),
        "currency": row.currency,
    }
    for name, value in said.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template
