"""Dates given to readers: by whose rule, through weekends, holidays and clock changes; and who hears of a breach."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from corrections.services import clock, priority
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from newsroom.events import kinds, mail, planning, promises
from newsroom.events.log import history_of
from newsroom.events.models import Delivery, Event, Promise
from tests.factories import force_status, make_article, make_correction, make_publication, make_report, make_staff

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
    ("policies", "expected"),
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
def test_the_regime_sets_the_latest_date_and_own_days_may_shorten_it(policies, expected):
    daily = make_publication(settings=policies)
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
    ("policies", "sentence"),
    [
        ({"regime": "ofcom"}, "regime: one of own, ipso, impress."),
        ({"count_days": "working"}, "count_days: one of business, calendar."),
        ({"decide_within_days": "7"}, "decide_within_days: a whole number from 0 to 3660."),
        ({"decide_within_days": True}, "decide_within_days: a whole number from 0 to 3660."),
        ({"decide_within_days": -1}, "decide_within_days: a whole number from 0 to 3660."),
        ({"holidays": ["25.12.2026"]}, "holidays: “25.12.2026” is not a day like 2026-12-25."),
        ({"holidays": [20261225]}, "holidays: “20261225” is not a day like 2026-12-25."),
        ({"holidays": ["20261225"]}, "holidays: “20261225” is not a day like 2026-12-25."),
        ({"opening_hours": {}}, "opening_hours: at least one day is open."),
        (
            {"opening_hours": {"monday": "09:00-18:00"}},
            "opening_hours: “monday” is none of mon, tue, wed, thu, fri, sat, sun.",
        ),
        ({"opening_hours": {"mon": "9-18"}}, "opening_hours: mon: hours like 09:00-18:00."),
        ({"opening_hours": {"mon": "18:00-09:00"}}, "opening_hours: mon: hours like 09:00-18:00."),
        ({"opening_hours": {"mon": "09:00-24:01"}}, "opening_hours: mon: hours like 09:00-18:00."),
        ({"opening_hours": "09:00-18:00"}, "opening_hours: names with values."),
        ({"on_call": ["the night desk"]}, "on_call: “the night desk” is not a mail address."),
        ({"statistics_open": "yes"}, "statistics_open: true or false."),
        ({"lint_levels": []}, "lint_levels: names with values."),
        ({"decide_in": 3}, "There is no setting “decide_in”."),
        (["regime"], 'Settings are written as {"name": value}.'),
    ],
)
def test_settings_that_nothing_could_read_are_refused_where_they_are_typed(policies, sentence):
    daily = make_publication()
    daily.settings = policies
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
    ("zone", "now", "policies", "expected_local", "expected_utc"),
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
def test_two_days_end_at_six_on_the_local_clock(zone, now, policies, expected_local, expected_utc):
    daily = make_publication(time_zone=zone, settings=policies)
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


# --- while we wait for them ------------------------------------------------------------------------------------------


def decide_after(policies, *, asked, answered, zone=BERLIN, given="2026-10-19 09:00", **over):
    """When the answer is due on the local clock, before the question and after the reply; all times are local."""
    daily = make_publication(time_zone=zone, settings=policies)
    editor = make_staff(daily, "desk_editor")

    def at(text):
        moment = datetime.fromisoformat(text).replace(tzinfo=daily.zone)
        return time_machine.travel(moment, tick=False)

    def due(report):
        return Promise.objects.get(subject_reference=report.reference, kind="decide").due_at.astimezone(daily.zone)

    with at(given):
        report = reports.take_up(make_report(daily, **over), by=editor)
    with at(asked):
        report = reports.ask(report, by=editor, words="Which figure?")
        first = due(report)
    with at(answered):
        report = reports.reply(report, words="The second.")
    return [f"{moment:%a %d %b %H:%M}" for moment in (first, due(report))]


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [
        # The night and the weekend are no opening time: no date falls into them.
        ("2026-10-26 10:00", "2026-10-28 22:00", "Mon 02 Nov 17:00"),
        ("2026-10-22 14:00", "2026-10-25 23:00", "Fri 30 Oct 13:00"),
        ("2026-10-22 14:00", "2026-10-22 15:00", "Thu 29 Oct 10:00"),
        ("2026-10-24 12:00", "2026-10-25 12:00", "Wed 28 Oct 18:00"),
        ("2026-10-28 18:00", "2026-11-03 12:00", "Wed 28 Oct 18:00"),
        ("2026-10-28 17:59", "2026-11-03 12:00", "Tue 03 Nov 12:01"),
    ],
)
def test_a_pause_leaves_the_opening_hours_that_were_left(asked, answered, expected):
    policies = {"decide_within_days": 7}
    assert decide_after(policies, asked=asked, answered=answered) == ["Wed 28 Oct 18:00", expected]


@pytest.mark.parametrize(
    ("zone", "asked", "answered", "expected"),
    [
        # The clocks go back in the night to Sunday, 25 October, and forward on 29 March: an hour of opening is an hour.
        (BERLIN, "2026-10-23 12:00", "2026-10-26 12:00", "Thu 29 Oct 18:00"),
        ("America/New_York", "2026-10-30 12:00", "2026-11-02 12:00", "Thu 29 Oct 18:00"),
        ("Australia/Lord_Howe", "2026-10-23 12:00", "2026-10-26 12:00", "Thu 29 Oct 18:00"),
    ],
)
def test_a_pause_over_the_clock_change_leaves_local_opening_hours(zone, asked, answered, expected):
    first, after = decide_after({"decide_within_days": 7}, asked=asked, answered=answered, zone=zone)
    assert (first, after) == ("Wed 28 Oct 18:00", expected if zone != "America/New_York" else first)


def test_a_pause_over_the_night_the_clocks_go_forward_leaves_local_opening_hours():
    found = decide_after(
        {"decide_within_days": 3}, given="2026-03-26 09:00", asked="2026-03-27 16:00", answered="2026-03-30 16:00"
    )
    assert found == ["Tue 31 Mar 18:00", "Wed 01 Apr 18:00"]


def test_opening_hours_are_the_publications_own():
    policies = {"decide_within_days": 2, "opening_hours": {"mon": "06:00-14:00", "sat": "10:00-24:00"}}
    given = {"given": "2026-10-19 09:00", "asked": "2026-10-24 20:00", "answered": "2026-10-26 08:00"}
    assert decide_after(policies, **given) == ["Mon 26 Oct 14:00", "Sat 31 Oct 16:00"]


def test_a_holiday_in_the_pause_is_no_opening_time():
    policies = {"decide_within_days": 7, "holidays": ["2026-10-26"]}
    assert decide_after(policies, asked="2026-10-23 09:00", answered="2026-10-27 09:00")[1] == "Fri 30 Oct 18:00"


@pytest.mark.parametrize(
    ("answered", "expected"), [("2026-10-22 23:00", "Thu 29 Oct 18:00"), ("2026-10-21 23:00", "Wed 28 Oct 18:00")]
)
def test_calendar_days_are_moved_by_whole_days(answered, expected):
    policies = {"count_days": "calendar", "decide_within_days": 9}
    assert decide_after(policies, asked="2026-10-21 10:00", answered=answered) == ["Wed 28 Oct 18:00", expected]


def test_urgent_hours_are_hours_also_after_a_pause():
    times = {"given": "2026-10-24 20:00", "asked": "2026-10-24 22:00", "answered": "2026-10-25 10:00"}
    assert decide_after({}, urgent=True, **times) == ["Sun 25 Oct 19:00", "Mon 26 Oct 08:00"]


@pytest.mark.parametrize(
    ("policies", "first", "after"),
    [
        ({"regime": "ipso"}, "Mon 16 Nov 18:00", "Mon 16 Nov 18:00"),
        ({"regime": "ipso", "decide_within_days": 10}, "Mon 02 Nov 18:00", "Mon 16 Nov 18:00"),
        ({"regime": "impress"}, "Mon 09 Nov 18:00", "Mon 09 Nov 18:00"),
        ({"decide_within_days": 20}, "Mon 16 Nov 18:00", "Mon 30 Nov 18:00"),
    ],
)
def test_the_days_of_a_regulator_pass_while_we_wait_and_our_own_do_not(policies, first, after):
    assert decide_after(policies, asked="2026-10-20 10:00", answered="2026-11-03 10:00") == [first, after]


def test_what_waits_runs_again_a_day_before_the_regulators_date_and_is_warned_of():
    daily = make_publication(settings={"regime": "ipso", "decide_within_days": 10})
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(NOON, tick=False):
        report = reports.take_up(make_report(daily, about_me=True), by=editor)
        reports.ask(report, by=editor, words="Which figure?")
    latest = Promise.objects.get(subject_reference=report.reference, kind="decide").latest_at
    clock.tick(latest - timedelta(days=1, minutes=1))
    assert happened(report, "report.due_soon", "report.overdue") == []
    clock.tick(latest - timedelta(hours=23))
    promise = promises.running(report).get(kind="decide")
    assert (promise.due_at, promise.paused_at) == (latest, None)
    assert "report.due_soon" in happened(report, "report.due_soon")
    clock.tick(latest + timedelta(minutes=1))
    assert "report.overdue" in happened(report, "report.overdue")


def test_a_date_that_moved_is_warned_of_anew():
    daily = make_publication()
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(NOON, tick=False):
        report = reports.take_up(make_report(daily), by=editor)
    due = promises.running(report).get(kind="decide").due_at
    clock.tick(due - timedelta(hours=5))
    with time_machine.travel(due - timedelta(hours=4), tick=False):
        report = reports.ask(report, by=editor, words="Which figure?")
    with time_machine.travel(due + timedelta(days=9), tick=False):
        reports.reply(report, words="The second.")
    moved = promises.running(report).get(kind="decide").due_at
    clock.tick(moved - timedelta(hours=2))
    warned = [row.data["promise"] for row in history_of(report) if row.kind == "report.due_soon"]
    assert warned.count("decide") == 2


# --- what counts as kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "at", "paused", "outcome"),
    [
        ("kept_at", -1, None, "kept"),
        ("kept_at", 1, None, "late"),
        ("kept_at", 1, -1, "kept"),
        ("kept_at", 2, 1, "late"),
        ("dropped_at", -1, None, ""),
        ("dropped_at", 1, None, "late"),
        ("dropped_at", 1, -1, ""),
        ("dropped_at", 2, 1, "late"),
        (None, None, None, "late"),
        (None, None, -1, ""),
        (None, None, 1, "late"),
    ],
)
def test_what_ended_after_its_date_is_late_unless_the_clock_stood(ended, at, paused, outcome):
    report = make_report()
    promise = promises.running(report).get(kind="decide")
    due = NOON - timedelta(days=5)
    stamps = {ended: due + timedelta(days=at)} if ended else {}
    stood = due + timedelta(days=paused) if paused is not None else None
    Promise.objects.filter(pk=promise.pk).update(due_at=due, paused_at=stood, **stamps)

    promise.refresh_from_db()
    assert promise.outcome(NOON) == outcome
    rows = Promise.objects.filter(pk=promise.pk)
    assert rows.filter(promises.in_time()).exists() == (outcome == "kept")
    assert rows.filter(promises.broken(NOON)).exists() == (outcome == "late")


def test_a_newer_date_does_not_hide_that_the_first_was_missed():
    report = make_report()
    late = promises.running(report).get(kind="decide")
    Promise.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    priority.promise(report, "decide")
    rows = Promise.objects.filter(subject_reference=report.reference, kind="decide").order_by("pk")
    assert [row.outcome(timezone.now()) for row in rows] == ["late", ""]


def test_closing_without_an_answer_while_we_waited_is_not_late():
    daily = make_publication()
    editor = make_staff(daily, "desk_editor")
    with time_machine.travel(NOON, tick=False):
        report = reports.ask(reports.take_up(make_report(daily), by=editor), by=editor, words="Which figure?")
    with time_machine.travel(NOON + timedelta(days=40), tick=False):
        reports.decline(report, by=editor, code="not_enough_information", words="We could not tell which figure.")
    rows = Promise.objects.filter(subject_reference=report.reference).order_by("pk")
    assert {row.kind: row.outcome(NOON + timedelta(days=99)) for row in rows} == {
        "acknowledge": "kept",
        "decide": "kept",
        "publish": "",
    }


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


@pytest.mark.parametrize(
    ("reasons", "paged"),
    [
        (["over_quota"], True),
        (["trap", "too_fast", "many_on_article"], True),
        (["trap", "same_text"], False),
        (["listed_network"], False),
        (["many_links", "repeats_itself"], False),
    ],
)
def test_an_urgent_report_pages_from_behind_the_gate_when_only_haste_or_a_crowd_is_doubted(reasons, paged):
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    report = make_report(daily, urgent=True, held_reasons=reasons)
    assert mailed("report_paged") == ([("on_call", f"{daily.slug}:0")] if paged else [])

    reports.release(report, by=make_staff(daily, "desk_editor"))
    assert mailed("report_paged") == [("on_call", f"{daily.slug}:0")]
    assert happened(report, "report.paged") == ["report.paged"]


def test_a_flood_behind_the_gate_pages_once_an_article_and_hour():
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    article, other = make_article(daily), make_article(daily)
    held = {"urgent": True, "held_reasons": ["over_quota"]}
    unknown = {"article": None, "article_url": f"https://{daily.hosts[0]}/not-yet-imported"}
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            make_report(article=article, **held)
            make_report(article=other, **held)
            submit(Draft(claim="Wrong.", publication=daily, urgent=True, **unknown), held_reasons=["trap"])
    with time_machine.travel(NOON + timedelta(minutes=59), tick=False):
        make_report(article=article, **held)
    assert Event.objects.filter(kind="report.paged").count() == 3
    with time_machine.travel(NOON + timedelta(minutes=61), tick=False):
        make_report(article=article, **held)
    assert Event.objects.filter(kind="report.paged").count() == 4


def test_what_passes_the_gate_pages_each_time_whoever_was_paged_before():
    daily = make_publication(settings={"on_call": ["night@daily.example"]})
    article = make_article(daily)
    for held in (["over_quota"], None, None):
        make_report(article=article, urgent=True, held_reasons=held)
    assert Event.objects.filter(kind="report.paged").count() == 3


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
