"""A process that the fault tests start and kill: records events, settles what is owed, reports what stands.

`python -m tests.faults.producer record mail R-1` · `record hook R-1 --url http://127.0.0.1:9/` · `settle` · `report` ·
`produce a --count 75 --until 1800000000 --url …`
"""

import argparse
import json
import random
import sys
import time
import zlib
from datetime import timedelta
from types import SimpleNamespace

import django

django.setup()

from django.db import DatabaseError, connections, transaction  # noqa: E402 -- after django.setup()
from django.db.models import Q  # noqa: E402 -- idem
from django.utils import timezone  # noqa: E402 -- idem

from newsroom.accounts.models import Organization, Publication  # noqa: E402 -- idem
from newsroom.events import delivery, endpoints, leases, log, sealed  # noqa: E402 -- idem
from newsroom.events.models import Delivery, Endpoint, Event, Unplanned  # noqa: E402 -- idem
from newsroom.workflow import THE_CLOCK  # noqa: E402 -- idem


class RolledBack(Exception):
    """What the producer raises to take an event back."""


def record(channel, reference, *, organization=None, then=None):
    """One event in one transaction; `then` runs last in it."""
    with transaction.atomic():
        publication, _ = Publication.objects.get_or_create(slug="daily", defaults={"name": "Daily"})
        subject = SimpleNamespace(noun="fault", reference=reference, publication=publication)
        log.record(f"fault.{channel}", subject, by=THE_CLOCK, organization=organization)
        if then:
            then()


def partner_at(url):
    """The organization whose one endpoint is this URL."""
    with transaction.atomic():
        organization, _made = Organization.objects.get_or_create(
            slug=f"p{zlib.crc32(url.encode())}", defaults={"name": url}
        )
        if not Endpoint.objects.filter(url=url).exists():
            # As one that answered its first ping long ago: `create` would owe one, and wake the senders.
            secret = sealed.seal(endpoints._new_secret())
            Endpoint.objects.create(organization=organization, url=url, secret_encrypted=secret, state="active")
    return Endpoint.objects.get(url=url).organization


def settle(*, expire_leases):
    """Drain until nothing is due any more. `expire_leases` lets the time of every lease have passed."""
    if expire_leases:
        past = timezone.now() - timedelta(seconds=1)
        Endpoint.objects.filter(deliveries__state="leased").update(ready_at=past)
        Delivery.objects.filter(state="leased").update(lease_until=past)
    while Unplanned.objects.exists() or Delivery.objects.filter(leases.due()).exists():
        delivery.drain()


def report():
    """Every delivery as JSON, by the reference of its event."""
    rows = {}
    for row in Delivery.objects.select_related("event").prefetch_related("tries").order_by("pk"):
        rows[row.event.subject_reference] = {
            "id": str(row.uuid),
            "state": row.state,
            "attempts": row.attempts,
            "crashes": row.crashes,
            "channel": row.channel,
            "tries": [each.verdict for each in row.tries.all()],
            "begun": [each.started_at.timestamp() for each in row.tries.all()],
        }
    told = Event.objects.filter(kind__startswith="fault.")
    at = {event.subject_reference: event.happened_at.timestamp() for event in told}
    return {"deliveries": rows, "events": at, "unplanned": Unplanned.objects.count()}


def produce(tag, *, count, until, url, seed):
    """`count` events of this tag, spread over the time until then (seconds since 1970), however often this is killed
    and started again; one in twenty more is rolled back.
    """
    chance = random.Random(f"{seed}{tag}")
    while True:
        try:
            organization = partner_at(url)
            done = Event.objects.filter(subject_reference__startswith=tag).count()
            while done < count:
                channel = "hook" if done % 2 else "mail"
                owner = organization if channel == "hook" else None
                if chance.random() < 0.05:
                    take_back(channel, f"X{tag}{done}", owner)
                record(channel, f"{tag}{done}", organization=owner)
                done += 1
                time.sleep(max(0.0, (until - time.time()) / max(count - done, 1)) * chance.uniform(0.5, 1.5))
            return
        except DatabaseError as error:
            sys.stderr.write(f"{type(error).__name__}\n")
            connections.close_all()
            time.sleep(0.3)


def take_back(channel, reference, owner):
    """Record it and roll it back: nobody may ever hear of it."""

    def refuse():
        raise RolledBack

    try:
        record(channel, reference, organization=owner, then=refuse)
    except RolledBack:
        return


def remaining():
    """How many things are still owed or on their way."""
    return Unplanned.objects.count() + Delivery.objects.filter(Q(state="pending") | Q(state="leased")).count()


def forget():
    """Let go of what other tests on this database still owe."""
    Unplanned.objects.all().delete()
    Delivery.objects.filter(state__in=("pending", "leased")).update(state="canceled")


def main(arguments=None):
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("record")
    one.add_argument("channel", choices=["mail", "hook"])
    one.add_argument("reference")
    one.add_argument("--url", default="")
    one.add_argument("--settle", action="store_true")
    one.add_argument("--times", type=int, default=0, help="So many, with -1, -2 … behind the reference.")
    rest = actions.add_parser("settle")
    rest.add_argument("--expire-leases", action="store_true")
    for action in ("report", "remaining", "forget"):
        actions.add_parser(action)
    many = actions.add_parser("produce")
    many.add_argument("tag")
    many.add_argument("--count", type=int, required=True)
    many.add_argument("--until", type=float, required=True)
    many.add_argument("--url", required=True)
    many.add_argument("--seed", default="0")
    given = parser.parse_args(arguments)
    if given.action == "record":
        names = [f"{given.reference}-{number}" for number in range(1, given.times + 1)] or [given.reference]
        for name in names:
            record(given.channel, name, organization=partner_at(given.url) if given.url else None)
        if given.settle:
            settle(expire_leases=False)
    elif given.action == "settle":
        settle(expire_leases=given.expire_leases)
        sys.stdout.write(json.dumps(report()))
    elif given.action == "report":
        sys.stdout.write(json.dumps(report()))
    elif given.action == "forget":
        forget()
    elif given.action == "remaining":
        sys.stdout.write(str(remaining()))
    else:
        produce(given.tag, count=given.count, until=given.until, url=given.url, seed=given.seed)


if __name__ == "__main__":
    main()
