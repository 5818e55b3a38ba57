"""Invoices as a table for the accounting system: CSV of RFC 4180, UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from newsroom.spreadsheets import harmless
from reprints import pricing
from reprints.models import Invoice
from reprints.vocabulary import InvoiceKind

COLUMNS = (
    *("reference", "number", "kind", "status", "issued_on", "due_on", "publication", "legal_entity"),
    *("buyer", "buyer_address", "buyer_country", "buyer_vat_id", "po_number", "quote", "licenses", "credits"),
    *("currency", "net", "tax", "gross", "tax_treatment", "tax_rate", "paid", "paid_on", "payment_references"),
)


def invoices_csv(rows: Iterable[Invoice]) -> str:
    """One row an invoice, with a head. Amounts have a point and the minor digits of the currency; those of a credit
    note are negative. Days are those of the publication.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection). Rows need
    `publication`, `quote`, `credits` and `payments` at hand.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(value) for value in _values(row)])
    return out.getvalue()


def _values(row: Invoice) -> list[Any]:
    sign = -1 if row.kind == InvoiceKind.CREDIT_NOTE else 1
    buyer = row.buyer

    def amount(value: Decimal) -> Decimal:
        return Decimal(pricing.plain(sign * value if value else value, row.currency))

    return [
        *(row.reference, row.number, row.kind, row.status, _day(row, row.issued_at), row.due_on or ""),
        *(row.publication.name, row.legal_entity),
        *(buyer.get(name, "") for name in ("name", "address", "country", "vat_id", "po_number")),
        *(row.quote.reference, " ".join(line["license"] for line in row.lines), row.credits or ""),
        *(row.currency, amount(row.net), amount(row.tax), amount(row.gross), row.tax_treatment, row.tax_rate),
        *(amount(row.paid_amount), _day(row, row.paid_at)),
        " ".join(payment.reference for payment in row.payments.all()),
    ]


def _day(row: Invoice, at: datetime | None) -> str:
    return row.day(at).isoformat() if at else ""


def _cell(value: Any) -> str:
    # A number of ours may begin with a minus; a text of theirs may not.
    return f"{value:f}" if isinstance(value, Decimal) else harmless(" ".join(str(value).splitlines()))
