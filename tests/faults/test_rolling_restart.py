"""gunicorn is told to start over (SIGHUP) while people read and send: no request fails."""

import os
import signal
import sys
import threading
import time
from collections import Counter
from urllib.parse import urljoin

import pytest
import requests

from tests.faults.crew import _children
from tests.journeys.people import Browser
from tests.journeys.stack import free_port, wait

pytestmark = [
    pytest.mark.fault,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
RESTARTS = 2
PAGES = ("/", "/corrections/", "/readyz")


class Public:
    """People who go on until they are told to stop: on connections that are kept, as from a proxy, and on new ones."""

    def __init__(self, base, article):
        self.base = base
        self.article = article
        self.answers = Counter()
        self.failures = []
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._read, self._read_on, self._write)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._closing.set()
        for thread in self._threads:
            thread.join(30)

    def _read(self, ask=requests.get):
        number = 0
        while not self._closing.is_set():
            number += 1
            path = PAGES[number % len(PAGES)]
            self._note("GET", 200, lambda path=path: ask(self.base + path, timeout=20))

    def _read_on(self):
        with requests.Session() as session:
            self._read(session.get)

    def _write(self):
        number = 0
        while not self._closing.is_set():
            number += 1
            self._note("POST", 303, lambda number=number: self._send(number))

    def _send(self, number):
        reader = Browser(self.base)
        form = reader.open(f"/corrections/new/?url={self.article}")._form("")
        data = dict(form.form_values()) | {"claim": f"Sentence {number} was changed while the service started over."}
        target = urljoin(reader.url, form.get("action") or reader.url)
        return reader.session.post(target, data=data, allow_redirects=False, timeout=20)

    def _note(self, method, expected, ask):
        try:
            status = ask().status_code
        except (requests.RequestException, AssertionError) as error:
            self.failures.append((method, repr(error)))
            return
        self.answers[method] += 1
        if status != expected:
            self.failures.append((method, status))


def test_no_request_fails_while_the_web_processes_are_replaced(desk):
    port = free_port()
    web = desk.start(
        "rolling",
        *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"),
        HOST="127.0.0.1",
        PORT=str(port),
    )
    base = f"http://127.0.0.1:{port}"
    wait(lambda: is_ready(base), "gunicorn")
    public = Public(base, desk.demo["articles"][0]["url"])
    try:
        for _ in range(RESTARTS):
            before = set(_children(web.pid))
            enough = public.answers["GET"] + 20
            os.kill(web.pid, signal.SIGHUP)
            wait(lambda before=before: not before & set(_children(web.pid)), "new processes in place of the old")
            wait(lambda enough=enough: public.answers["GET"] > enough, "answers of the new ones")
    finally:
        public.stop()
        web.terminate()
    assert public.failures == []
    assert public.answers["POST"] > RESTARTS
    assert web.wait(40) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(base, timeout=5)


def is_ready(base):
    try:
        return requests.get(f"{base}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        time.sleep(0.1)
        return False
