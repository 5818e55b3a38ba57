"""Writing a quote at the desk: asked beside granted, what others hold, and what one editor may not send alone."""

from decimal import Decimal

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsroom.accounts.checking import faults_in
from newsroom.errors import Conflict
from reprints.admin import wording
from reprints.models import License, Quote
from reprints.services import countering, exclusive, limits, quoting
from reprints.services.askers import asker_of
from reprints.services.lanes import MANUAL_REASONS
from tests.kept import again, made_once
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A publication, an article and an editor."""

    def build():
        daily = make.make_publication()
        editor = make.make_staff(daily, "licensing_editor")
        editor.is_staff = True
        editor.save(update_fields=["is_staff"])
        return daily, make.make_article(daily), editor

    yield from made_once(django_db_blocker, build)


@pytest.fixture(autouse=True)
def daily(built, db):
    return again(built[0])


@pytest.fixture
def article(built, daily):
    return again(built[1])


@pytest.fixture
def editor(built, daily):
    return again(built[2])


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def by_hand(daily, article, **values):
    """A request that a person answers, of the same terms as one that the card prices."""
    return make.make_request(daily, article, **{"exclusivity": "media", **values})


def page_of(desk, record):
    url = reverse(f"admin:reprints_{record._meta.model_name}_change", args=[record.pk])
    return lxml.html.fromstring(desk.get(url).content.decode())


def form_of(page):
    (form,) = [form for form in page.forms if (form.get("action") or "").endswith("/do/draft_quote/")]
    return form


def sent(desk, record, **changed):
    """The form of the page as a browser would send it, with some fields typed over; None unticks."""
    form = form_of(page_of(desk, record))
    data = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
    data = {name: value for name, value in (data | changed).items() if value is not None}
    return desk.post(form.get("action"), data)


def words(element):
    return " ".join(element.text_content().split())


def test_the_form_as_it_stands_grants_what_was_asked_at_the_price_of_the_card(daily, article, desk):
    request = by_hand(daily, article, territory=["US", "CA"], languages=["en", "fr"])
    card = form_of(page_of(desk, request))
    assert "The rate card says $" in words(card)

    assert sent(desk, request).status_code == 302
    line = request.quotes.get().lines.get()
    assert (line.changes, line.override_reason) == ([], "")
    assert line.granted == request.items.get().as_asked()


def test_a_draft_that_a_colleague_wrote_meanwhile_is_not_written_over_unseen(daily, article, desk):
    colleague = make.make_staff(daily, "licensing_editor")
    request = by_hand(daily, article)

    def theirs(price):
        line = quoting.Line(request.items.get(), price=Decimal(price), override_reason="Agreed.")
        return quoting.draft(request, by=colleague, lines=[line])

    for before in (lambda: None, lambda: theirs(700)):  # the first draft, and one that is written anew
        before()
        form = form_of(page_of(desk, request))
        mine = dict(form.form_values()) | {"price_0": "650", "reason_0": "As we spoke."}
        draft = theirs(800)
        refused = desk.post(form.get("action"), mine)
        page = lxml.html.fromstring(refused.content.decode())
        assert refused.status_code == 409
        assert f"The draft changed meanwhile: {colleague} wrote {draft.reference}." in words(page)
        assert dict(form_of(page).form_values())["price_0"] == "650"
        assert request.quotes.get().net == 800
        assert desk.post(form.get("action"), dict(form_of(page).form_values())).status_code == 302
        assert request.quotes.get().net == 650


def test_what_is_asked_stands_in_words_beside_each_field(daily, article, desk):
    request = by_hand(daily, article, territory=["US", "CA"], ends_on="2097-11-30", starts_on="2096-12-01")
    rows = [" | ".join(words(cell) for cell in row[:2]) for row in form_of(page_of(desk, request)).xpath(".//tbody/tr")]
    assert "How many | Up to 5,000 monthly users" in rows
    assert "Where | United States and Canada" in rows
    assert "Until | November 30, 2097" in rows


def test_each_member_may_be_granted_otherwise(daily, article, desk):
    request = by_hand(daily, article, ends_on="2097-11-30", starts_on="2096-12-01")
    changed = {
        "quantity_0": "900",
        "territory_0": "Germany, fr",
        "languages_0": "German",
        "ends_on_0": "2097-05-31",
        "exclusivity_0": "none",
        "modifications_0": "shorten",
        "exclusions_0": "photo: AP\nmap: City",
        "price_0": "700",
        "reason_0": "Agreed.",
    }
    assert sent(desk, request, **changed).status_code == 302
    line = request.quotes.get().lines.get()
    assert {row["field"]: row["granted"] for row in line.changes} == {
        "quantity": 900,
        "territory": ["DE", "FR"],
        "languages": ["de"],
        "ends_on": "2097-05-31",
        "exclusivity": "none",
        "modifications": "shorten",
    }
    assert (line.exclusions, line.price, line.override_reason) == (["photo: AP", "map: City"], Decimal(700), "Agreed.")


def test_without_end_is_ticked_and_the_last_day_emptied(daily, article, desk):
    request = by_hand(daily, article, starts_on="2096-12-01", ends_on="2097-11-30")
    assert sent(desk, request, perpetual_0="on", ends_on_0="").status_code == 302
    granted = request.quotes.get().lines.get().granted
    assert (granted["perpetual"], granted["ends_on"]) == (True, None)

    again = sent(desk, request, perpetual_0=None, ends_on_0="2098-11-30")
    assert again.status_code == 302
    granted = request.quotes.get().lines.get().granted
    assert (granted["perpetual"], granted["ends_on"]) == (False, "2098-11-30")


def test_a_draft_is_taken_up_as_it_was_left(daily, article, desk):
    request = by_hand(daily, article)
    sent(
        desk, request, territory_0="DE", price_0="700", reason_0="Agreed.", note="As on the phone.", treatment="exempt"
    )
    form = form_of(page_of(desk, request))
    kept = {name: form.fields[name] for name in ("territory_0", "price_0", "reason_0", "note", "treatment")}
    assert kept == {
        "territory_0": "DE",
        "price_0": "700.00",
        "reason_0": "Agreed.",
        "note": "\nAs on the phone.",
        "treatment": "exempt",
    }


NOT_TO_BE_GRANTED = [
    ("territory_0", "Atlantis", "This is not a country code"),
    ("languages_0", "!", "This is no language"),
    ("ends_on_0", "2020-01-01", "The end is before the beginning"),
    ("price_0", "90.005", "This currency has no such fraction"),
    ("quantity_0", "0", "greater than or equal to 1"),
    ("rate", "19", "This rate does not go with the treatment"),
]


def test_what_cannot_be_granted_is_said_beside_its_field_and_nothing_is_written(daily, article, desk):
    request = by_hand(daily, article)
    for field, typed, said in NOT_TO_BE_GRANTED:
        more = {"treatment": "exempt"} if field == "rate" else {"reason_0": "Agreed."}
        response = sent(desk, request, **{field: typed, **more})
        form = form_of(lxml.html.fromstring(response.content.decode()))
        errors = form.xpath(f".//*[@name='{field}']/preceding-sibling::ul[contains(@class, 'errorlist')]")

        assert response.status_code == 422, field
        assert said in " ".join(words(error) for error in errors)
        assert form.fields[field] == typed
        assert not Quote.objects.exists()


def test_another_price_without_a_reason_is_refused_at_the_reason(daily, article, desk):
    response = sent(desk, by_hand(daily, article), price_0="90")
    form = form_of(lxml.html.fromstring(response.content.decode()))
    assert "Say why the price differs" in words(form.xpath(".//*[@name='reason_0']/preceding-sibling::ul")[0])


def test_a_tax_rate_is_not_typed_in_vain(daily, article, desk):
    request = by_hand(daily, article)
    for typed, said in (
        ({"treatment": "", "rate": "19"}, "Choose how it is taxed at that rate, or leave the rate empty."),
        ({"treatment": "domestic", "rate": ""}, "At which rate? Type 0 for none."),
    ):
        refused = sent(desk, request, **typed)
        page = lxml.html.fromstring(refused.content.decode())
        assert (refused.status_code, said in words(form_of(page)), request.quotes.count()) == (422, True, 0)
        assert dict(form_of(page).form_values()).get("rate", "") == typed["rate"]
    assert sent(desk, request, treatment="domestic", rate="0").status_code == 302
    assert request.quotes.get().tax_rate == 0


def test_where_no_rule_of_the_house_taxes_the_desk_decides(article, desk, daily):
    daily.settings = {**daily.settings, "tax": {}}
    daily.save()
    request = by_hand(daily, article)
    assert sent(desk, request, exclusions_confirmed="on").status_code == 302
    quote = request.quotes.get()
    url = reverse("admin:reprints_quote_do", args=[quote.pk, "open"])
    assert desk.post(url, {"seen": quote.version}).status_code == 422

    assert sent(desk, request, treatment="domestic", rate="19").status_code == 302
    quote.refresh_from_db()
    assert (quote.tax_treatment, quote.tax_rate) == ("domestic", Decimal(19))
    assert quote.gross == quote.net + quote.tax > quote.net
    assert desk.post(url, {"seen": quote.version}).status_code == 302


def test_the_page_says_every_reason_in_words(daily):
    assert set(wording.WHY) == MANUAL_REASONS


def test_the_request_says_why_a_person_answers(daily, article, desk):
    text = words(page_of(desk, by_hand(daily, article)))
    assert "Item 1: It is wanted exclusively." in text
    assert "{'item'" not in text


# --- what others hold ------------------------------------------------------------------------------------------------


def make_exclusive(daily, article, editor, **values):
    request = by_hand(daily, article, **values)
    line = quoting.Line(request.items.get(), price=Decimal(500), override_reason="Agreed.")
    quote = quoting.draft(request, by=editor, lines=[line], exclusions_confirmed=True)
    quote = quoting.open(quote, by=editor)
    return make.accepting.accept(
        quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(request.organization)
    ).licenses.get()


def test_the_calendar_names_who_holds_what_and_which_item_runs_into_it(daily, article, editor, desk):
    held = make_exclusive(daily, article, editor, territory=["DE"])
    other = make.make_license(daily, article, territory=["FR"])
    request = make.make_request(daily, article, territory=["DE", "AT"])
    rows = [words(row) for row in page_of(desk, request).xpath("//section[@aria-labelledby='calendar']//tbody/tr")]

    assert len(rows) == 2
    assert rows[0].startswith(f"{held.reference} {held.request.organization.name}")
    assert "Exclusive in this medium item 1 runs into it" in rows[0]
    assert rows[1].startswith(other.reference)
    assert "runs into it" not in rows[1]


def test_own_licenses_ended_ones_and_those_of_other_articles_are_not_in_the_calendar(daily, article, editor):
    mine = make_exclusive(daily, article, editor, territory=["DE"])
    make.make_license(daily, make.make_article(daily))
    ended = make.make_license(daily, article, territory=["FR"])
    License.objects.filter(pk=ended.pk).update(status="terminated")
    request = make.make_request(daily, article, organization=mine.organization, territory=["IT"])
    grants = [exclusive.grant_of(row) for row in request.items.all()]
    assert exclusive.calendar(grants, asker=asker_of(request)) == []


def test_a_clash_is_refused_with_who_holds_what_where_and_when(daily, article, editor):
    held = make_exclusive(daily, article, editor, territory=["DE"], starts_on="2096-12-01", ends_on="2097-11-30")
    request = make.make_request(daily, article, territory=["DE"], starts_on="2096-12-01", ends_on="2097-11-30")
    quote = quoting.draft(request, by=editor, exclusions_confirmed=True)
    with pytest.raises(Conflict) as refused:
        quoting.open(quote, by=editor)
    assert refused.value.code == "exclusivity_clash"
    assert refused.value.message == (
        f"This runs into {held.reference} of {held.organization.name}: Republish on a website, Germany,"
        " December 1, 2096 to November 30, 2097, both days included. Exclusive in this medium."
    )


# --- what a second person agrees to ----------------------------------------------------------------------------------


def offered(daily, article, editor, percent, **settings):
    """A draft at this percentage of the rate card's price."""
    request = by_hand(daily, article)
    quoting.draft(request, by=editor, exclusions_confirmed=True)
    card = request.quotes.get().net
    price = (card * percent / 100).quantize(Decimal("0.01"))
    line = quoting.Line(request.items.get(), price=price, override_reason="Agreed.")
    return quoting.draft(request, by=editor, lines=[line], exclusions_confirmed=True)


@pytest.mark.parametrize(("percent", "alone"), [(100, True), (70, True), (69, False), (0, False), (150, True)])
def test_a_discount_beyond_the_limit_waits_for_a_manager(daily, article, editor, percent, alone):
    quote = offered(daily, article, editor, percent)
    if alone:
        assert quoting.open(quote, by=editor).status == "open"
        return
    with pytest.raises(Conflict) as refused:
        quoting.open(quote, by=editor)
    assert refused.value.code == "needs_approval"
    assert "below the rate card; an editor may go down by 30 %." in refused.value.message
    manager = make.make_staff(daily, "licensing_manager")
    quoting.approve(quote, by=manager)
    assert quoting.open(quote, by=editor).status == "open"


def test_the_limit_of_a_discount_is_a_setting_of_the_publication(daily, article, editor):
    daily.settings = {**daily.settings, "discount_limit": "0"}
    daily.save()
    quote = offered(daily, article, editor, 99)
    assert limits.reasons(quote) == ["It is 1 % below the rate card; an editor may go down by 0 %."]


def test_lines_are_weighed_together(daily, editor):
    request = make.make_request(
        daily, make.make_article(daily), make.make_article(daily), exclusivity="media", quantity=5000
    )
    quoting.draft(request, by=editor)
    card = request.quotes.get().net / 2
    prices = [card / 2, card]
    lines = [
        quoting.Line(item, price=price, override_reason="Agreed.")
        for item, price in zip(request.items.all(), prices, strict=True)
    ]
    quote = quoting.draft(request, by=editor, lines=lines, exclusions_confirmed=True)
    assert limits.discount(quote) == 25
    assert not limits.needs_approval(quote)


def test_what_the_card_does_not_know_has_no_discount(daily, editor):
    article = make.make_article(daily)
    request = make.make_request(daily, article, use="other", quantity=None)
    line = quoting.Line(request.items.get(), price=Decimal(1), override_reason="Agreed.")
    quote = quoting.draft(request, by=editor, lines=[line])
    card = limits.card_price(quote.lines.get())
    assert (limits.discount(quote) is None) == (card is None)


def test_a_proposal_below_the_limit_stays_a_draft_for_the_manager(daily, article, editor):
    request = make.make_request(daily, article)
    quote = request.quotes.get()
    countering.counter(quote, amount=(quote.net / 2).quantize(Decimal("0.01")))
    fresh = countering.requote(quote, by=editor)
    assert fresh.status == "draft"
    assert limits.needs_approval(fresh)


@pytest.mark.parametrize("value", ["", "a lot", "NaN", "-1", "1e99"])
@pytest.mark.parametrize("name", ["editor_limit", "priced_limit", "discount_limit"])
def test_a_limit_that_is_no_number_is_refused_where_it_is_typed(name, value):
    assert len(faults_in({name: value})) == 1
    assert faults_in({name: "12.50"}) == []


def test_the_page_asks_the_same_number_of_queries_for_one_item_and_for_ten(daily, editor, desk):
    def queries(number):
        request = by_hand(daily, make.make_article(daily))
        articles = [make.make_article(daily) for _ in range(number)]
        request = make.make_request(daily, *articles, exclusivity="media")
        make_exclusive(daily, articles[0], editor, territory=["DE"])
        url = reverse("admin:reprints_licenserequest_change", args=[request.pk])
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(url).status_code == 200
        return len(seen)

    queries(1)
    assert queries(10) == queries(1)
