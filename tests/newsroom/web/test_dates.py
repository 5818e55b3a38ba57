"""Years that nobody means are refused where they are typed: in forms, in filters, by the API."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.urls import reverse
from rest_framework import serializers

from newsroom.accounts.models import Guideline
from newsroom.api.fields import MomentField
from newsroom.web.dates import DayField, LocalMomentField
from reprints.services.members import Faults
from tests.doors.test_hostile_desk import fields_of_forms
from tests.factories import make_correction, make_publication, make_staff

WORDS = "Give a date of the years 1600 to 2999."
EDGES = ["0001-01-01", "1599-12-31", "3000-01-01", "9999-12-31"]


@pytest.mark.parametrize("day", EDGES)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_moment_outside_the_years_is_a_sentence_in_every_zone(day, zone):
    field = LocalMomentField()
    field.zone = ZoneInfo(zone)
    with pytest.raises(forms.ValidationError):
        field.clean(f"{day} 00:00")
    with pytest.raises(forms.ValidationError) as refused:
        DayField().clean(day)
    assert refused.value.messages == [WORDS]


@pytest.mark.parametrize("day", ["1600-01-01", "2999-12-31"])
def test_the_first_and_the_last_year_are_taken(day):
    field = LocalMomentField()
    field.zone = ZoneInfo("Europe/Berlin")
    assert field.clean(f"{day} 12:00").strftime("%Y-%m-%d") == day
    assert DayField().clean(day).isoformat() == day


def in_new_york():
    field = LocalMomentField()
    field.zone = ZoneInfo("America/New_York")
    return field


@pytest.mark.parametrize(
    ("typed", "example"),
    [("2026-11-01 01:30", "2026-11-01 01:30-04:00"), ("2026-03-08 02:30", "2026-03-08 02:30-05:00")],
)
def test_a_time_that_the_clock_change_repeats_or_skips_is_asked_for_and_taken_with_its_distance_from_utc(
    typed, example
):
    with pytest.raises(forms.ValidationError) as refused:
        in_new_york().clean(typed)
    assert refused.value.messages == [f"The clocks change at that time: say which it is, like {example}."]
    assert in_new_york().clean(example).astimezone(UTC) == datetime.fromisoformat(example).astimezone(UTC)


@pytest.mark.parametrize("moment", ["2026-11-01T05:30Z", "2026-11-01T06:30Z", "2026-11-01T07:30Z", "2026-03-08T07:30Z"])
def test_what_a_form_begins_with_is_the_same_moment_when_it_comes_back(moment):
    began = datetime.fromisoformat(moment)
    assert in_new_york().clean(in_new_york().prepare_value(began)) == began


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("0001-01-01T00:00:00+14:00", "overflow"),
        ("9999-12-31T23:59:59-14:00", "overflow"),
        ("1599-12-31T23:59:59Z", "out_of_range"),
        ("3000-01-01T00:00:00Z", "out_of_range"),
    ],
)
def test_the_api_refuses_a_moment_outside_the_years(moment, code):
    with pytest.raises(serializers.ValidationError) as refused:
        MomentField().run_validation(moment)
    assert [fault.code for fault in refused.value.detail] == [code]


@pytest.mark.parametrize("day", ["0001-01-01", "1599-12-31"])
def test_a_day_of_a_license_before_the_years_is_a_fault(day):
    found = Faults(at="")
    assert found.day({"starts_on": day}, "starts_on") is None
    assert [(fault.pointer, fault.detail) for fault in found.faults] == [("/starts_on", WORDS)]


def test_no_form_of_either_desk_takes_an_unbounded_date():
    dates = [
        (name, field) for name, field in fields_of_forms() if isinstance(field, forms.DateField | forms.DateTimeField)
    ]
    assert [name for name, field in dates if not isinstance(field, DayField | LocalMomentField)] == []
    assert len(dates) >= 5


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_when_the_error_appeared_is_asked_again_in_berlin(client, moment):
    daily = make_publication(time_zone="Europe/Berlin")
    editor = make_staff(daily, "desk_editor")
    correction = make_correction(daily, by=editor)
    client.force_login(editor)
    answer = client.post(
        reverse("admin:corrections_correction_do", args=[correction.pk, "edit"]),
        {
            "seen": correction.version,
            "kind": "correction",
            "severity": "low",
            "text": "It was 1.45 million.",
            "error_published_at": moment,
        },
    )
    assert (answer.status_code, moment in answer.content.decode()) == (422, True)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["after=0001-01-01", "before=9999-12-31", "after=9999-12-31"])
def test_the_public_log_asks_for_another_day(client, query):
    make_publication(is_default=True, time_zone="Europe/Berlin")
    answer = client.get(f"/corrections/?{query}")
    assert (answer.status_code, WORDS in answer.content.decode()) == (422, True)


@pytest.mark.django_db
def test_the_plain_pages_of_the_admin_ask_for_another_day(client):
    client.force_login(make_staff(None, "admin"))
    answer = client.post(
        reverse("admin:accounts_guideline_add"),
        {
            "publication": make_publication().pk,
            "kind": "ai",
            "number": 1,
            "body": "We say so.",
            "effective_on": "0001-01-01",
        },
    )
    assert (answer.status_code, WORDS in answer.content.decode()) == (200, True)


def test_guidelines_come_into_force_when_their_day_begins_at_the_publication(client, db):
    daily = make_publication(hosts=["daily.example"], is_default=True, time_zone="America/New_York")
    Guideline.objects.create(publication=daily, kind="ai", number=1, body="No machine.", effective_on="2026-11-29")
    shown = []
    for moment in (datetime(2026, 11, 29, 4, 59, tzinfo=UTC), datetime(2026, 11, 29, 5, 0, tzinfo=UTC)):
        with time_machine.travel(moment, tick=False):
            shown.append("No machine." in client.get("/guidelines/").content.decode())
    assert shown == [False, True]
