"""The keeper of the books: what is missing is found, what is old goes, and the pulse tells how far behind we are."""

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from celery import shared_task
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsroom.celery import app
from newsroom.clock import CLOCK
from newsroom.events import delivery, endpoints, kinds, leases, planning, upkeep
from newsroom.events.management.commands import clock
from newsroom.events.models import Attempt, Delivery, Endpoint, Event, Position, Unplanned

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


def test_an_event_that_cannot_be_repaired_holds_up_no_other(publication, world):
    first, second = world.happen(), world.happen()
    planning.plan_due()
    Delivery.objects.all().delete()

    @kinds.notice("thing.happened", "thing")
    def broken(event):
        if event == first:
            raise ValueError("nobody to tell")
        return []

    with pytest.raises(ValueError, match="nobody to tell"):
        upkeep.reconcile()
    assert [row.event for row in Delivery.objects.all()] == [second]


@pytest.fixture
def hooked(publication, world, partner, make_endpoint):
    """An event that two endpoints hear of, planned."""
    made = [make_endpoint(partner, f"http://127.0.0.1:1/{name}")[0] for name in "ab"]
    world.recipients = []
    event = world.happen()
    planning.plan_due()
    return event, *made


def test_a_hook_that_vanished_is_found_and_owed_again(hooked, caplog):
    event, kept, short = hooked
    assert (event.position.hooks, sorted(event.position.endpoints)) == (2, [kept.pk, short.pk])
    body = event.deliveries.get(endpoint=short).body
    Delivery.objects.filter(endpoint=short).delete()
    Endpoint.objects.filter(pk=short.pk).update(state="paused", types=["thing.agreed"])
    assert (upkeep.reconcile(), upkeep.reconcile()) == (1, 0)
    assert [record.getMessage() for record in caplog.records] == [
        f"reconcile: event {event.pk} lacks 0 mails, 1 hooks; 1 written again"
    ]
    assert event.deliveries.get(endpoint=short).body == body


def test_a_hook_is_not_missing_when_its_endpoint_is_deleted_or_gone(hooked, caplog):
    event, deleted, gone = hooked
    endpoints.delete(deleted)
    Delivery.objects.filter(endpoint=gone).delete()
    Endpoint.objects.filter(pk=gone.pk).update(state="gone")
    assert (upkeep.reconcile(), caplog.records, event.deliveries.count()) == (0, [], 0)


def test_an_endpoint_that_is_made_later_is_owed_nothing_of_what_was_before(hooked, partner, make_endpoint):
    make_endpoint(partner, "http://127.0.0.1:1/c")
    assert (upkeep.reconcile(), Delivery.objects.count()) == (0, 2)


def test_what_the_previous_release_planned_is_judged_by_its_mails_alone(hooked):
    event, *_both = hooked
    Position.objects.filter(event=event).update(hooks=0, endpoints=None)
    Delivery.objects.all().delete()
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


def test_what_waits_for_an_endpoint_that_rests_is_late_from_the_end_of_its_rest_on(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    Delivery.objects.create(
        endpoint=endpoint, channel="webhook", dedupe_key="x", body="{}", not_before=timezone.now() - DAY
    )
    assert 86_400 <= upkeep.oldest_due_seconds() < 86_420
    Endpoint.objects.update(ready_at=timezone.now() + timedelta(minutes=30))
    assert upkeep.oldest_due_seconds() == 0
    Endpoint.objects.update(ready_at=timezone.now() - timedelta(seconds=40))
    assert 40 <= upkeep.oldest_due_seconds() < 60


def test_in_read_only_mode_nothing_is_late(publication, world, settings):
    world.happen()
    Unplanned.objects.update(not_before=timezone.now() - DAY)
    settings.READ_ONLY = True
    assert upkeep.oldest_due_seconds() == 0


def test_what_waits_for_a_paused_endpoint_is_not_late(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    Delivery.objects.create(
        endpoint=endpoint, channel="webhook", dedupe_key="x", body="{}", not_before=timezone.now() - DAY
    )
    Endpoint.objects.update(state="paused")
    assert upkeep.oldest_due_seconds() == 0


def test_health_counts_what_an_operator_watches(sent, world):
    with time_machine.travel(world.happen().happened_at + timedelta(seconds=42), tick=False):
        told = upkeep.health()
    assert told == {
        "oldest_due_seconds": 42.0,
        "pending": 0,
        "leased": 0,
        "dead": 0,
        "unplanned": 1,
        "unplannable": 0,
        "endpoints_paused": 0,
        "paused": False,
    }


def test_health_fails_when_something_is_late(publication, world):
    world.happen()
    planning.plan_due()
    said = StringIO()
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=299))
    call_command("deliveries", "health", "--max-age", "300", stdout=said)
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=301))
    with pytest.raises(CommandError, match=r"Something has been due for 30\d\.\d s and is not sent\."):
        call_command("deliveries", "health", "--max-age", "300", stdout=said)
    call_command("deliveries", "health", stdout=said)
    assert [json.loads(line)["pending"] for line in said.getvalue().split("\n") if line] == [1, 1, 1]


# --- after a restore ------------------------------------------------------------


def ask(*arguments):
    said = StringIO()
    call_command("deliveries", *arguments, stdout=said)
    return said.getvalue()


def test_what_looks_unsent_after_a_restore_is_canceled_and_what_happens_later_is_sent(
    publication, world, partner, make_endpoint, settings
):
    settings.DELIVERIES_PAUSED = True
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook", types=["thing.happened"])
    endpoints.ping(endpoint)
    world.happen()
    delivery.drain()
    Delivery.objects.filter(channel="email").update(
        state="leased", lease_token=uuid.uuid4(), lease_until=timezone.now() - DAY
    )
    world.happen()  # not planned when the backup was made
    opened = timezone.now()
    world.happen()
    said = ask("cancel", "--pending", "--before", opened.isoformat(), "--note", "restored")
    assert said == "cancel: 2 mails, 3 hooks\n"
    canceled = Delivery.objects.filter(state="canceled")
    assert set(canceled.values_list("last_error", "lease_token", "lease_until")) == {("restored", None, None)}
    assert (
        list(Delivery.objects.filter(state="pending").values_list("event__subject_reference", flat=True)) == ["T-3"] * 2
    )


def test_what_was_sent_or_is_being_sent_or_given_up_is_not_canceled(publication, world):
    for state in ("sent", "leased", "dead"):
        world.happen()
        planning.plan_due()
        more = {"lease_token": uuid.uuid4(), "lease_until": timezone.now() + DAY} if state == "leased" else {}
        Delivery.objects.filter(state="pending").update(state=state, sent_at=timezone.now(), **more)
    later = (timezone.now() + DAY).isoformat()
    assert ask("cancel", "--pending", "--before", later, "--note", "restored") == "cancel: 0 mails, 0 hooks\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pending"], "Name deliveries by their id, or all of them"),
        (["--before", "2026-11-28T12:00+00:00"], "Name deliveries by their id, or all of them"),
        (["--pending", "--before", "2026-11-28T12:00"], "invalid moment value"),
        (["--pending", "--before", "yesterday"], "invalid moment value"),
        ([str(uuid.UUID(int=1)), "--pending", "--before", "2026-11-28T12:00+00:00"], "Name deliveries by their id, or"),
        ([], "Which"),
    ],
)
def test_canceling_everything_is_never_a_slip(world, arguments, said):
    with pytest.raises(CommandError, match=said):
        ask("cancel", *arguments, "--note", "restored")


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
