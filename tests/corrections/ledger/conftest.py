"""A signer whose memory is the test's own, and an intruder."""

import pytest
from django.db import connection

from corrections.ledger.verify_corrections import ed25519_verify
from tests.corrections.ledger.rows import drop_triggers


@pytest.fixture(autouse=True)
def own_memory(settings, tmp_path):
    """A data folder of this test's own."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return settings.VAR


@pytest.fixture(autouse=True)
def nothing_verified_before():
    """Each test checks its own signatures."""
    ed25519_verify.cache_clear()


@pytest.fixture
def allow_tampering(db):
    """What an intruder with every right on the database does: take the triggers away."""
    drop_triggers(connection)
