"""One started service a kind for all journeys of a process."""

from __future__ import annotations

import pytest

from tests import services
from tests.journeys import stack as stacks


@pytest.fixture(scope="session", params=["embedded", "full"])
def stack(request):
    """The embedded service, then PostgreSQL with Redis and Celery."""
    try:
        with getattr(stacks, request.param)() as running:
            yield running
    except services.Unavailable as reason:
        pytest.skip(str(reason))
