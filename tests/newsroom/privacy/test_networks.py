"""Where a report came from: linkable within a day, nothing after eight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from corrections.models import Report
from newsroom.api import networks
from newsroom.api.models import NetworkKey
from newsroom.api.tasks import prune
from newsroom.web import form_token
from tests.factories import make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def at(address):
    return RequestFactory().post("/", REMOTE_ADDR=address)


def test_one_network_has_one_mark_a_day_and_another_the_next(monkeypatch):
    first = networks.network_mark(at("192.0.2.7"))
    assert (len(first), networks.network_mark(at("192.0.2.9")) == first) == (32, True)
    assert networks.network_mark(at("198.51.100.7")) != first
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert networks.network_mark(at("192.0.2.7")) != first
    assert NetworkKey.objects.count() == 2


def test_the_key_is_random_sealed_and_not_to_be_had_from_the_secret_key():
    first = networks.network_mark(at("192.0.2.7"))
    row = NetworkKey.objects.get()
    assert (len(row.key_sealed) > 100, len(networks._key_of(row.day))) == (True, 32)
    row.delete()
    assert networks.network_mark(at("192.0.2.7")) != first


def test_a_key_goes_when_its_day_ended_eight_days_ago():
    today = date(2026, 11, 23)
    for days in range(11):
        NetworkKey.objects.create(day=today - timedelta(days=days), key_sealed="x")
    assert networks.forget_network_keys(now=datetime(2026, 11, 23, 0, 1, tzinfo=UTC)) == 2
    assert NetworkKey.objects.order_by("day").first().day == date(2026, 11, 15)


def test_the_clock_forgets_keys():
    NetworkKey.objects.create(day=timezone.now().date() - timedelta(days=9), key_sealed="x")
    prune()
    assert NetworkKey.objects.count() == 0


def test_a_report_by_the_form_carries_the_mark_and_a_refused_one_makes_no_key(client):
    make_publication(hosts=["daily.example"], is_default=True)
    fields = {
        "article_url": "https://daily.example/politics/story",
        "claim": "It was 1.45 million, not 1.2 million.",
        "form_token": form_token.issue("report", head_start=60),
    }
    assert client.post("/corrections/new/", {**fields, "claim": ""}).status_code == 422
    assert NetworkKey.objects.count() == 0
    assert client.post("/corrections/new/", fields).status_code == 303
    assert Report.objects.get().network_hash == networks.network_mark(at("127.0.0.1"))
