"""Endpoints: what is refused at registration, and what a secret's life looks like."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.errors import Conflict, Invalid
from newsroom.events import endpoints, sealed
from newsroom.events.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db


def test_the_secret_is_shown_once_and_kept_sealed(partner, world):
    endpoint, secret = endpoints.create(partner, url="https://partner.example/hook", types=["thing.happened"])
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret not in endpoint.secret_encrypted
    assert sealed.open_text(endpoint.secret_encrypted) == secret
    assert (endpoint.organization, endpoint.publication, endpoint.types, endpoint.test, endpoint.state) == (
        partner,
        None,
        ["thing.happened"],
        False,
        "unverified",
    )


def test_a_publication_has_endpoints_for_its_cms(publication):
    endpoint, _secret = endpoints.create(publication, url="https://cms.example/hook")
    assert (endpoint.organization, endpoint.publication) == (None, publication)


@pytest.mark.parametrize(
    ("url", "types", "faults"),
    [
        ("http://partner.example/hook", [], [("/url", "refused_address")]),
        ("https://10.0.0.1/hook", [], [("/url", "refused_address")]),
        ("http://127.0.0.1:9/hook", [], [("/url", "refused_address")]),
        ("https://partner.example/" + "x" * 480, [], [("/url", "max_length")]),
        ("https://partner.example/hook", ["thing.happened", "thing.typo"], [("/types/1", "unknown_type")]),
        ("nonsense", ["thing.typo"], [("/url", "refused_address"), ("/types/0", "unknown_type")]),
    ],
)
def test_what_cannot_be_sent_to_is_refused_with_its_place(partner, world, url, types, faults):
    with pytest.raises(Invalid) as refused:
        endpoints.create(partner, url=url, types=types)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults
    assert Endpoint.objects.count() == 0


def test_the_blander_name_of_a_kind_can_be_asked_for(partner, world):
    about_things = [name for name in endpoints.known_types() if name.startswith("thing.")]
    assert about_things == ["thing.agreed", "thing.gone", "thing.happened", "thing.kept"]
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook", types=["thing.gone"])
    assert endpoint.types == ["thing.gone"]


def test_the_twenty_first_is_refused(partner, world):
    for _ in range(20):
        endpoints.create(partner, url="https://partner.example/hook")
    with pytest.raises(Conflict):
        endpoints.create(partner, url="https://partner.example/hook")


def test_a_change_is_judged_like_a_new_one(partner, world):
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook")
    endpoints.change(endpoint, url="https://partner.example/new", types=["thing.agreed"])
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.types) == ("https://partner.example/new", ["thing.agreed"])
    with pytest.raises(Invalid):
        endpoints.change(endpoint, url="https://192.168.0.1/", types=[])


def test_a_new_secret_leaves_the_old_one_valid_for_a_day(partner, world):
    endpoint, old = endpoints.create(partner, url="https://partner.example/hook")
    new = endpoints.rotate_secret(endpoint)
    assert new != old
    assert sealed.open_text(endpoint.secret_encrypted) == new
    assert sealed.open_text(endpoint.previous_secret_encrypted) == old
    assert abs(endpoint.previous_until - timezone.now() - timedelta(hours=24)) < timedelta(seconds=30)


def test_while_two_secrets_are_valid_there_is_no_third(partner, world, time_machine):
    endpoint, old = endpoints.create(partner, url="https://partner.example/hook")
    new = endpoints.rotate_secret(endpoint)
    with pytest.raises(Conflict) as refused:
        endpoints.rotate_secret(endpoint)
    endpoint.refresh_from_db()
    assert refused.value.code == "two_secrets"
    assert sealed.open_text(endpoint.secret_encrypted) == new
    assert sealed.open_text(endpoint.previous_secret_encrypted) == old
    time_machine.move_to(endpoint.previous_until, tick=False)
    third = endpoints.rotate_secret(endpoint)
    assert sealed.open_text(endpoint.secret_encrypted) == third
    assert sealed.open_text(endpoint.previous_secret_encrypted) == new


def test_a_partner_cannot_ask_for_what_only_staff_hear(partner, publication, world):
    with pytest.raises(Invalid) as refused:
        endpoints.create(partner, url="https://partner.example/hook", types=["thing.agreed", "thing.kept"])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/types/1", "not_for_partners")]
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook", types=["thing.agreed"])
    with pytest.raises(Invalid):
        endpoints.change(endpoint, url="https://partner.example/hook", types=["thing.kept"])
    cms, _secret = endpoints.create(publication, url="https://cms.example/hook", types=["thing.kept"])
    assert cms.types == ["thing.kept"]


def test_what_an_endpoint_of_a_partner_names_from_before_keeps_nobody_from_moving_it(partner, world):
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook")
    Endpoint.objects.update(types=["thing.kept"])
    endpoint.refresh_from_db()
    assert endpoints.change(endpoint, url="https://partner.example/new", types=["thing.kept"]).types == ["thing.kept"]


def test_paused_and_resumed(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "https://partner.example/hook")
    assert endpoints.pause(endpoint, reason="moving").paused_reason == "moving"
    with pytest.raises(Conflict):
        endpoints.ping(endpoint)
    assert (endpoints.resume(endpoint).state, endpoint.paused_reason) == ("active", "")


def test_what_is_gone_stays_gone(partner, world):
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook")
    Endpoint.objects.update(state="gone")
    for move in (endpoints.pause, endpoints.resume):
        with pytest.raises(Conflict):
            move(endpoint)


def test_an_address_that_is_no_longer_allowed_is_not_resumed(partner, make_endpoint, world, settings):
    endpoint, _secret = make_endpoint(partner, "http://127.0.0.1:9/hook")
    endpoints.pause(endpoint)
    settings.ALLOW_LOOPBACK_ENDPOINTS = False
    with pytest.raises(Conflict):
        endpoints.resume(endpoint)


def test_each_ping_is_owed_anew(partner, make_endpoint, world):
    endpoint, _secret = make_endpoint(partner, "https://partner.example/hook")
    first, second = endpoints.ping(endpoint), endpoints.ping(endpoint)
    assert first.uuid != second.uuid
    assert json.loads(first.body)["type"] == "endpoint.ping"
    assert json.loads(first.body)["data"] == {"endpoint": str(endpoint.public_id)}
    assert first.event is None


def test_deleted_with_all_that_was_owed_to_it(partner, world):
    endpoint, _secret = endpoints.create(partner, url="https://partner.example/hook")
    assert Delivery.objects.count() == 1
    endpoints.delete(endpoint)
    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)
