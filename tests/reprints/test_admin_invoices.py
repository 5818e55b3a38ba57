"""Invoices at the desk, the table for the accounting system, and the preview of a rate card."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.accounts.models import Publication
from reprints.models import Invoice, License
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.test_admin import buttons, page, press, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return billing.billing_publication()


@pytest.fixture
def as_(client, publication):
    def become(role, at=publication):
        client.force_login(staff(at, role))
        return client

    return become


def test_an_editor_enters_a_part_payment_and_then_the_rest(publication, as_):
    invoice = billing.owed(publication, organization=billing.a_partner(payment_terms="prepay"))
    client = as_("licensing_editor")
    assert buttons(client, invoice) == ["credit", "pay"]
    assert press(client, invoice, "pay", amount="10", reference="TX-1") == 302
    assert press(client, invoice, "pay", amount="9999999", reference="TX-2") == 422
    assert press(client, invoice, "pay", reference="TX-1") == 422
    assert press(client, invoice, "pay", reference="TX-2", received_on=invoice.day().isoformat()) == 302
    invoice.refresh_from_db()
    assert (invoice.status, License.objects.get().status) == ("paid", "active")
    assert buttons(client, invoice) == ["credit"]


def test_only_a_manager_is_offered_to_write_off(publication, as_):
    invoice = billing.owed(publication)
    assert press(as_("licensing_editor"), invoice, "write_off", words="Bankrupt.") == 409
    client = as_("licensing_manager")
    assert buttons(client, invoice) == ["credit", "write_off", "pay"]
    assert press(client, invoice, "write_off", words=" ") == 422
    assert press(client, invoice, "write_off", words="Bankrupt.") == 302
    assert (Invoice.objects.get().status, buttons(client, invoice)) == ("written_off", [])


def test_a_credit_drafts_the_new_invoice_which_is_issued_by_a_button(publication, as_):
    invoice = billing.owed(publication)
    client = as_("licensing_editor")
    assert press(client, invoice, "credit", words="The name was wrong.", again="on") == 302
    draft, note = Invoice.objects.get(status="draft"), Invoice.objects.get(kind="credit_note")
    assert buttons(client, note) == []
    assert buttons(client, draft) == ["prepare", "issue"]
    assert press(client, draft, "issue") == 302
    draft.refresh_from_db()
    assert (draft.sequence, note.credits) == (2, invoice)


def test_an_undecided_tax_is_decided_before_the_invoice_is_issued(as_):
    publication = billing.billing_publication(settings={"tax": {}})
    invoice = billing.owed(publication)
    client = as_("licensing_editor", publication)
    assert buttons(client, invoice) == ["prepare"]
    values = {"address": "3 New Road", "country": "at", "vat_id": "ATU13585627", "words": "Checked by telephone."}
    assert press(client, invoice, "prepare", treatment="manual", rate="0", **values) == 422
    assert press(client, invoice, "prepare", treatment="eu_b2b_reverse_charge", rate="0", **values) == 302
    assert press(client, invoice, "issue") == 302
    invoice.refresh_from_db()
    assert (invoice.status, invoice.buyer["country"], invoice.tax_evidence["vat_id_check"]) == ("issued", "AT", "valid")


def test_the_number_of_the_accounting_system_is_entered_by_a_button(as_):
    publication = make.make_publication()
    invoice = billing.owed(publication)
    client = as_("licensing_editor", publication)
    assert buttons(client, invoice) == ["enter_number"]
    assert press(client, invoice, "enter_number", number="") == 422
    assert "In USD, as the invoice says. Empty: 150.00, as calculated." in client.get(page(invoice)).content.decode()
    sums = {"tax": "30", "gross": "150"}
    assert press(client, invoice, "enter_number", number="RE-1", **sums) == 422
    sums["gross"] = "180"
    assert press(client, invoice, "enter_number", number="RE-1", due_on="2026-12-31", **sums) == 302
    invoice.refresh_from_db()
    assert (invoice.status, invoice.number, invoice.due_on.isoformat()) == ("issued", "RE-1", "2026-12-31")
    assert (invoice.tax, invoice.gross) == (30, 180)
    assert press(client, invoice, "credit", words="Twice.") == 302
    note = page(Invoice.objects.get(kind="credit_note"))
    assert "as calculated" not in client.get(note).content.decode()


def test_the_page_escapes_what_a_partner_is_called(publication, as_):
    invoice = billing.owed(publication, organization=billing.a_partner(name="<script>alert(1)</script>"))
    text = as_("licensing_editor").get(page(invoice)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text


def test_the_letter_and_the_table_are_handed_to_the_desk_only(publication, as_):
    invoice = billing.owed(publication)
    other = billing.owed(make.make_publication())
    pdf, table = (
        reverse(f"admin:reprints_invoice_{name}", args=args) for name, args in (("pdf", [invoice.pk]), ("export", []))
    )
    client = as_("licensing_editor")
    letter = client.get(pdf)
    assert (letter.status_code, letter["Content-Type"], letter.content[:5]) == (200, "application/pdf", b"%PDF-")
    export = client.get(table)
    assert (export.status_code, export["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert (invoice.reference in export.content.decode(), other.reference in export.content.decode()) == (True, False)
    for query, rows in (("", 1), ("?until=2020-01-01", 0), ("?since=&until=2999-12-31", 1)):
        assert len(client.get(table + query).content.decode().splitlines()) == 1 + rows
    for role in ("desk_editor", "standards_editor", "legal"):
        assert (as_(role).get(pdf).status_code, as_(role).get(table).status_code) == (404, 403)
    assert as_("licensing_editor", other.publication).get(pdf).status_code == 404


def test_the_list_asks_the_same_number_of_queries_for_one_and_thirty_rows(publication, as_):
    client = as_("licensing_editor")
    url = reverse("admin:reprints_invoice_changelist")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    billing.owed(publication)
    queries()
    one = queries()
    for _ in range(29):
        billing.owed(publication, organization=billing.a_partner())
    assert (Invoice.objects.count(), queries()) == (30, one)


def test_the_list_says_when_an_invoice_was_made_where_the_publication_is(publication, as_):
    Publication.objects.update(time_zone="Pacific/Honolulu")
    made = billing.owed(publication).created_at.astimezone(ZoneInfo("Pacific/Honolulu"))
    text = as_("licensing_editor").get(reverse("admin:reprints_invoice_changelist")).content.decode()
    assert f'{made.day} {made:%b %Y}<span class="second-line">{made:%H:%M} HST</span>' in text


def test_the_list_links_the_table(publication, as_):
    text = as_("licensing_editor").get(reverse("admin:reprints_invoice_changelist")).content.decode()
    assert reverse("admin:reprints_invoice_export") in text


# --- the preview of a rate card


def preview(client, card, reference=""):
    url = reverse("admin:reprints_ratecard_preview", args=[card.pk])
    return client.get(url, {"request": reference} if reference else {})


@pytest.fixture
def everywhere(client):
    def become(role):
        client.force_login(staff(None, role))
        return client

    return become


def test_a_draft_card_says_what_a_request_would_cost_and_changes_nothing(publication, everywhere):
    request = make.make_request(publication, make.make_article(publication), make.make_article(publication))
    card = make.make_card(publication, base="123.45")
    client = everywhere("licensing_manager")
    before = make.rows()
    shown = preview(client, card, request.reference.lower())
    assert shown.status_code == 200
    assert (shown.context_data["total"], str(shown.context_data["lane"])) == ("$246.90", "Priced from the rate card")
    assert [entry["price"] for entry in shown.context_data["lines"]] == ["$123.45", "$123.45"]
    assert [entry["now"] for entry in shown.context_data["lines"]] == ["$150.00", "$150.00"]
    assert "flat · 123.45 → 123.45" in re.sub(r"<[^>]+>", "", shown.content.decode())
    assert make.rows() == before
    assert client.post(reverse("admin:reprints_ratecard_preview", args=[card.pk])).status_code == 405


def test_the_card_links_its_preview(publication, everywhere):
    card = make.make_card(publication)
    text = everywhere("licensing_manager").get(reverse("admin:reprints_ratecard_change", args=[card.pk]))
    assert reverse("admin:reprints_ratecard_preview", args=[card.pk]) in text.content.decode()


def test_a_request_that_only_a_person_can_price_says_why(publication, everywhere):
    request = make.make_request(publication, make.make_article(publication, licensable=None), exclusivity="full")
    shown = preview(everywhere("licensing_manager"), make.make_card(publication), request.reference)
    assert shown.context_data["lines"][0]["reasons"] == [
        "Nobody has said yet whether the rights are ours.",
        "It is wanted exclusively.",
    ]
    assert "rights_unknown" not in shown.content.decode()


def test_a_card_in_another_currency_is_said_to_fit_nothing(publication, everywhere):
    request = make.make_request(publication, make.make_article(publication))
    card = make.make_card(publication)
    type(card).objects.filter(pk=card.pk).update(currency="EUR")
    shown = preview(everywhere("licensing_manager"), card, request.reference)
    assert (shown.context_data["total"], shown.context_data["other_currency"]) == (None, True)


@pytest.mark.parametrize("reference", ["LR-22222222-2", "nonsense", "<script>alert(1)</script>", "x" * 500])
def test_an_unknown_request_is_a_sentence(publication, everywhere, reference):
    shown = preview(everywhere("licensing_manager"), make.make_card(publication), reference)
    assert shown.status_code == 404
    assert "There is no such request at this publication." in shown.content.decode()
    assert "<script>alert" not in shown.content.decode().lower()


def test_a_request_of_another_publication_is_not_priced(publication, everywhere):
    other = make.make_publication()
    request = make.make_request(other, make.make_article(other))
    assert preview(everywhere("licensing_manager"), make.make_card(publication), request.reference).status_code == 404


def test_only_a_manager_of_the_house_previews(publication, everywhere, as_):
    card = make.make_card(publication)
    answers = [
        preview(everywhere("licensing_editor"), card).status_code,
        preview(as_("licensing_manager"), card).status_code,
    ]
    assert answers == [403, 403]


def test_the_front_page_counts_what_is_overdue_and_what_waits_for_a_number(publication, as_):
    publication.settings |= {"invoice_due_days": 1}
    publication.save(update_fields=["settings"])
    late = billing.owed(publication)
    publication.settings |= {"invoice_due_days": 60}
    publication.save(update_fields=["settings"])
    billing.owed(publication)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        shown = as_("licensing_editor").get(reverse("admin:index")).context_data["cards"]
    counted = {str(card.label): card.count for card in shown}
    assert (counted["overdue invoices"], counted["orders to invoice"]) == (1, 0)
    assert late.gross > Decimal(0)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Los_Angeles", "2026-03-09"), ("UTC", "2026-03-10"), ("Pacific/Auckland", "2026-03-10")]
)
def test_the_table_goes_by_the_days_of_the_publication(publication, as_, zone, day):
    owed = billing.owed(publication)
    Publication.objects.update(time_zone=zone)
    Invoice.objects.filter(pk=owed.pk).update(created_at=datetime(2026, 3, 10, 5, 30, tzinfo=UTC))
    desk, table = as_("licensing_editor"), reverse("admin:reprints_invoice_export")
    for since, until in ((day, day), ("2026-03-01", day), (day, "2026-03-31")):
        assert owed.reference in desk.get(table, {"since": since, "until": until}).content.decode()
    the_day_before, the_day_after = (date.fromisoformat(day) + timedelta(days=days) for days in (-1, 1))
    assert owed.reference not in desk.get(table, {"until": the_day_before}).content.decode()
    assert owed.reference not in desk.get(table, {"since": the_day_after}).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2020-13-45", "Enter a valid date."),
        ("yesterday", "Enter a valid date."),
        ("0001-01-01", "Give a date of the years 1600 to 2999."),
        ("9999-12-31", "Give a date of the years 1600 to 2999."),
    ],
)
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_day_of_the_table_that_cannot_be_read_is_refused_by_its_name(as_, name, typed, said):
    answer = as_("licensing_editor").get(reverse("admin:reprints_invoice_export"), {name: typed})
    assert (answer.status_code, f"{name}: {said}" in answer.content.decode()) == (400, True)


def test_a_credit_note_is_no_order_to_invoice(as_):
    publication = make.make_publication()
    desk = as_("licensing_editor", publication)
    billing.owed(publication)
    assert press(desk, billing.owed(publication), "enter_number", number="RE-1") == 302
    assert press(desk, Invoice.objects.get(number="RE-1"), "credit", words="Twice.") == 302
    cards = {str(card.label): card for card in desk.get(reverse("admin:index")).context_data["cards"]}
    for label in ("orders to invoice", "credit notes without a number"):
        assert (cards[label].count, desk.get(cards[label].url).context_data["cl"].result_count) == (1, 1)


@pytest.mark.parametrize(("zone", "over"), [("America/Los_Angeles", False), ("UTC", True), ("Asia/Tokyo", True)])
def test_an_invoice_is_overdue_when_its_day_is_over_where_the_publication_is(publication, as_, zone, over):
    owed = billing.owed(publication)
    Publication.objects.update(time_zone=zone)
    owed.refresh_from_db()
    with time_machine.travel(datetime.combine(owed.due_on + timedelta(days=1), time(1), UTC)):
        desk = as_("licensing_editor")
        shown = desk.get(reverse("admin:index")).context_data["cards"]
        card = next(card for card in shown if str(card.label) == "overdue invoices")
        listed = desk.get(card.url).context_data["cl"].result_list
        assert (card.count, [row.pk for row in listed]) == ((1, [owed.pk]) if over else (0, []))
        assert (owed.effective_status() == "overdue") is over
