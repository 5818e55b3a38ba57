"""The invoice as a letter, and the credit note that takes one back, with what article 226 of Directive 2006/112/EC
asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from reprints.documents import wording
from reprints.documents.certificate import (
    issuer_block,
    licensee_block,
    missing_shapes_note,
    one_line,
    verification,
)
from reprints.documents.typesetting import typeset
from reprints.documents.wording import label_of
from reprints.vocabulary import InvoiceKind, TaxTreatment, Use

Invoice = Mapping[str, Any]


def invoice_pdf(invoice: Invoice, *, url: str) -> bytes:
    """An issued invoice or credit note as PDF, A4.

    `invoice`: reference, number, kind, credits (the number of the invoice taken back, else empty), reason,
    issued_at (RFC 3339), due_on (ISO day or None), quote, currency, lines, net, tax (with `treatment` and `rate`),
    gross, and as they were copied in: seller, buyer; optional `test`. `url`: where it is read. Equal invoices
    give equal bytes.
    """
    with wording.speaking(invoice["seller"]["language"]) as locale:
        data = _letter(invoice, url, locale)
    at = int(wording.moment(invoice["issued_at"]).timestamp())
    return typeset("invoice.typ", data, at=at, address=url)


def _letter(invoice: Invoice, url: str, locale: Locale) -> dict[str, Any]:
    seller, buyer = invoice["seller"], invoice["buyer"]
    name = _("Credit note") if invoice["kind"] == InvoiceKind.CREDIT_NOTE else _("Invoice")
    issued = wording.day_of(invoice["issued_at"], seller["time_zone"], locale)
    return {
        "title": f"{name} {invoice['number']}",
        "publisher": seller["legal_entity"],
        "lang": locale.language,
        "test": bool(invoice.get("test")),
        "stamp": _("TEST — nothing is owed"),
        "foot": f"{name} {invoice['number']} · {invoice['reference']}",
        "dateline": [invoice["number"], _("Reprints and licensing"), issued],
        "publication": seller["name"],
        "heading": name,
        "from": issuer_block(seller, seller.get("email") or ""),
        "from_label": _("From"),
        "to": licensee_block(buyer, locale),
        "to_label": _("To"),
        "facts": _facts(invoice, issued, locale),
        "columns": [_("What is licensed"), _("Net")],
        "lines": [_line(line, locale) for line in invoice["lines"]],
        "totals": _totals(invoice, locale),
        "notes": _notes(invoice),
        "verify": verification(url, _("This document, its payments and the licenses are found there."))
        | {"label": _("Online")},
        "boxes_note": missing_shapes_note(),
    }


def _facts(invoice: Invoice, issued: str, locale: Locale) -> list[dict[str, str]]:
    pairs = (
        (_("Number"), invoice["number"]),
        (_("Date"), issued),
        (_("Due"), wording.date_words(invoice["due_on"], locale) if invoice["due_on"] else ""),
        (_("Takes back"), invoice["credits"]),
        (_("Quote"), invoice["quote"]),
        (_("Your order"), one_line(invoice["buyer"].get("po_number") or "")),
    )
    return [{"label": label, "value": value} for label, value in pairs if value]


def _line(line: Mapping[str, Any], locale: Locale) -> dict[str, str]:
    quantity = wording.quantity_words(line, locale)
    grant = [
        label_of(Use, line["use"]),
        quantity,
        wording.territory_words(line["territory"], locale),
        wording.term_words(line, locale),
    ]
    return {
        "headline": one_line(line["headline"]),
        "number": " · ".join(part for part in (line["license"], line["article"]) if part),
        "grant": " · ".join(part for part in grant if part),
        "price": wording.money_words(line["net"]["amount"], line["net"]["currency"], locale),
    }


def _totals(invoice: Invoice, locale: Locale) -> list[dict[str, str]]:
    tax = invoice["tax"]
    total = _("Total credited") if invoice["kind"] == InvoiceKind.CREDIT_NOTE else _("Total")
    rows = ((_("Net"), invoice["net"]), (wording.tax_words(tax, locale), tax), (total, invoice["gross"]))
    return [
        {"label": label, "value": wording.money_words(money["amount"], invoice["currency"], locale)}
        for label, money in rows
    ]


def _notes(invoice: Invoice) -> list[str]:
    """What must be said in words: who owes the tax, why it was taken back, how to pay."""
    notes = []
    if invoice["tax"]["treatment"] == TaxTreatment.EU_B2B_REVERSE_CHARGE:
        notes.append(_("Reverse charge: the recipient of the service is liable for the tax."))
    if invoice["kind"] == InvoiceKind.CREDIT_NOTE:
        notes.append(_("This takes back the whole of invoice %(number)s.") % {"number": invoice["credits"]})
        notes.append(invoice["reason"])
        return notes
    notes.append(_("Please state %(number)s with your payment.") % {"number": invoice["number"]})
    notes += (invoice["seller"].get("payment_instructions") or "").splitlines()
    return [note.strip() for note in notes if note.strip()]
