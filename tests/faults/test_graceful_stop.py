"""SIGTERM in the middle of a send: it is finished, nothing is sent twice, everything that was started is gone."""

import itertools
import os
import signal
import time
from pathlib import Path

import pytest
import requests

from tests.faults.place import sqlite_place
from tests.journeys.stack import free_port, wait

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(180)]
SLOW_SECONDS = 1.5
_number = itertools.count(1)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A whole service's database, without a demo."""
    made = sqlite_place(tmp_path_factory.mktemp("graceful"), settings="tests.faults.whole")
    yield made
    made.close()


@pytest.fixture
def slow(embedded, smtp):
    """The same, with a mail server that takes its time."""
    smtp.fault, smtp.delay = "slow", SLOW_SECONDS
    return embedded.with_env(EMAIL_URL=smtp.url, MASTHEAD_DEMO="0", PORT=free_port())


def stop_in_the_middle(process, smtp, *, attempts):
    """SIGTERM once a send has begun. The exit code, and the seconds it took."""
    wait(lambda: smtp.attempts == attempts, "the beginning of a send")
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    return process.wait(30), time.monotonic() - asked


def test_the_clock_finishes_the_send_it_is_at_and_gives_the_rest_back(slow, smtp):
    references = [f"C-{next(_number)}" for _ in range(3)]
    for reference in references:
        slow.produce("record", "mail", reference)
    clock = slow.start("manage.py", "clock")
    try:
        code, seconds = stop_in_the_middle(clock, smtp, attempts=1)
    finally:
        clock.kill()
    assert (code, len(smtp.mails)) == (0, 1)
    assert seconds < SLOW_SECONDS + 10
    rows = [slow.report()["deliveries"][reference] for reference in references]
    assert [(row["state"], row["attempts"]) for row in rows] == [("sent", 1), ("pending", 0), ("pending", 0)]
    smtp.fault = "none"
    slow.produce("settle")
    assert len(smtp.mails) == 3


def test_make_run_stops_everything_it_started_and_loses_nothing(slow, smtp, tmp_path):
    with (tmp_path / "log").open("w") as log:
        run = slow.start("deploy/run.py", log=log)
    base = f"http://127.0.0.1:{slow.env['PORT']}"
    try:
        wait(lambda: answers(base) or run.poll() is not None, "the first page")
        assert run.poll() is None, (tmp_path / "log").read_text()[-2000:]
        reference = f"C-{next(_number)}"
        slow.produce("record", "mail", reference)
        code, _seconds = stop_in_the_middle(run, smtp, attempts=1)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGTERM)
            run.wait(30)
    assert (code, len(smtp.mails)) == (0, 1)
    mine = slow.report()["deliveries"][reference]
    assert (mine["state"], mine["attempts"], mine["tries"]) == ("sent", 1, ["ok"])
    assert not answers(base)
    assert still_running(slow) == []


def answers(base):
    try:
        return requests.get(f"{base}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def still_running(place):
    """Processes that work on this data folder: what `make run` started and did not stop."""
    marker = f"MASTHEAD_VAR={place.env['MASTHEAD_VAR']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if marker in known and int(folder.name) != place.forks[0].pid:
            found.append(folder.name)
    return found
