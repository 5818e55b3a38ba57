"""gunicorn is told to start over (SIGHUP) while people read and send: no request fails. `rolling` prints figures."""

import pytest
import requests

from tests.faults import rolling

pytestmark = [
    pytest.mark.fault,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.timeout(400),
]
RESTARTS = 2


def test_no_request_fails_while_the_web_processes_are_replaced(desk):
    found = rolling.run(desk, restarts=RESTARTS)
    assert (found["failed"], found["failures"]) == (0, []), found
    assert found["pages_read"] > RESTARTS * 20
    assert found["forms_sent"] > RESTARTS
    with pytest.raises(requests.ConnectionError):
        requests.get(found["base"], timeout=5)


def test_a_request_that_fails_is_counted():
    public = rolling.Public("http://127.0.0.1:1", "")
    public.note("GET", lambda: requests.get(public.base, timeout=5))
    [(method, said)] = public.failures
    assert (method, "ConnectionError" in said, public.answered("GET")) == ("GET", True, 0)
