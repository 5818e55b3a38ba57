"""Who most tests of the corrections desk are about."""

import pytest

from tests.factories import make_publication, make_staff


@pytest.fixture
def daily():
    return make_publication()


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")
