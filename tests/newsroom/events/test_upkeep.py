"""The keeper of the books: what is missing is found, what is old goes, and the pulse tells how far behind we are."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from celery import shared_task
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsroom.celery import app
from newsroom.clock import CLOCK
from newsroom.events import delivery, kinds, leases, planning, upkeep
from newsroom.events.management.commands import clock
from newsroom.events.models import Attempt, Delivery, Endpoint, Event, Unplanned

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = timedelta(days=1)


@pytest.fixture
def sent(publication, world):
    """An event whose one mail was sent."""
    event = world.happen()
    delivery.drain()
    return event


def test_when_all_is_there_nothing_is_missing(sent):
    assert upkeep.reconcile() == 0


def test_an_event_that_nobody_planned_is_found_and_planned(publication, world):
    event = world.happen()
    Unplanned.objects.all().delete()
    assert upkeep.reconcile() == 1
    assert upkeep.reconcile() == 0
    assert delivery.drain() == delivery.Drained(planned=1, sent=1, tried=1)
    assert event.position.number == 1


def test_an_event_that_waits_to_be_planned_is_not_missing(publication, world):
    world.happen()
    assert upkeep.reconcile() == 0


def test_a_mail_that_vanished_is_found_and_owed_again(publication, world, caplog):
    world.recipients = [kinds.Recipient("person", "1"), kinds.Recipient("person", "2")]
    world.addresses = {key: kinds.Address(f"{key}@reader.example") for key in "12"}
    event = world.happen()
    planning.plan_due()
    Delivery.objects.filter(recipient_key="2").delete()
    assert upkeep.reconcile() == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert sorted(event.deliveries.values_list("recipient_key", flat=True)) == ["1", "2"]
    assert upkeep.reconcile() == 0


def test_whoever_joins_later_is_not_told_of_what_was_before(sent, world):
    world.recipients = [kinds.Recipient("person", "1"), kinds.Recipient("user", "9")]
    assert upkeep.reconcile() == 0
    assert Delivery.objects.count() == 1


def test_only_the_last_seven_days_are_compared(sent):
    Delivery.objects.all().delete()
    assert upkeep.reconcile(timezone.now() + 7 * DAY + timedelta(minutes=1)) == 0
    assert upkeep.reconcile(timezone.now() + 7 * DAY - timedelta(minutes=1)) == 1


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (29 * DAY, {"deliveries": 2, "bodies": 2, "attempts": 2}),
        (31 * DAY, {"deliveries": 2, "bodies": 1, "attempts": 2}),
        (91 * DAY, {"deliveries": 2, "bodies": 1, "attempts": 0}),
        (181 * DAY, {"deliveries": 1, "bodies": 1, "attempts": 0}),
    ],
)
def test_retention_clears_what_was_sent_and_keeps_what_is_owed(publication, world, partner, make_endpoint, age, left):
    world.recipients = []
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    for state in ("sent", "dead"):
        row = Delivery.objects.create(
            endpoint=endpoint, channel="webhook", dedupe_key=state, body="{}", state=state, sent_at=timezone.now()
        )
        Attempt.objects.create(delivery=row, number=1, started_at=timezone.now())
    upkeep.prune(timezone.now() + age)
    assert {
        "deliveries": Delivery.objects.count(),
        "bodies": Delivery.objects.exclude(body="").count(),
        "attempts": Attempt.objects.count(),
    } == left
    assert upkeep.prune(timezone.now() + age) == {"bodies": 0, "attempts": 0, "rows": 0}


def test_the_pulse_is_the_age_of_the_oldest_thing_that_should_have_been_done(publication, world, settings):
    assert upkeep.oldest_due_seconds() == 0
    world.happen()
    Unplanned.objects.update(not_before=timezone.now() - timedelta(seconds=40))
    assert 40 <= upkeep.oldest_due_seconds() < 60
    planning.plan_due()
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=100))
    assert 100 <= upkeep.oldest_due_seconds() < 120
    settings.DELIVERIES_PAUSED = True
    assert upkeep.oldest_due_seconds() == 0
    settings.DELIVERIES_PAUSED = False
    leases.claim("email")
    assert upkeep.oldest_due_seconds() == 0
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=70))
    assert 70 <= upkeep.oldest_due_seconds() < 90


def test_what_waits_for_a_paused_endpoint_is_not_late(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    Delivery.objects.create(
        endpoint=endpoint, channel="webhook", dedupe_key="x", body="{}", not_before=timezone.now() - DAY
    )
    Endpoint.objects.update(state="paused")
    assert upkeep.oldest_due_seconds() == 0


def test_health_counts_what_an_operator_watches(sent, world):
    world.happen()
    assert upkeep.health() == {
        "oldest_due_seconds": upkeep.health()["oldest_due_seconds"],
        "pending": 0,
        "leased": 0,
        "dead": 0,
        "unplanned": 1,
        "unplannable": 0,
        "endpoints_paused": 0,
        "paused": False,
    }


# --- the clock and the commands ------------------------------------------------------------


def test_beat_runs_what_the_clock_says_and_forgets_what_is_late():
    assert app.conf.beat_schedule == {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in CLOCK.items()
    }


def test_every_entry_of_the_clock_about_deliveries_is_a_task():
    app.loader.import_default_modules()
    mine = [name for name in CLOCK if name.startswith("newsroom.events.")]
    assert [name for name in mine if name in app.tasks] == mine


def test_the_embedded_clock_goes_on_after_a_task_that_fails(monkeypatch, caplog):
    ran = []

    @shared_task(name="tests.fails")
    def fails():
        ran.append("fails")
        raise ValueError("no")

    @shared_task(name="tests.works")
    def works():
        ran.append("works")

    monkeypatch.setattr(clock, "CLOCK", {"tests.fails": 10, "tests.missing": 10, "tests.works": 10})
    call_command("clock", "--once")
    assert ran == ["fails", "works"]
    assert [record.getMessage() for record in caplog.records] == [
        "task tests.fails failed",
        "task tests.missing failed",
    ]


def test_deliver_once_says_what_it_did(publication, world):
    world.happen()
    said = StringIO()
    call_command("deliver", "--once", stdout=said)
    assert said.getvalue() == "planned 1, tried 1, sent 1\n"


def test_what_was_given_up_is_listed_retried_and_canceled_by_command(publication, world):
    def ask(*arguments):
        said = StringIO()
        call_command("deliveries", *arguments, stdout=said)
        return said.getvalue()

    world.happen()
    planning.plan_due()
    Delivery.objects.update(state="dead", last_verdict="permanent", last_error="550 no", attempts=1)
    row = Delivery.objects.get()
    assert ask("list").split() == [
        str(row.uuid),
        *f"{row.created_at:%Y-%m-%d %H:%M}".split(),
        row.dedupe_key,
        *["tries", "1", "permanent:", "550", "no"],
    ]
    assert ask("list", "--state", "sent") == ""
    assert ask("retry", "--all-dead") == "retry: 1\n"
    assert ask("cancel", str(row.uuid), "--note", "enough") == "cancel: 1\n"
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("canceled", "enough")
    with pytest.raises(CommandError, match="Only what is pending"):
        ask("cancel", str(row.uuid), "--note", "again")
    with pytest.raises(CommandError, match="No such delivery"):
        ask("retry", "00000000-0000-0000-0000-000000000000")
    assert json.loads(ask("health"))["dead"] == 0
    assert Event.objects.count() == 1
