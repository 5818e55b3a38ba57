"""gunicorn is told to start over (SIGHUP) while people read and send: `python -m tests.faults.rolling --restarts 5`.

Prints how many requests of each kind were answered, how many failed, and how long answers took: those of the whole run,
and the slowest while processes were replaced. Exit 1 when one failed.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from urllib.parse import urljoin

import requests

from tests.faults.books import percentile
from tests.faults.crew import _children
from tests.journeys import stack as stacks
from tests.journeys.people import Browser
from tests.journeys.stack import free_port, wait

PAGES = ("/", "/corrections/", "/readyz")
PATIENCE = 20
EXPECTED = {"GET": 200, "POST": 303}


class Public:
    """People who go on until they are told to stop: on connections that are kept, as from a proxy, and on new ones."""

    def __init__(self, base, article):
        self.base = base
        self.article = article
        self.took = defaultdict(list)
        self.failures = []
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._read, self._read_on, self._write)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def answered(self, method):
        """How many requests of that method were answered as they should be."""
        return len(self.took[method])

    def stop(self):
        self._closing.set()
        for thread in self._threads:
            thread.join(PATIENCE + 10)

    def _read(self, ask=requests.get):
        number = 0
        while not self._closing.is_set():
            number += 1
            path = PAGES[number % len(PAGES)]
            self.note("GET", lambda path=path: ask(self.base + path, timeout=PATIENCE))

    def _read_on(self):
        with requests.Session() as session:
            self._read(session.get)

    def _write(self):
        number = 0
        while not self._closing.is_set():
            number += 1
            self.note("POST", lambda number=number: self._send(number))

    def _send(self, number):
        reader = Browser(self.base)
        form = reader.open(f"/corrections/new/?url={self.article}")._form("")
        data = dict(form.form_values()) | {"claim": f"Sentence {number} was changed while the service started over."}
        target = urljoin(reader.url, form.get("action") or reader.url)
        return reader.session.post(target, data=data, allow_redirects=False, timeout=PATIENCE)

    def note(self, method, ask):
        """Ask, and remember what came of it."""
        began = time.monotonic()
        try:
            status = ask().status_code
        except (requests.RequestException, AssertionError) as error:
            self.failures.append((method, repr(error)))
            return
        if status == EXPECTED[method]:
            self.took[method].append(time.monotonic() - began)
        else:
            self.failures.append((method, status))


@contextmanager
def served(desk):
    """gunicorn as in production, beside that of the desk: its process and its address. It has ended well after that."""
    port = free_port()
    web = desk.start(
        "rolling",
        *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"),
        HOST="127.0.0.1",
        PORT=str(port),
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: is_ready(base), "gunicorn")
        yield web, base
    finally:
        web.terminate()
    code = web.wait(2 * PATIENCE)
    if code:
        raise AssertionError(f"gunicorn ended with {code}")


def run(desk, *, restarts):
    """Restart so often under load; the figures."""
    with served(desk) as (web, base):
        public = Public(base, desk.demo["articles"][0]["url"])
        replaced = []
        public.start()
        try:
            for _ in range(restarts):
                before = set(_children(web.pid))
                enough = public.answered("GET") + 20
                began = time.monotonic()
                os.kill(web.pid, signal.SIGHUP)
                wait(lambda before=before: not before & set(_children(web.pid)), "new processes in place of the old")
                replaced.append(time.monotonic() - began)
                wait(lambda enough=enough: public.answered("GET") > enough, "answers of the new ones")
        finally:
            public.stop()
    reads, forms = sorted(public.took["GET"]), sorted(public.took["POST"])
    return {
        "restarts": restarts,
        "replaced_after_seconds": round(max(replaced), 1),
        "pages_read": len(reads),
        "forms_sent": len(forms),
        "failed": len(public.failures),
        "failures": [str(failure) for failure in public.failures[:5]],
        "page_p50_seconds": percentile(reads, 0.50),
        "page_p99_seconds": percentile(reads, 0.99),
        "page_slowest_seconds": percentile(reads, 1.0),
        "form_p99_seconds": percentile(forms, 0.99),
        "base": base,
    }


def is_ready(base):
    try:
        return requests.get(f"{base}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        time.sleep(0.1)
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--restarts", type=int, default=5)
    restarts = parser.parse_args().restarts
    with stacks.full() as desk:
        found = run(desk, restarts=restarts)
    width = max(map(len, found))
    sys.stdout.write("\n".join(f"{name.ljust(width)}  {value}" for name, value in found.items()) + "\n")
    return 1 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
