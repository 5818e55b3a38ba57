"""`kill -9` of a real `manage.py deliver`, at a place where it stands still and cannot defend itself."""

import itertools
import re
import signal
import time

import pytest

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]
_number = itertools.count(1)
LEASE = 4
PATIENCE = 120.0
"""How long a busy machine may take to start a process and let it work. What is waited for ends the wait."""


@pytest.fixture
def worker(place, smtp, tmp_path):
    """Starts `manage.py deliver` against the sink, with the leases of production; kills whatever is left."""
    place.produce("forget")
    started = []
    there = place.with_env(EMAIL_URL=smtp.url)

    def start(**more):
        path = tmp_path / f"worker{len(started)}.log"
        with path.open("w") as log:
            process = there.start("manage.py", "deliver", log=log, **more)
        process.log = path
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def wait_until(condition):
    """Poll; AssertionError when it does not come true in time."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("point", "mails", "attempts", "tries"),
    [
        ("while_planning", 1, 1, ["ok"]),
        ("after_claim", 1, 2, ["crash", "ok"]),
        ("after_send_before_finish", 2, 2, ["crash", "ok"]),
    ],
)
def test_the_next_worker_finishes_what_a_killed_one_began(place, smtp, worker, point, mails, attempts, tries):
    reference = f"K-{next(_number)}"
    first = worker(MASTHEAD_FAILPOINT=f"{point}:hang", DELIVERY_LEASE_SECONDS=LEASE)
    place.produce("record", "mail", reference)
    wait_until(lambda: f"reached {point}" in first.log.read_text())
    first.send_signal(signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    worker()
    arrived = smtp.wait_for(mails, seconds=PATIENCE)
    wait_until(lambda: place.produce("remaining") == "0")
    mine = place.report()["deliveries"][reference]
    assert (mine["state"], mine["attempts"], mine["tries"]) == ("sent", attempts, tries)
    assert mine["crashes"] == (1 if point == "after_send_before_finish" else 0)
    assert [mail.message["Message-ID"] for mail in arrived] == [f"<{mine['id']}@masthead.example>"] * mails
    assert len(smtp.mails) == mails


def test_asked_to_stop_it_finishes_its_send_and_gives_the_rest_back(place, smtp, worker):
    smtp.fault, smtp.delay = "slow", 0.3
    references = [f"S-{next(_number)}" for _ in range(3)]
    for reference in references:
        place.produce("record", "mail", reference)
    process = worker()
    wait_until(lambda: smtp.attempts == 1)
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    assert process.wait(PATIENCE) == 0
    assert time.monotonic() - asked < 20
    assert len(smtp.mails) == 1
    rows = [place.report()["deliveries"][reference] for reference in references]
    # Whichever was planned first: the loops plan side by side, and no order among people is promised.
    assert sorted((row["state"], row["attempts"], row["tries"]) for row in rows) == [
        ("pending", 0, []),
        ("pending", 0, []),
        ("sent", 1, ["ok"]),
    ]
    smtp.fault = "none"
    worker()
    assert len(smtp.wait_for(3, seconds=PATIENCE)) == 3
    wait_until(lambda: place.produce("remaining") == "0")
    ids = [re.sub(r"[<>]|@.*", "", mail.message["Message-ID"]) for mail in smtp.mails]
    assert sorted(ids) == sorted(row["id"] for row in rows)
