"""Whom the invoice is made out to: said by page or API before the quote is accepted, so that the tax is known."""

from decimal import Decimal

import pytest

from newsroom.errors import Conflict, Invalid, Stale
from newsroom.events.models import Event
from newsroom.workflow import THE_PARTNER
from reprints import links, privacy
from reprints.models import Invoice, LicenseRequest, RequesterContact
from reprints.services import accepting, billing, buyers, contacts, quoting, tax
from tests.reprints import billing as house
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import person, signed_in

pytestmark = pytest.mark.django_db

ROAD = "2 Partner Road\nHamburg"
GERMAN = {"legal_name": "The Review GmbH", "address": ROAD, "country": "DE", "vat_id": "DE136695976"}
FRENCH = {**GERMAN, "country": "FR", "vat_id": "FR83404833048"}


@pytest.fixture
def daily():
    return house.billing_publication()


@pytest.fixture
def quote(daily):
    """An open quote of somebody who asked by the web form."""
    wanda = make.asking.Requester("Wanda Writer", "wanda@reader.example", "The Review")
    request = make.asking.submit({"items": [make.item(make.make_article(daily))]}, publication=daily, requester=wanda)
    return request.quotes.get()


def accept(quote):
    return accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory="Wanda Writer")


def test_before_the_buyer_is_known_the_tax_is_open_and_nobody_accepts(quote):
    assert (quote.tax_treatment, quote.gross) == ("manual", quote.net)
    before = make.rows()
    with pytest.raises(Conflict) as refusal:
        accept(quote)
    assert refusal.value.code == "billing_missing"
    assert refusal.value.message == ("The address for the invoice is missing. The country for the invoice is missing.")
    assert make.rows() == before


@pytest.mark.parametrize(
    ("buyer", "treatment", "rate"),
    [
        (GERMAN, "domestic", 19),
        (FRENCH, "eu_b2b_reverse_charge", 0),
        ({**GERMAN, "country": "us", "vat_id": ""}, "outside_eu", 0),
    ],
)
def test_the_tax_that_the_buyer_reads_is_the_tax_of_the_invoice(quote, buyer, treatment, rate):
    read = billing.bill(quote, data=buyer)
    assert (read.tax_treatment, read.tax_rate, read.gross) == (treatment, rate, read.net + read.tax)
    assert read.tax == (read.net * rate / 100).quantize(Decimal("0.01"))
    assert read.version == quote.version + 1

    accept(read)
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.tax, invoice.gross) == (read.net, read.tax, read.gross)
    assert invoice.tax_treatment == treatment
    assert {name: invoice.buyer[name] for name in ("name", "address", "country")} == {
        "name": "The Review GmbH",
        "address": ROAD,
        "country": buyer["country"].upper(),
    }


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"legal_name": ""}, ("/legal_name", "required")),
        ({"address": " "}, ("/address", "required")),
        ({"address": "x" * 501}, ("/address", "too_long")),
        ({"country": ""}, ("/country", "required")),
        ({"country": "EU"}, ("/country", "unknown_country")),
        ({"country": "Germany"}, ("/country", "too_long")),
        ({"vat_id": "DE000000000"}, ("/vat_id", "bad_vat_id")),
        ({"vat_id": "FR83404833048"}, ("/vat_id", "bad_vat_id")),
        ({"address": "a\x00b"}, ("/address", "not_text")),
        ({"country": 7}, ("/country", "wrong_type")),
    ],
)
def test_what_is_no_buyer_is_refused_at_its_member_and_nothing_is_kept(quote, changed, expected):
    before = make.rows()
    with pytest.raises(Invalid) as refusal:
        billing.bill(quote, data={**GERMAN, **changed})
    assert expected in [(fault.pointer, fault.code) for fault in refusal.value.faults]
    assert make.rows() == before


def test_what_the_desk_decided_about_the_tax_stays(daily, quote):
    editor = make.make_staff(daily, "licensing_editor")
    decided = quoting.draft(
        quote.request, by=editor, exclusions_confirmed=True, taxed=tax.TaxChoice("exempt", Decimal(0), editor.pk)
    )
    fresh = billing.bill(quoting.open(decided, by=editor), data=GERMAN)
    assert (fresh.tax_treatment, fresh.tax) == ("exempt", 0)


def test_only_an_open_quote_has_a_buyer_to_name(quote):
    billing.bill(quote, data=GERMAN)
    quote.refresh_from_db()
    accept(quote)
    with pytest.raises(Conflict):
        billing.bill(quote, data=FRENCH)
    assert buyers.buyer_of(LicenseRequest.objects.get()).country == "DE"


def test_who_reads_an_old_version_reads_again(quote):
    with pytest.raises(Stale):
        billing.bill(quote, data=GERMAN, seen=quote.version + 1)


def test_where_the_accounting_system_asks_for_the_buyer_nothing_is_missing():
    daily = make.make_publication()
    wanda = make.asking.Requester("Wanda Writer", "wanda@reader.example")
    request = make.asking.submit({"items": [make.item(make.make_article(daily))]}, publication=daily, requester=wanda)
    assert buyers.missing(request.quotes.get()) == []


def test_the_buyer_is_sealed_told_to_its_owner_and_forgotten(quote):
    billing.bill(quote, data=GERMAN)
    contact = RequesterContact.objects.get()
    assert "Partner Road" not in contact.billing_encrypted
    held = privacy.held_on(contact.request)["contact"]["invoices_to"]
    assert held == GERMAN
    assert not Event.objects.filter(data__icontains="Partner Road").exists()

    request = make.asking.withdraw(contact.request)
    contacts.erase_contact(request, by=THE_PARTNER, why="asked")
    assert RequesterContact.objects.get().billing_encrypted == ""


# --- by API and by page ----------------------------------------------------------------------------------------------


def test_a_partner_completes_its_address_and_accepts_the_total_it_read(daily):
    partner = Client(make.make_organization(country="DE", address="", name="Partner GmbH"))
    read, etag = partner.quoted(make.make_article(daily))
    path = f"quotes/{read['reference']}/"
    assert refused(partner.post(f"{path}accept/", partner.signed(read), match=etag)) == (409, "billing_missing")

    answer = partner.post(f"{path}billing/", {"address": ROAD, "country": "DE", "vat_id": ""}, match=etag)
    assert answer.status_code == 200
    assert answer.json()["gross"]["amount"] == "178.50"
    assert refused(partner.post(f"{path}accept/", partner.signed(read), match=etag)) == (412, "stale")
    done = partner.post(f"{path}accept/", partner.signed(read), match=answer["ETag"])
    assert partner.get(f"invoices/{done.json()['invoice']}/").json()["gross"]["amount"] == "178.50"
    partner.organization.refresh_from_db()
    assert partner.organization.address == ROAD


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"country": "DE"}, [("/address", "required")]),
        ({"address": ROAD, "country": "XX"}, [("/country", "unknown_country")]),
        ({"address": ROAD, "country": "DE", "legal_name": "Other GmbH"}, [("/legal_name", "kept")]),
        ({"address": ROAD, "country": "DE", "iban": "x"}, [("/iban", "unknown_member")]),
    ],
)
def test_a_partner_reads_what_is_wrong_with_the_buyer(daily, body, expected):
    partner = Client(make.make_organization(country="DE"))
    read, _etag = partner.quoted(make.make_article(daily))
    assert faults(partner.post(f"quotes/{read['reference']}/billing/", body)) == expected


def test_the_page_asks_who_pays_then_shows_the_total_then_takes_the_acceptance(client, quote):
    link = links.private_path(quote.request)
    page = client.get(link, follow=True)
    assert "First: who pays?" in text(page)
    assert "/accept/" not in page.content.decode()

    action, hidden = form_of(page, "/bill/")
    wrong = client.post(action, {**hidden, **GERMAN, "country": "Atlantis"})
    assert (wrong.status_code, "We know no country of this name." in text(wrong)) == (422, True)
    assert ROAD.split(chr(10))[0] in wrong.content.decode()
    action, hidden = form_of(wrong, "/bill/")
    done = client.post(action, {**hidden, **GERMAN, "country": "Germany"})
    assert done.status_code == 303
    page = client.get(done["Location"])
    assert "Total USD 178.50" in text(page)
    assert "Who pays: The Review GmbH , DE" in text(page)

    action, hidden = form_of(page, "/accept/")
    assert client.post(action, {**hidden, "signatory": "Wanda Writer", "agreed": "on"}).status_code == 303
    assert Invoice.objects.get().gross == Decimal("178.50")


def test_signatories_and_whoever_gets_invoices_name_the_buyer_and_nobody_else(daily):
    organization = make.make_organization(country="DE", address="")
    request = make.make_request(daily, make.make_article(daily), organization=organization)
    quote = request.quotes.get()
    path = f"/reprints/partner/requests/{request.reference}/"
    for role, may in (("is_signatory", True), ("is_billing", True), ("is_requester", False)):
        browser = signed_in(person(organization, **{role: True}))
        assert ("/bill/" in browser.get(path).content.decode()) == may
    browser = signed_in(organization.contacts.filter(is_billing=True).get())
    action, hidden = form_of(browser.get(path), "/bill/")
    assert browser.post(action, {**hidden, "address": ROAD, "country": "DE"}).status_code == 303
    quote.refresh_from_db()
    assert quote.gross == Decimal("178.50")


def test_where_the_accounting_system_invoices_nobody_is_asked_on_the_page(client):
    daily = make.make_publication(is_default=True)
    wanda = make.asking.Requester("Wanda Writer", "wanda@reader.example")
    request = make.asking.submit({"items": [make.item(make.make_article(daily))]}, publication=daily, requester=wanda)
    page = client.get(links.private_path(request), follow=True)
    assert "/bill/" not in page.content.decode()
    assert "/accept/" in page.content.decode()
