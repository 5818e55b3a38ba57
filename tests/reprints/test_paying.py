"""The way to the payment page, and the word that the money arrived."""

from decimal import Decimal

import pytest

from newsroom.accounts.checking import faults_in
from reprints.models import Invoice
from reprints.paying import payment_url
from reprints.services import invoicing, payments
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client
from tests.reprints.test_notices import send

pytestmark = pytest.mark.django_db
LINK = "https://pay.example/in?number={number}&sum={amount}&cur={currency}"


@pytest.fixture
def publication():
    return make.make_publication(settings={"payment_link": LINK})


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def order(publication):
    return make.make_license(publication, make.make_article(publication)).quote.invoices.get()


def test_the_link_carries_number_and_what_is_still_owed(order, editor):
    assert payment_url(order) == ""
    row = invoicing.enter_number(order, by=editor, number="RE 7/2026&x=1")
    base = "https://pay.example/in?number=RE%207%2F2026%26x%3D1"
    assert payment_url(row) == f"{base}&sum=150.00&cur=USD"
    row = payments.pay(row, by=editor, reference="b1", amount=Decimal(50))
    assert payment_url(row) == f"{base}&sum=100.00&cur=USD"
    assert payment_url(payments.pay(row, by=editor, reference="b2")) == ""


@pytest.mark.parametrize(
    "link",
    [
        "http://pay.example/{number}",
        "javascript:alert(1)",
        "https:///{number}",
        "https://{number}.example/",
        "https://pay.example{number}/",
        "https://me@pay.example/{number}",
        "https://pay.example/{buyer}",
        "https://pay.example/{number.__class__}",
        "https://pay.example/ {number}",
        "https://[pay.example/",
        "https://pay.example/" + "x" * 500,
    ],
)
def test_a_link_that_cannot_be_meant_is_refused_where_it_is_typed_and_never_shown(order, editor, link):
    assert len(faults_in({"payment_link": link})) == 1
    row = invoicing.enter_number(order, by=editor, number="RE-1")
    row.publication.settings = {"payment_link": link}
    assert payment_url(row) == ""


def test_a_link_as_it_should_be_is_taken():
    assert faults_in({"payment_link": LINK}) == []
    assert faults_in({"payment_link": ""}) == []


def test_the_partner_finds_it_in_the_mail_and_in_the_api(publication, order, editor):
    send()
    row = invoicing.enter_number(order, by=editor, number="RE-1")
    bodies = [body for subject, _to, body in send() if subject == "Invoice RE-1"]
    assert bodies != []
    assert payment_url(row) in bodies[0]
    assert "comes from our accounts department" in bodies[0]
    partner = Client(row.organization)
    assert partner.get(f"invoices/{row.reference}/").json()["payment_url"] == payment_url(row)


def test_who_paid_hears_that_the_money_arrived(order, editor):
    row = invoicing.enter_number(order, by=editor, number="RE-1")
    payments.pay(row, by=editor, reference="b1", amount=Decimal(50))
    send()
    payments.pay(row, by=editor, reference="b2")
    mails = send()
    assert {subject for subject, _to, _body in mails} == {"Invoice RE-1 is paid"}
    assert "We received USD 150.00 in full." in mails[0][2]


def test_who_is_paid_back_hears_that_too():
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = payments.pay(billing.owed(publication), by=editor, reference="b1")
    note, _draft = payments.credit(invoice, by=editor, words="Wrong.")
    send()
    payments.pay(Invoice.objects.get(pk=note.pk), by=editor, reference="b2")
    assert {subject for subject, _to, _body in send()} == {f"We paid back invoice {invoice.number}"}
