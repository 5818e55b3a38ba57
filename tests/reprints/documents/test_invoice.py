"""The invoice as a letter: what it must say, and what it does with hostile names."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from newsroom.errors import Conflict
from reprints import links, papers
from reprints.documents.invoice import _letter
from reprints.documents.wording import speaking
from reprints.services import invoicing
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.documents.qr_reader import code_on_page

pytestmark = pytest.mark.django_db


def words(paper):
    pages = PdfReader(BytesIO(paper.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_invoice_says_who_owes_whom_how_much_for_what_and_until_when():
    publication = billing.billing_publication(settings={"payment_instructions": "IBAN DE02 1203 0000 0000 2020 51"})
    partner = billing.a_partner(name="Partner & Söhne", vat_id="DE136695976")
    row = billing.owed(publication, organization=partner)
    paper = papers.invoice_pdf(row)
    text = words(paper)
    line = row.lines[0]
    said = [
        *(
            f"Invoice {row.number}",
            row.number,
            "Daily Press GmbH",
            "1 Press Street",
            "Berlin",
            "Partner & Söhne",
            "VAT id DE136695976",
        ),
        *(line["license"], line["headline"], "Tax 19 % (Germany)", f"{row.net:,.2f}", f"{row.tax:,.2f}"),
        *(f"{row.gross:,.2f}", f"Please state {row.number}", "IBAN DE02 1203 0000 0000 2020 51"),
        row.due_on.strftime("%B %-d, %Y"),
    ]
    assert [part for part in said if part not in text] == []
    assert (paper.name, paper.media_type) == (f"{row.number}.pdf", "application/pdf")
    assert "TEST" not in text


def test_the_code_on_the_invoice_leads_to_where_it_is_read():
    row = billing.owed(billing.billing_publication())
    url = settings.BASE_URL + links.payer_path(row.quote.request)
    with speaking("en") as locale:
        assert code_on_page("invoice.typ", _letter(papers.invoice_letter(row), url, locale), url) == url


def test_a_license_without_end_has_no_last_day_on_the_invoice():
    row = billing.owed(billing.billing_publication(), perpetual=True, ends_on=None)
    assert row.lines[0]["ends_on"] is None
    assert ", without end" in words(papers.invoice_pdf(row))


def test_reverse_charge_is_said_in_words():
    partner = billing.a_partner(country="FR", vat_id="FR83404833048")
    text = words(papers.invoice_pdf(billing.owed(billing.billing_publication(), organization=partner)))
    assert "Reverse charge: the recipient of the service is liable for the tax." in text
    assert "Tax 0 % (EU business, reverse charge)" in text


def test_a_credit_note_names_the_invoice_and_the_reason():
    publication = billing.billing_publication()
    row = billing.owed(publication)
    note, _ = invoicing.credit(row, by=make.make_staff(publication, "licensing_editor"), words="The name was wrong.")
    text = words(papers.invoice_pdf(note))
    assert f"This takes back the whole of invoice {row.number}. The name was wrong." in text
    assert f"Credit note {note.number}" in text
    assert "Please state" not in text


def test_equal_invoices_give_equal_bytes():
    row = billing.owed(billing.billing_publication())
    assert papers.invoice_pdf(row).content == papers.invoice_pdf(type(row).objects.get(pk=row.pk)).content


@pytest.mark.parametrize("name", ['#import "x"', "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "A" * 200])
def test_a_hostile_name_is_printed_as_it_is(name):
    row = billing.owed(billing.billing_publication(), organization=billing.a_partner(name=name))
    printed = words(papers.invoice_pdf(row)).replace("\u200b", "").replace(" ", "")
    assert name.replace(" ", "").replace("'", "’") in printed.replace("'", "’")


def test_what_the_accounting_system_wrote_has_no_letter_of_ours():
    publication = make.make_publication()
    row = billing.owed(publication)
    with pytest.raises(Conflict):
        papers.invoice_pdf(row)


def test_the_rate_is_written_without_needless_zeros():
    publication = billing.billing_publication(settings={"tax": {"country": "DE", "rate": "7.50"}})
    row = billing.owed(publication)
    assert row.tax_rate == Decimal("7.5")
    assert "Tax 7.5 % (Germany)" in words(papers.invoice_pdf(row))
