"""What a partner sees of its invoices."""

from decimal import Decimal

import pytest
from django.utils import timezone

from reprints.models import Invoice
from reprints.services import payments
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return Client(billing.a_partner(payment_terms="prepay"))


def test_the_answer_to_an_acceptance_names_the_invoice_to_pay_first(owner):
    publication = billing.billing_publication()
    quote, etag = owner.quoted(make.make_article(publication))
    body = {"terms_sha256": quote["terms_sha256"], "signatory": make.signatory_of(owner.organization)}
    answers = [owner.post(f"quotes/{quote['reference']}/accept/", body, match=etag).json() for _ in range(2)]
    invoice = Invoice.objects.get()
    assert (
        answers
        == [{"status": "accepted", "licenses": [row["license"] for row in invoice.lines], "invoice": invoice.reference}]
        * 2
    )
    (license_,) = owner.get("licenses/").json()["results"]
    assert license_["status"] == "pending_payment"


def test_an_invoice_shows_what_is_outstanding_and_its_credit_note(owner):
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication, organization=owner.organization)
    payments.pay(invoice, by=editor, reference="TX-1", amount=Decimal(10))
    shown = owner.get(f"invoices/{invoice.number}/").json()
    told = ("number", "kind", "credits", "tax_treatment", "outstanding", "overdue")
    rest = {"amount": f"{invoice.gross - 10:.2f}", "currency": "USD"}
    assert tuple(shown[name] for name in told) == (invoice.number, "invoice", None, "domestic", rest, False)
    assert shown["licenses"] == [line["license"] for line in invoice.lines]
    payments.credit(invoice, by=editor, words="Wrong.")
    note = owner.get("invoices/").json()["results"][0]
    assert (note["kind"], note["credits"], note["due_on"]) == ("credit_note", invoice.reference, None)


def test_the_letter_is_handed_to_its_owner_and_refused_for_what_was_not_written_here(owner):
    publication = billing.billing_publication()
    invoice = billing.owed(publication, organization=owner.organization)
    letter = owner.get(owner.get(f"invoices/{invoice.reference}/").json()["pdf"])
    assert (letter["Content-Type"], letter.content[:5]) == ("application/pdf", b"%PDF-")
    path = f"invoices/{invoice.reference}/pdf/"
    for stranger in (Client(make.make_organization()), Client(owner.organization, test=True)):
        assert refused(stranger.get(path)) == (404, "not_found")
    other = billing.owed(make.make_publication(), organization=owner.organization)
    Invoice.objects.filter(pk=other.pk).update(status="issued", number="RE-1", issued_at=timezone.now())
    assert owner.get(f"invoices/{other.reference}/").json()["pdf"] is None
    assert refused(owner.get(f"invoices/{other.reference}/pdf/")) == (409, "written_elsewhere")
