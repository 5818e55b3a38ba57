"""A partner proposes something else, and the desk quotes as proposed with one press."""

from datetime import timedelta
from decimal import Decimal

import pytest
from babel import Locale
from django.utils import timezone

from newsroom.accounts.models import Approval
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from reprints.documents.wording import date_words
from reprints.models import Quote
from reprints.services import accepting, asking, countering, quoting
from tests import factories
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused
from tests.reprints.test_notices import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make.make_publication(settings={"discount_limit": "40"})


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def quote(publication, article):
    return make.make_request(publication, article).quotes.get()


def test_a_proposal_is_a_message_of_the_thread_and_the_quote_stays_open(quote, editor):
    send()
    message = countering.counter(quote, amount=Decimal("90"), words="We are a small paper.", seen=quote.version)
    quote.refresh_from_db()
    assert (quote.status, message.move, message.author_kind) == ("open", "counter", "partner")
    assert message.body == "We propose USD 90.00, net.\n\nWe are a small paper."
    assert message.proposal == {"quote": quote.reference, "amount": "90.00", "currency": "USD", "changes": []}
    ((subject, to, body),) = send()
    assert "the partner proposes something else" in subject
    assert (editor.email in to, "small paper" in body) == (True, False)


def test_the_same_amount_for_other_terms_is_a_proposal_in_words_that_people_read(quote, editor):
    last = timezone.localdate() + timedelta(days=20)
    terms = {"territory": ["US", "CA"], "quantity": 4000, "ends_on": last.isoformat()}
    message = countering.counter(quote, amount=quote.net, changes=[{"item": 0, **terms}])
    assert message.body == (
        "We propose USD 150.00, net.\nFor item 1: Where: United States and Canada; How many: 4,000; "
        f"Until: {date_words(last, Locale('en'))}."
    )
    assert countering.requote(quote, by=editor).net == quote.net


def test_the_desk_quotes_as_proposed_with_one_press(quote, editor):
    countering.counter(quote, amount=Decimal("90"))
    fresh = countering.requote(quote, by=editor)
    quote.refresh_from_db()
    line = fresh.lines.get()
    assert (quote.status, fresh.status, fresh.number, fresh.net) == ("superseded", "open", 2, Decimal("90"))
    assert line.trace[-1] == {"rule": "by hand", "effect": "As proposed by the partner.", "subtotal": "90.00"}
    accepted = accepting.accept(fresh, terms_sha256=fresh.terms.sha256, signatory=make.signatory_of(fresh.organization))
    assert accepted.licenses.get().snapshot["price"] == {"amount": "90.00", "currency": "USD"}


def test_other_terms_are_priced_by_the_card_unless_an_amount_was_proposed(quote, editor):
    last = (timezone.localdate() + timedelta(days=20)).isoformat()
    countering.counter(quote, changes=[{"item": 0, "ends_on": last, "territory": ["us", "CA"]}])
    fresh = countering.requote(quote, by=editor)
    line = fresh.lines.get()
    assert (line.granted["territory"], line.granted["ends_on"]) == (["US", "CA"], last)
    assert [change["field"] for change in line.changes] == ["territory", "ends_on"]
    assert (quote.net, fresh.net) == (Decimal(150), Decimal("97.50"))


def test_an_amount_is_spread_over_the_lines_to_the_last_cent(publication, editor):
    articles = [make.make_article(publication) for _ in range(3)]
    quote = make.make_request(publication, *articles).quotes.get()
    countering.counter(quote, amount=Decimal("100"))
    fresh = countering.requote(quote, by=editor)
    assert [row.price for row in fresh.lines.all()] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert fresh.net == Decimal(100)


def test_above_the_editors_limit_it_waits_for_a_manager(publication, quote, editor):
    countering.counter(quote, amount=Decimal("1000.01"))
    fresh = countering.requote(quote, by=editor)
    quote.refresh_from_db()
    assert (fresh.status, quote.status, Approval.objects.count()) == ("draft", "open", 0)


def test_with_a_manager_the_word_of_that_manager_is_asked_for_at_once(publication, quote, editor):
    manager = make.make_staff(publication, "licensing_manager")
    countering.counter(quote, amount=Decimal("1000.01"))
    fresh = countering.requote(quote, by=editor)
    assert (fresh.status, Approval.objects.get().proposed_by) == ("draft", editor)
    quoting.approve(fresh, by=manager)
    assert quoting.open(fresh, by=editor).status == "open"


def test_the_newest_proposal_counts(quote, editor):
    countering.counter(quote, amount=Decimal("90"))
    countering.counter(quote, amount=Decimal("95"))
    assert countering.requote(quote, by=editor).net == Decimal(95)


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({}, "/amount", "required"),
        ({"amount": Decimal(0)}, "/amount", "out_of_range"),
        ({"amount": Decimal(-1)}, "/amount", "out_of_range"),
        ({"amount": Decimal("NaN")}, "/amount", "out_of_range"),
        ({"amount": Decimal(10) ** 15}, "/amount", "out_of_range"),
        ({"amount": Decimal("1.001")}, "/amount", "too_precise"),
        ({"amount": Decimal(150)}, "/amount", "unchanged"),
        ({"changes": [{"item": 0, "territory": ["us"]}]}, "/changes/0", "unchanged"),
        ({"amount": Decimal(90), "changes": [{"item": 0, "quantity": 5000}]}, "/changes/0", "unchanged"),
        ({"changes": [{"item": 1, "quantity": 5}]}, "/changes/0/item", "unknown_item"),
        ({"changes": [{"item": 0}]}, "/changes/0", "required"),
        ({"changes": [{"item": 0, "use": "ai_train"}]}, "/changes/0", "required"),
        ({"changes": [{"item": 0, "territory": ["US", "EU"]}]}, "/changes/0/territory/1", "unknown_country"),
        ({"changes": [{"item": 0, "quantity": 10**12}]}, "/changes/0/quantity", "too_large"),
        ({"changes": [{"item": 0, "ends_on": "2020-01-01"}]}, "/changes/0/ends_on", "reversed_dates"),
        ({"amount": Decimal(90), "words": "x" * 4001}, "/words", "too_long"),
    ],
)
def test_a_proposal_that_could_not_be_quoted_is_refused(quote, given, pointer, code):
    before = make.rows()
    with pytest.raises(Invalid) as error:
        countering.counter(quote, **given)
    assert [(fault.pointer, fault.code) for fault in error.value.faults] == [(pointer, code)]
    assert make.rows() == before


def test_only_an_open_quote_takes_proposals_and_not_without_end(quote, editor):
    with pytest.raises(Stale):
        countering.counter(quote, amount=Decimal(90), seen=99)
    with pytest.raises(NotAllowed):
        countering.counter(quote, by=editor, amount=Decimal(90))
    for amount in range(1, 11):
        countering.counter(quote, amount=Decimal(amount))
    with pytest.raises(Conflict) as error:
        countering.counter(quote, amount=Decimal(90))
    assert error.value.code == "too_many"
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Conflict) as error:
        countering.counter(quote, amount=Decimal(90))
    assert error.value.code == "expired"
    asking.withdraw(quote.request)
    with pytest.raises(Conflict):
        countering.counter(quote, amount=Decimal(90))


def test_nothing_proposed_is_nothing_to_quote_and_it_is_the_desks(quote, editor):
    with pytest.raises(Conflict) as error:
        countering.requote(quote, by=editor)
    assert error.value.code == "nothing_proposed"
    countering.counter(quote, amount=Decimal(90))
    with pytest.raises(NotAllowed):
        countering.requote(quote, by=make.make_staff(quote.publication, "desk_editor"))


def test_a_partner_proposes_by_the_api(quote):
    partner = Client(quote.organization)
    path = f"quotes/{quote.reference}/counter/"
    body = {"amount": {"amount": "90.00", "currency": "USD"}, "changes": [{"item": 0, "territory": ["CA"]}]}
    answer = partner.post(path, body, once="c1")
    assert answer.status_code == 201
    assert answer.json()["proposal"] == {"quote": quote.reference, **body}
    assert partner.post(path, body, once="c1").json() == answer.json()
    thread = partner.get(f"license-requests/{quote.request.reference}/messages/").json()["results"]
    assert [row["proposal"] for row in thread] == [answer.json()["proposal"]]
    assert faults(partner.post(path, {"amount": {"amount": 9, "currency": "USD"}}, once="c4")) == [
        ("/amount/amount", "not_string")
    ]
    assert faults(partner.post(path, {"amount": {"amount": "9", "currency": "EUR"}}, once="c2")) == [
        ("/amount/currency", "currency_mismatch")
    ]
    assert refused(partner.post(path, body)) == (400, "idempotency_key_required")
    assert refused(Client(make.make_organization()).post(path, body, once="c3")) == (404, "not_found")


def test_of_a_use_that_began_already_the_other_terms_can_be_proposed_and_no_end_that_is_over(publication):
    request = make.make_request(publication, make.make_article(publication))
    quote = request.quotes.get()
    days = {"starts_on": "2020-01-01", "ends_on": (request.day() + timedelta(days=90)).isoformat()}
    for line in quote.lines.all():
        line.granted = {**line.granted, **days}
        line.save()
    message = countering.counter(quote, changes=[{"item": 0, "territory": ["ca", "CA"]}])
    assert message.proposal["changes"] == [{"item": 0, "territory": ["CA"]}]
    with pytest.raises(Invalid) as refused:
        countering.counter(quote, changes=[{"item": 0, "ends_on": (request.day() - timedelta(days=1)).isoformat()}])
    assert [(row.pointer, row.code) for row in refused.value.faults] == [("/changes/0/ends_on", "past_date")]


def test_the_desk_stands_by_its_quote_with_words_and_owes_nothing_more(publication):
    editor = make.make_staff(publication, "licensing_editor")
    quote = make.make_request(publication, make.make_article(publication)).quotes.get()
    countering.counter(quote, amount=Decimal(120))
    quote.request.refresh_from_db()
    assert (countering.is_owed(quote), quote.request.waiting_since) == (True, None)

    message = countering.stand(quote, by=editor, words="It is our lowest price.")
    quote.refresh_from_db()
    assert (message.body, message.author, quote.status, quote.net) == (
        "It is our lowest price.",
        editor,
        "open",
        Decimal(150),
    )
    assert not countering.is_owed(quote)
    assert quote.request.waiting_since is not None
    with pytest.raises(Conflict) as refused:
        countering.stand(quote, by=editor, words="Really.")
    assert refused.value.code == "nothing_proposed"
    with pytest.raises(NotAllowed):
        countering.stand(quote, by=make.make_staff(publication, "desk_editor"), words="No.")


def test_without_a_proposal_there_is_nothing_to_stand_by(publication):
    editor = make.make_staff(publication, "licensing_editor")
    quote = make.make_request(publication, make.make_article(publication)).quotes.get()
    with pytest.raises(Conflict):
        countering.stand(quote, by=editor, words="No.")
    countering.counter(quote, amount=Decimal(120))
    with pytest.raises(Invalid):
        countering.stand(quote, by=editor, words=" ")


def test_the_button_stands_beside_the_proposal(client, publication, quote):
    client.force_login(factories.make_staff(publication, "licensing_editor"))
    page = f"/admin/reprints/quote/{quote.pk}/"
    assert "Quote as proposed" not in client.get(f"{page}change/").content.decode()
    countering.counter(quote, amount=Decimal("90"), words="<b>Please</b>")
    shown = client.get(f"{page}change/").content.decode()
    assert ("Quote as proposed" in shown, "&lt;b&gt;Please" in shown) == (True, True)
    client.post(f"{page}do/requote/", {"seen": quote.version})
    assert quoting.Quote.objects.get(request=quote.request, status="open").net == Decimal(90)


@pytest.mark.parametrize("with_manager", [True, False])
def test_the_desk_reads_that_a_proposal_above_its_limit_was_not_sent_and_who_approves_it(
    client, publication, quote, with_manager
):
    client.force_login(factories.make_staff(publication, "licensing_editor"))
    manager = make.make_staff(publication, "licensing_manager") if with_manager else None
    countering.counter(quote, amount=Decimal("1000.01"))
    page = client.post(f"/admin/reprints/quote/{quote.pk}/do/requote/", {"seen": quote.version}, follow=True)
    (said,) = map(str, page.context["messages"])
    draft = quoting.Quote.objects.get(request=quote.request, status="draft")
    nobody = "Nobody else is a licensing manager here: an administrator gives somebody that role."
    assert said == (
        f"Not sent yet: {draft.reference} is a draft. It is above the editor’s limit of 1000.00 USD. "
        + (f"It waits for the word of one of: {manager}." if manager else nobody)
    )
