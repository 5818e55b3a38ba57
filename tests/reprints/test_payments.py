"""Money for an invoice: in parts, whole, late, given up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import mail, planning
from newsroom.events.kinds import ADDRESS_BOOKS
from newsroom.events.models import Delivery, Event
from reprints.models import Invoice, License, LicenseRequest, Payment
from reprints.services import clock, invoicing, licenses, payments, updates
from tests.reprints import billing
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return billing.billing_publication()


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def manager(publication):
    return make.make_staff(publication, "licensing_manager")


def events_of(invoice):
    rows = Event.objects.filter(subject_reference=invoice.reference).order_by("pk")
    return [row.kind for row in rows]


def test_paying_in_full_issues_the_licenses_that_waited(publication, editor):
    invoice = billing.owed(publication, organization=billing.a_partner(payment_terms="prepay"), articles=2)
    invoice = payments.pay(invoice, by=editor, reference="TX-1", seen=invoice.version)
    assert (invoice.status, invoice.paid_amount, invoice.outstanding) == ("paid", invoice.gross, 0)
    assert set(License.objects.values_list("status", flat=True)) == {"active"}
    assert LicenseRequest.objects.get().status == "fulfilled"
    assert events_of(invoice) == ["invoice.issued", "invoice.paid"]


def test_part_payments_add_up_and_only_the_last_one_issues_the_license(publication, editor):
    invoice = billing.owed(publication, organization=billing.a_partner(payment_terms="prepay"))
    invoice = payments.pay(invoice, by=editor, reference="TX-1", amount=Decimal("10.50"))
    assert (invoice.status, invoice.effective_status()) == ("issued", "partly_paid")
    assert invoice.outstanding == invoice.gross - Decimal("10.50")
    assert License.objects.get().status == "pending_payment"
    invoice = payments.pay(invoice, by=editor, reference="TX-2")
    assert (invoice.status, License.objects.get().status) == ("paid", "active")
    assert list(Payment.objects.values_list("amount", "reference")) == [
        (Decimal("10.50"), "TX-1"),
        (invoice.gross - Decimal("10.50"), "TX-2"),
    ]
    assert events_of(invoice) == ["invoice.issued", "invoice.part_paid", "invoice.paid"]


@pytest.mark.parametrize(
    "values",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal(-1)},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal("0.001")},
        {"amount": Decimal(10) ** 9},
        {"reference": " "},
        {"reference": "x" * 101},
        {"reference": "TX-0"},
        {"received_on": "tomorrow"},
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_changes_nothing(publication, editor, values):
    invoice = payments.pay(billing.owed(publication), by=editor, reference="TX-0", amount=Decimal(1))
    if "received_on" in values:
        values = {"received_on": invoice.day() + timedelta(days=1)}
    before = make.rows()
    with pytest.raises(Invalid):
        payments.pay(invoice, by=editor, **{"reference": "TX-1", **values})
    assert make.rows() == before


def test_a_payment_is_never_changed_or_deleted(publication, editor):
    payments.pay(billing.owed(publication), by=editor, reference="TX-1")
    payment = Payment.objects.get()
    for write in (payment.save, payment.delete):
        with pytest.raises(TypeError):
            write()
    assert Payment.objects.count() == 1


def test_a_paid_invoice_takes_no_more_money(publication, editor):
    invoice = payments.pay(billing.owed(publication), by=editor, reference="TX-1")
    with pytest.raises(Conflict):
        payments.pay(invoice, by=editor, reference="TX-2")


def test_a_credited_payment_is_given_back_on_the_credit_note(publication, editor):
    invoice = payments.pay(billing.owed(publication), by=editor, reference="TX-1")
    note, draft = payments.credit(invoice, by=editor, words="Agreed.")
    assert (note.outstanding, draft) == (invoice.gross, None)
    note = payments.pay(note, by=editor, reference="BACK-1")
    assert (note.status, note.outstanding) == ("paid", 0)
    unpaid, _ = payments.credit(billing.owed(publication), by=editor, words="Agreed.")
    with pytest.raises(Conflict) as refused:
        payments.pay(unpaid, by=editor, reference="BACK-2")
    assert refused.value.code == "nothing_outstanding"


def test_only_a_manager_writes_off_with_a_reason(publication, editor, manager):
    invoice = billing.owed(publication)
    with pytest.raises(NotAllowed):
        payments.write_off(invoice, by=editor, words="Bankrupt.")
    with pytest.raises(Invalid):
        payments.write_off(invoice, by=manager, words="")
    invoice = payments.write_off(invoice, by=manager, words="Bankrupt.")
    assert (invoice.status, invoice.reason, invoice.outstanding) == ("written_off", "Bankrupt.", 0)


def test_the_due_date_itself_is_in_time(publication):
    invoice = billing.owed(publication)
    states = [invoice.effective_status(billing.days_after_due(invoice, days)) for days in (-1, 0, 1)]
    assert states == ["issued", "issued", "overdue"]


def test_an_overdue_invoice_is_remembered_on_its_days_once_each(publication):
    invoice = billing.owed(publication)
    told = []
    for day in (0, 1, 1, 13, 14, 28, 40):
        clock.tick(billing.days_after_due(invoice, day))
        told.append(Event.objects.filter(kind="invoice.overdue").count())
    assert told == [0, 1, 1, 1, 2, 3, 3]
    last = Event.objects.filter(kind="invoice.overdue").last()
    said = {"days": 28, "reminder": 3, "status": "overdue", "quote": invoice.quote.reference}
    assert last.data == said


def test_a_late_clock_sends_one_reminder_and_not_all(publication):
    invoice = billing.owed(publication)
    clock.tick(billing.days_after_due(invoice, 30))
    assert (Event.objects.filter(kind="invoice.overdue").count(), Invoice.objects.get().reminders) == (1, 3)


def test_an_overdue_invoice_suspends_its_licenses_and_the_payment_reinstates_them(publication, editor):
    invoice = billing.owed(publication, articles=2)
    publication.settings |= {"invoice_due_days": 90}
    publication.save(update_fields=["settings"])
    other = billing.owed(publication)
    clock.tick(billing.days_after_due(invoice, 44))
    assert set(License.objects.values_list("status", flat=True)) == {"active"}
    clock.tick(billing.days_after_due(invoice, 45))
    held = License.objects.filter(quote=invoice.quote)
    assert set(held.values_list("status", "end_reason")) == {("suspended", "payment_overdue")}
    assert invoice.number in held.first().end_words
    assert License.objects.get(quote=other.quote).status == "active"
    payments.pay(invoice, by=editor, reference="TX-1")
    assert set(held.values_list("status", "end_reason")) == {("active", "")}


def test_an_invoice_whose_reminder_fails_holds_up_no_other_and_no_suspension(publication):
    broken = billing.billing_publication(settings={"invoice_reminder_days": ["soon"]})
    first, second = billing.owed(broken), billing.owed(publication)
    with pytest.raises(ValueError, match="soon"):
        clock.tick(billing.days_after_due(second, 50))
    assert Event.objects.get(kind="invoice.overdue").subject_reference == second.reference
    suspended = License.objects.filter(status="suspended").order_by("pk")
    assert [row.quote for row in suspended] == [first.quote, second.quote]


def test_the_clock_locks_no_invoice_for_which_nothing_is_due(publication):
    def owe_and_tell(day):
        invoice = billing.owed(publication)
        clock.tick(billing.days_after_due(invoice, day))
        return billing.days_after_due(invoice, day)

    def queries(now):
        with CaptureQueriesContext(connection) as seen:
            done = clock.tick(now)
        assert (done["invoices_reminded"], done["invoices_suspended"]) == (0, 0)
        return len(seen)

    now = owe_and_tell(50)
    one = queries(now)
    for _ in range(2):
        owe_and_tell(50)
    assert queries(now) == one


def test_what_the_desk_reinstated_is_not_suspended_again(publication, editor):
    invoice = billing.owed(publication)
    assert clock.tick(billing.days_after_due(invoice, 50))["invoices_suspended"] == 1
    licenses.reinstate(License.objects.get(), by=editor)
    assert clock.tick(billing.days_after_due(invoice, 51))["invoices_suspended"] == 0
    assert License.objects.get().status == "active"


def _suspected(row, invoice, editor, manager):
    licenses.reinstate(row, by=editor)
    licenses.suspend(row, by=editor, reason="suspected_breach", words="We ask.")


def _withheld(row, invoice, editor, manager):
    type(row.article).objects.filter(pk=row.article_id).update(desk_status="withheld")


def _retracted(row, invoice, editor, manager):
    with transaction.atomic():
        updates.open_for(make.happened("correction.published", row.article, kind="retraction"))


def _over(row, invoice, editor, manager):
    yesterday = row.day() - timedelta(days=1)
    License.objects.filter(pk=row.pk).update(starts_on=yesterday, ends_on=yesterday)


def _to_be_revoked(row, invoice, editor, manager):
    licenses.propose_revoke(row, by=editor, reason="non_payment", words="For months.")


@pytest.mark.parametrize(
    ("stand_against", "obstacle", "words"),
    [
        (_suspected, "suspended", "- It was suspended for another reason."),
        (_withheld, "not_usable", "- Its article may not be used."),
        (_retracted, "unanswered", "- The licensee has not answered a notice that the text must go."),
        (_over, "over", "- Its last day is over."),
        (_to_be_revoked, "revocation", "- Its revocation is proposed."),
    ],
)
@pytest.mark.parametrize("settle", ["pay", "credit"])
def test_what_something_else_stands_against_stays_suspended_and_the_desk_is_told(
    publication, editor, manager, stand_against, obstacle, words, settle
):
    invoice = billing.owed(publication)
    row = License.objects.get()
    clock.tick(billing.days_after_due(invoice, 50))
    stand_against(row, invoice, editor, manager)
    if settle == "pay":
        payments.pay(invoice, by=editor, reference="TX-1")
    else:
        payments.credit(invoice, by=editor, words="Our mistake.")
    assert License.objects.get(pk=row.pk).status == "suspended"
    event = Event.objects.get(kind="license.kept_suspended")
    assert (event.subject_reference, event.data["against"]) == (row.reference, [obstacle])
    while planning.plan_due():
        pass
    told = Delivery.objects.get(event=event)
    assert (told.recipient_kind, told.recipient_key) == ("user", str(editor.pk))
    assert words in mail.compose(told, ADDRESS_BOOKS["user"](told.recipient_key)).text.splitlines()


def test_a_credit_lifts_the_suspension_for_the_debt(publication, editor):
    invoice = billing.owed(publication)
    clock.tick(billing.days_after_due(invoice, 50))
    payments.credit(invoice, by=editor, words="Our mistake.")
    assert License.objects.get().status == "active"


@pytest.mark.parametrize("said", [{"suspend_after_overdue_days": 0}, {"suspend_after_overdue_days": 60}])
def test_the_publication_says_when_it_suspends(said):
    publication = billing.billing_publication(settings=said)
    invoice = billing.owed(publication)
    clock.tick(billing.days_after_due(invoice, 59))
    assert License.objects.get().status == "active"


def test_invoices_of_the_accounting_system_are_neither_remembered_nor_suspended():
    publication = make.make_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    invoice = invoicing.enter_number(invoice, by=editor, number="RE-1", due_on=invoice.day())
    done = clock.tick(billing.days_after_due(invoice, 90))
    assert (done["invoices_reminded"], done["invoices_suspended"]) == (0, 0)
    assert invoice.effective_status(billing.days_after_due(invoice, 90)) == "overdue"
