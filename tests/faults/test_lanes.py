"""A webhook or a mail server that hangs costs its own sender's time, and nobody else's."""

import itertools
import sqlite3
import time

import pytest

from tests.faults.place import sqlite_place
from tests.journeys.stack import wait
from tests.receivers import http_receiver

pytestmark = [pytest.mark.fault, pytest.mark.slow]
LIMIT_SECONDS = 5.0
PUBLISH = (
    "import django; django.setup(); from tests.factories import make_correction; make_correction(status='published')"
)
_number = itertools.count(1)


@pytest.fixture
def black_hole():
    """An endpoint that takes every request and never answers."""
    with http_receiver() as receiver:
        receiver.answer(hang=True)
        yield receiver


@pytest.fixture
def sending(place, smtp, tmp_path):
    """A real `manage.py deliver` with the waits and deadlines of production."""
    there = place.with_env(EMAIL_URL=smtp.url)
    with (tmp_path / "log").open("w") as log:
        process = there.start("manage.py", "deliver", log=log)
    yield there
    process.kill()
    process.wait(10)


def test_mail_and_other_peoples_hooks_go_on_while_a_hundred_are_owed_to_a_black_hole(
    place, sending, smtp, receiver, black_hole
):
    word = f"B{next(_number)}"
    place.produce("record", "hook", f"{word}-hung", "--url", f"{black_hole.url}/{word}", "--times", "100")
    black_hole.wait_for(1)
    began = time.monotonic()
    place.produce("record", "mail", f"{word}-mail")
    place.produce("record", "hook", f"{word}-well", "--url", f"{receiver.url}/{word}", "--times", "5")
    arrived = receiver.wait_for(5)
    assert smtp.wait_for(1)[0].recipients == (f"{word}-mail@sink.example".lower(),)
    took = time.monotonic() - began
    assert took < LIMIT_SECONDS
    assert sorted(request.json()["data"]["reference"] for request in arrived) == [
        f"{word}-well-{number}" for number in range(1, 6)
    ]
    rows = {name: row for name, row in place.report()["deliveries"].items() if name.startswith(f"{word}-hung")}
    assert len(rows) == 100
    assert sum(row["attempts"] for row in rows.values()) == len(black_hole.requests) == 1


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A whole service's database, as `make run` has it."""
    made = sqlite_place(tmp_path_factory.mktemp("lanes"), settings="tests.faults.whole")
    yield made
    made.close()


def test_the_clock_keeps_time_while_a_mail_server_hangs(embedded, smtp, tmp_path):
    smtp.fault, smtp.delay = "slow", 60
    embedded = embedded.with_env(EMAIL_URL=smtp.url)
    embedded.run("-c", PUBLISH)
    embedded.produce("record", "mail", "T-1")
    with (tmp_path / "log").open("w") as log:
        clock = embedded.start("manage.py", "clock", log=log)
    try:
        wait(lambda: smtp.attempts == 1, "the send that hangs")
        wait(lambda: checkpoints(embedded), "a signed checkpoint meanwhile", seconds=20)
        assert embedded.report()["deliveries"]["T-1"]["state"] == "leased"
    finally:
        clock.kill()
        clock.wait(10)


def checkpoints(place):
    """How many the log's signer has signed."""
    file = place.env["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*) FROM corrections_ledgercheckpoint").fetchone()[0]
