"""What the fault tests break: a fresh database for each of the two kinds, and a whole service."""

import pytest

from tests.faults.place import drop, postgres_place, sqlite_place


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
def desk(full):
    """A whole service, whose Redis may be frozen and killed."""
    if full.redis is None:
        pytest.skip("this Redis is not ours to kill")
    return full
