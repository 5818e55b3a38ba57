"""From an accepted quote to an invoice, its number, its credit note."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events.models import Event
from reprints.models import Invoice, InvoiceCounter, License, LicenseRequest
from reprints.services import invoicing
from tests.racing import at_once
from tests.reprints import billing
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db

YEAR = timezone.now().year


@pytest.fixture
def publication():
    return billing.billing_publication()


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def external():
    return make.make_publication()


def test_paying_first_an_acceptance_leaves_a_waiting_license_and_an_issued_invoice(publication):
    quote = billing.accepted(publication, organization=billing.a_partner(payment_terms="prepay"))
    invoice = Invoice.objects.get()
    assert (invoice.quote, invoice.status, invoice.number) == (quote, "issued", f"INV-{YEAR}-00001")
    assert License.objects.get().status == "pending_payment"
    assert LicenseRequest.objects.get().status == "agreed"
    assert Event.objects.filter(kind="invoice.issued", subject_reference=invoice.reference).count() == 1


def test_on_account_the_license_is_in_force_and_the_invoice_is_issued_all_the_same(publication):
    billing.accepted(publication)
    assert (License.objects.get().status, Invoice.objects.get().status) == ("active", "issued")


def test_an_invoice_copies_seller_buyer_lines_and_tax_with_its_evidence(publication):
    partner = billing.a_partner(name="Partner <AG>", country="FR", vat_id="FR83404833048")
    invoice = billing.owed(publication, organization=partner, articles=2)
    assert {name: invoice.seller[name] for name in ("legal_entity", "legal_address", "vat_id", "country")} == {
        "legal_entity": "Daily Press GmbH",
        "legal_address": "1 Press Street\nBerlin",
        "vat_id": "DE136695976",
        "country": "DE",
    }
    assert invoice.buyer == {
        "name": "Partner <AG>",
        "address": "2 Partner Road\nHamburg",
        "country": "FR",
        "vat_id": "FR83404833048",
        "slug": partner.slug,
        "po_number": "",
        "request": invoice.quote.request.reference,
    }
    assert [line["license"] for line in invoice.lines] == list(
        License.objects.order_by("pk").values_list("reference", flat=True)
    )
    assert sum(Decimal(line["net"]["amount"]) for line in invoice.lines) == invoice.net == invoice.gross
    assert (invoice.tax_treatment, invoice.tax_rate, invoice.tax) == ("eu_b2b_reverse_charge", 0, 0)
    assert invoice.tax_evidence["vat_id_check"] == "valid"


def test_a_sale_at_home_carries_the_home_rate_on_quote_and_invoice_alike(publication):
    invoice = billing.owed(publication)
    quote = invoice.quote
    assert (invoice.tax_treatment, invoice.tax_rate) == ("domestic", Decimal(19))
    assert (invoice.net, invoice.tax, invoice.gross) == (quote.net, quote.tax, quote.gross)
    assert invoice.gross == billing.plus_tax(invoice.net)


def test_a_later_change_of_the_partner_does_not_reach_the_invoice(publication):
    partner = billing.a_partner(name="Before")
    invoice = billing.owed(publication, organization=partner)
    partner.name = "After"
    partner.save()
    invoice.refresh_from_db()
    assert invoice.buyer["name"] == "Before"


def test_an_undecided_tax_leaves_a_draft_for_the_desk(editor):
    publication = billing.billing_publication(settings={"tax": {}})
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    assert (invoice.status, invoice.number) == ("draft", "")
    with pytest.raises(Conflict) as refused:
        invoicing.issue(invoice, by=editor)
    assert refused.value.code == "tax_undecided"
    invoice = invoicing.prepare(
        invoice, by=editor, treatment="domestic", rate=Decimal(7), words="Reduced.", buyer={"country": "AT"}
    )
    invoice = invoicing.issue(invoice, by=editor)
    assert (invoice.status, invoice.tax, invoice.buyer["country"]) == (
        "issued",
        (invoice.net * Decimal("0.07")).quantize(Decimal("0.01")),
        "AT",
    )
    assert (invoice.tax_evidence["reason"], invoice.tax_evidence["decided_by"]) == ("Reduced.", editor.pk)


@pytest.mark.parametrize(
    "values",
    [
        {"treatment": "manual"},
        {"treatment": "none"},
        {"rate": Decimal(100)},
        {"rate": Decimal(-1)},
        {"treatment": "outside_eu", "rate": Decimal(19)},
        {"words": "  "},
    ],
)
def test_a_decision_that_cannot_be_is_refused(values):
    publication = billing.billing_publication(settings={"tax": {}})
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    with pytest.raises(Invalid):
        invoicing.prepare(invoice, by=editor, **{"treatment": "domestic", "rate": Decimal(19), "words": "x", **values})
    invoice.refresh_from_db()
    assert (invoice.tax_treatment, invoice.version) == ("manual", 1)


@pytest.mark.parametrize(
    ("treatment", "buyer", "pointer", "code"),
    [
        ("domestic", {"country": "FR"}, "/treatment", "wrong_country"),
        ("outside_eu", {"country": "FR"}, "/treatment", "wrong_country"),
        ("eu_b2b_reverse_charge", {"country": "DE"}, "/treatment", "wrong_country"),
        ("eu_b2b_reverse_charge", {"country": "FR"}, "/vat_id", "bad_vat_id"),
        ("eu_b2b_reverse_charge", {"country": "FR", "vat_id": "FR83404833049"}, "/vat_id", "bad_vat_id"),
    ],
)
def test_a_draft_is_taxed_as_the_countries_and_the_vat_id_permit(treatment, buyer, pointer, code):
    publication = billing.billing_publication(settings={"tax": {"country": "DE"}})
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    decided = {"by": editor, "treatment": treatment, "rate": Decimal(0), "words": "x"}
    with pytest.raises(Invalid) as refused:
        invoicing.prepare(invoice, **decided, buyer=buyer)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    fitting = {"country": "DE" if treatment == "domestic" else "FR", "vat_id": "FR83404833048"}
    fitting |= {"country": "US"} if treatment == "outside_eu" else {}
    assert invoicing.prepare(invoice, **decided, buyer=fitting).tax_treatment == treatment


def test_what_is_free_is_not_invoiced(publication):
    partner = billing.a_partner()
    article = make.make_article(publication)
    text = "The council met on Monday."
    make.make_request(publication, article, organization=partner, portion="excerpt", excerpt_text=text)
    assert (License.objects.count(), Invoice.objects.count()) == (1, 0)


def test_external_invoicing_drafts_the_order_and_takes_the_number_of_the_accounting_system(external):
    editor = make.make_staff(external, "licensing_editor")
    invoice = billing.owed(external)
    assert (invoice.status, invoice.number) == ("draft", "")
    with pytest.raises(Conflict) as refused:
        invoicing.issue(invoice, by=editor)
    assert refused.value.code == "external"
    invoice = invoicing.enter_number(invoice, by=editor, number=" RE-4711 ", seen=invoice.version)
    assert (invoice.status, invoice.number, invoice.sequence) == ("issued", "RE-4711", None)
    assert InvoiceCounter.objects.count() == 0


def test_a_number_is_entered_once_only_and_only_where_the_accounting_system_counts(external, publication, editor):
    person = make.make_staff(external, "licensing_editor")
    invoicing.enter_number(billing.owed(external), by=person, number="17")
    second = billing.owed(external)
    for number in ("17", "", "x" * 41, "a\x00b"):
        with pytest.raises(Invalid):
            invoicing.enter_number(second, by=person, number=number)
    with pytest.raises(NotAllowed):
        invoicing.enter_number(second, by=editor, number="18")
    draft = Invoice.objects.get(pk=second.pk)
    assert (draft.status, draft.number) == ("draft", "")


def test_tax_and_gross_of_the_accounting_system_are_taken_where_they_add_up(external):
    editor = make.make_staff(external, "licensing_editor")
    for given in ({"tax": Decimal(15)}, {"gross": Decimal(165)}, {"tax": Decimal(15), "gross": Decimal("165.00")}):
        order = billing.owed(external)
        assert (order.net, order.tax, order.gross) == (Decimal(150), Decimal(0), Decimal(150))
        row = invoicing.enter_number(order, by=editor, number=order.reference, **given)
        row.refresh_from_db()
        assert (row.tax, row.gross, row.tax_rate, row.outstanding) == (15, 165, 10, 165)
        assert row.tax_evidence["calculated_tax"] == "0.00 USD"


def test_amounts_that_do_not_add_up_are_refused_and_those_left_out_stay_as_calculated(external):
    editor = make.make_staff(external, "licensing_editor")
    order = billing.owed(external)
    for given, pointer, code in (
        ({"tax": Decimal(15), "gross": Decimal(150)}, "/gross", "sum_differs"),
        ({"gross": Decimal(149)}, "/tax", "out_of_range"),
        ({"tax": Decimal(-1)}, "/tax", "out_of_range"),
        ({"tax": Decimal(150)}, "/tax", "out_of_range"),
        ({"tax": Decimal("1.001")}, "/tax", "too_precise"),
    ):
        with pytest.raises(Invalid) as refused:
            invoicing.enter_number(order, by=editor, number="RE-1", **given)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    before = order.tax_evidence
    row = invoicing.enter_number(order, by=editor, number="RE-1")
    assert (row.status, row.tax, row.gross, row.tax_evidence) == ("issued", 0, 150, before)
    note, _none = invoicing.credit(row, by=editor, words="Twice.")
    with pytest.raises(Invalid):
        invoicing.enter_number(note, by=editor, number="CN-1", tax=Decimal(15))
    assert invoicing.enter_number(note, by=editor, number="CN-1").gross == 150


def test_numbers_count_per_legal_entity_series_and_kind(publication, editor):
    sister = billing.billing_publication()
    other = billing.billing_publication(legal_entity="Other Press AG")
    numbers = [billing.owed(row).number for row in (publication, sister, other, publication)]
    assert numbers == [f"INV-{YEAR}-{count:05d}" for count in (1, 2, 1, 3)]
    note, _ = invoicing.credit(Invoice.objects.get(pk=Invoice.objects.first().pk), by=editor, words="Wrong.")
    assert note.number == f"CN-{YEAR}-00001"


def test_test_invoices_count_in_a_series_of_their_own(publication):
    partner = billing.a_partner()
    request = make.make_request(
        publication, make.make_article(publication), organization=partner, by=make.make_key(partner, test=True)
    )
    quote = request.quotes.get()
    billing.accepting.accept(
        quote, by=request.api_key, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(partner)
    )
    assert Invoice.objects.get().number == f"TEST-INV-{YEAR}-00001"
    assert billing.owed(publication, organization=partner).number == f"INV-{YEAR}-00001"


def test_a_number_that_was_rolled_back_is_given_again(publication):
    with transaction.atomic():
        assert billing.owed(publication).sequence == 1
        transaction.set_rollback(True)
    assert billing.owed(publication).number == f"INV-{YEAR}-00001"


@pytest.mark.parametrize("field", ["gross", "buyer", "number", "due_on", "lines", "kind"])
def test_an_issued_invoice_is_frozen(publication, field):
    invoice = billing.owed(publication)
    before = Invoice.objects.filter(pk=invoice.pk).values().get()
    for write in (lambda: invoice.save(), lambda: invoice.save(update_fields=[field]), lambda: invoice.delete()):
        with pytest.raises(TypeError):
            write()
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before


def test_what_was_just_issued_is_frozen_in_the_same_hand(external):
    editor = make.make_staff(external, "licensing_editor")
    invoice = invoicing.enter_number(billing.owed(external), by=editor, number="1")
    invoice.number = "2"
    with pytest.raises(TypeError):
        invoice.save(update_fields=["number"])


def test_a_change_is_a_credit_note_and_a_new_invoice(publication, editor):
    partner = billing.a_partner(name="Old Name")
    invoice = billing.owed(publication, organization=partner)
    partner.name = "New Name"
    partner.save()
    note, draft = invoicing.credit(invoice, by=editor, words="The name was wrong.", again=True, seen=invoice.version)
    invoice.refresh_from_db()
    new = invoicing.issue(draft, by=editor)
    assert (invoice.status, invoice.buyer["name"], invoice.reason) == ("credited", "Old Name", "The name was wrong.")
    assert (note.kind, note.credits, note.status, note.gross) == ("credit_note", invoice, "issued", invoice.gross)
    assert (note.due_on, note.outstanding, note.buyer["name"]) == (None, 0, "Old Name")
    assert (new.number, new.buyer["name"], new.status) == (f"INV-{YEAR}-00002", "New Name", "issued")
    kinds = Event.objects.filter(kind__startswith="invoice.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["invoice.issued", "invoice.credited", "invoice.issued", "invoice.issued"]


def test_a_credit_note_cannot_be_credited_nor_an_invoice_twice(publication, editor):
    invoice = billing.owed(publication)
    note, _ = invoicing.credit(invoice, by=editor, words="Wrong.")
    before = make.rows()
    for row in (invoice, note):
        with pytest.raises(Conflict):
            invoicing.credit(row, by=editor, words="Again.")
    assert make.rows() == before


def test_a_refused_move_changes_nothing(publication, editor):
    invoice = billing.owed(publication)
    stranger = make.make_staff(make.make_publication(), "licensing_manager")
    before = make.rows()
    for error, call in (
        (NotAllowed, lambda: invoicing.credit(invoice, by=stranger, words="No.")),
        (Invalid, lambda: invoicing.credit(invoice, by=editor, words=" ")),
        (Stale, lambda: invoicing.credit(invoice, by=editor, words="No.", seen=invoice.version - 1)),
        (Conflict, lambda: invoicing.issue(invoice, by=editor)),
        (Conflict, lambda: invoicing.draft_for(invoice.quote)),
    ):
        with pytest.raises(error):
            call()
    assert make.rows() == before


def test_only_an_accepted_quote_is_invoiced(publication):
    request = make.make_request(publication, make.make_article(publication))
    with pytest.raises(Conflict) as refused:
        invoicing.draft_for(request.quotes.get())
    assert refused.value.code == "not_accepted"


def test_the_database_refuses_a_second_standing_invoice_and_an_overpaid_one(publication):
    invoice = billing.owed(publication)
    values = Invoice.objects.filter(pk=invoice.pk).values().get()
    values |= {"id": None, "reference": "I-X", "number": "X", "sequence": 99}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(paid_amount=invoice.gross + 1)
    assert Invoice.objects.count() == 1


@pytest.mark.both
def test_the_database_keeps_an_issued_invoice_as_it_was_issued(publication):
    invoice = billing.owed(publication)
    for change in ({"gross": 1}, {"number": "INV-9"}, {"buyer": {}}, {"due_on": "2030-01-01"}, {"issued_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM masthead_allow_flush")  # as in production, where it is empty
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk)._raw_delete("default")
    assert Invoice.objects.filter(pk=invoice.pk).update(reminders=1) == 1
    assert (Invoice.objects.get().gross, Invoice.objects.get().number) == (invoice.gross, invoice.number)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_twenty_invoices_at_once_have_numbers_without_a_gap():
    publication = billing.billing_publication(settings={"tax": {}})
    editor = make.make_staff(publication, "licensing_editor")
    partner = billing.a_partner()
    drafts = []
    for _ in range(20):
        draft = billing.owed(publication, organization=partner)
        drafts.append(invoicing.prepare(draft, by=editor, treatment="domestic", rate=Decimal(19), words="As always."))
    answers = at_once(*(lambda row=row: invoicing.issue(row, by=editor).sequence for row in drafts))
    assert sorted(answers, key=str) == sorted(range(1, 21), key=str)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [
        f"INV-{YEAR}-{count:05d}" for count in range(1, 21)
    ]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_one_invoice_issued_twenty_times_at_once_gets_one_number():
    publication = billing.billing_publication(settings={"tax": {}})
    editor = make.make_staff(publication, "licensing_editor")
    draft = invoicing.prepare(
        billing.owed(publication), by=editor, treatment="domestic", rate=Decimal(19), words="As always."
    )
    answers = at_once(*[lambda: invoicing.issue(draft, by=editor).sequence] * 20)
    assert [answer for answer in answers if not isinstance(answer, Conflict)] == [1]
    assert InvoiceCounter.objects.get().last == 1
