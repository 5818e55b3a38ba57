"""One started service a kind for all journeys of a process."""

from __future__ import annotations

import pytest

from tests import services
from tests.journeys import stack as stacks


@pytest.fixture(scope="session")
def embedded():
    """SQLite, no services. Started once: a fixture with two values would be started anew at each change of value."""
    with stacks.embedded() as running:
        yield running


@pytest.fixture(scope="session")
def full():
    """PostgreSQL with Redis and Celery."""
    try:
        with stacks.full() as running:
            yield running
    except services.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["embedded", "full"])
def stack(request):
    """The embedded service, then the full one."""
    return request.getfixturevalue(request.param)
