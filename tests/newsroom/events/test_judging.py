"""Who runs a webhook hears once that it was paused, closed or runs again; staff see it on their first page."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from newsroom.accounts.models import Contact, Organization
from newsroom.events import delivery, endpoints, judging
from newsroom.events.models import Delivery, Endpoint, Event
from newsroom.events.verdicts import Verdict
from tests.factories import make_publication, make_staff, verified

pytestmark = [pytest.mark.django_db, pytest.mark.both]
URL = "https://hooks.partner.example/in?key=secret"
REFUSED = Verdict("permanent", "not a public address", endpoint_refused=True)
GONE = Verdict("permanent", "HTTP 410", 410, endpoint_gone=True)
DOWN = Verdict.transient("HTTP 500")


@pytest.fixture
def endpoint():
    partner = Organization.objects.create(name="Partner Inc.", slug="partner")
    Contact.objects.create(organization=partner, name="Pat", email="pat@partner.example")
    Contact.objects.create(organization=partner, name="Old", email="old@partner.example", is_active=False)
    return verified(endpoints.create(partner, url=URL)[0])


def judge(endpoint, verdict):
    judging.judge(endpoint.pk, verdict, said=verdict.detail)
    endpoint.refresh_from_db()


def mailed():
    outbox.outbox.clear()
    delivery.drain()
    return [(letter.to[0], letter.subject) for letter in outbox.outbox]


def test_an_endpoint_that_is_refused_is_paused_and_its_owner_mailed_once_with_the_reason(endpoint):
    endpoints.ping(endpoint)
    judge(endpoint, REFUSED)
    judge(endpoint, REFUSED)
    assert (endpoint.state, endpoint.paused_reason) == ("paused", "not a public address")
    assert mailed() == [("Pat <pat@partner.example>", "Webhook paused: https://hooks.partner.example/in")]
    [letter] = outbox.outbox
    assert "The reason: not a public address" in letter.body
    assert "1 message waits for it" in letter.body
    assert f"PATCH http://testserver/api/v1/webhook-endpoints/{endpoint.public_id}/" in letter.body
    assert "secret" not in letter.body


def test_five_days_of_failures_are_one_mail_and_its_end_another(endpoint):
    judge(endpoint, DOWN)
    assert mailed() == []
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, seconds=1))
    judge(endpoint, DOWN)
    judge(endpoint, DOWN)
    assert [subject for _, subject in mailed()] == ["Webhook paused: https://hooks.partner.example/in"]
    endpoints.resume(endpoint)
    assert [subject for _, subject in mailed()] == ["Webhook active again: https://hooks.partner.example/in"]


def test_an_endpoint_that_says_gone_is_closed_and_its_owner_told_how_to_go_on(endpoint):
    judge(endpoint, GONE)
    judge(endpoint, GONE)
    assert (endpoint.state, [subject for _, subject in mailed()]) == (
        "gone",
        ["Webhook closed: https://hooks.partner.example/in"],
    )


def test_what_an_owner_does_needs_no_mail(endpoint):
    endpoints.pause(endpoint)
    endpoints.resume(endpoint)
    assert (mailed(), Event.objects.count()) == ([], 0)


def test_a_cms_hook_is_its_administrators_business_else_the_mailboxs():
    daily = make_publication()
    endpoint = verified(endpoints.create(daily, url=URL)[0])
    judge(endpoint, REFUSED)
    assert [to for to, _ in mailed()] == [f"{daily} <{daily.corrections_email}>"]
    admin = make_staff(daily, "admin")
    endpoints.resume(endpoint)
    assert [to for to, _ in mailed()] == [f"{admin} <{admin.email}>"]


def test_a_test_endpoint_is_paused_without_a_mail(endpoint):
    Endpoint.objects.update(test=True)
    judge(endpoint, REFUSED)
    assert (endpoint.state, mailed()) == ("paused", [])


def test_administrators_see_dead_letters_and_paused_webhooks_on_their_first_page(endpoint, client):
    endpoints.ping(endpoint)
    Delivery.objects.update(state="dead")
    judge(endpoint, REFUSED)
    pages = {}
    for role in ("admin", "desk_editor"):
        client.force_login(make_staff(None, role))
        pages[role] = client.get("/admin/").content.decode()
    for words in ("<strong>1</strong> messages given up", "<strong>1</strong> webhooks paused after failures"):
        assert (words in pages["admin"], words in pages["desk_editor"]) == (True, False)
