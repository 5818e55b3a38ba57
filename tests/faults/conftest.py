"""What the fault tests break: a fresh database for each of the two kinds, and a whole service."""

import os

import pytest

from tests import services
from tests.faults.place import drop, postgres_place, sqlite_place
from tests.journeys import stack as stacks

GIVEN = ("TEST_DATABASE_URL", "TEST_REDIS_URL")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"faults-{request.param}")
    if request.param == "sqlite":
        made = sqlite_place(folder)
        yield made
        made.close()
        return
    server = request.getfixturevalue("postgres_server")
    made = postgres_place(folder, server.url)
    yield made
    made.close()
    drop(made, server.url)


@pytest.fixture(scope="session")
def desk():
    """PostgreSQL, Redis, gunicorn, Celery and `deliver`, on servers of its own: its Redis may be frozen and killed."""
    given = {name: os.environ.pop(name) for name in GIVEN if name in os.environ}
    whole = stacks.full()
    try:
        running = whole.__enter__()
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    finally:
        os.environ.update(given)
    yield running
    whole.__exit__(None, None, None)
