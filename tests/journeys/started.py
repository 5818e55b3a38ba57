"""One started service a kind, for all tests of a process that drive one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests import services
from tests.journeys import stack as stacks

GIVEN = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
PLACES = ("tests/journeys/", "tests/faults/test_redis_away.py", "tests/faults/test_rolling_restart.py")
"""Where the tests stand that drive a whole service: all in one process, one after the other."""
_running: dict[str, stacks.Stack] = {}


def is_embedded(item: pytest.Item) -> bool:
    """Whether it drives the embedded service."""
    given = getattr(item, "callspec", None)
    return "embedded" in item.fixturenames or bool(given and given.params.get("stack") == "embedded")


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last test that drives it a service stops: at rest, too, it takes a part of a core."""
    drives = nextitem is not None and nextitem.nodeid.startswith(PLACES)
    if not (drives and is_embedded(nextitem)) and "embedded" in _running:
        _running.pop("embedded").stop()
    if not drives and "full" in _running:
        _running.pop("full").stop()


@pytest.fixture(scope="session")
def embedded():
    """SQLite, no services. Started once."""
    with stacks.embedded() as running:
        _running["embedded"] = running
        yield running


@pytest.fixture(scope="session")
def full():
    """PostgreSQL, Redis, gunicorn, Celery and `deliver`: on servers of its own, or on those given where it has none."""
    with ExitStack() as ending:
        try:
            with nothing_given():
                running = ending.enter_context(stacks.full())
        except services.Unavailable:
            try:
                running = ending.enter_context(stacks.full())
            except services.Unavailable as reason:
                pytest.skip(str(reason))
        _running["full"] = running
        yield running


@contextmanager
def nothing_given() -> Iterator[None]:
    """As if no server's address stood in the environment."""
    given = {name: os.environ.pop(name) for name in GIVEN if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(given)
