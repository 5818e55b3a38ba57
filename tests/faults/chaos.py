"""The long fault run: events are recorded while everything around them is killed; then the books are compared.

`python -m tests.faults.chaos --faults 200 --events 5000 --database both --seconds 480 --seed 1`; the defaults come from
CHAOS_FAULTS, CHAOS_EVENTS, CHAOS_DATABASE, CHAOS_SECONDS and CHAOS_SEED.

On PostgreSQL everything runs: two `manage.py deliver`, a Celery worker of two processes, beat, Redis, gunicorn. On
SQLite, as embedded: two `manage.py deliver`, `manage.py clock` and gunicorn. Half of the events come over HTTP, half
from a producer. Beside them the real service takes reports by its API: each is sent with a key of its own until it is
answered, and must be there once.
"""

import argparse
import json
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
from tests.faults.crew import Crew, OwnPostgres, OwnRedis, SmallDisk, small_disk
from tests.faults.place import drop, postgres_place, sqlite_place
from tests.faults.reader import Reader, Reporter
from tests.journeys.stack import free_port
from tests.receivers import http_receiver, smtp_sink

LEASE = 4
SWEEP = 2
TOO_LATE = LEASE / 4 + 0.3
WAIT_DIVISOR = 300
LIGHT, WHOLE = "tests.faults.settings", "tests.faults.whole"
MUST_BE_ZERO = (
    *("lost", "ghost", "false_sent", "false_accepted", "strangers", "dead", "unsettled"),
    *("keyed_lost", "keyed_twice", "keyed_refused"),
)
SENDERS = ("worker", "celery", "pool", "clock")
SHARES = {
    "postgres": {
        "worker": 50, "celery": 30, "pool": 40, "redis_kill": 25, "redis_freeze": 10, "web": 15, "api": 8,
        "producer": 3, "beat": 7, "database": 8, "disk_full": 4,
    },
    "sqlite": {"worker": 110, "clock": 20, "web": 30, "api": 15, "producer": 15, "disk_full": 10},
}  # fmt: skip
"""How many of each in 200 faults; of each one at least."""

EVENTS_A_REPORT = 10
"""For so many events one report goes through the real API."""

OPEN = (
    "import django; django.setup(); from tests.factories import make_publication; "
    "make_publication(slug='daily', hosts=['daily.example'], is_default=True)"
)
CLAIMS = (
    "import json, collections, django; django.setup(); from corrections.models import Report; "
    "print(json.dumps(collections.Counter(Report.objects.values_list('claim', flat=True))))"
)


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

    def _clock(self):
        return self.crew.kill("clock")

    def _web(self):
        return self.crew.kill("web")

    def _api(self):
        return self.crew.kill("api")

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
        self._later(self._disk_free, 1, 3)
        return True

    def _disk_free(self):
        self.disk.free(self.crew.pids())
        if self.postgres:
            self.postgres.revive()  # without room for its log it ends


def schedule_of(shares, faults, chance):
    """So many faults in these shares, of each kind one at least, in an order that the seed decides."""
    whole = sum(shares.values())
    counts = {kind: max(1, share * faults // whole) for kind, share in shares.items()}
    counts[next(iter(shares))] += max(0, faults - sum(counts.values()))
    order = [kind for kind, count in counts.items() for _ in range(count)]
    chance.shuffle(order)
    return order


def run(*, events, faults, database, seconds, seed, quiet_after=120.0):
    """One run; the figures as a dictionary. A server that was given is not ours to break, and is spared."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-chaos-")))
        place, parts = _place(stack, folder, database)
        book, place = _receivers(stack, place, seed)
        crew, readers = _people(stack, folder, place, events=events, seconds=seconds, seed=seed)
        breaker = Breaker(crew, chance, **parts)
        stack.callback(breaker.mend, now=True)
        for reader in readers:
            reader.start()
        began = time.monotonic()
        possible = _possible(database, parts)
        order = schedule_of(possible, faults, chance)
        unended = _break_things(breaker, crew, readers, order, seconds, patience=2 * quiet_after)
        breaker.mend(now=True)
        took = time.monotonic() - began
        settled_after = _wait_until_settled(crew, quiet_after)
        report = place.report()
        crew.stop()
        claims = json.loads(place.run("-c", CLAIMS, DJANGO_SETTINGS_MODULE=WHOLE))
    sender, reporter = readers
    return {
        "database": database,
        "seed": seed,
        "faults": dict(sorted(breaker.made.items())),
        "faults_made": sum(breaker.made.values()),
        "unended": unended,
        "spared": sorted(SHARES[database].keys() - possible),
        "full_disk_by": parts["disk"].how if "disk" in parts else "",
        **figures(report, book, worker_kills=sum(breaker.made[kind] for kind in SENDERS)),
        "false_accepted": len(sender.accepted - set(report["events"])),
        "accepted_over_http": len(sender.accepted),
        "refused_over_http": sender.refused,
        "committed_without_an_answer": len(sender.unanswered(report["events"])),
        "post_p99_seconds": percentile(sorted(sender.took), 0.99),
        "post_slowest_seconds": round(max(sender.took, default=0.0), 3),
        **reporter.figures(claims),
        "restarts": dict(sorted(crew.restarts.items())),
        "ran_seconds": round(took),
        "settled_after_seconds": settled_after,
    }


def _place(stack, folder, database):
    """The database, opened for readers, and what of it can be broken."""
    parts = {}
    disk = folder / "disk"
    disk.mkdir()
    if database == "sqlite":
        parts["disk"] = stack.enter_context(small_disk(disk, 96 << 20))
        place = sqlite_place(disk, settings=WHOLE)
    else:
        room = stack.enter_context(small_disk(disk, 512 << 20))
        server = stack.enter_context(services.postgres(within=disk, max_wal_size="64MB"))
        if server.process:
            parts["postgres"] = OwnPostgres(server)
            stack.callback(parts["postgres"].stop)
            if isinstance(room, SmallDisk):  # of a limit on its files the server knows no way back
                parts["disk"] = room
        place = postgres_place(folder, server.url, settings=WHOLE)
        if not server.process:
            stack.callback(drop, place, server.url)
        broker = stack.enter_context(services.redis())
        place = place.with_env(REDIS_URL=broker.url)
        if broker.process:
            parts["redis"] = OwnRedis(broker)
            stack.callback(parts["redis"].stop)
    place.run("-c", OPEN)
    stack.callback(place.close)
    return place.with_env(DJANGO_SETTINGS_MODULE=LIGHT), parts


def _receivers(stack, place, seed):
    """Who is told, and where they write it down."""
    sink = stack.enter_context(smtp_sink())
    receiver = stack.enter_context(http_receiver())
    book = Book(seed)
    misbehave(sink, receiver, book, too_late=TOO_LATE)
    return book, place.with_env(
        EMAIL_URL=sink.url, HOOK_URL=f"{receiver.url}/hook", DELIVERY_LEASE_SECONDS=LEASE,
        DELIVERY_WAIT_DIVISOR=WAIT_DIVISOR, LOG_LEVEL="CRITICAL",
    )  # fmt: skip


def _people(stack, folder, place, *, events, seconds, seed):
    """The processes, and who sends to them."""
    door, api = free_port(), free_port()
    commands = _commands(
        folder, door, api, place.env["HOOK_URL"], count=events - events // 2, seconds=seconds, seed=seed
    )
    crew = Crew(place, {name: commands[name] for name in CREWS[place.vendor]}, ends=("A",))
    stack.callback(crew.stop)
    readers = (
        Reader(f"http://127.0.0.1:{door}/", count=events // 2, seconds=seconds, seed=seed),
        Reporter(f"http://127.0.0.1:{api}", count=events // EVENTS_A_REPORT, seconds=seconds),
    )
    for reader in readers:
        stack.callback(reader.stop)
    return crew, readers


def _possible(database, parts):
    """The kinds of fault that can be made here, with their shares."""
    needs = {"database": "postgres", "disk_full": "disk", "redis_kill": "redis", "redis_freeze": "redis"}
    return {kind: share for kind, share in SHARES[database].items() if needs.get(kind, kind) in {kind, *parts}}


CREWS = {
    "postgres": ("worker1", "worker2", "web", "api", "A", "celery", "beat"),
    "sqlite": ("worker1", "worker2", "web", "api", "A", "clock"),
}


def _commands(folder, door, api, hook, *, count, seconds, seed):
    celery = ("-m", "celery", "-A", "tests.faults.celeryapp")
    bind = ("-b", f"127.0.0.1:{door}", "-k", "gthread", "--threads", "4", "--log-level", "critical")
    produce = ("-m", "tests.faults.producer", "produce", "A", "--count", str(count))
    unlimited = dict.fromkeys(("THROTTLE_ANONYMOUS_WRITES", "THROTTLE_FORMS", "THROTTLE_REPORT_FLOOD"), 10**6)
    return {
        "worker1": (("manage.py", "deliver"), {}),
        "worker2": (("manage.py", "deliver"), {}),
        "clock": (("-m", "tests.faults.clockwork"), {}),
        "web": (("-m", "gunicorn", "tests.faults.web:application", *bind), {}),
        "api": (
            ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"),
            {"DJANGO_SETTINGS_MODULE": WHOLE, "HOST": "127.0.0.1", "PORT": api, "WEB_WORKERS": 1, **unlimited},
        ),
        "A": ((*produce, "--until", str(time.time() + seconds), "--url", hook, "--seed", str(seed)), {}),
        "celery": ((*celery, "worker", "-c", "2", "-l", "critical"), {}),
        "beat": ((*celery, "beat", "-l", "critical", "-s", str(folder / "beat"), "--pidfile="), {}),
    }


def _break_things(breaker, crew, readers, order, seconds, *, patience):
    """One fault after the other until all are made and all events are recorded. What had not ended when `patience`
    seconds more had passed.
    """
    pause = seconds / max(len(order), 1)
    crew.keep_up()
    began = time.monotonic()
    next_fault = began + min(pause, 2.0)
    while left := [
        *order,
        *(["the producer"] if "A" not in crew.finished else []),
        *(type(reader).__name__ for reader in readers if reader.is_alive()),
    ]:
        if time.monotonic() > began + seconds + patience:
            return left
        if order and time.monotonic() > next_fault:
            for position, kind in enumerate(order):
                if breaker.make(kind):
                    del order[position]
                    next_fault = time.monotonic() + pause * breaker.chance.uniform(0.5, 1.3)
                    break
        time.sleep(0.05)
        breaker.mend()
        crew.keep_up()
    return []


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
    wrong += [f"this did not end: {', '.join(found['unended'])}"] if found["unended"] else []
    wrong += [f"no {way} arrived" for way in ("mails", "hooks") if not found[way]]
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
