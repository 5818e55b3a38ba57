"""The books of a fault run: receivers that misbehave now and then, and the comparison of what was committed with what
arrived.
"""

import json
import random
import threading
import time
from collections import Counter, defaultdict
from itertools import pairwise

from tests.receivers import Answer

REFUSED, SLOW, DROPPED = 0.05, 0.03, 0.02
"""The shares that are answered 451 or 503, answered too late, and taken without any answer."""


class Book:
    """What arrived: id → moments, and how often an answer was withheld or a refusal given."""

    def __init__(self, seed):
        self.arrived = defaultdict(list)
        self.references = {}
        self.withheld = Counter()
        self.refused = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def judge(self, message_id, reference):
        """`refuse`, `slow`, `drop` or `take`; all but the refused have arrived."""
        with self._lock:
            draw = self._chance.random()
            self.references[message_id] = reference
            if draw < REFUSED:
                self.refused[message_id] += 1
                return "refuse"
            self.arrived[message_id].append(time.time())
            if draw < REFUSED + SLOW + DROPPED:
                self.withheld[message_id] += 1
                return "slow" if draw < REFUSED + SLOW else "drop"
            return "take"


def misbehave(sink, receiver, book, *, too_late):
    """Make both receivers answer by the book; `too_late` seconds is what a slow answer takes."""
    keep = sink.handle_DATA

    async def handle_DATA(server, session, envelope):  # noqa: N802 -- the name aiosmtpd calls
        headers = envelope.content.decode("utf-8", "replace")
        message_id = headers.split("Message-ID: <", 1)[1].split("@", 1)[0]
        how = book.judge(message_id, envelope.rcpt_tos[0].split("@")[0].upper())
        if how == "refuse":
            return "451 4.3.0 Try again later"
        await keep(server, session, envelope)
        if how == "slow":
            await server.loop.run_in_executor(None, sink._awake.wait, too_late)
        if how == "drop":
            server.transport.abort()
        return "250 2.0.0 Kept"

    sink.handle_DATA = handle_DATA
    answers = {
        "take": Answer(),
        "refuse": Answer(status=503),
        "slow": Answer(delay=too_late),
        "drop": Answer(drop=True),
    }

    def serve(request):
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        answer = answers[book.judge(request.headers["webhook-id"], json.loads(body)["data"]["reference"])]
        if answer.delay:
            receiver._closing.wait(answer.delay)
        if answer.drop:
            request.close_connection = True
            return
        try:
            receiver._write(request, answer)
        except OSError:  # the sender was killed, or had waited long enough
            request.close_connection = True

    receiver._serve = serve


def figures(report, book, *, worker_kills):
    """Compare what was committed with what arrived.

    Lost: committed and never delivered. Ghost: delivered though rolled back. False “sent”: marked as sent, never
    arrived. A duplicate is *ambiguous* when the receiver withheld an answer for it (no sender can know), else it is a
    *kill*'s. A recovery is from the try that a death cut off to the next one of the same delivery.
    """
    committed = report["events"]
    arrived = {message_id: moments for message_id, moments in book.arrived.items() if moments}
    reached = {book.references[message_id] for message_id in arrived}
    ids = {row["id"]: row for row in report["deliveries"].values()}
    extra = {message_id: len(moments) - 1 for message_id, moments in arrived.items() if len(moments) > 1}
    ambiguous = sum(min(count, book.withheld[message_id]) for message_id, count in extra.items())
    kills = sum(extra.values()) - ambiguous
    ways = Counter(row["channel"] for row in ids.values() if row["id"] in arrived)
    recovered = sorted(after - before for row in ids.values() for before, after in _after_a_death(row))
    waits = sorted(
        min(moments) - committed[book.references[message_id]]
        for message_id, moments in arrived.items()
        if not book.refused[message_id] and book.references[message_id] in committed
    )
    states = Counter(row["state"] for row in report["deliveries"].values())
    return {
        "committed": len(committed),
        "arrivals": sum(map(len, arrived.values())),
        "mails": ways["email"],
        "hooks": ways["webhook"],
        "lost": len(set(committed) - reached),
        "ghost": len(reached - set(committed)),
        "false_sent": sum(row["state"] == "sent" and message_id not in arrived for message_id, row in ids.items()),
        "strangers": len(set(arrived) - set(ids)),
        "dead": states["dead"],
        "unsettled": states["pending"] + states["leased"] + report["unplanned"],
        "duplicates_ambiguous": ambiguous,
        "duplicates_kill": kills,
        "duplicates_per_worker_kill": round(kills / max(worker_kills, 1), 2),
        "recoveries": len(recovered),
        "recovery_p99_seconds": percentile(recovered, 0.99),
        "arrival_p50_seconds": percentile(waits, 0.50),
        "arrival_p99_seconds": percentile(waits, 0.99),
        "arrival_max_seconds": percentile(waits, 1.0),
    }


def _after_a_death(row):
    """The beginnings of each try that its sender did not survive, and of the one after it."""
    tries = list(zip(row["tries"], row["begun"], strict=True))
    return [(begun, after) for (verdict, begun), (_next, after) in pairwise(tries) if verdict == "crash"]


def percentile(values, share):
    """The value at that share of the sorted values; 0 when there are none."""
    return round(values[min(int(len(values) * share), len(values) - 1)], 3) if values else 0.0
