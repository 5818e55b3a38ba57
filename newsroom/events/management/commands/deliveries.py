"""`manage.py deliveries`: what could not be delivered; try it again, or owe it no longer. And is anything late?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.errors import DomainError
from newsroom.events import delivery, upkeep
from newsroom.events.models import Delivery

NOTE = 500


def moment(text: str) -> datetime:
    """A date and time that says its zone. ValueError otherwise, which is what the parser reports."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("no zone")
    return read


class Command(BaseCommand):
    """Lists, retries and cancels deliveries by their id."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The four things that can be done."""
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="List the dead ones, or those of another state.")
        listing.add_argument("--state", choices=Delivery.State.values, default=Delivery.State.DEAD)
        retry = actions.add_parser("retry", help="Try again, with the same id.")
        retry.add_argument("id", type=UUID, nargs="*")
        retry.add_argument("--all-dead", action="store_true", help="Everything that was given up.")
        cancel = actions.add_parser("cancel", help="Owe it no longer.")
        cancel.add_argument("id", type=UUID, nargs="*")
        cancel.add_argument("--pending", action="store_true", help="All that is pending, with --before.")
        cancel.add_argument("--before", type=moment, help="… about what happened before, as 2026-11-28T14:30+01:00.")
        cancel.add_argument("--note", required=True, help="Why; kept with the delivery.")
        health = actions.add_parser("health", help="How far behind the sending is, as JSON.")
        health.add_argument("--max-age", type=float, help="Fail when something has been due for so many seconds.")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        """Do the one thing. An unknown id is an error before anything is changed."""
        if action == "health":
            self._health(options["max_age"])
        elif action == "cancel" and (options["pending"] or options["before"]):
            self._cancel_before(options)
        elif action == "list":
            for row in Delivery.objects.filter(state=options["state"]).order_by("pk"):
                self.stdout.write(
                    f"{row.uuid}  {row.created_at:%Y-%m-%d %H:%M}  {row.dedupe_key}  "
                    f"tries {row.attempts}  {row.last_verdict}: {row.last_error}"
                )
        else:
            self._change(action, options)

    def _health(self, max_age: float | None) -> None:
        found = upkeep.health()
        self.stdout.write(json.dumps(found))
        if max_age is not None and found["oldest_due_seconds"] > max_age:
            raise CommandError(f"Something has been due for {found['oldest_due_seconds']} s and is not sent.")

    def _cancel_before(self, options: dict[str, Any]) -> None:
        if options["id"] or not (options["pending"] and options["before"]):
            raise CommandError("Name deliveries by their id, or all of them with --pending and --before.")
        done = upkeep.cancel_before(options["before"], note=options["note"][:NOTE])
        self.stdout.write(f"cancel: {done['email']} mails, {done['webhook']} hooks")

    def _change(self, action: str, options: dict[str, Any]) -> None:
        wanted = list(dict.fromkeys(options["id"]))
        if not wanted and not options.get("all_dead"):
            raise CommandError("Which? Name deliveries by their id.")
        rows = list(Delivery.objects.filter(uuid__in=wanted))
        if unknown := set(wanted) - {row.uuid for row in rows}:
            raise CommandError(f"No such delivery: {', '.join(map(str, sorted(unknown)))}")
        if options.get("all_dead"):
            rows = list(Delivery.objects.filter(state=Delivery.State.DEAD))
        for row in rows:
            try:
                if action == "retry":
                    delivery.retry(row)
                else:
                    delivery.cancel(row, note=options["note"])
            except DomainError as error:
                raise CommandError(f"{row.uuid}: {error.message}") from error
        self.stdout.write(f"{action}: {len(rows)}")
