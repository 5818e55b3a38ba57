"""Plugins of the whole suite: what was not run, real servers, and receivers that stand outside the
service.
"""

import gc
import os
import sys

import hypothesis
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import client
from xdist.scheduler import LoadGroupScheduling

from newsroom.api import throttles
from newsroom.web.requests import Request
from tests.journeys import started

pytest_plugins = ["tests.skips", "tests.services", "tests.receivers", "tests.databases", "tests.journeys.started"]

# A parser of addresses that jsonschema takes where it finds one: 38 grammars, built in each process, for a format that
# no schema of ours has.
sys.modules["rfc3987_syntax"] = None

# Django's test client and its live server read requests as `newsroom.wsgi` does.
client.WSGIRequest = WSGIHandler.request_class = Request

# The same examples on every run, new ones in `make chaos`: what a run finds must not depend on the day, nor on how busy
# the machine is.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
if os.environ.get("MASTHEAD_CHAOS") != "1":
    hypothesis.settings.load_profile("steady")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Everything that was read up to here stays: the collector of garbage need not look through it at each turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture(autouse=True)
def nothing_counted():
    """What one test did too often is not held against the next one in this process."""
    throttles._in_process.clear()


TOGETHER = {
    **dict.fromkeys(started.PLACES, "services"),
    "tests/newsroom/demo/": "demo",
    "tests/corrections/api/test_corrections.py": "history",
    "tests/races/": "races",
}
"""Where tests stand → what they share. Whole services, and what is made once for a file, are started in one process."""


OF_A_FILE = (
    "tests/doors/",
    "tests/reprints/api/test_licenses.py",
    *(f"tests/reprints/test_{name}.py" for name in ("following_up", "guards", "offering", "services", "updates")),
)
"""Where what a file's tests begin with is made once for the file."""


LONGEST = ("tests/faults/test_chaos_short.py", "tests/test_previous_release.py", "tests/faults/test_drill.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: begun last, one of them is what every process waits for in the end. Of whole services
    one kind is driven after the other.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.nodeid.startswith(LONGEST):
        return 0
    if item.nodeid.startswith(started.PLACES):
        return 1 if started.is_embedded(item) else 2
    return 3


class Together(LoadGroupScheduling):
    """Tests of a group run in one process, one after the other.

    xdist 3.8 reads its own mark `xdist_group` no longer under pytest 9, and says nothing of it.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        if file.startswith(OF_A_FILE) or file.endswith("_in_a_browser.py"):
            return file
        return next((group for place, group in TOGETHER.items() if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config, log):
    """Asked by xdist for `-n 2`, whatever `--dist` says."""
    return Together(config, log)
