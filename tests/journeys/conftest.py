"""Each journey is made on both services."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["embedded", "full"])
def stack(request):
    """The embedded service, then the full one."""
    return request.getfixturevalue(request.param)
