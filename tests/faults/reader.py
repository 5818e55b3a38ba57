"""Readers who send over HTTP and remember what was answered: one event after the other, or reports by the real API."""

import random
import threading
import time
from collections import Counter, defaultdict

import requests

PATIENCE = 15
CREATED = 201
COME_AGAIN = {0, 409, 503}
"""Nobody answered; the first is still at it; the database is away."""


class Reader(threading.Thread):
    """Sends until `count` events were accepted, spread over `seconds`; one in twenty more is to be taken back. What was
    not accepted is not sent again: the next event has a reference of its own.
    """

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

    def unanswered(self, committed):
        """Of the committed references those that this sent and that nobody accepted: the door died in between."""
        return {reference for reference in committed if reference.startswith("W")} - self.accepted

    def _post(self, session, channel, reference, **more):
        """The status; 0 when nobody answered."""
        asked = {"channel": channel, "reference": reference, **more}
        try:
            return session.post(self.base, params=asked, timeout=PATIENCE).status_code
        except requests.RequestException:
            return 0


class Reporter(threading.Thread):
    """Reports errors by the API, each with an `Idempotency-Key` of its own and sent until it is answered; one in five
    once more after that, as a program does that lost the answer.
    """

    def __init__(self, base, *, count, seconds):
        super().__init__(daemon=True)
        self.base = base
        self.count = count
        self.seconds = seconds
        self.answered = defaultdict(set)
        self.again = 0
        self.refused = Counter()
        self._closing = threading.Event()

    def run(self):
        end = time.monotonic() + self.seconds
        for number in range(self.count):
            self._report(number)
            if number % 5 == 0:
                self._report(number)
            left = max(0.0, end - time.monotonic()) / max(self.count - number, 1)
            if self._closing.wait(left):
                return

    def stop(self):
        self._closing.set()
        self.join(PATIENCE + 5)

    def figures(self, claims):
        """What was answered, compared with how often each claim is in the database."""
        return {
            "keyed_accepted": len(self.answered),
            "keyed_sent_again": self.again,
            "keyed_refused": sum(self.refused.values()),
            "keyed_lost": sum(not claims.get(_claim(number)) for number in self.answered),
            "keyed_twice": sum(count > 1 for count in claims.values())
            + sum(len(references) > 1 for references in self.answered.values()),
        }

    def _report(self, number):
        while not self._closing.is_set():
            status, reference = self._post(number)
            if status == CREATED:
                self.answered[number].add(reference)
                return
            if status not in COME_AGAIN:
                self.refused[status] += 1
                return
            self.again += 1
            self._closing.wait(0.2)

    def _post(self, number):
        """The status and the reference; 0 and nothing when nobody answered."""
        told = {"article_url": f"https://daily.example/{number}", "claim": _claim(number)}
        key = {"Idempotency-Key": f"report-{number}"}
        try:
            answer = requests.post(f"{self.base}/api/v1/reports/", json=told, headers=key, timeout=PATIENCE)
            return answer.status_code, answer.json().get("reference")
        except requests.RequestException:
            return 0, None


def _claim(number):
    return f"Sentence {number} names the wrong year."
