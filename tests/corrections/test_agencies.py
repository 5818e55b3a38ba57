"""Errors that came from an agency: waiting, passing on, and one notice for all articles that used its text."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.models import AgencyCorrection, Correction, Report
from corrections.services import agencies, clock
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom.accounts.models import Publication
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import mail, planning, promises
from newsroom.events.kinds import ADDRESS_BOOKS
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_READER
from tests.factories import confirm, make_article, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
WIRE = "Coastal Wire"


@pytest.fixture
def report(daily, editor):
    article = make_article(daily, source_agency=WIRE, headline="Ferry fares rise in spring")
    return reports.take_up(confirm(make_report(article=article)), by=editor)


def wait(report, editor, **over):
    words = {"agency": WIRE, "reason": "Their desk checks.", "until": timezone.localdate() + timedelta(days=3), **over}
    return agencies.wait(Report.objects.get(pk=report.pk), by=editor, **words)


def paused(report):
    return {row.kind: row.paused_at is not None for row in promises.running(report)}


def test_our_clocks_stand_while_we_wait_and_the_reader_is_told(report, editor):
    report = wait(report, editor)
    planning.plan_due()
    delivery = Delivery.objects.get(template="corrections/mail/report_waiting")
    letter = mail.compose(delivery, ADDRESS_BOOKS["reader"](report.reference))

    assert paused(report) == {"decide": True, "publish": True}
    assert "It came to us from Coastal Wire, which we have asked." in letter.text
    assert "Their desk checks." not in letter.text
    text = Client().get(private_path(report), follow=True).content.decode()
    assert "the clock waits for Coastal Wire" in text
    with pytest.raises(Conflict):
        wait(report, editor)


def test_any_move_ends_the_wait_and_so_does_a_press(report, editor):
    wait(report, editor)
    report = reports.ask(report, by=editor, words="Which edition?")
    assert (report.waiting_on, report.waiting_since) == ("", None)
    report = reports.reply(report, words="The first.", by=THE_READER)
    assert paused(report) == {"decide": False, "publish": False}
    wait(report, editor)
    report = agencies.go_on(report, by=editor)
    assert (report.waiting_since, report.waiting_until) == (None, None)
    assert paused(report) == {"decide": False, "publish": False}
    with pytest.raises(Conflict):
        agencies.go_on(report, by=editor)


def test_the_day_ends_the_wait_and_whoever_works_on_it_is_told(report, editor):
    until = wait(report, editor).waiting_until
    clock.tick(until - timedelta(minutes=1))
    assert Report.objects.get().waiting_on == WIRE
    for _ in range(2):
        clock.tick(until)
    planning.plan_due()

    assert Report.objects.get().waiting_on == ""
    told = Delivery.objects.filter(template="corrections/mail/report_wait_ended_desk")
    assert list(told.values_list("recipient_key", flat=True)) == [str(editor.pk)]


@pytest.mark.parametrize(
    "over",
    [
        {"agency": " "},
        {"agency": "x" * 121},
        {"reason": ""},
        {"reason": "x" * 501},
        {"until": timezone.localdate() - timedelta(days=2)},
        {"until": timezone.localdate() + timedelta(days=33)},
    ],
)
def test_a_wait_without_whom_why_or_until_is_refused(report, editor, over):
    with pytest.raises(Invalid):
        wait(report, editor, **over)
    with pytest.raises(NotAllowed):
        wait(report, make_staff(report.publication, "legal"))
    assert Report.objects.get().waiting_since is None


def test_a_wait_is_from_today_to_the_thirtieth_day_on_the_publications_calendar(editor, report):
    Publication.objects.update(time_zone="Europe/London")
    half_past_midnight = datetime(2026, 10, 10, 23, 30, tzinfo=UTC)  # in London the 11th, two weeks before winter time
    with time_machine.travel(half_past_midnight, tick=False):
        for day in (date(2026, 10, 10), date(2026, 11, 11)):
            with pytest.raises(Invalid):
                wait(report, editor, until=day)
        for day, ends in (
            (date(2026, 10, 11), datetime(2026, 10, 11, 22, 59, 59, 999999, tzinfo=UTC)),
            (date(2026, 11, 10), datetime(2026, 11, 10, 23, 59, 59, 999999, tzinfo=UTC)),
        ):
            assert wait(report, editor, until=day).waiting_until == ends
            agencies.go_on(Report.objects.get(), by=editor)


def test_what_is_passed_on_names_the_agency_to_the_reader(daily, report, editor):
    other = reports.take_up(make_report(daily), by=editor)
    with pytest.raises(Invalid) as refusal:
        reports.decline(other, by=editor, code="referred_to_agency", words="Passed on.")
    assert refusal.value.faults[0].pointer == "/agency"
    reports.decline(report, by=editor, code="referred_to_agency", words="Passed on.")
    reports.decline(other, by=editor, code="referred_to_agency", words="Passed on.", agency="North Press")

    assert report.decisions.get().reason == "Passed on to the agency that wrote it: Coastal Wire"
    assert "Passed on to the agency that wrote it: North Press" in (
        Client().get(private_path(other), follow=True).content.decode()
    )


def test_the_agency_s_story_is_found_in_our_articles_the_likeliest_first(daily):
    same = make_article(daily, source_agency="coastal wire", headline="Ferry fares rise in spring")
    alike = make_article(
        daily, source_agency=WIRE, headline="Sea travel dearer", body="Ferry fares rise in spring, the company said."
    )
    make_article(daily, source_agency=WIRE, headline="Poet wins prize", body="A poet won.")
    make_article(daily, headline="Ferry fares rise in spring")
    make_article(make_publication(), source_agency=WIRE, headline="Ferry fares rise in spring")

    def found():
        with CaptureQueriesContext(connection) as seen:
            rows = agencies.candidates(daily, agency=WIRE, headline="Ferry fares rise in spring")
        return [row for row, _score in rows], len(seen)

    assert found() == ([same, alike], 2)
    for _ in range(25):
        make_article(daily, source_agency=WIRE, headline="Ferry fares rise in spring")
    rows, queries = found()
    assert (len(rows), queries) == (20, 2)


def test_one_notice_is_begun_for_all_chosen_articles_and_waiting_reports_go_on(client, daily, report, editor):
    second = make_article(daily, source_agency=WIRE, headline="Ferry fares rise in spring, again")
    wait(report, editor)
    bob = make_staff(daily, "desk_editor")
    client.force_login(bob)
    url = reverse("admin:corrections_correction_start", args=["agency"])
    words = {
        "seen": 1,
        "publication": daily.pk,
        "agency": WIRE,
        "headline": "Ferry fares rise in spring",
        "text": "Fares rise by 4 percent, not 40.",
        "url": "https://wire.example/corrections/7",
    }
    none = client.post(url, {**words, "fill": "1", "agency": "Nobody"})
    assert (none.status_code, "No article of ours" in none.content.decode()) == (422, True)
    page = client.post(url, {**words, "fill": "1"})
    chosen = [report.article.reference, second.reference]
    assert page.status_code == 200
    assert {value for value, _label in page.context_data["form"].fields["articles"].choices} == set(chosen)
    assert client.post(url, words).status_code == 422
    assert client.post(url, {**words, "articles": [make_article(daily).reference]}).status_code == 422
    assert client.post(url, {**words, "articles": chosen, "url": "javascript:alert(1)"}).status_code == 422
    assert Correction.objects.count() == 0

    response = client.post(url, {**words, "articles": chosen})
    correction = Correction.objects.get()
    assert response["Location"] == reverse("admin:corrections_correction_change", args=[correction.pk])
    assert correction.text == (
        "This article was supplied by Coastal Wire, which has corrected it: Fares rise by 4 percent, not 40."
    )
    assert {row.article_id for row in correction.articles.all()} == {report.article_id, second.pk}
    assert AgencyCorrection.objects.get().correction == correction
    shown = client.get(response["Location"]).content.decode()
    assert "https://wire.example/corrections/7" in shown
    report.refresh_from_db()
    assert report.waiting_since is None
    planning.plan_due()
    told = Delivery.objects.filter(template="corrections/mail/report_wait_ended_desk")
    assert list(told.values_list("recipient_key", flat=True)) == [str(editor.pk)]
    assert Event.objects.get(kind="correction.agency_received").data["articles"] == 2
