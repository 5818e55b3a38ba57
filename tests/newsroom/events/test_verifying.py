"""An endpoint hears of nothing before it answered a signed ping from its own address."""

import pytest

from newsroom.errors import Conflict
from newsroom.events import delivery, endpoints, leases, planning
from newsroom.events.models import Delivery, Endpoint
from newsroom.events.verdicts import Verdict
from tests.factories import verified
from tests.newsroom.events.times import make_due

pytestmark = [pytest.mark.django_db, pytest.mark.both]
URL = "https://partner.example/hook"
ELSEWHERE = "https://partner.example/elsewhere"


@pytest.fixture
def endpoint(partner, world, publication):
    return endpoints.create(partner, url=URL)[0]


def happen(world, partner):
    planning.plan(world.happen("thing.agreed", organization=partner).pk)


def owed():
    """Type and state of each hook, in the order in which they came to be owed."""
    rows = Delivery.objects.filter(channel="webhook").select_related("event").order_by("pk")
    return [(row.event.kind if row.event else "ping", row.state) for row in rows]


def drain():
    make_due()
    delivery.drain(["webhook"])


def state_of(endpoint):
    endpoint.refresh_from_db()
    return endpoint.state


def test_a_new_endpoint_is_owed_a_ping_and_nothing_else(endpoint, partner, world):
    happen(world, partner)
    assert (state_of(endpoint), owed()) == ("unverified", [("ping", "pending")])


def test_an_answer_to_the_ping_verifies_it_and_it_hears_of_what_happens_from_then_on(endpoint, partner, world, answer):
    answer(Verdict.ok(status_code=204))
    happen(world, partner)
    drain()
    assert (state_of(endpoint), owed()) == ("active", [("ping", "sent")])
    happen(world, partner)
    drain()
    assert owed() == [("ping", "sent"), ("thing.agreed", "sent")]


@pytest.mark.parametrize(
    ("verdict", "state", "ping"),
    [
        (Verdict.transient("HTTP 500"), "unverified", "pending"),
        (Verdict.ambiguous("no answer"), "unverified", "pending"),
        (Verdict("permanent", "not a public address", endpoint_refused=True), "unverified", "dead"),
        (Verdict("permanent", "HTTP 410", 410, endpoint_gone=True), "gone", "dead"),
    ],
)
def test_any_other_answer_verifies_nothing(endpoint, answer, verdict, state, ping):
    answer(verdict)
    drain()
    assert (state_of(endpoint), owed()) == (state, [("ping", ping)])


def test_a_later_ping_verifies_as_well(endpoint, answer):
    answer(Verdict("permanent", "not a public address", endpoint_refused=True), Verdict.ok())
    drain()
    endpoints.ping(endpoint)
    drain()
    assert (state_of(endpoint), owed()) == ("active", [("ping", "dead"), ("ping", "sent")])


def test_it_is_neither_paused_nor_resumed_before(endpoint):
    for switch in (endpoints.pause, endpoints.resume):
        with pytest.raises(Conflict) as refused:
            switch(endpoint)
        assert refused.value.code == "unverified"
    assert state_of(endpoint) == "unverified"


def test_at_another_address_what_is_owed_waits_for_the_answer_from_there(endpoint, partner, world, answer):
    verified(endpoint)
    happen(world, partner)
    endpoints.change(endpoint, url=ELSEWHERE, types=[])
    assert (state_of(endpoint), owed()) == ("unverified", [("thing.agreed", "pending"), ("ping", "pending")])
    answer(Verdict.transient("HTTP 404"), Verdict.ok())
    drain()
    assert owed() == [("thing.agreed", "pending"), ("ping", "pending")]
    drain()
    assert (state_of(endpoint), owed()) == ("active", [("thing.agreed", "sent"), ("ping", "sent")])


def test_other_types_at_the_same_address_leave_it_verified(endpoint):
    verified(endpoint)
    endpoints.change(endpoint, url=URL, types=["thing.agreed"])
    assert (state_of(endpoint), owed()) == ("active", [])


def test_a_paused_one_that_moves_is_unverified_and_runs_once_verified(endpoint, answer):
    endpoints.pause(verified(endpoint), reason="moving")
    endpoints.change(endpoint, url=ELSEWHERE, types=[])
    assert (state_of(endpoint), endpoint.paused_reason) == ("unverified", "")
    answer(Verdict.ok())
    drain()
    assert state_of(endpoint) == "active"


def test_one_that_said_it_is_gone_stays_gone_at_any_address(endpoint):
    Endpoint.objects.update(state="gone")
    endpoints.change(endpoint, url=ELSEWHERE, types=[])
    assert (state_of(endpoint), owed()) == ("gone", [("ping", "pending")])


def test_what_the_old_address_answers_does_not_verify_the_new_one(endpoint, partner, world, answer):
    answer(Verdict.ok())
    make_due()
    [ping] = leases.claim("webhook")
    endpoints.change(endpoint, url=ELSEWHERE, types=[])
    assert delivery.attempt(ping) is True
    assert (state_of(endpoint), owed()) == ("unverified", [("ping", "sent"), ("ping", "pending")])


def test_a_hook_on_its_way_when_the_address_changes_verifies_nothing(endpoint, partner, world, answer):
    verified(endpoint)
    happen(world, partner)
    answer(Verdict.ok())
    make_due()
    [hook] = leases.claim("webhook")
    endpoints.change(endpoint, url=ELSEWHERE, types=[])
    assert delivery.attempt(hook) is True
    assert (state_of(endpoint), owed()) == ("unverified", [("thing.agreed", "sent"), ("ping", "pending")])


def test_pings_to_the_old_address_are_called_off_so_that_any_number_of_changes_owes_one(endpoint):
    for number in range(5):
        endpoints.change(endpoint, url=f"{URL}/{number}", types=[])
    assert owed() == [*[("ping", "canceled")] * 5, ("ping", "pending")]
