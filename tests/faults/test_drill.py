"""The restore drill, small: see `drill` for the one that is timed."""

import shutil

import pytest

from tests.faults import drill

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300)]


def passed(found):
    assert drill.failures(found) == []
    assert (found["log_entries"], found["missing"], found["changed"], found["closed"]) == (2, [], [], [])


def test_a_backup_brings_back_every_row_a_log_that_verifies_and_every_secret(tmp_path):
    passed(drill.drill(database="sqlite", reports=12, folder=tmp_path))


@pytest.mark.postgres
def test_so_it_does_with_the_database_and_the_keys_of_production(tmp_path, postgres_server):
    if not shutil.which("pg_dump"):
        pytest.skip("no pg_dump on the PATH")
    keys = drill.keys_of_production()
    passed(drill.drill(database="postgres", reports=12, folder=tmp_path, server=postgres_server, keys=keys))


def test_lost_field_keys_do_not_pass(tmp_path):
    keys = drill.keys_of_production()
    found = drill.drill(database="sqlite", reports=1, folder=tmp_path, keys=keys, lost=True)
    assert (found["missing"], found["changed"]) == ([], [])
    assert found["closed"] == ["the reader's address opens"]
    [unread, sealed] = drill.failures(found)
    assert unread == "not so: the reader's address opens"
    assert "values open with no key of FIELD_KEYS." in sealed
