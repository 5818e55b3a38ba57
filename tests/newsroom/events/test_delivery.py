"""Leases, verdicts, waits, poison, bursts: what becomes of a message, whatever the other side does."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import DataError, InterfaceError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.errors import Conflict
from newsroom.events import channels, delivery, endpoints, kinds, leases, planning, schedule, stopping
from newsroom.events.models import Attempt, Delivery, Endpoint
from newsroom.events.verdicts import Verdict
from tests.newsroom.events.times import expire, make_due

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def owed(publication, world):
    """A mail that is owed."""
    planning.plan(world.happen().pk)
    return Delivery.objects.get()


def waited(row):
    """Seconds until the next try."""
    row.refresh_from_db()
    return (row.not_before - timezone.now()).total_seconds()


def test_what_is_owed_is_sent_once(owed):
    assert delivery.drain() == delivery.Drained(planned=0, sent=1, tried=1)
    assert delivery.drain() == delivery.Drained(planned=0, sent=0, tried=0)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.last_verdict, owed.lease_token) == ("sent", 1, "ok", None)
    assert owed.digest is None  # a mail of its own
    assert [message.subject for message in outbox.outbox] == ["About T-1"]
    assert list(owed.tries.values_list("number", "verdict")) == [(1, "ok")]


def react_by_recording(world):
    """Each thing that is kept makes another one happen, which is mailed."""

    @kinds.reaction("thing.kept")
    def follow(_event):
        world.happen()


def test_what_a_reaction_recorded_is_planned_and_sent_in_the_same_drain(publication, world):
    react_by_recording(world)
    world.happen("thing.kept")
    assert delivery.drain() == delivery.Drained(planned=2, sent=1, tried=1)
    assert [message.subject for message in outbox.outbox] == ["About T-2"]
    assert delivery.drain() == delivery.Drained(planned=0, sent=0, tried=0)


def test_while_paused_what_a_reaction_recorded_is_planned_and_not_sent(publication, world, settings):
    settings.DELIVERIES_PAUSED = True
    react_by_recording(world)
    world.happen("thing.kept")
    assert delivery.drain() == delivery.Drained(planned=2, sent=0, tried=0)
    assert (outbox.outbox, Delivery.objects.get().state) == ([], "pending")


def test_a_lease_belongs_to_one_worker_until_it_ends(owed):
    first = leases.claim("email")
    assert leases.claim("email") == []
    expire(owed)
    second = leases.claim("email")
    assert [row.pk for row in second] == [owed.pk]
    assert delivery.attempt(first[0]) is False
    assert delivery.finish(first[0], Verdict.ok()) is False
    assert outbox.outbox == []
    assert delivery.attempt(second[0]) is True
    owed.refresh_from_db()
    assert (owed.attempts, owed.crashes) == (2, 0)
    assert list(owed.tries.values_list("number", "verdict")) == [(1, "crash"), (2, "ok")]
    assert not owed.tries.filter(finished_at=None).exists()


def test_a_worker_that_comes_back_late_cannot_overrule_the_next(owed, caplog):
    late = leases.claim("email")[0]
    expire(owed)
    current = leases.claim("email")[0]
    assert delivery.finish(late, Verdict.permanent("no")) is False
    assert f"lease of {owed.uuid} was lost before its verdict permanent" in caplog.text
    owed.refresh_from_db()
    assert (owed.state, owed.lease_token) == ("leased", current.lease_token)
    caplog.clear()
    assert delivery.finish(current, Verdict.ok()) is True
    assert "was lost" not in caplog.text


def test_a_lease_that_has_run_out_is_not_begun(owed):
    claimed = leases.claim("email")[0]
    expire(owed)
    assert delivery.attempt(claimed) is False
    assert outbox.outbox == []


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.ok(), "sent"),
        (Verdict.transient("later"), "pending"),
        (Verdict.ambiguous("who knows"), "pending"),
        (Verdict.permanent("never"), "dead"),
        (Verdict("canceled", "nobody there"), "canceled"),
    ],
)
def test_each_verdict_leads_to_its_state(owed, answer, verdict, state):
    answer(verdict)
    delivery.drain()
    owed.refresh_from_db()
    assert (owed.state, owed.last_verdict, owed.last_error) == (state, verdict.name, verdict.detail)
    assert (owed.lease_token, owed.lease_until) == (None, None)


def test_the_schedules_are_those_promised():
    assert sum(schedule.WAITS["webhook"], timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert timedelta(hours=71) < sum(schedule.WAITS["email"], timedelta()) < timedelta(hours=73)


@pytest.mark.parametrize(("channel", "tries"), [("webhook", 9), ("email", 15)])
def test_a_wait_is_jittered_by_a_fifth_and_the_schedule_ends(channel, tries):
    for number in range(1, tries + 1):
        step = schedule.WAITS[channel][number - 1]
        waits = [schedule.wait_before(channel, number) for _ in range(50)]
        assert step * 0.8 <= min(waits) < max(waits) <= step * 1.2
    assert schedule.wait_before(channel, tries + 1) is None


def test_fault_runs_wait_a_share_of_it(settings):
    settings.DELIVERY_WAIT_DIVISOR = 4
    assert schedule.scaled(timedelta(minutes=1)) == timedelta(seconds=15)


def test_when_the_schedule_is_used_up_it_is_given_up(owed, answer):
    answer(Verdict.transient("later"))
    for _ in range(16):
        make_due()
        delivery.drain()
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.last_verdict) == ("dead", 16, "transient")
    make_due()
    assert delivery.drain().tried == 0


def test_a_mail_whose_answer_was_lost_waits_ten_minutes(owed, answer):
    answer(Verdict.ambiguous("who knows"))
    delivery.drain()
    assert 590 < waited(owed) <= 600


def test_only_a_mail_and_only_without_an_answer_waits_as_long_as_that(owed, hook, answer):
    answer(Verdict.transient("later"))
    delivery.drain(["email"])
    assert 20 < waited(owed) <= 36  # the first wait is half a minute, a fifth more or less
    answer(Verdict.ambiguous("no answer"))
    delivery.drain(["webhook"])
    assert 3 < waited(hook) <= 6


def test_an_address_that_takes_no_mail_is_told_to_whoever_keeps_it(owed, answer, monkeypatch):
    heard = []
    monkeypatch.setitem(kinds.REFUSALS, "person", lambda key, owed_at: heard.append((key, owed_at)))
    answer(Verdict("permanent", "no such mailbox", 550, address_refused=True))
    delivery.drain()
    assert heard == [("1", owed.created_at)]


def test_a_worker_that_comes_back_late_tells_nobody_about_the_address(owed, monkeypatch):
    heard = []
    monkeypatch.setitem(kinds.REFUSALS, "person", lambda *told: heard.append(told))
    late = leases.claim("email")[0]
    expire(owed)
    leases.claim("email")
    assert delivery.finish(late, Verdict("permanent", "no such mailbox", 550, address_refused=True)) is False
    assert heard == []


def test_retry_after_lengthens_a_wait_and_never_shortens_it(owed, answer):
    answer(Verdict.transient("later", retry_after=timedelta(hours=5)))
    delivery.drain()
    assert 5 * 3600 - 10 < waited(owed) <= 5 * 3600
    answer(Verdict.transient("later", retry_after=timedelta(seconds=1)))
    make_due()
    delivery.drain()
    assert waited(owed) > 90  # the second wait is two minutes, less a fifth


def test_what_kills_three_workers_is_given_up_and_not_sent_again(owed, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_args):
        raise Killed

    monkeypatch.setattr(channels, "send", die)
    for _ in range(3):
        with pytest.raises(Killed):
            delivery.drain()
        expire(owed)
    assert delivery.drain().tried == 0
    owed.refresh_from_db()
    assert (owed.state, owed.crashes, owed.last_verdict) == ("dead", 3, "crash")
    assert owed.last_error == "The worker died three times while sending this."
    assert list(owed.tries.values_list("verdict", flat=True)) == ["crash", "crash", "crash"]


def test_the_batch_of_a_poisonous_message_is_innocent(publication, world, monkeypatch):
    world.recipients = [kinds.Recipient("person", key) for key in "12345"]
    world.addresses = {key: kinds.Address(f"{key}@reader.example") for key in "12345"}
    planning.plan(world.happen().pk)
    real = channels.send

    class Killed(BaseException):
        pass

    def die(row, held=()):
        if row.recipient_key == "1":
            raise Killed
        return real(row, held)

    monkeypatch.setattr(channels, "send", die)
    for _ in range(3):
        with pytest.raises(Killed):
            delivery.drain()
        expire(*Delivery.objects.filter(state="leased"))
    delivery.drain()
    assert list(Delivery.objects.order_by("pk").values_list("recipient_key", "state", "crashes")) == [
        ("1", "dead", 3),
        ("2", "sent", 0),
        ("3", "sent", 0),
        ("4", "sent", 0),
        ("5", "sent", 0),
    ]


def test_a_fault_of_ours_is_given_up_with_its_reason(owed, world):
    kinds.ADDRESS_BOOKS.clear()
    delivery.drain()
    owed.refresh_from_db()
    assert (owed.state, owed.last_verdict, owed.last_error) == ("dead", "permanent", "KeyError: 'person'")


def test_a_fault_of_ours_is_no_riddle_to_the_owner_of_a_hook(make_endpoint, partner, monkeypatch):
    endpoint, _secret = make_endpoint(partner, "https://partner.example/hook")
    owed = endpoints.ping(endpoint)

    def fail(*_args):
        raise KeyError("secret")

    monkeypatch.setattr(channels, "send", fail)
    delivery.drain()
    owed.refresh_from_db()
    assert owed.last_error == owed.tries.get().excerpt == "Something went wrong on our side."


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_is_no_verdict(owed, monkeypatch, trouble):
    def fail(*_args):
        raise trouble("gone")

    monkeypatch.setattr(channels, "send", fail)
    with pytest.raises(trouble):
        delivery.drain()
    owed.refresh_from_db()
    assert (owed.state, owed.attempts) == ("leased", 1)


def test_when_the_database_goes_away_what_was_not_begun_is_free_for_the_next_worker(publication, world, monkeypatch):
    several(world, 3)

    def fail(*_args):
        raise OperationalError("gone")

    monkeypatch.setattr(channels, "send", fail)
    with pytest.raises(OperationalError):
        delivery.drain()
    kept = list(Delivery.objects.order_by("pk").values_list("state", "attempts"))
    assert kept == [("leased", 1), ("pending", 0), ("pending", 0)]


def test_a_query_of_ours_that_is_wrong_is_a_verdict(owed, monkeypatch):
    def fail(*_args):
        raise DataError("too long")

    monkeypatch.setattr(channels, "send", fail)
    delivery.drain()
    owed.refresh_from_db()
    assert (owed.state, owed.last_error) == ("dead", "DataError: too long")


def test_an_error_text_that_no_database_takes_is_cleaned(owed, answer):
    answer(Verdict.transient("a\x00b\ud800" + "c" * 5000))
    delivery.drain()
    owed.refresh_from_db()
    assert owed.last_error == ("a b?" + "c" * 5000)[:500]
    assert owed.tries.get().excerpt == ("a b?" + "c" * 5000)[:1000]


def test_an_error_text_keeps_no_address(owed, answer):
    answer(Verdict.permanent("550 <one@reader.example>: no such mailbox"))
    delivery.drain()
    owed.refresh_from_db()
    assert owed.last_error == owed.tries.get().excerpt == "550 <…@…>: no such mailbox"


# --- stopping, pausing, giving back ------------------------------------------------------------


def several(world, count):
    world.recipients = [kinds.Recipient("person", str(key)) for key in range(count)]
    world.addresses = {str(key): kinds.Address(f"{key}@reader.example") for key in range(count)}
    planning.plan(world.happen().pk)


def test_asked_to_stop_it_gives_back_what_it_has_not_begun(publication, world, monkeypatch):
    several(world, 4)
    stop = stopping.Stop()
    real = channels.send

    def stop_after_this(row, held=()):
        stop.set()
        return real(row, held)

    monkeypatch.setattr(channels, "send", stop_after_this)
    assert delivery.drain(stop=stop) == delivery.Drained(planned=0, sent=1, tried=1)
    assert list(Delivery.objects.order_by("pk").values_list("state", "attempts", "lease_token")) == [
        ("sent", 1, None),
        ("pending", 0, None),
        ("pending", 0, None),
        ("pending", 0, None),
    ]
    assert Attempt.objects.count() == 1
    assert delivery.drain(stop=stop) == delivery.Drained(0, 0, 0)


def test_a_verdict_and_the_try_it_ends_are_written_together(owed):
    (claimed,) = leases.claim("email")
    assert delivery.finish(claimed, Verdict.transient("busy", status_code=451)) is True
    assert list(owed.tries.values_list("verdict", "status_code", "excerpt")) == [("transient", 451, "busy")]
    assert owed.tries.get().finished_at is not None


def test_giving_a_lease_back_takes_the_try_it_noted_and_no_older_one(owed):
    (first,) = leases.claim("email")
    delivery.finish(first, Verdict.ambiguous("no answer"))
    make_due()
    (second,) = leases.claim("email")
    leases.give_back([second, first])
    owed.refresh_from_db()
    assert (owed.state, owed.attempts) == ("pending", 1)
    assert list(owed.tries.values_list("number", "verdict")) == [(1, "ambiguous")]
    make_due()
    assert delivery.drain().sent == 1
    assert list(owed.tries.values_list("number", "verdict")) == [(1, "ambiguous"), (2, "ok")]


def test_a_lease_whose_sending_was_begun_is_not_given_back(owed, monkeypatch):
    def die(*_args):
        raise SystemExit

    monkeypatch.setattr(channels, "send", die)
    (claimed,) = leases.claim("email")
    with pytest.raises(SystemExit):
        delivery.attempt(claimed)
    leases.give_back([claimed])
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.tries.count()) == ("leased", 1, 1)


def test_what_the_next_worker_wrote_about_a_try_stands(owed):
    late = leases.claim("email")[0]
    expire(owed)
    (current,) = leases.claim("email")
    assert delivery.finish(late, Verdict.ok("at last")) is False
    assert list(owed.tries.values_list("number", "verdict")) == [(1, "crash"), (2, "")]
    assert delivery.finish(current, Verdict.ok()) is True


def test_a_send_is_not_begun_when_the_lease_may_end_before_it(publication, world, monkeypatch):
    several(world, 3)
    now = [0.0]
    claims = []
    real = channels.send

    def take_four_minutes(row, held=()):
        claims.append(Delivery.objects.filter(state="leased").count())
        now[0] += 236
        return real(row, held)

    monkeypatch.setattr(delivery.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(channels, "send", take_four_minutes)
    assert schedule.latest_start("email") == timedelta(seconds=235)
    assert delivery.drain(budget=timedelta(hours=1)).sent == 3
    assert claims == [3, 2, 1]  # what was too late in its lease was given back and claimed anew
    assert list(Delivery.objects.values_list("attempts", "crashes")) == [(1, 0)] * 3


def test_a_try_began_when_it_was_sent_and_not_when_it_was_claimed(publication, world, monkeypatch):
    several(world, 2)
    real, began = channels.send, timezone.now()
    clock = [began]

    def take_a_minute(row, held=()):
        clock[0] += timedelta(minutes=1)
        return real(row, held)

    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    monkeypatch.setattr(channels, "send", take_a_minute)
    assert delivery.drain(["email"]).sent == 2
    minute = timedelta(minutes=1)
    assert list(Attempt.objects.order_by("pk").values_list("started_at", "finished_at")) == [
        (began, began + minute),
        (began + minute, began + 2 * minute),
    ]


def test_a_budget_of_nothing_plans_and_sends_nothing(publication, world, monkeypatch):
    world.happen()
    monkeypatch.setattr(delivery.time, "monotonic", lambda: 5.0)
    assert delivery.drain(budget=timedelta(0)) == delivery.Drained(0, 0, 0)
    assert not Delivery.objects.exists()


def test_a_send_begins_up_to_the_last_moment_that_its_lease_allows(publication, world, monkeypatch):
    several(world, 2)
    now = [0.0]
    claims = []
    real = channels.send

    def take_all_that_is_left(row, held=()):
        claims.append(Delivery.objects.filter(state="leased").count())
        now[0] += schedule.latest_start("email").total_seconds()
        return real(row, held)

    monkeypatch.setattr(delivery.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(channels, "send", take_all_that_is_left)
    planned = []
    monkeypatch.setattr(leases, "claim", lambda lane, claim=leases.claim: planned.append(lane) or claim(lane))
    assert delivery.drain(["email"], budget=timedelta(hours=1)).sent == 2
    assert (claims, planned) == ([2, 1], ["email", "email"])  # the second claim finds nothing: one lease was enough


@pytest.mark.parametrize("budget", [50, 60])
def test_a_budget_that_is_spent_gives_the_rest_back(publication, world, monkeypatch, budget):
    several(world, 3)
    now = [0.0]
    real = channels.send

    def take_a_minute(row, held=()):
        now[0] += 60
        return real(row, held)

    monkeypatch.setattr(delivery.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(channels, "send", take_a_minute)
    assert delivery.drain(budget=timedelta(seconds=budget)).tried == 1
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "pending", "pending"]


def test_paused_for_a_restore_events_are_planned_and_nothing_is_sent(publication, world, settings):
    settings.DELIVERIES_PAUSED = True
    world.happen()
    assert delivery.drain() == delivery.Drained(planned=1, sent=0, tried=0)
    settings.DELIVERIES_PAUSED = False
    assert delivery.drain() == delivery.Drained(planned=0, sent=1, tried=1)


def test_in_read_only_mode_nothing_is_touched(publication, world, settings):
    settings.READ_ONLY = True
    world.happen()
    assert delivery.drain() == delivery.Drained(0, 0, 0)


def test_an_idle_poll_writes_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(3) as seen:
        assert delivery.drain() == delivery.Drained(0, 0, 0)
    assert all(query["sql"].lstrip().startswith("SELECT") for query in seen.captured_queries)


@pytest.mark.parametrize(("seconds", "deadline", "start"), [(0, 15.0, 40.0), (4, 1.0, 4 - 1 - 4 / 12)])
def test_a_shorter_lease_shortens_the_deadline(settings, seconds, deadline, start):
    settings.DELIVERY_LEASE_SECONDS = seconds
    assert schedule.deadline_of("webhook").total_seconds() == deadline
    assert schedule.latest_start("webhook").total_seconds() == pytest.approx(start)


# --- by hand ------------------------------------------------------------


def test_what_was_given_up_can_be_tried_again_with_the_same_id(owed, answer):
    answer(Verdict.permanent("never"), Verdict.ok())
    delivery.drain()
    before = owed.uuid
    delivery.retry(owed)
    assert delivery.drain().sent == 1
    owed.refresh_from_db()
    assert (owed.state, owed.uuid, owed.attempts) == ("sent", before, 2)


def test_what_is_being_sent_is_left_alone(owed):
    leases.claim("email")
    with pytest.raises(Conflict):
        delivery.retry(owed)
    with pytest.raises(Conflict):
        delivery.cancel(owed, note="enough")
    owed.refresh_from_db()
    assert owed.state == "leased"


def test_what_is_canceled_is_not_sent(owed):
    delivery.cancel(owed, note="the reader called" + "." * 600)
    assert delivery.drain().tried == 0
    owed.refresh_from_db()
    assert (owed.state, owed.last_error) == ("canceled", "the reader called" + "." * 483)
    with pytest.raises(Conflict) as refused:
        delivery.cancel(owed, note="again")
    assert refused.value.code == "not_pending"


# --- bursts ------------------------------------------------------------


@pytest.fixture
def editor(world):
    world.recipients = [kinds.Recipient("user", "7")]
    world.addresses = {"7": kinds.Address("editor@daily.example", "Ed Itor")}


def test_a_burst_to_an_editor_is_one_mail_that_lists_the_references(publication, world, editor):
    for _ in range(3):
        world.happen()
    assert delivery.drain() == delivery.Drained(planned=3, sent=1, tried=1)
    (message,) = outbox.outbox
    assert message.subject == "3 messages: About T-1 …"
    assert message.body.splitlines()[:3] == ["- T-1  About T-1", "- T-2  About T-2", "- T-3  About T-3"]
    assert message.body.count("It happened: thing.happened.") == 3
    rows = list(Delivery.objects.order_by("pk"))
    assert [(row.state, row.attempts, row.last_verdict) for row in rows] == [("sent", 1, "ok")] * 3
    assert message.extra_headers["Message-ID"].startswith(f"<{rows[0].uuid}@")
    assert list(Attempt.objects.values_list("verdict", flat=True)) == ["ok"] * 3


def test_a_burst_to_a_reader_stays_separate(publication, world):
    for _ in range(3):
        world.happen()
    assert delivery.drain().sent == 3
    assert len(outbox.outbox) == 3


def test_what_is_older_than_two_minutes_or_was_tried_before_goes_alone(publication, world, editor):
    for _ in range(4):
        world.happen()
    planning.plan_due()
    first, second = Delivery.objects.order_by("pk")[:2]
    Delivery.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(seconds=121))
    Delivery.objects.filter(pk=second.pk).update(attempts=1)
    assert delivery.drain().sent == 3
    assert sorted(message.subject for message in outbox.outbox) == [
        "2 messages: About T-3 …",
        "About T-1",
        "About T-2",
    ]


def test_a_burst_to_two_editors_is_one_mail_each(publication, world):
    world.recipients = [kinds.Recipient("user", "7"), kinds.Recipient("user", "8")]
    world.addresses = {key: kinds.Address(f"{key}@daily.example") for key in "78"}
    for _ in range(2):
        world.happen()
    assert delivery.drain().sent == 2
    assert sorted(message.to[0] for message in outbox.outbox) == ["7@daily.example", "8@daily.example"]


@pytest.mark.parametrize("verdict", [Verdict.transient("later"), Verdict.ambiguous("no answer")])
def test_a_burst_that_fails_is_tried_again_as_the_same_mail_with_the_same_id(
    publication, world, editor, monkeypatch, verdict
):
    for _ in range(3):
        world.happen()
    with monkeypatch.context() as wire:
        wire.setattr(channels, "send", lambda *_held: verdict)
        assert delivery.drain().tried == 1
    assert list(Delivery.objects.values_list("state", "attempts")) == [("pending", 1)] * 3
    world.happen()
    make_due()
    assert delivery.drain() == delivery.Drained(planned=1, sent=2, tried=2)
    digest, alone = outbox.outbox
    assert (digest.subject, alone.subject) == ("3 messages: About T-1 …", "About T-4")
    first = Delivery.objects.earliest("pk")
    assert digest.extra_headers["Message-ID"] == f"<{first.uuid}@masthead.example>"
    assert list(Delivery.objects.order_by("pk").values_list("state", "attempts")) == [("sent", 2)] * 3 + [("sent", 1)]


def test_a_digest_keeps_its_id_when_its_first_mail_is_no_longer_owed(publication, world, editor):
    for _ in range(3):
        world.happen()
    with pytest.MonkeyPatch.context() as wire:
        wire.setattr(channels, "send", lambda *_held: Verdict.transient("later"))
        delivery.drain()
    first = Delivery.objects.earliest("pk")
    delivery.cancel(first, note="not needed")
    make_due()
    assert delivery.drain().sent == 1
    (digest,) = outbox.outbox
    assert (digest.subject, digest.extra_headers["Message-ID"]) == (
        "2 messages: About T-2 …",
        f"<{first.uuid}@masthead.example>",
    )


def test_what_a_digest_was_given_up_with_is_tried_again_in_it(publication, world, editor, monkeypatch):
    for _ in range(2):
        world.happen()
    with monkeypatch.context() as wire:
        wire.setattr(channels, "send", lambda *_held: Verdict.permanent("no"))
        delivery.drain()
    for row in Delivery.objects.all():
        delivery.retry(row)
    assert delivery.drain().sent == 1
    assert [message.subject for message in outbox.outbox] == ["2 messages: About T-1 …"]


def test_a_burst_whose_worker_died_stays_together_and_keeps_its_id(publication, world, editor):
    for _ in range(2):
        world.happen()
    planning.plan_due()
    (carrier,) = leases.claim("email")
    expire(*Delivery.objects.all())
    world.happen()
    planning.plan_due()
    again = leases.claim("email")
    assert again[0].uuid == carrier.uuid
    assert [len(leases.held_with(row)) for row in again] == [2, 1]
    leases.give_back(again)
    assert list(Delivery.objects.values_list("state", flat=True)) == ["pending"] * 3


# --- endpoints ------------------------------------------------------------


@pytest.fixture
def hook(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    owed = endpoints.ping(endpoint)
    make_due()
    return owed


def test_an_endpoint_that_says_gone_is_never_asked_again(hook, answer):
    waiting = endpoints.ping(hook.endpoint)
    make_due()
    answer(Verdict("permanent", "410 Gone", 410, endpoint_gone=True))
    delivery.attempt(leases.claim("webhook")[0])
    hook.endpoint.refresh_from_db()
    assert hook.endpoint.state == "gone"
    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error) == ("canceled", "the endpoint is gone")


def test_a_worker_that_comes_back_late_closes_no_endpoint(hook):
    (late,) = leases.claim("webhook")
    expire(hook)
    leases.claim("webhook")
    assert delivery.finish(late, Verdict("permanent", "410 Gone", 410, endpoint_gone=True)) is False
    assert Endpoint.objects.get().state == "active"


def test_of_what_an_endpoint_says_as_much_is_kept_as_its_owner_can_read(hook, answer):
    answer(Verdict("permanent", "x" * 600, 410, endpoint_gone=True))
    delivery.drain()
    assert Endpoint.objects.get().paused_reason == "x" * 200


def test_only_the_answer_to_a_ping_verifies_an_endpoint(partner, make_endpoint, publication, world):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    planning.plan(world.happen("thing.agreed", organization=partner).pk)
    (claimed,) = leases.claim("webhook")
    Endpoint.objects.update(state="unverified")
    assert delivery.finish(claimed, Verdict.ok()) is True
    endpoint.refresh_from_db()
    assert endpoint.state == "unverified"


def test_an_endpoint_is_held_before_what_it_is_owed_so_that_two_never_wait_for_each_other(hook, answer):
    (claimed,) = leases.claim("webhook")
    with CaptureQueriesContext(connection) as asked:
        assert delivery.finish(claimed, Verdict.ok()) is True
    tables = [re.search(r'(?:FROM|UPDATE) "(\w+)"', query["sql"]) for query in asked.captured_queries]
    order = [found[1] for found in tables if found]
    assert order.index("events_endpoint") < order.index("events_delivery")


def test_an_endpoint_at_a_forbidden_address_is_paused(hook, settings):
    settings.ALLOW_LOOPBACK_ENDPOINTS = False
    delivery.drain()
    hook.refresh_from_db()
    assert (hook.state, hook.last_verdict, hook.endpoint.state) == ("dead", "permanent", "paused")


def test_five_days_without_success_pause_an_endpoint_and_what_is_owed_waits(hook, answer):
    answer(Verdict.transient("HTTP 500"))
    delivery.drain()
    endpoint = Endpoint.objects.get()
    assert (endpoint.state, endpoint.failing_since is None) == ("active", False)
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, seconds=1))
    make_due()
    delivery.drain()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.paused_reason) == ("paused", "no success for five days")
    make_due()
    assert delivery.drain().tried == 0
    endpoints.resume(endpoint)
    answer(Verdict.ok())
    assert delivery.drain().sent == 1
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("active", None)


def test_a_success_forgets_the_failures_before(hook, answer):
    answer(Verdict.transient("HTTP 500"), Verdict.ok())
    delivery.drain()
    make_due()
    delivery.drain()
    assert Endpoint.objects.get().failing_since is None


def test_an_endpoint_deleted_during_the_send_is_no_error(hook, monkeypatch):
    def delete_meanwhile(row, _held=()):
        Delivery.objects.get(pk=row.pk).endpoint.delete()
        return Verdict.ok()

    monkeypatch.setattr(channels, "send", delete_meanwhile)
    assert delivery.drain().tried == 1
    assert Delivery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_never_hold_the_same_delivery(publication, world):
    with transaction.atomic():
        several(world, 12)
    barrier = threading.Barrier(4)
    held = []

    def work():
        try:
            barrier.wait(10)
            held.extend(row.pk for row in leases.claim("email", limit=3))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(held) == len(set(held)) == Delivery.objects.filter(state="leased", attempts=1).count()
    assert len(held) >= 3


def test_a_lease_that_ran_out_says_nothing_about_the_tries_of_others(publication, world):
    several(world, 2)
    first, second = leases.claim("email")
    expire(first)
    leases.claim("email")
    assert list(second.tries.values_list("verdict", "finished_at")) == [("", None)]


def test_every_lease_has_a_token_of_its_own(publication, world):
    several(world, 3)
    tokens = {row.lease_token for row in leases.claim("email")}
    assert len(tokens) == 3
    assert all(isinstance(token, uuid.UUID) for token in tokens)
