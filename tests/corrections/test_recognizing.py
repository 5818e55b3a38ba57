"""A report about an address that nobody knew learns its article when that is imported."""

import pytest

from corrections.models import Report
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from newsroom.articles.services import upsert
from newsroom.events import planning
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_CLOCK
from tests.factories import make_desk, make_publication, make_staff

pytestmark = pytest.mark.django_db

BODY = "The council spent 1.2 million on the bridge."


@pytest.fixture
def daily():
    return make_publication()


def url(daily, end="politics/bridge"):
    return f"https://{daily.hosts[0]}/{end}"


def nameless(daily, address, **over):
    return submit(Draft(claim="It was 1.45 million.", publication=daily, article_url=address, **over))


def imported(daily, **over):
    data = {"url": url(daily), "headline": "Bridge opens", "section": "politics", "body": BODY}
    done = upsert([daily], {**data, **over}, by=THE_CLOCK)
    plan()
    return done.article


def plan():
    while planning.plan_due():
        pass


def test_every_spelling_of_its_addresses_is_recognized(daily):
    known = [
        nameless(daily, url(daily) + "?utm_source=mail"),
        nameless(daily, url(daily, "amp/bridge"), passage_exact="1.2 million"),
    ]
    other = nameless(daily, url(daily, "politics/ferry"))
    article = imported(daily, aliases=[url(daily, "amp/bridge")])

    for report in known:
        fresh = Report.objects.get(pk=report.pk)
        assert (fresh.article, fresh.article_url, fresh.article_revision) == (article, article.url, 1)
        assert (fresh.anchor_state, fresh.version, fresh.status) == ("ok", report.version, report.status)
    assert Report.objects.get(pk=other.pk).article is None
    assert Event.objects.filter(kind="report.refiled", actor_kind="clock").count() == 2


def test_a_passage_that_is_not_in_the_article_is_an_orphan_from_then_on(daily):
    report = nameless(daily, url(daily), passage_exact="Nothing like it.")
    imported(daily)
    assert Report.objects.get(pk=report.pk).anchor_state == "orphan"


def test_what_nobody_has_in_hand_goes_to_the_desk_of_the_section_which_is_told(daily):
    ann, bob = (make_staff(daily, "desk_editor") for _ in range(2))
    fallback, politics = make_desk(daily), make_desk(daily, ann, sections=["politics"])
    new = nameless(daily, url(daily))
    taken = reports.take_up(nameless(daily, url(daily)), by=bob)
    assert (new.desk, taken.desk) == (fallback, fallback)

    imported(daily)

    assert Report.objects.get(pk=new.pk).desk == politics
    assert (Report.objects.get(pk=taken.pk).desk, Report.objects.get(pk=taken.pk).assignee) == (fallback, bob)
    told = Delivery.objects.filter(template="corrections/mail/report_refiled_desk")
    assert list(told.values_list("event__subject_reference", "recipient_key")) == [(new.reference, str(ann.pk))]


def test_closed_reports_and_those_of_other_publications_stay_as_they_are(daily):
    editor = make_staff(daily, "desk_editor")
    closed = reports.decline(nameless(daily, url(daily)), by=editor, code="opinion", words="No.")
    elsewhere = make_publication()
    foreign = submit(Draft(claim="1.45", publication=elsewhere, article_url=url(daily)))
    imported(daily)
    assert Report.objects.filter(pk__in=[closed.pk, foreign.pk], article=None).count() == 2


def test_an_address_that_is_added_later_is_recognized_with_the_next_text(daily):
    article = imported(daily)
    report = nameless(daily, url(daily, "amp/bridge"))
    upsert([daily], {"url": article.url, "aliases": [url(daily, "amp/bridge")], "body": f"{BODY} Twice."}, by=THE_CLOCK)
    plan()
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.article, fresh.article_revision) == (article, 1)
    events = Event.objects.filter(kind="report.refiled").count()
    upsert([daily], {"url": article.url, "body": f"{BODY} Thrice."}, by=THE_CLOCK)
    plan()
    assert Event.objects.filter(kind="report.refiled").count() == events
