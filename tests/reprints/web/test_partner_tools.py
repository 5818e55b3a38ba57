"""Keys and webhooks on a partner's pages: shown once, replaced with an overlap, signed for by those who sign."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.accounts.models import ApiKey, Publication
from newsroom.events import endpoints, planning
from newsroom.events.models import Attempt, Delivery, Endpoint
from reprints.services import partner_keys
from tests.factories import verified
from tests.reprints import factories as make
from tests.reprints.api.conftest import API
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db
KEYS, HOOKS = f"{DOOR}keys/", f"{DOOR}endpoints/"
URL = "https://hooks.harbor.example/in"


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media")


@pytest.fixture
def signer(organization):
    return signed_in(organization.contacts.get(is_signatory=True))


@pytest.fixture
def asker(organization):
    return signed_in(organization.contacts.get(is_requester=True))


def new_key(browser, **over):
    action, hidden = form_of(browser.get(KEYS), "/keys/")
    data = {**hidden, "label": "Our CMS", "scopes": ["requests:read", "licenses:read"], **over}
    return browser.post(action, data), (action, data)


def secret_in(page, pattern):
    found = re.findall(rf"<code class=\"longtext\">({pattern})</code>", page.content.decode())
    return found[0] if found else None


def calls(client, key):
    return client.get(f"{API}licenses/", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_signatory_makes_a_key_that_works_and_is_shown_once(client, organization, signer):
    answer, (action, data) = new_key(signer)
    secret = secret_in(answer, "mh_live_[^<]+")
    assert (answer.status_code, answer["Cache-Control"], calls(client, secret)) == (201, "private, no-store", 200)
    again = signer.post(action, data)
    assert ("made before" in text(again), secret in again.content.decode()) == (True, False)
    key = ApiKey.objects.get()
    assert (key.organization, key.scopes, key.test) == (organization, ["licenses:read", "requests:read"], False)
    planning.plan_due()
    told = Delivery.objects.filter(template="reprints/mail/api_key_changed")
    assert [row.recipient_key for row in told] == [str(organization.contacts.get(is_signatory=True).pk)]


def test_whoever_does_not_sign_makes_test_keys_only(client, organization, asker):
    refused, _sent = new_key(asker)
    assert (refused.status_code, ApiKey.objects.count()) == (403, 0)
    answer, _sent = new_key(asker, test="on")
    secret = secret_in(answer, "mh_test_[^<]+")
    assert (answer.status_code, calls(client, secret)) == (201, 200)
    live, _text = partner_keys.issue(
        organization.contacts.get(is_signatory=True), label="Live", scopes=["licenses:read"], test=False
    )
    page = asker.get(KEYS).content.decode()
    assert f"/{live.key_id}/revoke/" not in page
    assert asker.post(f"{KEYS}{live.key_id}/revoke/", {}).status_code == 422
    live.refresh_from_db()
    assert live.revoked_at is None
    action, hidden = form_of(asker.get(KEYS), "/revoke/")
    assert asker.post(action, hidden).status_code == 303
    assert calls(client, secret) == 401


def test_a_replaced_key_works_on_for_the_overlap_and_no_longer(client, signer):
    answer, _sent = new_key(signer)
    old = secret_in(answer, "mh_live_[^<]+")
    action, hidden = form_of(signer.get(KEYS), "/rotate/")
    answer = signer.post(action, {**hidden, "overlap": "24"})
    new = secret_in(answer, "mh_live_[^<]+")
    assert (calls(client, old), calls(client, new)) == (200, 200)
    assert signer.post(action, {**hidden, "overlap": "24"}).status_code == 200
    assert ApiKey.objects.count() == 2
    assert [row.scopes for row in ApiKey.objects.all()] == [["licenses:read", "requests:read"]] * 2
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert (calls(client, old), calls(client, new)) == (401, 200)
    first = ApiKey.objects.order_by("pk").first()
    assert f"/{first.key_id}/rotate/" not in signer.get(KEYS).content.decode()


def test_what_is_missing_is_said_and_what_was_typed_is_kept(signer):
    answer, _sent = new_key(signer, scopes=[])
    assert (answer.status_code, "A key needs at least one right." in text(answer)) == (422, True)
    assert 'value="Our CMS"' in answer.content.decode()
    foreign, _sent = new_key(signer, scopes=["articles:write"])
    assert foreign.status_code == 422
    action, hidden = form_of(signer.get(KEYS), "/keys/")
    forged = signer.post(action, {**hidden, "label": "x", "scopes": ["licenses:read"], "form_token": "x"})
    assert (forged.status_code, ApiKey.objects.count()) == (422, 0)


def test_there_are_twenty_keys_at_most_and_the_list_costs_the_same(organization, signer):
    person = organization.contacts.get(is_signatory=True)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert signer.get(KEYS).status_code == 200
        return len(queries)

    partner_keys.issue(person, label="One", scopes=["licenses:read"], test=False)
    one = cost()
    for _ in range(19):
        partner_keys.issue(person, label="More", scopes=["licenses:read"], test=False)
    assert cost() == one
    refused, _sent = new_key(signer)
    assert (refused.status_code, "There are 20 keys already" in text(refused)) == (409, True)


def test_when_a_key_was_last_used_is_said_as_exactly_as_it_is_noted(publication, organization, signer):
    Publication.objects.update(time_zone="America/New_York")
    person = organization.contacts.get(is_signatory=True)
    partner_keys.issue(person, label="One", scopes=["licenses:read"], test=False)
    ApiKey.objects.update(last_used_at=datetime(2026, 11, 27, 19, 42, 7, tzinfo=UTC))
    page = signer.get(KEYS)
    assert "Last used, to the hour" in text(page)
    assert '<time datetime="2026-11-27T14:00:00-05:00">Nov. 27, 2026, 2\xa0p.m.\xa0EST</time>' in page.content.decode()


def test_keys_of_others_are_nowhere(signer):
    other = make.make_organization()
    key, _text = partner_keys.issue(
        other.contacts.get(is_signatory=True), label="Theirs", scopes=["licenses:read"], test=False
    )
    assert key.key_id not in text(signer.get(KEYS))
    for name in ("rotate", "revoke"):
        assert signer.post(f"{KEYS}{key.key_id}/{name}/", {}).status_code == 404


def test_a_webhook_is_made_pinged_paused_and_given_a_new_secret(organization, signer):
    action, hidden = form_of(signer.get(HOOKS), "/endpoints/")
    answer = signer.post(action, {**hidden, "url": URL, "types": ["quote.opened"]})
    first = secret_in(answer, "whsec_[^<]+")
    made = Endpoint.objects.get()
    assert (answer.status_code, made.organization, made.types, bool(first)) == (
        201,
        organization,
        ["quote.opened"],
        True,
    )
    assert "endpoint.ping" in text(answer)
    assert signer.post(action, {**hidden, "url": URL, "types": ["quote.opened"]}).status_code == 303
    path = f"{HOOKS}{made.public_id}/"
    page = signer.get(path).content.decode()
    assert ("Not verified yet" in page, "/pause/" in page, "/ping/" in page) == (True, False, True)
    verified(made)
    for name, state in (("pause", "paused"), ("resume", "active"), ("ping", "active")):
        action, hidden = form_of(signer.get(path), f"/{name}/")
        assert signer.post(action, hidden).status_code == 303
        made.refresh_from_db()
        assert made.state == state
    action, hidden = form_of(signer.get(path), "/rotate/")
    second = secret_in(signer.post(action, hidden), "whsec_[^<]+")
    made.refresh_from_db()
    assert second not in {None, first}
    assert made.previous_until is not None
    assert signer.post(action, hidden).status_code == 303  # sent twice: no third secret
    assert Delivery.objects.filter(endpoint=made).count() == 1


def test_an_address_we_do_not_talk_to_is_refused_beside_its_field(signer):
    action, hidden = form_of(signer.get(HOOKS), "/endpoints/")
    for url in ("http://hooks.harbor.example/in", "https://127.0.0.1/in", "nonsense", ""):
        answer = signer.post(action, {**hidden, "url": url})
        assert answer.status_code == 422, url
        assert 'aria-invalid="true"' in answer.content.decode()
    assert Endpoint.objects.count() == 0


def test_a_webhook_moves_and_is_verified_anew_and_its_form_shows_what_holds(organization, signer):
    made = verified(endpoints.create(organization, url=URL, types=["quote.opened"])[0])
    path = f"{HOOKS}{made.public_id}/"
    page = signer.get(path)
    assert f'value="{URL}"' in page.content.decode()
    assert page.content.decode().count(" checked") == 1
    action, hidden = form_of(page, "/change/")
    for url in ("http://hooks.harbor.example/in", "https://127.0.0.1/in", ""):
        answer = signer.post(action, {**hidden, "url": url})
        assert (answer.status_code, 'aria-invalid="true"' in answer.content.decode()) == (422, True), url
    made.refresh_from_db()
    assert (made.url, made.types, made.state) == (URL, ["quote.opened"], "active")
    assert signer.post(action, {**hidden, "url": f"{URL}/new", "types": ["license.issued"]}).status_code == 303
    made.refresh_from_db()
    assert (made.url, made.types, made.state) == (f"{URL}/new", ["license.issued"], "unverified")


def test_a_webhook_is_deleted_by_who_signs(organization, signer, asker):
    made, _secret = endpoints.create(organization, url=URL)
    path = f"{HOOKS}{made.public_id}/"
    page = asker.get(path).content.decode()
    assert ("/delete/" in page, "/change/" in page) == (False, False)
    assert asker.post(f"{path}delete/", {}).status_code == 403
    assert Endpoint.objects.count() == 1
    action, hidden = form_of(signer.get(path), "/delete/")
    answer = signer.post(action, hidden)
    assert (answer.status_code, answer["Location"]) == (303, HOOKS)
    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)
    assert signer.post(action, hidden).status_code == 404


def test_a_second_new_secret_waits_until_the_first_is_the_only_one(organization, signer):
    made = verified(endpoints.create(organization, url=URL)[0])
    action, hidden = form_of(signer.get(f"{HOOKS}{made.public_id}/"), "/rotate/")
    assert signer.post(action, hidden).status_code == 200
    page = signer.get(f"{HOOKS}{made.public_id}/")
    assert ("/rotate/" in page.content.decode(), "signed with the old secret too until" in text(page)) == (False, True)
    Endpoint.objects.update(previous_until=timezone.now())
    assert "/rotate/" in signer.get(f"{HOOKS}{made.public_id}/").content.decode()


def test_one_that_is_gone_can_be_deleted_and_nothing_else(organization, signer):
    made, _secret = endpoints.create(organization, url=URL)
    Endpoint.objects.update(state="gone")
    page = signer.get(f"{HOOKS}{made.public_id}/").content.decode()
    assert [f"/{name}/" in page for name in ("delete", "change", "ping", "rotate")] == [True, False, False, False]


def test_what_was_given_up_is_sent_again_with_the_same_id(organization, signer):
    made, _secret = endpoints.create(organization, url=URL)
    ping = Delivery.objects.get()
    Delivery.objects.update(state="dead", attempts=10, last_error="503")
    path = f"{HOOKS}{made.public_id}/"
    page = signer.get(path)
    assert (str(ping.uuid) in text(page), "503" in text(page)) == (True, True)
    action, hidden = form_of(page, "/redeliver/")
    assert signer.post(action, hidden).status_code == 303
    ping.refresh_from_db()
    assert (ping.state, Delivery.objects.count()) == ("pending", 1)


def test_whoever_does_not_sign_makes_webhooks_for_tests_only(organization, asker):
    action, hidden = form_of(asker.get(HOOKS), "/endpoints/")
    assert asker.post(action, {**hidden, "url": URL}).status_code == 403
    assert asker.post(action, {**hidden, "url": URL, "test": "on"}).status_code == 201
    live = verified(endpoints.create(organization, url=URL)[0])
    page = asker.get(f"{HOOKS}{live.public_id}/").content.decode()
    assert ["/pause/" in page, "/ping/" in page, "/rotate/" in page] == [True, True, False]
    assert asker.post(f"{HOOKS}{live.public_id}/rotate/", {}).status_code == 403


def test_the_log_of_a_webhook_is_paged_and_costs_the_same(organization, signer):
    made = verified(endpoints.create(organization, url=URL)[0])
    path = f"{HOOKS}{made.public_id}/"

    def cost():
        with CaptureQueriesContext(connection) as queries:
            page = signer.get(path)
        return len(queries), page.content.decode().count("endpoint.ping")

    endpoints.ping(made)
    one = cost()
    for _ in range(29):
        endpoints.ping(made)
        Delivery.objects.update(state="sent", sent_at=timezone.now())
    for row in Delivery.objects.filter(endpoint=made):
        Attempt.objects.create(delivery=row, number=1, started_at=timezone.now())
    assert (one[1], cost()) == (1, (one[0], 25))
