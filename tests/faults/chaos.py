"""The long fault run: producers record events while everything around them is killed; then the books are compared.

`python -m tests.faults.chaos --events 5000 --faults 200 --database postgres --seconds 900 --seed 1`

Lost: committed and never delivered. Ghost: delivered though rolled back. False “sent”: marked as sent, never arrived.
A duplicate is *ambiguous* when the receiver withheld an answer for it (no sender can know), else it is a *kill*'s.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests import services
from tests.faults.place import drop, postgres_place, sqlite_place
from tests.receivers import Answer, http_receiver, smtp_sink

LEASE = 4
SWEEP = 1
PRODUCERS = ("A", "B")
WORKERS = ("worker1", "worker2")
WAIT_DIVISOR = 100


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
        """`refuse` 5 %, `slow` 3 %, `drop` 2 %, else `take`; all but the refused have arrived."""
        with self._lock:
            draw = self._chance.random()
            self.references[message_id] = reference
            if draw < 0.05:
                self.refused[message_id] += 1
                return "refuse"
            self.arrived[message_id].append(time.time())
            if draw < 0.10:
                self.withheld[message_id] += 1
                return "slow" if draw < 0.08 else "drop"
            return "take"


def misbehave(sink, receiver, book):
    """Make both receivers answer by the book."""
    keep = sink.handle_DATA

    async def handle_DATA(server, session, envelope):  # noqa: N802 -- the name aiosmtpd calls
        headers = envelope.content.decode("utf-8", "replace")
        message_id = headers.split("Message-ID: <", 1)[1].split("@", 1)[0]
        how = book.judge(message_id, envelope.rcpt_tos[0].split("@")[0].upper())
        if how == "refuse":
            return "451 4.3.0 Try again later"
        await keep(server, session, envelope)
        if how == "slow":
            await server.loop.run_in_executor(None, sink._awake.wait, LEASE / 4 + 0.3)
        if how == "drop":
            server.transport.abort()
        return "250 2.0.0 Kept"

    sink.handle_DATA = handle_DATA
    answers = {
        "take": Answer(),
        "refuse": Answer(status=503),
        "slow": Answer(delay=LEASE / 4 + 0.3),
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


class Crew:
    """The processes of a run, each started again a moment after it ends."""

    def __init__(self, place, url, *, count, seconds, seed):
        self.place = place
        self.commands = dict.fromkeys(WORKERS, ("manage.py", "deliver"))
        for number, tag in enumerate(PRODUCERS):
            share = count // 2 + (count % 2 if number == 0 else 0)
            self.commands[tag] = (
                *("-m", "tests.faults.producer", "produce", tag, "--count", str(share)),
                *("--seconds", str(seconds), "--url", url, "--seed", str(seed)),
            )
        self.running = {}
        self.finished = set()
        self.restarts = Counter()

    def keep_up(self):
        """Start what is not running and has not ended well."""
        for name, command in self.commands.items():
            process = self.running.get(name)
            if name in self.finished or (process and process.poll() is None):
                continue
            if process and process.returncode == 0 and name in PRODUCERS:
                self.finished.add(name)
                continue
            self.restarts[name] += bool(process)
            self.running[name] = self.place.start(*command)

    def kill(self, name):
        """`kill -9`, if it runs. Whether it did."""
        process = self.running.get(name)
        if process is None or process.poll() is not None:
            return False
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        return True

    def stop(self):
        for process in self.running.values():
            process.kill()
            process.wait(10)


class OwnServer:
    """A PostgreSQL of this run's own, which can be ended as by a power cut and started again over the same files."""

    def __init__(self, server):
        self.server = server
        self.process = server.process
        self.folder = Path(f"/proc/{self.process.pid}/cwd").readlink()

    def crash(self):
        """SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, every connection cut; then recovery."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)
        time.sleep(0.5)
        with (self.folder.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.process.args, stdout=log, stderr=log, cwd=self.folder.parent, start_new_session=True
            )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                psycopg.connect(self.server.url, connect_timeout=1).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("PostgreSQL did not come back")

    def stop(self):
        if self.process is not self.server.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


def run(*, events, faults, database, seconds, seed, server=None, quiet_after=60.0):
    """One run; the figures as a dictionary. `server` is a PostgreSQL to use, which is then not restarted."""
    chance = random.Random(seed)
    crash = None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-chaos-")))
        if database == "sqlite":
            place = sqlite_place(folder)
        else:
            own = None
            if server is None:
                server = stack.enter_context(services.postgres())
                own = OwnServer(server) if server.process else None
            place = postgres_place(folder, server.url)
            if own:
                stack.callback(own.stop)
                crash = own.crash
            else:
                stack.callback(drop, place, server.url)
        sink = stack.enter_context(smtp_sink())
        receiver = stack.enter_context(http_receiver())
        book = Book(seed)
        misbehave(sink, receiver, book)
        place = place.with_env(
            EMAIL_URL=sink.url, DELIVERY_LEASE_SECONDS=LEASE, DELIVERY_WAIT_DIVISOR=WAIT_DIVISOR, LOG_LEVEL="CRITICAL"
        )
        crew = Crew(place, f"{receiver.url}/hook", count=events, seconds=seconds, seed=seed)
        stack.callback(crew.stop)
        made = _break_things(crew, chance, faults=faults, seconds=seconds, crash=crash)
        settled_at = _wait_until_settled(crew, quiet_after)
        report = place.report()
    return {**figures(report, book, made), "database": database, "seed": seed, "settled_after_seconds": settled_at}


def _break_things(crew, chance, *, faults, seconds, crash):
    """Kill one of the crew, or the database, now and then until all faults are made and all events are recorded."""
    made = Counter()
    pause = seconds / max(faults, 1)
    crew.keep_up()
    next_fault = time.monotonic() + min(pause, 2.0)
    while sum(made.values()) < faults or len(crew.finished) < len(PRODUCERS):
        if sum(made.values()) < faults and time.monotonic() > next_fault:
            name = chance.choice([*WORKERS, *WORKERS, *PRODUCERS])
            if crash and chance.random() < 0.05:
                crash()
                made["database"] += 1
            elif crew.kill(name):
                made["producer" if name in PRODUCERS else "worker"] += 1
            next_fault = time.monotonic() + pause * chance.uniform(0.6, 1.4)
        time.sleep(0.05)
        crew.keep_up()
    return made


def _wait_until_settled(crew, patience):
    began = time.monotonic()
    while crew.place.produce("remaining") != "0" and time.monotonic() - began < patience:
        time.sleep(0.3)
        crew.keep_up()
    return round(time.monotonic() - began, 1)


def figures(report, book, made):
    """Compare what was committed with what arrived."""
    committed = report["events"]
    arrived = {message_id: moments for message_id, moments in book.arrived.items() if moments}
    reached = {book.references[message_id] for message_id in arrived}
    ids = {row["id"]: row for row in report["deliveries"].values()}
    extra = {message_id: len(moments) - 1 for message_id, moments in arrived.items() if len(moments) > 1}
    ambiguous = sum(min(count, book.withheld[message_id]) for message_id, count in extra.items())
    kills = sum(extra.values()) - ambiguous
    smooth = sorted(
        min(moments) - committed[book.references[message_id]]
        for message_id, moments in arrived.items()
        if not book.refused[message_id] and book.references[message_id] in committed
    )
    states = Counter(row["state"] for row in report["deliveries"].values())
    return {
        "committed": len(committed),
        "lost": len(set(committed) - reached),
        "ghost": len(reached - set(committed)),
        "false_sent": sum(row["state"] == "sent" and message_id not in arrived for message_id, row in ids.items()),
        "strangers": len(set(arrived) - set(ids)),
        "duplicates_ambiguous": ambiguous,
        "duplicates_kill": kills,
        "duplicates_per_worker_kill": round(kills / max(made["worker"], 1), 2),
        "dead": states["dead"],
        "unsettled": states["pending"] + states["leased"] + report["unplanned"],
        "faults": dict(made),
        "arrival_p50_seconds": _percentile(smooth, 0.50),
        "recovery_p99_seconds": _percentile(smooth, 0.99),
    }


def failures(found):
    """What must not be, as sentences."""
    limit = LEASE + SWEEP + 5
    wrong = [
        f"{name} is {found[name]}"
        for name in ("lost", "ghost", "false_sent", "strangers", "dead", "unsettled")
        if found[name]
    ]
    if found["duplicates_per_worker_kill"] > 0.5:
        wrong.append(f"{found['duplicates_per_worker_kill']} duplicates per worker kill")
    if found["recovery_p99_seconds"] > limit:
        wrong.append(f"recovery p99 is {found['recovery_p99_seconds']} s, allowed {limit} s")
    return wrong


def _percentile(values, share):
    return round(values[min(int(len(values) * share), len(values) - 1)], 2) if values else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=900.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = run(
        events=given.events, faults=given.faults, database=given.database, seconds=given.seconds, seed=given.seed
    )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    wrong = failures(found)
    sys.stdout.write(
        "\n".join([f"FAILED: {sentence}" for sentence in wrong] or ["nothing lost, nothing invented"]) + "\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
