"""What sends a request to a person, and what does not: looked up before anything is written, in the estimate too."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from newsroom.errors import Conflict, Invalid
from newsroom.events.models import Promise
from reprints import moments
from reprints.models import License, Quote
from reprints.services import accepting, asking, countering, licenses, quoting
from reprints.vocabulary import WORLD
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client

pytestmark = pytest.mark.django_db

HUNDRED = " ".join(f"word{number}" for number in range(100))


@pytest.fixture
def publication():
    return make.make_publication()


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


def exclusively(publication, article, editor, **values):
    """A license that keeps others out, issued."""
    request = make.make_request(publication, article, **{"exclusivity": "media", **values})
    quote = quoting.open(quoting.draft(request, by=editor, exclusions_confirmed=True), by=editor)
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(quote.organization))
    return quote.licenses.get()


def codes(request):
    return [(reason["item"], reason["code"]) for reason in request.lane_reasons]


def estimated(publication, *items, organization=None):
    return asking.estimate({"items": list(items)}, publication=publication, organization=organization)[0]


# Exclusivity


def test_what_somebody_holds_exclusively_is_answered_by_a_person_who_reads_why(publication, article, editor):
    held = exclusively(publication, article, editor)
    request = make.make_request(publication, article)
    assert (request.status, request.lane, codes(request)) == ("submitted", "manual", [(0, "exclusive_elsewhere")])
    assert Promise.objects.filter(subject_reference=request.reference, kept_at=None).count() == 1
    draft = quoting.draft(request, by=editor, exclusions_confirmed=True)
    with pytest.raises(Conflict) as refused:
        quoting.open(draft, by=editor)
    assert (refused.value.code, held.reference in refused.value.message) == ("exclusivity_clash", True)


def test_the_estimate_knows_of_it_too(publication, article, editor):
    exclusively(publication, article, editor)
    found = estimated(publication, make.item(article))
    assert (found.lane, [reason["code"] for reason in found.reasons]) == ("manual", ["exclusive_elsewhere"])
    elsewhere = estimated(publication, make.item(article, territory=["DE"]))
    assert (elsewhere.lane, elsewhere.reasons) == ("priced", [])


def test_the_api_takes_such_a_request_and_never_names_the_other_license(publication, article, editor):
    held = exclusively(publication, article, editor)
    answer = Client(make.make_organization()).ask(make.item(article))
    assert (answer.status_code, answer.json()["lane"], answer.json()["quotes"]) == (201, "manual", [])
    assert held.reference not in answer.content.decode()


def test_who_accepts_too_late_is_not_told_whose_it_is(publication, article, editor):
    quote = make.make_request(publication, article).quotes.get()
    held = exclusively(publication, article, editor)
    with pytest.raises(Conflict) as refused:
        accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(quote.organization))
    assert (refused.value.code, held.reference in refused.value.message) == ("exclusivity_clash", False)


def test_a_license_of_ones_own_keeps_nobody_out(publication, article, editor):
    held = exclusively(publication, article, editor)
    again = make.make_request(publication, article, organization=held.organization)
    assert (again.lane, codes(again)) == ("priced", [])


def test_what_was_edited_into_a_clash_goes_back_to_the_desk(publication, article, editor):
    exclusively(publication, article, editor)
    request = make.make_request(publication, article, territory=["DE"])
    assert request.lane == "priced"
    request = asking.edit(request, {"items": [make.item(article)]})
    assert (request.lane, request.status, codes(request)) == ("manual", "in_review", [(0, "exclusive_elsewhere")])


# The same again


def test_the_same_asked_again_while_it_is_open_gets_one_answer_from_a_person(publication, article):
    partner = make.make_organization()
    first = make.make_request(publication, article, organization=partner)
    again = make.make_request(publication, article, organization=partner)
    assert (first.lane, again.lane, codes(again)) == ("priced", "manual", [(0, "asked_already")])
    elsewhere = make.make_request(publication, article, organization=partner, territory=["DE"])
    other_use = make.make_request(publication, article, organization=partner, use="republish_print", format="print")
    other_partner = make.make_request(publication, article)
    assert [row.lane for row in (elsewhere, other_use, other_partner)] == ["priced"] * 3


def test_whose_quote_ran_out_may_ask_again(publication, article):
    partner = make.make_organization()
    make.make_request(publication, article, organization=partner)
    Quote.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert make.make_request(publication, article, organization=partner).lane == "priced"


def by_web(publication, article, email, **values):
    return make.make_request(publication, article, requester=asking.Requester("Wanda", email), **values)


def test_whoever_types_the_address_of_another_learns_nothing_of_what_its_owner_asked(publication, article):
    theirs = by_web(publication, article, "wanda@review.example")
    asking.confirm_contact(theirs)
    typed = by_web(publication, article, "wanda@review.example")
    assert (typed.lane, codes(typed)) == ("priced", [])
    typed = asking.edit(typed, {"items": [make.item(article, quantity=6000)]})
    assert (typed.lane, codes(typed)) == ("priced", [])


def test_a_web_requester_is_known_by_the_address_that_they_confirmed_in_any_spelling(publication, article):
    by_web(publication, article, "wanda@review.example")
    for email, expected in ((" Wanda@Review.example", ("manual", [(0, "asked_already")])), ("o@x.ex", ("priced", []))):
        request = by_web(publication, article, email, territory=["DE"])
        asking.confirm_contact(request)
        request = asking.edit(request, {"items": [make.item(article)]})
        assert (email, request.lane, codes(request)) == (email, *expected)


# Free of charge


def passage(number, words=60):
    return " ".join(f"p{number}w{index}" for index in range(words))


@pytest.fixture
def long_article(publication):
    article = make.make_article(publication)
    text = "\n\n".join([HUNDRED, *(passage(number) for number in range(8))])
    article.revisions.update(body=text)
    return article


def quotation(article, text, **values):
    return make.item(article, use="excerpt_quote", portion="quote", excerpt_text=text, **values)


def test_the_threshold_counts_for_all_passages_of_an_article_together(publication, long_article):
    partner = make.make_organization()
    one = estimated(publication, quotation(long_article, passage(1)), organization=partner)
    two = estimated(publication, *(quotation(long_article, passage(number)) for number in (1, 2)), organization=partner)
    assert (one.lane, one.total) == ("free", Decimal(0))
    assert (two.lane, [line.words_in_all for line in two.lines]) == ("priced", [120, 120])
    assert all(line.amount > 0 for line in two.lines)


def agreed(data, *, publication, **values):
    """Asked for by somebody who read the terms in force."""
    return asking.submit(data, publication=publication, consent=publication.terms.get().sha256, **values)


def test_what_was_given_before_counts(publication, long_article):
    partner = make.make_organization()
    first = agreed({"items": [quotation(long_article, passage(1))]}, publication=publication, organization=partner)
    second = agreed({"items": [quotation(long_article, passage(2))]}, publication=publication, organization=partner)
    other = agreed(
        {"items": [quotation(long_article, passage(2))]},
        publication=publication,
        organization=make.make_organization(),
    )
    assert [row.lane for row in (first, second, other)] == ["free", "priced", "free"]
    assert License.objects.count() == 2


def test_the_same_words_again_or_some_of_them_count_once(publication, long_article):
    partner = make.make_organization()
    few = " ".join(HUNDRED.split()[:20])
    items = [quotation(long_article, HUNDRED), quotation(long_article, few, format="print")]
    first = agreed({"items": items}, publication=publication, organization=partner)
    again = agreed(
        {"items": [quotation(long_article, few.upper(), format="email")]}, publication=publication, organization=partner
    )
    assert [row.lane for row in (first, again)] == ["free", "free"]


def test_a_web_requester_is_counted_by_the_address(publication, long_article):
    def ask(number, email):
        return agreed(
            {"items": [quotation(long_article, passage(number))]},
            publication=publication,
            requester=asking.Requester("Wanda", email),
        ).lane

    lanes = [ask(1, "wanda@review.example"), ask(2, "WANDA@review.example"), ask(2, "other@review.example")]
    assert lanes == ["free", "priced", "free"]


def test_a_renewal_of_a_free_quotation_stays_free(publication, long_article):
    request = agreed(
        {"items": [quotation(long_article, HUNDRED)]}, publication=publication, organization=make.make_organization()
    )
    renewal = licenses.renew(request.licenses.get())
    assert (renewal.lane, renewal.status) == ("free", "quoted")  # under the terms of today, which are to be read


def test_what_is_free_waits_to_be_accepted_until_somebody_agreed_to_the_terms_in_force(publication, long_article):
    partner, asked = make.make_organization(), {"items": [quotation(long_article, HUNDRED)]}
    for consent in ("", "0" * 64):
        waits = asking.submit(asked, publication=publication, organization=partner, consent=consent)
        assert (waits.lane, waits.status, License.objects.count()) == ("free", "quoted", 0)
        quote = waits.quotes.get()
        assert (quote.status, quote.net) == ("open", Decimal(0))
        terms = quote.terms.sha256
        asking.withdraw(waits)
    assert agreed(asked, publication=publication, organization=partner).status == "fulfilled"
    by_key = asking.submit(asked, publication=publication, organization=partner, by=make.make_key(partner))
    assert by_key.status == "fulfilled"
    last = asking.submit(asked, publication=publication, organization=partner)
    accepting.accept(last.quotes.get(), terms_sha256=terms, signatory=make.signatory_of(partner))
    last.refresh_from_db()
    assert (last.status, License.objects.count()) == ("fulfilled", 3)


def test_a_free_quotation_beside_a_priced_use_is_one_quote(publication, long_article):
    partner = make.make_organization()
    items = [quotation(long_article, passage(1)), make.item(long_article)]
    request = asking.submit({"items": items}, publication=publication, organization=partner)
    assert (request.lane, request.status) == ("priced", "quoted")
    assert [line.price for line in request.quotes.get().lines.all()] == [Decimal(0), Decimal(150)]


# Parts of others, and quantities


@pytest.mark.parametrize(
    ("component", "values", "reasons"),
    [
        ({"kind": "photo", "credit": "AP", "licensable": False}, {}, []),
        ({"kind": "graphic"}, {}, []),
        ({"kind": "wire", "credit": "AP", "licensable": False}, {}, [(0, "third_party_parts")]),
        ({"kind": "text", "credit": "AP"}, {}, [(0, "third_party_parts")]),
        ({"kind": "Poem", "licensable": None}, {}, [(0, "third_party_parts")]),
        ({"kind": "text", "licensable": True}, {}, []),
        ({"kind": "chart", "licensable": False}, {"portion": "chart"}, [(0, "third_party_parts")]),
    ],
)
def test_a_part_of_the_text_that_is_not_ours_is_looked_at_by_a_person(publication, component, values, reasons):
    article = make.make_article(publication, components=[component])
    request = make.make_request(publication, article, **values)
    assert (codes(request), request.lane) == (reasons, "manual" if reasons else "priced")
    named = estimated(publication, make.item(article)).lines[0].exclusions
    assert bool(named) == (component.get("licensable") is not True)


@pytest.mark.parametrize("use", ["presentation_event", "broadcast_read", "social_post"])
def test_a_price_that_depends_on_the_quantity_needs_one(publication, article, use):
    item = make.item(article, use=use)
    del item["quantity"]
    for act in (lambda data: asking.estimate(data, publication=publication), _submit(publication)):
        with pytest.raises(Invalid) as refused:
            act({"items": [item]})
        assert [(row.pointer, row.code) for row in refused.value.faults] == [("/items/0/quantity", "required")]


def _submit(publication):
    partner = make.make_organization()
    return lambda data: asking.submit(data, publication=publication, organization=partner)


def test_where_a_person_answers_anyway_the_quantity_may_be_open(publication, article):
    item = make.item(article, use="broadcast_read", exclusivity="media")
    del item["quantity"]
    assert estimated(publication, item).lane == "manual"
    free = quotation(article, "It spent 1.2 million")
    del free["quantity"]
    assert estimated(publication, free).lane == "free"


# What has begun


def test_an_article_is_added_the_day_after(publication, article):
    request = make.make_request(publication, article)
    other = make.make_article(publication)
    with moments.ahead(36 * 3600):
        kept = request.items.get().as_asked()
        request = asking.edit(request, {"items": [kept, {**make.item(other), "starts_on": None}]})
        assert [row.article_id for row in request.items.all()] == [article.pk, other.pk]
        with pytest.raises(Invalid) as refused:
            asking.edit(request, {"items": [{**kept, "article_url": other.url}]})
    assert [(row.pointer, row.code) for row in refused.value.faults] == [("/items/0/starts_on", "past_date")]


def test_what_is_over_is_not_asked_for_again(publication, article):
    today = datetime.now(tz=UTC).astimezone(publication.zone).date()
    request = make.make_request(publication, article, ends_on=(today + timedelta(days=1)).isoformat())
    with moments.ahead(4 * 86400), pytest.raises(Invalid) as refused:
        asking.edit(request, {"items": [request.items.get().as_asked()]})
    assert [(row.pointer, row.code) for row in refused.value.faults] == [("/items/0/ends_on", "past_date")]


# The promise


def promise_of(request):
    return Promise.objects.filter(subject_reference=request.reference, kept_at=None, dropped_at=None).first()


def test_a_date_is_promised_anew_when_a_request_returns_to_the_desk(publication, article, editor):
    for end in (
        lambda quote: quoting.decline(quote, words="Too dear."),
        lambda quote: quoting.cancel(quote, by=editor, words="We priced it wrongly."),
    ):
        request = make.make_request(publication, article)
        assert promise_of(request) is None
        end(request.quotes.get())
        request.refresh_from_db()
        assert (request.status, promise_of(request).due_at > timezone.now()) == ("in_review", True)


def test_a_date_is_promised_for_the_answer_to_a_proposal_and_kept_by_the_next_quote(publication, article, editor):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    countering.counter(quote, amount=Decimal(120))
    promise = promise_of(request)
    assert promise.due_at > timezone.now()
    countering.requote(quote, by=editor)
    promise.refresh_from_db()
    assert (promise.kept_at is not None, promise_of(request)) == (True, None)


def test_whoever_accepts_in_spite_of_a_proposal_is_owed_nothing(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    countering.counter(quote, amount=Decimal(90))
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(quote.organization))
    assert promise_of(request) is None


def test_the_desk_grants_the_world_and_it_is_written_as_such(publication, article, editor):
    request = make.make_request(publication, article, exclusivity="media")
    line = quoting.Line(request.items.get(), granted={"territory": ["us", WORLD], "exclusivity": "none"})
    granted = quoting.draft(request, by=editor, lines=[line]).lines.get()
    assert (granted.granted["territory"], granted.price) == ([WORLD], Decimal(300))
