"""The short fault run: 150 events while workers and producers are killed. See `chaos` for the long one."""

import pytest

from tests.faults import chaos

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_nothing_is_lost_and_nothing_is_invented_while_processes_die(database, request):
    server = request.getfixturevalue("postgres_server") if database == "postgres" else None
    found = chaos.run(events=150, faults=12, database=database, seconds=18, seed=7, server=server, only_processes=True)
    assert found["committed"] == 150
    assert sum(found["faults"].values()) == 12
    assert chaos.failures(found) == []
