"""Telling the worker costs next to nothing, whatever Redis does and in whatever process: also in a worker's own."""

import json
import signal

import pytest
import redis as client

from tests import services
from tests.faults.place import sqlite_place

pytestmark = [pytest.mark.fault, pytest.mark.redis]
TWICE = """
import json, time, django
django.setup()
from newsroom.events import wake
took = []
for _ in range(2):
    began = time.perf_counter()
    wake.after_commit()
    took.append(time.perf_counter() - began)
print(json.dumps(took))
"""


@pytest.fixture
def broker(monkeypatch):
    """A Redis of its own: it is frozen and killed."""
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    try:
        with services.redis() as server:
            yield server
            if server.process.poll() is None:
                server.process.send_signal(signal.SIGCONT)
    except services.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    made = sqlite_place(tmp_path_factory.mktemp("wake"))
    yield made
    made.close()


def wake_twice(there, broker):
    """The seconds that each of two wake-ups took, in a process without any setting of a role."""
    return json.loads(there.run("-c", TWICE, REDIS_URL=broker.url))


def test_both_lanes_are_woken(there, broker):
    wake_twice(there, broker)
    waiting = client.Redis.from_url(broker.url).lrange("masthead", 0, -1)
    told = [json.loads(message)["headers"]["task"] for message in waiting]
    assert sorted(told) == ["newsroom.events.drain"] * 2 + ["newsroom.events.post_hooks"] * 2


@pytest.mark.parametrize("end", [signal.SIGSTOP, signal.SIGKILL])
def test_a_redis_that_is_frozen_or_gone_costs_a_moment_once(there, broker, end):
    """A tenth of a second, and what a busy machine adds; without a limit it is until a worker's own time is up."""
    broker.process.send_signal(end)
    first, second = wake_twice(there, broker)
    assert first < 2
    assert second < 0.1
