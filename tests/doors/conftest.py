"""The world behind the doors, made anew for each test."""

import pytest

from tests.doors import world as worlds


@pytest.fixture
def world(db, settings, tmp_path):
    return worlds.build(settings, tmp_path)
