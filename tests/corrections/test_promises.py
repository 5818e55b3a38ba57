"""Dates given to readers: by whose rule, through weekends, holidays and clock changes; and who hears of a breach."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from corrections.services import clock, priority
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.events import kinds, mail, planning, promises
from newsroom.events.log import history_of
from newsroom.events.models import Delivery, Promise
from tests.factories import force_status, make_correction, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"
CHRISTMAS, CALENDAR = ["2026-12-24", "2026-12-25"], {"count_days": "calendar", "holidays": ["2026-12-25"]}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def local(publication, kind, now, **over):
    """The due date on the publication's wall clock."""
    due = priority.due(publication, kind, now=now, **over)
    return due.astimezone(publication.zone).strftime("%a %Y-%m-%d %H:%M")


def mailed(template):
    """To whom this mail is owed: kind and key."""
    while planning.plan_due():
        pass
    rows = Delivery.objects.filter(template=f"corrections/mail/{template}").order_by("pk")
    return [(row.recipient_kind, row.recipient_key) for row in rows]


def happened(record, *wanted):
    return [event.kind for event in history_of(record) if event.kind in wanted]


# --- whose rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["Wed 2026-11-25", "Wed 2026-12-02", "Thu 2026-12-31"]),
        ({"regime": "ipso"}, ["Wed 2026-11-25", "Mon 2026-12-21", "Mon 2026-12-21"]),
        ({"regime": "impress"}, ["Mon 2026-11-30", "Mon 2026-12-14", "Thu 2026-12-31"]),
        ({"regime": "impress", "decide_within_days": 3}, ["Mon 2026-11-30", "Thu 2026-11-26", "Thu 2026-12-31"]),
        ({"regime": "impress", "decide_within_days": 60}, ["Mon 2026-11-30", "Mon 2026-12-14", "Thu 2026-12-31"]),
        ({"count_days": "calendar"}, ["Wed 2026-11-25", "Mon 2026-11-30", "Mon 2026-12-21"]),
        ({"regime": "a body that was renamed"}, ["Wed 2026-11-25", "Wed 2026-12-02", "Thu 2026-12-31"]),
    ],
)
def test_the_regime_sets_the_latest_date_and_own_days_may_shorten_it(settings, expected):
    daily = make_publication(settings=settings)
    found = [local(daily, kind, NOON)[:-6] for kind in ("acknowledge", "decide", "publish")]
    assert found == expected


def test_a_reader_who_is_declined_is_told_where_the_regime_says_to_turn():
    daily = make_publication(settings={"regime": "impress"})
    editor = make_staff(daily, "desk_editor")
    report = reports.decline(make_report(daily), by=editor, code="opinion", words="It is an opinion.")
    assert report.decisions.get().turn_to == "IMPRESS, impressorg.com"


def test_the_publications_page_says_what_is_promised_and_refuses_what_no_clock_reads():
    daily = make_publication(settings={"regime": "ipso"}, time_zone=BERLIN)
    client = Client()
    client.force_login(make_staff(None, "admin"))
    page = reverse("admin:accounts_publication_change", args=[daily.pk])
    with time_machine.travel(NOON, tick=False):
        shown = client.get(page).content.decode()
    assert "28 calendar days" in shown
    assert "answered by Mon 21 Dec 2026 18:00 CET" in shown


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"regime": "ofcom"}, "regime: one of own, ipso, impress."),
        ({"count_days": "working"}, "count_days: one of business, calendar."),
        ({"decide_within_days": "7"}, "decide_within_days: a whole number from 0 to 3660."),
        ({"decide_within_days": True}, "decide_within_days: a whole number from 0 to 3660."),
        ({"decide_within_days": -1}, "decide_within_days: a whole number from 0 to 3660."),
        ({"holidays": ["25.12.2026"]}, "holidays: “25.12.2026” is not a day like 2026-12-25."),
        ({"holidays": [20261225]}, "holidays: “20261225” is not a day like 2026-12-25."),
        ({"holidays": ["20261225"]}, "holidays: “20261225” is not a day like 2026-12-25."),
        ({"on_call": ["the night desk"]}, "on_call: “the night desk” is not a mail address."),
        ({"statistics_open": "yes"}, "statistics_open: true or false."),
        ({"lint_levels": []}, "lint_levels: names with values."),
        ({"decide_in": 3}, "There is no setting “decide_in”."),
        (["regime"], 'Settings are written as {"name": value}.'),
    ],
)
def test_settings_that_nothing_could_read_are_refused_where_they_are_typed(settings, sentence):
    daily = make_publication()
    daily.settings = settings
    with pytest.raises(ValidationError) as refused:
        daily.full_clean()
    assert refused.value.message_dict == {"settings": [sentence]}


def test_a_time_zone_that_does_not_exist_is_refused():
    daily = make_publication()
    daily.time_zone = "Europe/Atlantis"
    with pytest.raises(ValidationError) as refused:
        daily.full_clean()
    assert list(refused.value.message_dict) == ["time_zone"]


# --- through weekends, holidays and clock changes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "now", "settings", "expected_local", "expected_utc"),
    [
        # The clocks of Berlin go back on 25 October 2026 and forward on 29 March 2026.
        (BERLIN, datetime(2026, 10, 23, 9, tzinfo=UTC), {}, "Tue 2026-10-27 18:00", "17:00"),
        (BERLIN, datetime(2026, 10, 22, 9, tzinfo=UTC), {}, "Mon 2026-10-26 18:00", "17:00"),
        (BERLIN, datetime(2026, 3, 27, 9, tzinfo=UTC), {}, "Tue 2026-03-31 18:00", "16:00"),
        (BERLIN, datetime(2026, 3, 27, 9, tzinfo=UTC), {"count_days": "calendar"}, "Sun 2026-03-29 18:00", "16:00"),
        # Received at 23:30 on Friday in Los Angeles: Saturday in UTC.
        ("America/Los_Angeles", datetime(2026, 10, 31, 6, 30, tzinfo=UTC), {}, "Tue 2026-11-03 18:00", "02:00"),
        # A day of 23.5 hours: Lord Howe moves its clocks by half an hour.
        ("Australia/Lord_Howe", datetime(2026, 10, 2, 0, tzinfo=UTC), {}, "Tue 2026-10-06 18:00", "07:00"),
        ("Pacific/Kiritimati", datetime(2026, 11, 22, 11, tzinfo=UTC), {}, "Wed 2026-11-25 18:00", "04:00"),
        (BERLIN, datetime(2026, 12, 23, 9, tzinfo=UTC), {"holidays": CHRISTMAS}, "Tue 2026-12-29 18:00", "17:00"),
        (BERLIN, datetime(2026, 12, 24, 9, tzinfo=UTC), CALENDAR, "Sat 2026-12-26 18:00", "17:00"),
    ],
)  # fmt: skip
def test_two_days_end_at_six_on_the_local_clock(zone, now, settings, expected_local, expected_utc):
    daily = make_publication(time_zone=zone, settings=settings)
    due = priority.due(daily, "acknowledge", now=now)
    assert local(daily, "acknowledge", now) == expected_local
    assert due.astimezone(UTC).strftime("%H:%M") == expected_utc


def test_urgent_hours_are_real_hours_also_through_the_night_when_the_clocks_change():
    daily = make_publication(time_zone=BERLIN)
    before = datetime(2026, 10, 24, 20, tzinfo=ZoneInfo(BERLIN))
    due = priority.due(daily, "decide", urgent=True, now=before.astimezone(UTC))
    assert due - before.astimezone(UTC) == timedelta(hours=24)
    assert due.astimezone(daily.zone).strftime("%d %H:%M") == "25 19:00"
    assert local(daily, "acknowledge", before.astimezone(UTC), urgent=True) == "Sat 2026-10-24 22:00"
    assert local(daily, "publish", before.astimezone(UTC), urgent=True) == local(
        daily, "publish", before.astimezone(UTC)
    )


def test_a_pause_over_the_clock_change_adds_the_time_that_passed():
    daily = make_publication(time_zone=BERLIN)
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(datetime(2026, 10, 23, 8, tzinfo=UTC), tick=False):
        report = reports.take_up(make_report(daily), by=editor)
        report = reports.ask(report, by=editor, words="Which figure?")
        first = Promise.objects.get(subject_reference=report.reference, kind="decide").due_at
    with time_machine.travel(datetime(2026, 10, 26, 8, tzinfo=UTC), tick=False):
        reports.reply(report, words="The second.")
    assert Promise.objects.get(subject_reference=report.reference, kind="decide").due_at - first == timedelta(days=3)


# --- who hears -------------------------------------------------------------------------------------------------------


def test_an_urgent_report_pages_those_on_call_at_once_and_first_in_the_queue_of_mails():
    daily = make_publication(settings={"on_call": ["night@daily.example", "pager@daily.example"]})
    make_staff(daily, "desk_editor")
    report = make_report(daily, urgent=True, urgent_reason="child")

    assert mailed("report_paged") == [("on_call", f"{daily.slug}:0"), ("on_call", f"{daily.slug}:1")]
    page = Delivery.objects.filter(template="corrections/mail/report_paged").first()
    letter = mail.compose(page, kinds.ADDRESS_BOOKS["on_call"](page.recipient_key))
    assert letter.subject.startswith(f"URGENT report {report.reference}")
    assert "Take it up by" in letter.text
    assert kinds.ADDRESS_BOOKS["on_call"](f"{daily.slug}:1").email == "pager@daily.example"
    assert kinds.ADDRESS_BOOKS["on_call"](f"{daily.slug}:2") is None
    assert Delivery.objects.order_by("priority").first() == page


def test_without_a_list_the_standards_editors_are_paged_and_without_them_the_mailbox():
    daily, weekly = make_publication(), make_publication()
    standards = make_staff(daily, "standards_editor")
    make_report(daily, urgent=True)
    make_report(weekly, urgent=True)
    make_report(daily)
    assert mailed("report_paged") == [("user", str(standards.pk)), ("publication", f"{weekly.slug}:corrections")]


def test_what_the_gate_holds_pages_nobody_until_a_person_releases_it():
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    report = make_report(daily, urgent=True, held_reasons=["many_links"])
    assert mailed("report_paged") == []
    reports.release(report, by=make_staff(daily, "desk_editor"))
    assert mailed("report_paged") == [("on_call", f"{daily.slug}:0")]


def test_an_urgent_report_that_nobody_takes_up_is_escalated_at_the_breach_and_pages_again():
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    standards = make_staff(daily, "standards_editor")
    with time_machine.travel(NOON, tick=False):
        report = make_report(daily, urgent=True)
    clock.tick(NOON + timedelta(hours=1, minutes=59))
    assert happened(report, "report.due_soon", "report.overdue", "report.escalated") == []
    clock.tick(NOON + timedelta(hours=2, minutes=1))
    clock.tick(NOON + timedelta(hours=2, minutes=2))
    assert happened(report, "report.due_soon", "report.overdue", "report.escalated") == [
        "report.overdue",
        "report.escalated",
    ]
    assert mailed("report_escalated_desk") == [("user", str(standards.pk)), ("on_call", f"{daily.slug}:0")]


def test_whoever_takes_up_an_urgent_report_in_time_stops_the_escalation():
    daily = make_publication()
    with time_machine.travel(NOON, tick=False):
        report = reports.take_up(make_report(daily, urgent=True), by=make_staff(daily, "desk_editor"))
    clock.tick(NOON + timedelta(hours=3))
    assert happened(report, "report.overdue", "report.escalated") == []


def test_a_broken_promise_goes_to_the_standards_editors_after_a_day():
    daily = make_publication()
    standards = make_staff(daily, "standards_editor")
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(NOON, tick=False):
        report = make_report(daily)
        due = promises.running(report).get(kind="acknowledge").due_at
    clock.tick(due - timedelta(hours=3))
    clock.tick(due + timedelta(minutes=1))
    clock.tick(due + timedelta(hours=23))
    assert happened(report, "report.due_soon", "report.overdue", "report.escalated") == [
        "report.due_soon",
        "report.overdue",
    ]
    clock.tick(due + timedelta(hours=25))
    clock.tick(due + timedelta(hours=26))
    assert happened(report, "report.escalated") == ["report.escalated"]
    assert mailed("report_escalated_desk") == [("user", str(standards.pk))]
    assert ("user", str(editor.pk)) in mailed("report_overdue_desk")


def test_a_paused_promise_neither_breaks_nor_escalates():
    daily = make_publication()
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(NOON, tick=False):
        report = reports.take_up(make_report(daily), by=editor)
        reports.ask(report, by=editor, words="Which figure?")
    clock.tick(NOON + timedelta(days=100))
    assert happened(report, "report.overdue", "report.escalated") == []


def test_a_promise_that_is_given_anew_can_break_anew():
    daily = make_publication()
    with time_machine.travel(NOON, tick=False):
        report = make_report(daily)
    late = NOON + timedelta(days=10)
    clock.tick(late)
    with time_machine.travel(late, tick=False):
        priority.promise(report, "acknowledge")
    clock.tick(late + timedelta(days=10))
    overdue = [event for event in history_of(report) if event.kind == "report.overdue"]
    assert [event.data["promise"] for event in overdue].count("acknowledge") == 2


def test_legal_alone_hears_of_a_restricted_report():
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    legal = make_staff(daily, "legal")
    make_staff(daily, "standards_editor")
    with time_machine.travel(NOON, tick=False):
        report = make_report(daily, urgent=True)
    report = force_status(report, "new", visibility="restricted")
    clock.tick(NOON + timedelta(hours=3))
    assert mailed("report_escalated_desk") == [("user", str(legal.pk))]


def test_a_publication_without_a_desk_promises_and_escalates_to_its_mailbox():
    daily = make_publication()
    with time_machine.travel(NOON, tick=False):
        report = make_report(daily)
    clock.tick(NOON + timedelta(days=30))
    clock.tick(NOON + timedelta(days=32))
    assert report.desk is None
    assert set(mailed("report_escalated_desk")) == {("publication", f"{daily.slug}:corrections")}


def test_what_one_person_published_alone_is_asked_of_another_and_noted_when_nobody_reviews_it():
    daily = make_publication()
    alone, second = make_staff(daily, "standards_editor"), make_staff(daily, "standards_editor")
    draft = make_correction(daily)
    with time_machine.travel(NOON, tick=False):
        correction = notices.publish_urgent(draft, by=alone, words="A name is wrong.")
    assert mailed("correction_review_asked") == [("user", str(second.pk))]
    client = Client()
    client.force_login(second)
    cards = {str(card.label): card for card in client.get("/admin/").context_data["cards"]}
    card = cards["notices to review or decide as the second person"]
    assert (card.count, correction.reference in client.get(card.url).content.decode()) == (1, True)
    client.force_login(alone)
    labels = {str(card.label) for card in client.get("/admin/").context_data["cards"]}
    assert "notices to review or decide as the second person" not in labels

    clock.tick(NOON + timedelta(hours=23))
    assert mailed("correction_review_overdue") == []
    clock.tick(NOON + timedelta(hours=25))
    clock.tick(NOON + timedelta(hours=26))
    assert mailed("correction_review_overdue") == [("user", str(second.pk))]


def test_a_suppression_is_reviewed_by_another_of_legal_and_a_reviewed_one_is_quiet():
    daily = make_publication()
    legal, second = make_staff(daily, "legal"), make_staff(daily, "legal")
    make_staff(daily, "standards_editor")
    correction = make_correction(daily, status="published")
    with time_machine.travel(NOON, tick=False):
        correction = notices.suppress(correction, by=legal, words="Order 12 O 3/26")
    assert mailed("correction_review_asked") == [("user", str(second.pk))]
    notices.review(correction, by=second)
    clock.tick(NOON + timedelta(hours=25))
    assert mailed("correction_review_overdue") == []
