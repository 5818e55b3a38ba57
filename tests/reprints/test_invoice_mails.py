"""Who pays hears of the order, the invoice, the credit note and the delay."""

import pytest

from newsroom.accounts.models import Contact
from newsroom.events.models import Event
from reprints.models import Invoice
from reprints.services import clock, invoicing, payments
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.test_notices import send

pytestmark = pytest.mark.django_db

BILLING = "accounts@partner.example"


@pytest.fixture
def partner():
    organization = billing.a_partner()
    Contact.objects.create(
        organization=organization, name="Bill Ing", email=BILLING, is_billing=True, is_requester=False
    )
    return organization


def to_billing():
    return [(subject, body) for subject, to, body in send() if BILLING in to]


def test_an_issued_invoice_is_mailed_to_whoever_gets_invoices(partner):
    publication = billing.billing_publication(settings={"payment_instructions": "IBAN DE02 1203"})
    invoice = billing.owed(publication, organization=partner)
    ((subject, body),) = to_billing()
    assert subject == f"Invoice {invoice.number}"
    said = [invoice.lines[0]["license"], f"USD {invoice.gross:.2f}", "IBAN DE02 1203", "/reprints/partner/"]
    assert [part for part in said if part not in body] == []


def test_without_a_billing_contact_those_who_hear_of_the_license_are_told():
    invoice = billing.owed(billing.billing_publication())
    told = sorted(
        to.rpartition("<")[2].rstrip(">") for subject, to, _ in send() if subject == f"Invoice {invoice.number}"
    )
    assert told == sorted(invoice.organization.contacts.values_list("email", flat=True))


def test_an_order_is_confirmed_where_the_accounting_system_writes_the_invoice(partner):
    publication = make.make_publication()
    invoice = billing.owed(publication, organization=partner)
    ((subject, body),) = to_billing()
    assert subject == f"Confirmation of your order {invoice.quote.reference}"
    assert f"USD {invoice.net:.2f}" in body
    editor = make.make_staff(publication, "licensing_editor")
    invoicing.enter_number(invoice, by=editor, number="RE-1")
    assert to_billing() == []


def test_an_overdue_invoice_and_what_is_still_owed(partner):
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication, organization=partner)
    payments.pay(invoice, by=editor, reference="TX-1", amount=invoice.gross - 5)
    to_billing()
    clock.tick(billing.days_after_due(invoice, 2))
    ((subject, body),) = to_billing()
    assert subject == f"Reminder: invoice {invoice.number} is overdue"
    assert "Still to be paid: USD 5.00" in body


def test_a_credit_note_is_mailed_with_its_reason(partner):
    publication = billing.billing_publication()
    invoice = billing.owed(publication, organization=partner)
    to_billing()
    note, _ = payments.credit(invoice, by=make.make_staff(publication, "licensing_editor"), words="The name was wrong.")
    ((subject, body),) = to_billing()
    assert subject == f"Credit note {note.number}"
    assert f"We take back invoice {invoice.number}: The name was wrong." in body
    assert "Please pay" not in body


def test_a_suspension_for_an_overdue_invoice_is_told_with_the_number():
    invoice = billing.owed(billing.billing_publication())
    clock.tick(billing.days_after_due(invoice, 45))
    bodies = [body for subject, _, body in send() if "suspended" in subject]
    assert len(bodies) == 2
    assert all(f"Invoice {invoice.number} is overdue" in body for body in bodies)


def test_no_event_of_an_invoice_holds_a_name_or_a_bank_reference(partner):
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_manager")
    invoice = billing.owed(publication, organization=partner)
    payments.pay(invoice, by=editor, reference="From Wanda Web", amount=invoice.gross - 1)
    payments.write_off(Invoice.objects.get(), by=editor, words="Wanda said so.")
    told = str(list(Event.objects.filter(kind__startswith="invoice.").values_list("data", flat=True)))
    assert Event.objects.filter(kind__startswith="invoice.").count() == 3
    assert [word for word in ("Wanda", partner.name, "Bill") if word in told] == []
