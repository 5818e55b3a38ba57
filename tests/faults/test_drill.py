"""The restore drill, small: see `drill` for the one that is timed."""

import shutil

import pytest

from tests.faults import drill

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_brings_back_every_row_and_a_log_that_verifies(database, request, tmp_path):
    server = None
    if database == "postgres":
        server = request.getfixturevalue("postgres_server")
        if not shutil.which("pg_dump"):
            pytest.skip("no pg_dump on the PATH")
    found = drill.drill(database=database, reports=12, folder=tmp_path, server=server)
    assert drill.failures(found) == []
    assert (found["log_entries"], found["missing"]) == (2, [])
