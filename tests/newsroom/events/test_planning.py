"""From an event to what is owed: once, all or nothing, in the order of the commits."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from newsroom.accounts.models import Organization, Publication, User
from newsroom.events import kinds, planning
from newsroom.events.kinds import Recipient
from newsroom.events.models import Delivery, Endpoint, Event, Position, Unplanned

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def owed():
    return sorted(Delivery.objects.values_list("channel", "recipient_key", "endpoint_id"))


def test_planning_twice_owes_once(publication, world):
    event = world.happen()
    assert planning.plan(event.pk) is True
    Unplanned.objects.create(event=event)
    assert planning.plan(event.pk) is True
    assert planning.plan(event.pk) is False
    assert owed() == [("email", "1", None)]
    assert list(Position.objects.values_list("event_id", "number", "mails")) == [(event.pk, 1, 1)]


def test_the_same_recipient_named_twice_is_told_once(publication, world):
    world.recipients = [Recipient("person", "1"), Recipient("person", "2"), Recipient("person", "1")]
    planning.plan(world.happen().pk)
    assert owed() == [("email", "1", None), ("email", "2", None)]


def test_whoever_did_it_is_not_mailed_about_it(publication, world):
    user = User.objects.create(username="ed")
    world.recipients = [Recipient("user", str(user.pk)), Recipient("user", "0"), Recipient("person", str(user.pk))]
    planning.plan(world.happen(by=user).pk)
    assert owed() == [("email", "0", None), ("email", str(user.pk), None)]
    assert set(Delivery.objects.values_list("recipient_kind", flat=True)) == {"user", "person"}


def test_what_is_missing_is_owed_again_and_nothing_else(publication, world, partner, make_endpoint, monkeypatch):
    world.recipients = [Recipient("person", "1"), Recipient("person", "2")]
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    event = world.happen("thing.happened", organization=partner)
    planning.plan(event.pk)
    make_endpoint(partner, "http://127.0.0.1:1/later")
    theirs = Delivery.objects.filter(event=event)
    whole = [("email", "1", None), ("email", "2", None), ("webhook", "", endpoint.pk)]
    assert (sorted(theirs.values_list("channel", "recipient_key", "endpoint_id")), planning.owe_again(event)) == (
        whole,
        0,
    )
    theirs.exclude(recipient_key="1").delete()
    assert planning.owe_again(event) == 2
    assert sorted(theirs.values_list("channel", "recipient_key", "endpoint_id")) == whole
    theirs.filter(recipient_key="2").delete()
    look = planning.endpoints_lacking

    def another_owes_it_first(event):
        monkeypatch.setattr(planning, "endpoints_lacking", look)
        planning.owe_again(event)
        return look(event)

    monkeypatch.setattr(planning, "endpoints_lacking", another_owes_it_first)
    planning.owe_again(event)
    assert sorted(theirs.values_list("channel", "recipient_key", "endpoint_id")) == whole


def test_what_is_owed_is_as_urgent_as_its_notice_says_and_due_since_it_happened(
    publication, world, partner, make_endpoint
):
    kinds.notice("thing.agreed", "thing", priority=1)(lambda _event: world.recipients)
    make_endpoint(partner, "http://127.0.0.1:1/hook")
    happened = timezone.now()
    with time_machine.travel(happened, tick=False):
        event = world.happen("thing.agreed", organization=partner)
    planning.plan(event.pk)
    owed_for_it = Delivery.objects.filter(event=event).order_by("channel")
    assert list(owed_for_it.values_list("channel", "priority", "not_before")) == [
        ("email", 1, happened),
        ("webhook", 4, happened),
    ]


def test_one_endpoint_that_did_not_ask_for_it_keeps_it_from_no_other(publication, world, partner, make_endpoint):
    make_endpoint(partner, "http://127.0.0.1:1/picky", types=["thing.agreed"])
    every, _secret = make_endpoint(partner, "http://127.0.0.1:1/every")
    planning.plan(world.happen().pk)
    assert owed() == [("email", "1", None), ("webhook", "", every.pk)]


def test_what_concerns_no_publication_and_is_for_staff_reaches_no_partner(world, partner, make_endpoint):
    kinds.declare("thing.whispered", kinds.STAFF, "A thing was whispered")
    make_endpoint(partner, "http://127.0.0.1:1/hook")
    planning.plan(world.happen("thing.whispered").pk)
    assert owed() == []


def test_an_agreement_of_nobody_is_heard_by_its_own_newsroom_alone(publication, world, make_endpoint):
    make_endpoint(Publication.objects.create(name="The Weekly", slug="weekly"), "http://127.0.0.1:1/weekly")
    own, _secret = make_endpoint(publication, "http://127.0.0.1:1/daily")
    planning.plan(world.happen("thing.agreed").pk)
    assert owed() == [("webhook", "", own.pk)]


def test_what_is_about_something_confidential_reaches_no_endpoint(publication, world, partner, make_endpoint):
    for owner in (publication, partner):
        make_endpoint(owner, "http://127.0.0.1:1/hook")
    for kind in ("thing.happened", "thing.kept", "thing.agreed"):
        planning.plan(world.happen(kind, organization=partner, confidential=True).pk)
    assert owed() == [("email", "1", None)]


def test_the_body_of_a_test_hook_says_so_and_is_written_in_letters(publication, world, partner, make_endpoint):
    make_endpoint(partner, "http://127.0.0.1:1/hook", test=True)
    event = world.happen(test=True, data={"amount": "12 €"})
    planning.plan(event.pk)
    body = Delivery.objects.get().body
    assert json.loads(body)["data"] == {"reference": event.subject_reference, "amount": "12 €", "test": True}
    assert "12 €" in body


def test_a_test_event_mails_nobody(publication, world):
    planning.plan(world.happen(test=True).pk)
    assert owed() == []


def test_positions_count_up_without_a_gap(publication, world):
    events = [world.happen() for _ in range(3)]
    assert planning.plan_due() == 3
    assert list(Position.objects.order_by("number").values_list("event_id", "number")) == [
        (event.pk, number) for number, event in enumerate(events, 1)
    ]


def test_a_failing_reaction_leaves_nothing_and_does_not_hold_up_the_others(publication, world):
    def fail(event):
        Position.objects.create(event=event, number=999)
        raise ValueError("no")

    kinds.reaction("thing.kept")(fail)
    bad = world.happen("thing.kept")
    good = world.happen()
    assert planning.plan_due() == 1
    assert list(Position.objects.values_list("event_id", flat=True)) == [good.pk]
    unplanned = Unplanned.objects.get()
    assert (unplanned.event_id, unplanned.failures, unplanned.last_error) == (bad.pk, 1, "ValueError: no")
    assert unplanned.not_before > timezone.now()


def test_each_that_fails_waits_for_itself_with_as_much_of_the_reason_as_there_is_room_for(publication, world):
    @kinds.reaction("thing.kept")
    def fail(_event):
        raise ValueError("no" * 300)

    world.happen("thing.kept")
    world.happen("thing.kept")
    assert planning.plan_due() == 0
    reason = ("ValueError: " + "no" * 300)[:500]
    assert list(Unplanned.objects.values_list("failures", "last_error")) == [(1, reason)] * 2


def test_a_reaction_that_breaks_a_rule_of_the_database_does_not_hold_up_the_others(publication, world):
    def fail(event):
        Position.objects.create(event=event, number=None)

    kinds.reaction("thing.kept")(fail)
    world.happen("thing.kept")
    good = world.happen()
    assert planning.plan_due() == 1
    assert list(Position.objects.values_list("event_id", flat=True)) == [good.pk]
    assert Unplanned.objects.get().last_error.startswith(IntegrityError.__name__)


def test_what_fails_again_waits_longer_and_never_more_than_an_hour(publication, world):
    def fail(_event):
        raise ValueError("no")

    kinds.reaction("thing.kept")(fail)
    world.happen("thing.kept")
    waits = []
    moment = timezone.now()
    for number in range(9):
        with time_machine.travel(moment - timedelta(seconds=1 if number else 0), tick=False):
            planning.plan_due()
            assert Unplanned.objects.get().failures == (number or 1)  # it is not asked before its time
        with time_machine.travel(moment, tick=False):
            planning.plan_due()
            assert Unplanned.objects.get().failures == number + 1
        after = Unplanned.objects.get().not_before
        waits.append(round((after - moment).total_seconds()))
        moment = after
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_reaction_is_called_with_the_event(publication, world):
    heard = []
    kinds.reaction("thing.kept", "thing.agreed")(heard.append)
    event = world.happen("thing.kept")
    world.happen()
    planning.plan_due()
    assert heard == [event]


def test_who_may_hear_what(publication, world, partner, make_endpoint):
    other = Organization.objects.create(name="Other", slug="other")
    cms, _ = make_endpoint(publication, "http://127.0.0.1:1/cms")
    concerned, _ = make_endpoint(partner, "http://127.0.0.1:1/partner")
    stranger, _ = make_endpoint(other, "http://127.0.0.1:1/other")
    trial, _ = make_endpoint(partner, "http://127.0.0.1:1/trial", test=True)

    def hearers(event):
        planning.plan(event.pk)
        rows = Delivery.objects.filter(event=event, channel="webhook")
        return {row.endpoint_id: json.loads(row.body)["type"] for row in rows}

    assert hearers(world.happen(organization=partner)) == {
        cms.pk: "thing.happened",
        concerned.pk: "thing.happened",
        stranger.pk: "thing.happened",
    }
    assert hearers(world.happen("thing.agreed", organization=partner)) == {
        cms.pk: "thing.agreed",
        concerned.pk: "thing.agreed",
    }
    assert hearers(world.happen("thing.agreed", organization=partner, test=True)) == {trial.pk: "thing.agreed"}
    # A kind for staff with a blander name outside: the CMS hears the kind, the others the blander name.
    assert hearers(world.happen("thing.kept")) == {
        cms.pk: "thing.kept",
        concerned.pk: "thing.gone",
        stranger.pk: "thing.gone",
    }


def test_an_endpoint_hears_only_the_types_it_asked_for_and_only_while_active(
    publication, world, partner, make_endpoint
):
    chosen, _ = make_endpoint(partner, "http://127.0.0.1:1/a", types=["thing.agreed"])
    paused, _ = make_endpoint(partner, "http://127.0.0.1:1/b")
    Endpoint.objects.filter(pk=paused.pk).update(state="paused")
    planning.plan(world.happen(organization=partner).pk)
    planning.plan(world.happen("thing.agreed", organization=partner).pk)
    hooks = Delivery.objects.filter(channel="webhook")
    assert list(hooks.values_list("endpoint_id", "event__kind")) == [(chosen.pk, "thing.agreed")]


def test_the_body_of_a_hook_is_thin(publication, world, partner, make_endpoint):
    make_endpoint(partner, "http://127.0.0.1:1/a")
    event = world.happen(data={"amount": "3.00", "private": "yes"})
    planning.plan(event.pk)
    stamp = event.happened_at.isoformat().replace("+00:00", "Z")
    assert Delivery.objects.get(channel="webhook").body == (
        f'{{"type":"thing.happened","timestamp":"{stamp}","data":{{"reference":"T-1","amount":"3.00"}}}}'
    )


@pytest.mark.django_db(transaction=True)
def test_planners_at_the_same_time_give_every_event_one_position(publication, world):
    for _ in range(24):
        with transaction.atomic():
            world.happen()
    barrier = threading.Barrier(3)
    troubles = []

    def work():
        try:
            barrier.wait(10)
            planning.plan_due()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert sorted(Position.objects.values_list("number", flat=True)) == list(range(1, 25))
    assert Unplanned.objects.count() == 0
    assert Delivery.objects.count() == Event.objects.count() == 24


def test_a_database_that_goes_away_ends_the_round_and_is_not_held_against_the_event(world, monkeypatch):
    def away(event_id):
        raise OperationalError("away")

    world.happen()
    monkeypatch.setattr(planning, "plan", away)
    with pytest.raises(OperationalError):
        planning.plan_due()
    assert Unplanned.objects.get().failures == 0


def test_what_another_one_planned_meanwhile_is_not_put_off(world, monkeypatch):
    def planned_by_another(event_id):
        Unplanned.objects.filter(pk=event_id).delete()
        raise ValueError("too late")

    world.happen()
    monkeypatch.setattr(planning, "plan", planned_by_another)
    assert planning.plan_due() == 0
    assert not Unplanned.objects.exists()
