"""Limits that hold when many knock at once."""

import socket
import threading
import time

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler
from django.test import RequestFactory
from django.utils.connection import ConnectionProxy

from newsroom.api import throttles
from newsroom.api.models import Counter
from newsroom.api.throttles import Verdict, client_network, hit, prune_counters

PUBLIC = "/api/v1/public/"
NOON = 1_800_000_000


@pytest.fixture
def ten(settings):
    settings.THROTTLES = settings.THROTTLES | {"form": (10, 60)}


def thirty_at_once(close=connections.close_all):
    barrier, verdicts = threading.Barrier(30), []

    def knock():
        barrier.wait()
        verdicts.append(hit("form", "someone", now=NOON).allowed)
        close()

    threads = [threading.Thread(target=knock) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return verdicts.count(True), len(verdicts)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_exactly_ten_of_thirty_get_through_on_postgresql(ten):
    assert thirty_at_once() == (10, 30)


@pytest.mark.django_db
def test_exactly_ten_of_thirty_get_through_on_sqlite(ten, tmp_path, monkeypatch):
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": tmp_path / "throttles.sqlite3",
                "OPTIONS": options,
            }
        }
    )
    with handler["default"].schema_editor() as editor:
        editor.create_model(Counter)
    monkeypatch.setattr(throttles, "connection", ConnectionProxy(handler, "default"))
    assert thirty_at_once(close=handler.close_all) == (10, 30)
    handler.close_all()


@pytest.mark.redis
def test_exactly_ten_of_thirty_get_through_on_redis(ten, settings, redis_server):
    settings.REDIS_URL = redis_server.url
    throttles._redis_rests_until = 0.0
    assert thirty_at_once() == (10, 30)


@pytest.mark.both
@pytest.mark.django_db
def test_a_window_ends_and_a_new_one_begins(ten):
    verdicts = [hit("form", "a", now=NOON + second) for second in (*[0] * 10, 59, 60, 61)]
    assert verdicts[0] == Verdict(allowed=True, retry_after=60, remaining=9)
    assert verdicts[9:] == [
        Verdict(allowed=True, retry_after=60, remaining=0),
        Verdict(allowed=False, retry_after=1, remaining=0, beyond=1),
        Verdict(allowed=True, retry_after=60, remaining=9),
        Verdict(allowed=True, retry_after=59, remaining=8),
    ]
    assert hit("form", "b", now=NOON).remaining == 9
    assert Counter.objects.count() == 2


@pytest.mark.django_db
def test_a_clock_that_runs_behind_does_not_open_a_new_window(ten):
    for _ in range(10):
        hit("form", "a", now=NOON + 60)
    assert hit("form", "a", now=NOON + 59).allowed is False


@pytest.mark.django_db
def test_a_safe_request_is_counted_without_the_database(ten, django_assert_num_queries):
    with django_assert_num_queries(0):
        verdicts = [hit("form", "safe", now=NOON, durable=False).allowed for _ in range(12)]
    assert verdicts == [True] * 10 + [False] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["refused", "frozen"])
def test_without_redis_the_database_counts_and_nobody_waits(ten, settings, state):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if state == "frozen":
            listener.listen(1)
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        throttles._redis_rests_until = 0.0
        started = time.monotonic()
        verdicts = [hit("form", "someone", now=NOON).allowed for _ in range(12)]
        assert verdicts == [True] * 10 + [False] * 2
        assert time.monotonic() - started < 3
    throttles._redis_rests_until = 0.0


@pytest.mark.django_db
def test_old_counters_go(ten):
    hit("form", "a", now=NOON)
    assert [prune_counters(now=NOON + 86_400), prune_counters(now=NOON + 3 * 86_400)] == [0, 1]


@pytest.mark.django_db
@pytest.mark.urls("tests.newsroom.api.probe")
def test_writing_is_limited_by_network_and_by_key_and_reading_is_not(anyone, partner, settings):
    settings.THROTTLES = settings.THROTTLES | {"anonymous-write": (2, 3600), "key-write": (3, 3600)}
    order = {"title": "x"}
    statuses = [
        anyone.post(PUBLIC, order, REMOTE_ADDR=address).status_code
        for address in ("203.0.113.1", "203.0.113.2", "203.0.113.3", "198.51.100.1")
    ]
    assert statuses == [200, 200, 429, 200]
    answer = anyone.post(PUBLIC, order, REMOTE_ADDR="203.0.113.4")
    assert (answer.json()["code"], int(answer["Retry-After"]) in range(1, 3601)) == ("throttled", True)
    assert [partner.post(PUBLIC, order).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [anyone.get(PUBLIC, REMOTE_ADDR="203.0.113.4").status_code for _ in range(5)] == [200] * 5
    assert "203.0.113" not in str(list(Counter.objects.values_list("key", flat=True)))


@pytest.mark.urls("tests.newsroom.api.probe")
@pytest.mark.django_db
def test_counted_answers_say_how_many_are_left_and_until_when(anyone, partner, settings, monkeypatch):
    order = {"title": "x"}
    monkeypatch.setattr("newsroom.api.throttles.time.time", lambda: NOON + 600.0)
    settings.THROTTLES = settings.THROTTLES | {"anonymous-write": (2, 3600), "key-write": (3, 3600)}
    answers = [anyone.post(PUBLIC, order) for _ in range(3)]
    assert [(row.status_code, row["RateLimit-Policy"], row["RateLimit"]) for row in answers] == [
        (200, '"anonymous-write";q=2;w=3600', '"anonymous-write";r=1;t=3000'),
        (200, '"anonymous-write";q=2;w=3600', '"anonymous-write";r=0;t=3000'),
        (429, '"anonymous-write";q=2;w=3600', '"anonymous-write";r=0;t=3000'),
    ]
    assert answers[2]["Retry-After"] == "3000"
    assert partner.post(PUBLIC, order)["RateLimit"] == '"key-write";r=2;t=3000'
    assert partner.post(PUBLIC, {"nonsense": 1})["RateLimit"] == '"key-write";r=1;t=3000'
    assert not anyone.get(PUBLIC).has_header("RateLimit")


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "network"),
    [
        (0, "203.0.113.77", "198.51.100.1", "203.0.113.0/24"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.0/24"),
        (1, "10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.0/24"),
        (2, "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.0/24"),
        (2, "10.0.0.1", "198.51.100.1", "198.51.100.0/24"),
        (1, "203.0.113.77", "", "203.0.113.0/24"),
        (1, "10.0.0.1", "198.51.100.1:4711", "198.51.100.0/24"),
        (1, "10.0.0.1", "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:203.0.113.77", "", "203.0.113.0/24"),
        (0, "fe80::1%eth0", "", "fe80::/64"),
        (0, "", "", "unknown"),
        (1, "10.0.0.1", "nonsense", "unknown"),
    ],
)
def test_the_network_is_the_one_our_own_proxy_saw(settings, proxies, remote, forwarded, network):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_network(request) == network
