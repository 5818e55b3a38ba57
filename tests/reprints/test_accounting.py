"""What the accounting system gets, and what a spreadsheet must not run."""

import csv
import io
from decimal import Decimal

import pytest

from newsroom.spreadsheets import harmless
from reprints.accounting import COLUMNS, invoices_csv
from reprints.models import Invoice
from reprints.services import payments
from tests.reprints import billing
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


def table():
    rows = Invoice.objects.select_related("publication", "quote", "credits").prefetch_related("payments")
    return list(csv.DictReader(io.StringIO(invoices_csv(rows.order_by("pk")), newline="")))


def test_every_invoice_is_a_row_and_a_credit_note_is_negative():
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = payments.pay(billing.owed(publication), by=editor, reference="TX-1")
    note, _ = payments.credit(invoice, by=editor, words="Agreed.")
    rows = table()
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    wanted = ("number", "kind", "status", "net", "tax", "gross", "paid", "credits", "payment_references", "licenses")
    license_ = invoice.lines[0]["license"]
    assert [tuple(row[name] for name in wanted) for row in rows] == [
        (
            *(invoice.number, "invoice", "credited", f"{invoice.net:.2f}", f"{invoice.tax:.2f}"),
            *(f"{invoice.gross:.2f}", f"{invoice.gross:.2f}", "", "TX-1", license_),
        ),
        (
            *(note.number, "credit_note", "issued", f"{-note.net:.2f}", f"{-note.tax:.2f}"),
            *(f"{-note.gross:.2f}", "0.00", invoice.reference, "", license_),
        ),
    ]
    assert Decimal(rows[0]["gross"]) + Decimal(rows[1]["gross"]) == 0


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("Müller & Söhne", "Müller & Söhne"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_defused(text, cell):
    assert harmless(text) == cell


def test_the_name_and_address_of_a_partner_reach_the_table_defused():
    partner = billing.a_partner(name="=cmd|' /C calc'!A0", address="@home\n=2+2", vat_id="-1")
    billing.owed(billing.billing_publication(), organization=partner)
    (row,) = table()
    assert (row["buyer"], row["buyer_address"], row["buyer_vat_id"]) == ("'=cmd|' /C calc'!A0", "'@home =2+2", "'-1")
