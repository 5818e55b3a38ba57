"""Whose turn it is: recipients and endpoints one after the other, and one that hangs or fails holds up nobody else."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.db import connection, transaction
from django.utils import timezone

from newsroom.accounts.models import Organization
from newsroom.errors import Conflict
from newsroom.events import delivery, endpoints, kinds, leases, planning, schedule, tasks
from newsroom.events.models import Delivery, Endpoint
from newsroom.events.verdicts import Verdict
from tests.newsroom.events.times import expire, make_due

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DOWN = Verdict.transient("HTTP 503")


@pytest.fixture
def hang(make_endpoint):
    """An endpoint of an organization of its own, and so many hooks owed to it."""

    def make(name, hooks=1, *, owner=None, **more):
        owner = owner or Organization.objects.create(name=name, slug=name)
        endpoint, _secret = make_endpoint(owner, f"http://127.0.0.1:1/{name}", **more)
        for number in range(hooks):
            owe(endpoint, f"{name}{number}")
        return endpoint

    return make


def owe(endpoint, name, **more):
    past = timezone.now() - timedelta(seconds=10)
    return Delivery.objects.create(
        channel="webhook", endpoint=endpoint, body='{"type":"x"}', dedupe_key=name, **{"not_before": past} | more
    )


def claimed(**more):
    return [row.dedupe_key for row in leases.claim("webhook", **more)]


def posted(answer, *verdicts, rounds):
    """What leaves in so many rounds, in its order; the last verdict for ever."""
    answer(*verdicts)
    left = []
    for _ in range(rounds):
        for row in leases.claim("webhook"):
            left.append(row.dedupe_key)
            delivery.attempt(row)
    return left


def rest_of(endpoint):
    """Seconds until something is sent there again."""
    endpoint.refresh_from_db()
    return (endpoint.ready_at - timezone.now()).total_seconds()


# --- mails ------------------------------------------------------------


def owe_mail(**over):
    """Each is due a second later than the one before."""
    number = Delivery.objects.count()
    told = {"channel": "email", "template": "thing", "recipient_kind": "person", "dedupe_key": f"mail{number}"}
    due = timezone.now() - timedelta(seconds=100 - number)
    return Delivery.objects.create(**{**told, "not_before": due, **over})


def owe_mails(*keys):
    for key in keys:
        owe_mail(recipient_key=key)


def test_recipients_take_turns_however_much_one_of_them_is_owed(db):
    owe_mails(*"1111111", "2", "3")
    assert [row.recipient_key for row in leases.claim("email")] == ["1", "2", "3", "1", "1"]


def test_what_is_urgent_goes_before_everybodys_turn(db):
    owe_mails(*"1112")
    Delivery.objects.filter(dedupe_key__in=["mail1", "mail2"]).update(priority=2)
    assert [row.dedupe_key for row in leases.claim("email")] == ["mail1", "mail2", "mail0", "mail3"]


def test_mails_are_claimed_as_mails_and_hooks_as_hooks(hang, publication, world):
    hang("a")
    planning.plan(world.happen().pk)
    assert [row.channel for row in leases.claim("email")] == ["email"]
    assert [row.channel for row in leases.claim("webhook")] == ["webhook"]


def test_a_lane_sends_what_is_its_own_and_plans_for_both(hang, publication, world, answer):
    hang("a", 0)
    world.happen()
    answer(Verdict.ok())
    assert delivery.drain(["webhook"]) == delivery.Drained(planned=1, sent=1, tried=1)
    assert delivery.drain(["email"]) == delivery.Drained(planned=0, sent=1, tried=1)


# --- endpoints ------------------------------------------------------------


def test_one_hook_is_on_its_way_to_an_endpoint_and_others_have_their_turn(hang):
    hang("a", 3)
    hang("b", 1)
    assert [claimed(), claimed(), claimed()] == [["a0"], ["b0"], []]


def test_the_endpoint_that_was_served_longest_ago_comes_next(hang, answer):
    hang("a", 3)
    hang("b", 2)
    assert posted(answer, Verdict.ok(), rounds=6) == ["a0", "b0", "a1", "b1", "a2"]


def test_within_an_endpoint_the_urgent_and_the_older_goes_first(hang):
    endpoint = hang("a", 0)
    owe(endpoint, "newer", not_before=timezone.now() - timedelta(seconds=5))
    owe(endpoint, "older")
    owe(endpoint, "urgent", priority=3, not_before=timezone.now() - timedelta(seconds=1))
    first = claimed()
    Endpoint.objects.update(ready_at=None)
    assert [first, claimed()] == [["urgent"], ["older"]]


def test_live_endpoints_come_before_test_endpoints(hang, answer):
    hang("trial", 2, test=True)
    hang("live", 2)
    assert posted(answer, Verdict.ok(), rounds=4) == ["live0", "live1", "trial0", "trial1"]


@pytest.mark.parametrize("verdict", [DOWN, Verdict.ambiguous("no answer")])
def test_after_a_failure_the_whole_endpoint_rests_and_the_others_go_on(hang, answer, verdict):
    down = hang("down", 3)
    hang("well", 2)
    assert posted(answer, verdict, Verdict.ok(), rounds=6) == ["down0", "well0", "well1"]
    assert 3 < rest_of(down) <= 6
    assert Delivery.objects.filter(endpoint=down, attempts=0).count() == 2


def test_a_rest_is_longer_after_each_failure_in_a_row_and_never_than_36_minutes(hang, answer):
    down = hang("down", 5)
    answer(DOWN)
    rests = []
    for _ in range(5):
        make_due()
        delivery.drain()
        rests.append(rest_of(down))
    assert [low <= rest <= high for rest, low, high in zip(rests, LOWEST, HIGHEST, strict=True)] == [True] * 5
    assert down.failures == 5


LOWEST = [3, 239, 1439, 1439, 1439]
HIGHEST = [6, 360, 2160, 2160, 2160]


def test_one_success_ends_the_counting(hang, answer):
    down = hang("down", 3)
    answer(DOWN, DOWN, Verdict.ok())
    for _ in range(3):
        make_due()
        delivery.drain()
    assert (rest_of(down) <= 0, down.failures, down.failing_since) == (True, 0, None)


def test_retry_after_is_meant_for_the_whole_endpoint(hang, answer):
    down = hang("down", 2)
    posted(answer, Verdict.transient("HTTP 429", retry_after=timedelta(hours=2)), rounds=2)
    assert 7100 < rest_of(down) <= 7200
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 1]


def test_what_a_failing_endpoint_is_asked_first_is_what_was_tried_least(hang, answer):
    """A message that it cannot take does not keep the others from it."""
    hang("picky", 3)
    answer(DOWN, Verdict.ok())
    delivery.drain()
    make_due()
    assert delivery.drain() == delivery.Drained(planned=0, sent=3, tried=3)
    assert list(Delivery.objects.order_by("dedupe_key").values_list("attempts", flat=True)) == [2, 1, 1]


def test_a_fault_of_ours_costs_an_endpoint_no_rest(hang, answer):
    endpoint = hang("a", 2)
    assert posted(answer, Verdict.permanent("KeyError"), Verdict.ok(), rounds=2) == ["a0", "a1"]
    assert rest_of(endpoint) <= 0


def test_an_owner_has_two_hooks_on_their_way_at_most(hang, publication):
    greedy = Organization.objects.create(name="Greedy", slug="greedy")
    for name in "abc":
        hang(name, 1, owner=greedy)
    for name in "xyz":
        hang(name, 1, owner=publication)
    hang("modest", 1)
    found = [claimed() for _ in range(7)]
    assert found == [["a0"], ["b0"], ["x0"], ["y0"], ["modest0"], [], []]


def test_what_dead_workers_held_is_not_on_its_way_any_more(hang):
    greedy = Organization.objects.create(name="Greedy", slug="greedy")
    for name in "abc":
        hang(name, owner=greedy)
    expire(*[row for _ in range(2) for row in leases.claim("webhook")])
    assert [claimed() for _ in range(3)] == [["c0"], ["a0"], []]


def test_an_endpoint_to_which_nothing_may_be_sent_yet_takes_nobodys_turn(hang, world, publication):
    unverified = hang("a", 0)
    owe(unverified, "a0", event=world.happen())
    Endpoint.objects.filter(pk=unverified.pk).update(state="unverified")
    hang("b")
    assert claimed() == ["b0"]
    owe(unverified, "a1")  # a ping
    assert claimed() == ["a1"]


def test_a_poisonous_hook_keeps_the_next_endpoint_from_nothing(hang):
    hang("a")
    (row,) = leases.claim("webhook")
    leases.begin(row)
    expire(row)
    Delivery.objects.update(crashes=2)
    hang("b")
    Endpoint.objects.update(ready_at=None)
    assert claimed(limit=2) == ["b0"]


def test_a_lease_that_is_given_back_frees_its_endpoint(hang):
    hang("a", 2)
    (row,) = leases.claim("webhook")
    leases.give_back([row])
    assert claimed() == ["a0"]


def test_a_lease_that_is_given_back_frees_no_other_endpoint_and_ends_no_rest(hang):
    first, second, third = (hang(name) for name in "abc")
    rows = [row for _ in range(3) for row in leases.claim("webhook")]
    later = timezone.now() + timedelta(hours=1)
    Delivery.objects.update(lease_until=later)
    Endpoint.objects.update(ready_at=later)
    Endpoint.objects.filter(pk=third.pk).update(ready_at=later + timedelta(hours=1))  # a rest began meanwhile
    for row in rows:
        row.refresh_from_db()
    leases.give_back([rows[0], rows[2]])
    ready = dict(Endpoint.objects.values_list("pk", "ready_at"))
    assert ready == {first.pk: None, second.pk: later, third.pk: later + timedelta(hours=1)}


def test_who_never_held_a_lease_has_nothing_to_say_about_it(hang):
    hang("a", 2)
    waiting = Delivery.objects.first()
    assert delivery.finish(waiting, Verdict.ok()) is False
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}


def test_what_a_dead_worker_held_is_free_when_its_lease_ends(hang):
    hang("a", 2)
    (row,) = leases.claim("webhook")
    assert claimed() == []
    expire(row)
    assert claimed() == ["a0"]


def test_a_worker_that_comes_back_late_leaves_the_endpoint_to_who_has_it_now(hang):
    endpoint = hang("a", 2)
    (late,) = leases.claim("webhook")
    expire(late)
    Delivery.objects.filter(pk=late.pk).update(priority=9)
    (current,) = leases.claim("webhook")
    assert current.dedupe_key == "a1"
    assert delivery.finish(late, Verdict.ok()) is True
    endpoint.refresh_from_db()
    assert endpoint.ready_at == current.lease_until
    assert claimed() == []


def test_of_what_a_worker_died_of_the_record_says_so_until_there_is_a_verdict(hang):
    hang("a")
    (row,) = leases.claim("webhook")
    leases.begin(row)
    expire(row)
    (again,) = leases.claim("webhook")
    said = (again.crashes, again.last_verdict, again.last_error)
    assert said == (1, "crash", "The worker died while sending this.")


def test_a_poisonous_hook_is_buried_and_the_next_goes_on(hang):
    hang("a", 2)
    (row,) = leases.claim("webhook")
    leases.begin(row)
    expire(row)
    Delivery.objects.filter(pk=row.pk).update(crashes=2)
    assert claimed() == []
    assert claimed() == ["a1"]
    row.refresh_from_db()
    assert (row.state, row.crashes) == ("dead", 3)


@pytest.mark.django_db(transaction=True)
def test_senders_at_the_same_time_never_hold_two_hooks_of_one_endpoint(hang):
    with transaction.atomic():
        hang("a", 8)
        hang("b", 8)
    barrier = threading.Barrier(4)
    held = []

    def work():
        try:
            barrier.wait(10)
            held.extend(row.dedupe_key[0] for _ in range(3) for row in leases.claim("webhook"))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(held) == ["a", "b"]


# --- by hand ------------------------------------------------------------


def test_three_pings_may_wait_and_the_next_is_refused(hang, answer):
    endpoint = hang("a", 0)
    for _ in range(3):
        endpoints.ping(endpoint)
    with pytest.raises(Conflict) as refused:
        endpoints.ping(endpoint)
    assert (refused.value.code, Delivery.objects.count()) == ("too_many_pings", 3)
    answer(Verdict.ok())
    assert delivery.drain().sent == 3
    endpoints.ping(endpoint)


@pytest.mark.parametrize("by_hand", ["ping", "redeliver", "resume"])
def test_whoever_asks_by_hand_need_not_wait_for_the_end_of_a_rest(hang, answer, by_hand):
    endpoint = hang("a", 1)
    posted(answer, DOWN, rounds=1)
    assert claimed() == []
    if by_hand == "ping":
        endpoints.ping(endpoint)
    elif by_hand == "redeliver":
        delivery.retry(Delivery.objects.get())
    else:
        endpoints.pause(endpoint)
        endpoints.resume(endpoint)
        Delivery.objects.update(not_before=timezone.now())
    assert len(claimed()) == 1


def test_asking_by_hand_ends_the_rest_of_that_endpoint_alone_whatever_is_on_its_way_elsewhere(hang, answer):
    first, second = hang("a"), hang("b")
    posted(answer, DOWN, rounds=2)
    hang("c")
    assert claimed() == ["c0"]
    endpoints.ping(second)
    assert list(Endpoint.objects.filter(ready_at=None).values_list("pk", flat=True)) == [second.pk]
    assert rest_of(first) > 0


def test_a_worker_that_died_keeps_nobody_from_asking_by_hand(hang):
    endpoint = hang("a")
    (row,) = leases.claim("webhook")
    expire(row)
    Endpoint.objects.update(ready_at=timezone.now() + timedelta(hours=1))
    endpoints.ping(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.ready_at is None


def test_asking_by_hand_sends_no_second_hook_beside_one_on_its_way(hang):
    endpoint = hang("a", 1)
    assert claimed() == ["a0"]
    endpoints.ping(endpoint)
    assert claimed() == []


def test_five_days_are_counted_anew_after_a_resumption(hang, answer):
    endpoint = hang("a", 2)
    answer(DOWN)
    delivery.drain()
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=6))
    make_due()
    delivery.drain()
    endpoint.refresh_from_db()
    assert endpoint.state == "paused"
    endpoints.resume(endpoint)
    make_due()
    delivery.drain()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failures) == ("active", 1)


def test_the_next_try_is_told_with_the_rest_counted_in(hang, answer):
    endpoint = hang("a", 2)
    posted(answer, DOWN, rounds=1)
    endpoint.refresh_from_db()
    tried, waiting = Delivery.objects.order_by("-attempts")
    assert waiting.next_try_at == endpoint.ready_at
    assert tried.next_try_at == max(tried.not_before, endpoint.ready_at)
    Delivery.objects.filter(pk=tried.pk).update(state="dead")
    assert Delivery.objects.get(pk=tried.pk).next_try_at is None


# --- the worker's lanes ------------------------------------------------------------


@pytest.mark.parametrize(("task", "lane"), [(tasks.drain, "email"), (tasks.post_hooks, "webhook")])
def test_a_worker_has_one_process_at_most_at_each_lane(hang, publication, world, answer, settings, task, lane):
    hang("a", 0)
    planning.plan(world.happen().pk)
    answer(Verdict.ok())
    with tasks._alone(lane) as first:
        assert first is True
        task()
    assert Delivery.objects.filter(state="sent").count() == 0
    task()
    assert list(Delivery.objects.filter(state="sent").values_list("channel", flat=True)) == [lane]
    assert (Path(settings.VAR) / f"{lane}.lock").exists()


def test_the_waits_of_a_rest_are_the_beginning_of_a_hooks_own():
    assert schedule.WAITS["webhook"][:3] == schedule.RESTS


def owe_editor(count, **over):
    return [owe_mail(**{"recipient_kind": "user", "recipient_key": "7", **over}) for _ in range(count)]


@pytest.mark.parametrize(
    "other",
    [{"template": "other"}, {"recipient_kind": "publication"}, {"recipient_key": "8"}, {"attempts": 1}, {"age": 121}],
    ids=lambda other: next(iter(other)),
)
def test_only_fresh_mails_of_one_template_to_one_member_of_staff_leave_together(db, other):
    together = owe_editor(2)
    age = timedelta(seconds=other.pop("age", 0))
    (apart,) = owe_editor(1, **other)
    Delivery.objects.filter(pk=apart.pk).update(created_at=timezone.now() - age)
    (first, second) = leases.claim("email", limit=2)
    assert [row.pk for row in leases.held_with(first)] == [row.pk for row in together]
    assert [row.pk for row in leases.held_with(second)] == [apart.pk]


def test_a_mail_is_fresh_for_less_than_two_minutes(db, monkeypatch):
    first, _second = owe_editor(2)
    monkeypatch.setattr(timezone, "now", lambda: first.created_at + leases.BURST)
    (claimed,) = leases.claim("email", limit=1)
    assert [row.pk for row in leases.held_with(claimed)] == [first.pk]


def test_no_digest_has_more_than_fifty_mails(db):
    owe_editor(51)
    assert [len(leases.held_with(row)) for row in leases.claim("email", limit=2)] == [50, 1]


def test_a_burst_to_an_editor_is_one_turn(publication, world):
    world.recipients = [kinds.Recipient("user", "7")]
    world.addresses = {"7": kinds.Address("editor@daily.example")}
    for _ in range(8):
        world.happen()
    assert delivery.drain(["email"]).sent == 1
    assert len(outbox.outbox) == 1
