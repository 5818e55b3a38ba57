"""The kill run of every test run: 45 seconds on each database, with all processes and all kinds of fault of `chaos`."""

from contextlib import suppress

import pytest

from tests import services
from tests.faults import chaos

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(1200)]
SECONDS = 45
EVENTS = 200
OWN = {"TEST_DATABASE_URL": services.postgres_programs, "TEST_REDIS_URL": services.redis_program}


@pytest.fixture(autouse=True)
def own_servers(monkeypatch):
    """Servers of this run's own, where there are programs: they are killed, frozen and filled up."""
    for variable, find in OWN.items():
        with suppress(services.Unavailable):
            find()
            monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.redis])]
)
def test_nothing_is_lost_and_nothing_is_invented_while_everything_dies(database):
    try:
        found = chaos.run(events=EVENTS, faults=18, database=database, seconds=SECONDS, seed=7)
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    assert chaos.failures(found) == [], chaos.table([found])
    unanswered = found["committed_without_an_answer"]
    assert unanswered <= found["refused_over_http"]
    assert (found["committed"] - unanswered, found["keyed_accepted"]) == (EVENTS, EVENTS // chaos.EVENTS_A_REPORT)
    assert found["faults"].keys() | found["spared"] == chaos.SHARES[database].keys()
    assert min(found["faults"].values()) >= 1
    assert found["ran_seconds"] >= SECONDS - 5
