"""What hooks and the stream say of each noun of the licensing desk, and what reading it back costs."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from newsroom.accounts.services import issue_key
from newsroom.events import kinds, planning
from newsroom.events.models import Event
from reprints.models import License
from reprints.services import asking, clock, deciding, licenses, payments, updates
from tests.reprints import billing
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db

API = "http://testserver/api/v1/"


@pytest.fixture
def publication():
    return billing.billing_publication()


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


def tell(name, article, /, **data):
    with transaction.atomic():
        make.happened(name, article, **data)


def a_whole_story(publication, editor):
    """Something of every noun: asked, quoted, licensed, billed, corrected, answered, paid, over."""
    invoice = billing.owed(publication)
    held = License.objects.get(quote=invoice.quote)
    payments.pay(invoice, by=editor, reference="TX-1", amount=invoice.gross / 2)
    for name in ("article.revised", "article.withheld", "article.released", "article.silent_edit"):
        tell(name, held.article, revision=2, **{"from": "usable", "to": "withheld"} if "with" in name else {})
    tell("correction.published", held.article, article_references=[held.article.reference])
    while planning.plan_due():
        continue
    clock.tick(Event.objects.last().happened_at + timedelta(days=40))
    notice = held.update_notices.unanswered().get()
    updates.acknowledge(notice, action="removed")
    licenses.suspend(held, by=editor, reason="suspected_breach", words="x")
    request = make.make_request(publication, held.article, exclusivity="full")
    request = deciding.take_up(request, by=editor)
    asking.message(request, words="x")
    License.objects.filter(pk=held.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
    clock.tick(Event.objects.last().happened_at)
    while planning.plan_due():
        continue
    return held


def test_every_event_of_a_noun_says_what_it_is_about_its_status_and_where_to_fetch_it(publication, editor):
    a_whole_story(publication, editor)
    paths = {
        "license_request": "license-requests",
        "quote": "quotes",
        "license": "licenses",
        "update_notice": "update-notices",
        "invoice": "invoices",
        "article": "articles",
    }
    found = Event.objects.filter(subject_kind__in=paths)
    assert {event.subject_kind for event in found} == set(paths)
    for event in found:
        data = planning.hook_data(event)
        url = f"{API}{paths[event.subject_kind]}/{event.subject_reference}/"
        assert (data["reference"], data["url"]) == (event.subject_reference, url)
        assert data["status"], event.kind
    said = {event.kind: planning.hook_data(event)["status"] for event in found}
    told = ("license.expired", "update_notice.overdue", "invoice.part_paid", "license_request.messaged")
    assert [said[kind] for kind in told] == ["expired", "open", "partly_paid", "in_review"]
    assert (said["article.withheld"], said["article.revised"]) == ("withheld", "usable")


def test_an_event_names_what_belongs_to_it(publication, editor):
    held = a_whole_story(publication, editor)
    request, quote = held.request.reference, held.quote.reference

    def said(kind):
        data = planning.hook_data(Event.objects.filter(kind=kind).first())
        return {name: data[name] for name in ("request", "quote", "license", "article") if name in data}

    assert said("quote.accepted") == {"request": request}
    assert said("license.issued") == {"request": request}
    assert said("invoice.issued") == {"quote": quote}
    assert said("update_notice.opened") == {"license": held.reference, "article": held.article.reference}


def test_an_event_of_an_earlier_release_is_told_in_full_all_the_same(publication, editor):
    a_whole_story(publication, editor)
    for kind in ("quote.accepted", "license.issued", "invoice.issued", "update_notice.opened"):
        event = Event.objects.filter(kind=kind).first()
        told = planning.hook_data(event)
        beside = {"request", "quote", "license", "article", "correction"}
        event.data = {name: value for name, value in event.data.items() if name not in beside}
        assert planning.hook_data(event) == told


def test_reading_back_a_page_of_every_noun_costs_as_many_queries_as_one_event(publication, editor):
    _key, text = issue_key(label="cms", scopes=["events:read"], publications=[publication])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    for _story in range(2):
        a_whole_story(publication, editor)

    def read(size):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{API}events/?page_size={size}")
        return len(queries), {row["type"].partition(".")[0] for row in answer.json()["results"]}

    read(1)
    one, _nouns = read(1)
    many, nouns = read(100)
    assert (many, nouns) == (
        one,
        {"license_request", "quote", "license", "update_notice", "invoice", "article", "correction"},
    )


def test_every_noun_that_is_told_outside_has_a_payload():
    silent = {"report", "api_key", "contact", "endpoint", "ledger", "member"}
    nouns = {name.partition(".")[0] for name in kinds.KINDS} - silent
    assert nouns <= set(kinds.PAYLOADS)


def test_what_is_about_a_test_record_says_so_and_nothing_else_does(publication):
    organization = make.make_organization(address="2 Partner Road")
    article = make.make_article(publication)
    for test in (True, False):
        make.make_license(publication, article, organization=organization, by=make.make_key(organization, test=test))
    marked = {event.test: planning.hook_data(event).get("test") for event in Event.objects.all()}
    assert marked == {True: True, False: None}
