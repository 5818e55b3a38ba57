"""The world behind the doors: built once for the tests of a file, found by each of them as it was built."""

import copy
import shutil

import pytest
from django.conf import settings as everywhere
from django.test import override_settings

from tests.doors import world as worlds


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, in a transaction around those of the tests, and what its signer remembers. Not for a file with a test
    that commits: its rows would be thrown away under this transaction's feet.
    """
    folder = tmp_path_factory.mktemp("world")
    around = worlds.undone()
    with django_db_blocker.unblock():
        around.__enter__()
        with override_settings():
            world = worlds.build(everywhere, folder)
    yield world, folder
    with django_db_blocker.unblock():
        around.__exit__(None, None, None)


@pytest.fixture
def world(built, db, settings, tmp_path):
    """The newsroom, as if nobody had knocked before."""
    made, folder = built
    settings.VAR = shutil.copytree(folder, tmp_path / "var")
    return copy.deepcopy(made)
