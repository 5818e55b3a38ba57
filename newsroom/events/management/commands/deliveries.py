"""`manage.py deliveries`: what could not be delivered; try it again, or owe it no longer."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.errors import DomainError
from newsroom.events import delivery, upkeep
from newsroom.events.models import Delivery


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
        cancel.add_argument("id", type=UUID, nargs="+")
        cancel.add_argument("--note", required=True, help="Why; kept with the delivery.")
        actions.add_parser("health", help="How far behind the sending is, as JSON.")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        """Do the one thing. An unknown id is an error before anything is changed."""
        if action == "health":
            self.stdout.write(json.dumps(upkeep.health()))
        elif action == "list":
            for row in Delivery.objects.filter(state=options["state"]).order_by("pk"):
                self.stdout.write(
                    f"{row.uuid}  {row.created_at:%Y-%m-%d %H:%M}  {row.dedupe_key}  "
                    f"tries {row.attempts}  {row.last_verdict}: {row.last_error}"
                )
        else:
            self._change(action, options)

    def _change(self, action: str, options: dict[str, Any]) -> None:
        wanted = list(dict.fromkeys(options["id"]))
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
