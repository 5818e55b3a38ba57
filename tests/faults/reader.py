"""A reader who sends one event after the other over HTTP, and remembers what was answered."""

import random
import threading
import time

import requests

PATIENCE = 15


class Reader(threading.Thread):
    """Sends until `count` events were accepted, spread over `seconds`; one in twenty more is to be taken back."""

    def __init__(self, base, *, count, seconds, seed):
        super().__init__(daemon=True)
        self.base = base
        self.count = count
        self.seconds = seconds
        self.accepted = set()
        self.refused = 0
        self.took = []
        self._chance = random.Random(f"{seed}W")
        self._closing = threading.Event()

    def run(self):
        session = requests.Session()
        end = time.monotonic() + self.seconds
        number = 0
        while len(self.accepted) < self.count and not self._closing.is_set():
            number += 1
            channel = "hook" if number % 2 else "mail"
            if self._chance.random() < 0.05:
                self._post(session, channel, f"X{number}", undo="1")
            reference = f"W{number}"
            began = time.monotonic()
            if self._post(session, channel, reference) == 201:
                self.accepted.add(reference)
                self.took.append(time.monotonic() - began)
            else:
                self.refused += 1
                self._closing.wait(0.1)
            left = max(0.0, end - time.monotonic()) / max(self.count - len(self.accepted), 1)
            self._closing.wait(left * self._chance.uniform(0.5, 1.5))

    def stop(self):
        self._closing.set()
        self.join(PATIENCE + 5)

    def _post(self, session, channel, reference, **more):
        """The status; 0 when nobody answered."""
        asked = {"channel": channel, "reference": reference, **more}
        try:
            return session.post(self.base, params=asked, timeout=PATIENCE).status_code
        except requests.RequestException:
            return 0
