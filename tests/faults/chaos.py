"""The long fault run: events are recorded while everything around them is killed; then the books are compared.

`python -m tests.faults.chaos --faults 200 --events 5000 --database both --seconds 480 --seed 1`; the defaults come from
CHAOS_FAULTS, CHAOS_EVENTS, CHAOS_DATABASE, CHAOS_SECONDS and CHAOS_SEED.

On PostgreSQL everything runs: two `manage.py deliver`, a Celery worker of two processes, beat, Redis, gunicorn. On
SQLite, as embedded: two `manage.py deliver` and gunicorn. Half of the events come over HTTP, half from a producer.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests import services
from tests.faults.books import Book, figures, misbehave, percentile
from tests.faults.crew import Crew, OwnPostgres, OwnRedis, small_disk
from tests.faults.place import drop, postgres_place, sqlite_place
from tests.faults.reader import Reader
from tests.journeys.stack import free_port
from tests.receivers import http_receiver, smtp_sink

LEASE = 4
SWEEP = 2
TOO_LATE = LEASE / 4 + 0.3
WAIT_DIVISOR = 300
MUST_BE_ZERO = ("lost", "ghost", "false_sent", "false_accepted", "strangers", "dead", "unsettled")
SENDERS = ("worker", "celery", "pool")
SHARES = {
    "postgres": {
        "worker": 50, "celery": 30, "pool": 40, "redis_kill": 25, "redis_freeze": 10, "web": 20, "producer": 5,
        "beat": 10, "database": 10,
    },
    "sqlite": {"worker": 130, "web": 40, "producer": 20, "disk_full": 10},
    "processes": {"worker": 8, "producer": 4},
}  # fmt: skip
"""How many of each in 200 faults (`processes`: in 12, for the short run)."""


class Breaker:
    """Makes the faults of a run, one after the other, and mends what does not mend itself."""

    def __init__(self, crew, chance, *, postgres=None, redis=None, disk=None):
        self.crew = crew
        self.chance = chance
        self.postgres = postgres
        self.redis = redis
        self.disk = disk
        self.made = Counter()
        self._mend = []

    def make(self, kind):
        """Whether the fault could be made now."""
        done = getattr(self, f"_{kind}")()
        self.made[kind] += bool(done)
        return done

    def mend(self, *, now=False):
        """Undo what has lasted long enough; with `now`, whatever there is."""
        due = [entry for entry in self._mend if now or time.monotonic() >= entry[0]]
        self._mend = [entry for entry in self._mend if entry not in due]
        for _moment, undo in due:
            undo()

    def _later(self, undo, shortest, longest):
        self._mend.append((time.monotonic() + self.chance.uniform(shortest, longest), undo))

    def _worker(self):
        return self.crew.kill(self.chance.choice(["worker1", "worker2"]))

    def _celery(self):
        return self.crew.kill("celery")

    def _pool(self):
        return self.crew.kill_a_child("celery", self.chance)

    def _beat(self):
        return self.crew.kill("beat")

    def _web(self):
        return self.crew.kill("web")

    def _producer(self):
        return self.crew.kill("A") or ("A" in self.crew.finished and self._worker())

    def _database(self):
        self.postgres.crash()
        return True

    def _redis_kill(self):
        if not self._mend and self.redis.kill():
            self._later(self.redis.start, 0.3, 4)
            return True
        return False

    def _redis_freeze(self):
        if not self._mend and self.redis.freeze():
            self._later(self.redis.thaw, 4, 8)
            return True
        return False

    def _disk_full(self):
        if self._mend:
            return False
        self.disk.fill(self.crew.pids())
        self._later(lambda: self.disk.free(self.crew.pids()), 1, 3)
        return True


def schedule_of(shares, faults, chance):
    """So many faults in these shares, in an order that the seed decides."""
    whole = sum(shares.values())
    counts = {kind: share * faults // whole for kind, share in shares.items()}
    counts[next(iter(shares))] += faults - sum(counts.values())
    order = [kind for kind, count in counts.items() for _ in range(count)]
    chance.shuffle(order)
    return order


def run(*, events, faults, database, seconds, seed, server=None, only_processes=False, quiet_after=120.0):
    """One run; the figures as a dictionary. `server` is a PostgreSQL to use, which is then not restarted;
    `only_processes` leaves out web, Celery, Redis and the disk.
    """
    chance = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-chaos-")))
        parts = {}
        if database == "sqlite":
            if not only_processes:
                parts["disk"] = stack.enter_context(small_disk(folder))
            place = sqlite_place(folder)
        else:
            if server is None:
                server = stack.enter_context(services.postgres())
                parts["postgres"] = OwnPostgres(server) if server.process else None
            place = postgres_place(folder, server.url)
            if not parts.get("postgres"):
                stack.callback(drop, place, server.url)
        stack.callback(place.close)
        sink = stack.enter_context(smtp_sink())
        receiver = stack.enter_context(http_receiver())
        book = Book(seed)
        misbehave(sink, receiver, book, too_late=TOO_LATE)
        hook = f"{receiver.url}/hook"
        place = place.with_env(
            EMAIL_URL=sink.url, HOOK_URL=hook, DELIVERY_LEASE_SECONDS=LEASE, DELIVERY_WAIT_DIVISOR=WAIT_DIVISOR,
            LOG_LEVEL="CRITICAL",
        )  # fmt: skip
        if database == "postgres" and not only_processes:
            parts["redis"] = OwnRedis(stack.enter_context(services.redis()))
            stack.callback(parts["redis"].stop)
            place = place.with_env(REDIS_URL=parts["redis"].server.url)
        port = free_port()
        over_http = 0 if only_processes else events // 2
        commands = _commands(folder, port, hook, count=events - over_http, seconds=seconds, seed=seed)
        if only_processes:
            parts, shares = {}, SHARES["processes"]
            commands = {name: commands[name] for name in ("worker1", "worker2", "A")}
        else:
            shares = dict(SHARES[database])
            if database == "sqlite":
                commands = {name: commands[name] for name in ("worker1", "worker2", "web", "A")}
            if parts.get("postgres") is None:
                shares.pop("database", None)  # a server that was given is not ours to crash
        crew = Crew(place, commands, ends=("A",))
        stack.callback(crew.stop)
        if parts.get("postgres"):
            stack.callback(parts["postgres"].stop)
        reader = Reader(f"http://127.0.0.1:{port}/", count=over_http, seconds=seconds, seed=seed)
        stack.callback(reader.stop)
        breaker = Breaker(crew, chance, **parts)
        stack.callback(breaker.mend, now=True)
        reader.start()
        began = time.monotonic()
        _break_things(breaker, crew, reader, schedule_of(shares, faults, chance), seconds)
        breaker.mend(now=True)
        took = time.monotonic() - began
        settled_after = _wait_until_settled(crew, quiet_after)
        report = place.report()
        crew.stop()
        how = parts["disk"].how if "disk" in parts else ""
    found = figures(report, book, worker_kills=sum(breaker.made[kind] for kind in SENDERS))
    return {
        "database": database,
        "seed": seed,
        "faults": dict(sorted(breaker.made.items())),
        "faults_made": sum(breaker.made.values()),
        "full_disk_by": how,
        **found,
        "false_accepted": len(reader.accepted - set(report["events"])),
        "accepted_over_http": len(reader.accepted),
        "refused_over_http": reader.refused,
        "post_p99_seconds": percentile(sorted(reader.took), 0.99),
        "post_slowest_seconds": round(max(reader.took, default=0.0), 3),
        "restarts": dict(sorted(crew.restarts.items())),
        "ran_seconds": round(took),
        "settled_after_seconds": settled_after,
    }


def _commands(folder, port, hook, *, count, seconds, seed):
    celery = ("-m", "celery", "-A", "tests.faults.celeryapp")
    bind = ("-b", f"127.0.0.1:{port}", "-k", "gthread", "--threads", "4", "--log-level", "critical")
    produce = (
        "-m",
        "tests.faults.producer",
        "produce",
        "A",
        "--count",
        str(count),
        "--until",
        str(time.time() + seconds),
    )
    return {
        "worker1": (("manage.py", "deliver"), {}),
        "worker2": (("manage.py", "deliver"), {}),
        "web": (("-m", "gunicorn", "tests.faults.web:application", *bind), {}),
        "A": ((*produce, "--url", hook, "--seed", str(seed)), {}),
        "celery": ((*celery, "worker", "-c", "2", "-l", "critical"), {}),
        "beat": (
            (*celery, "beat", "-l", "critical", "-s", str(folder / "beat"), "--pidfile="),
            {},
        ),
    }


def _break_things(breaker, crew, reader, order, seconds):
    """One fault after the other until all are made and all events are recorded."""
    pause = seconds / max(len(order), 1)
    crew.keep_up()
    next_fault = time.monotonic() + min(pause, 2.0)
    while order or "A" not in crew.finished or reader.is_alive():
        if order and time.monotonic() > next_fault:
            for position, kind in enumerate(order):
                if breaker.make(kind):
                    del order[position]
                    next_fault = time.monotonic() + pause * breaker.chance.uniform(0.5, 1.3)
                    break
        time.sleep(0.05)
        breaker.mend()
        crew.keep_up()


def _wait_until_settled(crew, patience):
    began = time.monotonic()
    while crew.place.produce("remaining") != "0" and time.monotonic() - began < patience:
        time.sleep(0.2)
        crew.keep_up()
    return round(time.monotonic() - began, 1)


def failures(found):
    """What must not be, as sentences."""
    limit = LEASE + SWEEP + 5
    wrong = [f"{name} is {found[name]}" for name in MUST_BE_ZERO if found[name]]
    if found["duplicates_per_worker_kill"] > 0.5:
        wrong.append(f"{found['duplicates_per_worker_kill']} duplicates per worker kill")
    if found["recovery_p99_seconds"] > limit:
        wrong.append(f"recovery p99 is {found['recovery_p99_seconds']} s, allowed {limit} s")
    return wrong


def table(runs):
    """The figures of all runs side by side."""
    rows = [(name, *[_cell(found[name]) for found in runs]) for name in runs[0]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(runs) + 1)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _cell(value):
    return " ".join(f"{name}:{count}" for name, count in value.items()) if isinstance(value, dict) else str(value)


def main():
    given = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=int(given("CHAOS_FAULTS", "200")))
    parser.add_argument("--events", type=int, default=int(given("CHAOS_EVENTS", "5000")))
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default=given("CHAOS_DATABASE", "both"))
    parser.add_argument("--seconds", type=float, default=float(given("CHAOS_SECONDS", "480")))
    parser.add_argument("--seed", type=int, default=int(given("CHAOS_SEED", "1")))
    asked = vars(parser.parse_args())
    which = asked.pop("database")
    runs, wrong = [], []
    for database in ("sqlite", "postgres") if which == "both" else (which,):
        found = run(database=database, **asked)
        runs.append(found)
        wrong += [f"{database}: {sentence}" for sentence in failures(found)]
        sys.stderr.write(f"{database}: {found['faults_made']} faults, {found['committed']} events\n")
    sys.stdout.write(table(runs) + "\n")
    said = [f"FAILED: {sentence}" for sentence in wrong] or ["Nothing lost, nothing invented."]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
