"""Two people at one report: a sentence before, and a sentence when the second press is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from corrections.models import Presence, Report
from corrections.services import clock, presence
from corrections.services import report as reports
from newsroom.events.models import Event
from tests.factories import make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily():
    return make_publication()


@pytest.fixture
def ann(daily):
    return make_staff(daily, "desk_editor", first_name="Ann", last_name="Desk")


@pytest.fixture
def bob(daily):
    return make_staff(daily, "desk_editor", first_name="Bob", last_name="Desk")


def page_of(report):
    return reverse("admin:corrections_report_change", args=[report.pk])


def test_what_others_did_within_a_quarter_of_an_hour_is_said_and_not_what_one_did_oneself(daily, ann, bob):
    now = timezone.now()
    report = make_report(daily)
    presence.mark(report, ann, "reading", now=now - timedelta(minutes=16))
    assert presence.sentences(report, bob, now=now) == []
    presence.mark(report, ann, "replying", now=now - timedelta(minutes=2))
    presence.mark(report, ann, "reading", now=now - timedelta(minutes=1))
    presence.mark(report, bob, "reading", now=now)

    assert presence.sentences(report, bob, now=now) == ["Ann Desk started replying 2\xa0minutes ago."]
    assert presence.sentences(report, ann, now=now) == ["Bob Desk opened this report just now."]


def test_a_taking_up_is_said_too(daily, ann, bob):
    report = reports.take_up(make_report(daily), by=ann)

    assert presence.sentences(report, bob) == ["Ann Desk took this up just now."]
    assert presence.sentences(report, ann) == []
    assert presence.sentences(report, bob, now=timezone.now() + timedelta(minutes=16)) == []


def test_opening_the_page_and_its_forms_is_a_mark_and_no_event(client, daily, ann, bob):
    report = reports.take_up(make_report(daily), by=ann)
    events = Event.objects.count()
    client.force_login(ann)
    client.head(page_of(report))
    assert Presence.objects.count() == 0
    client.get(page_of(report))
    opened = client.get(page_of(report) + "?open=decline")
    assert [row["name"] for row in opened.context_data["buttons"] if row["open"]] == ["decline"]
    client.force_login(bob)
    page = client.get(page_of(report)).content.decode()

    assert "Ann Desk started replying just now." in page
    assert (Presence.objects.count(), Event.objects.count()) == (2, events)
    report.refresh_from_db()
    assert report.version == 2


def test_reading_again_within_the_minute_writes_nothing(client, daily, ann):
    report = make_report(daily)
    client.force_login(ann)
    client.get(page_of(report))
    first = Presence.objects.get().at
    client.get(page_of(report))

    assert Presence.objects.get().at == first


def test_a_refused_press_says_who_did_what_and_when(client, daily, ann, bob):
    report = make_report(daily)
    reports.take_up(report, by=ann)
    client.force_login(bob)
    url = reverse("admin:corrections_report_do", args=[report.pk, "decline"])
    response = client.post(url, {"seen": 1, "code": "opinion", "words": "KEEP THIS"})
    text = response.content.decode()

    assert (response.status_code, Report.objects.get().status) == (409, "in_review")
    assert "Someone changed this since you opened it" in text
    assert "Last here: Ann Desk, “Report taken up”, just now." in text
    assert "KEEP THIS" in text


def test_marks_are_forgotten_within_the_hour(daily, ann, bob):
    report = make_report(daily)
    now = timezone.now()
    presence.mark(report, ann, "replying", now=now - timedelta(minutes=61))
    presence.mark(report, bob, "reading", now=now - timedelta(minutes=59))
    clock.tick(now)

    assert [row.person for row in Presence.objects.all()] == [bob]
