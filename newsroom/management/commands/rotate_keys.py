"""`manage.py rotate_keys [--dry-run | --verify]`: everything that is sealed, under the first key of FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.events import rotation
from newsroom.events.rotation import Tally

SHOWN = 20


class Command(BaseCommand):
    """Put the new key first, run this, check with `--verify`, then drop the old key.

    It may be broken off and begun again.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Two ways to write nothing."""
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--dry-run", action="store_true", help="say what would be sealed anew")
        ways.add_argument("--verify", action="store_true", help="open every value; exit 1 when one does not open")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line a column, then the sum. Exit 1 when a value opens with no key."""
        if not settings.FIELD_KEYS:
            raise CommandError("FIELD_KEYS is empty: there is no key to seal with.")
        looking = options["dry_run"] or options["verify"]
        tallies = []
        for model, column in rotation.sealed_columns():
            tally = (rotation.count if looking else rotation.rotate)(model, column)
            tallies.append(tally)
            self._tell(tally, "under an older key" if looking else "sealed anew")
        self._sum(tallies, verify=options["verify"], looking=looking)

    def _tell(self, tally: Tally, verb: str) -> None:
        self.stdout.write(f"{tally.column}: {tally.values} values, {tally.older} {verb}")
        if tally.unreadable:
            rows = ", ".join(tally.unreadable[:SHOWN])
            more = f" and {len(tally.unreadable) - SHOWN} more" if len(tally.unreadable) > SHOWN else ""
            self.stderr.write(f"{tally.column}: {len(tally.unreadable)} open with no key, rows {rows}{more}")

    def _sum(self, tallies: list[Tally], *, verify: bool, looking: bool) -> None:
        values = sum(tally.values for tally in tallies)
        older = sum(tally.older for tally in tallies)
        unreadable = sum(len(tally.unreadable) for tally in tallies)
        if unreadable:
            raise CommandError(f"{unreadable} of {values} values open with no key of FIELD_KEYS.")
        if verify:
            rest = f"; {older} still need an older key" if older else "; the first key alone is enough"
            self.stdout.write(f"All {values} values open{rest}.")
        elif looking:
            self.stdout.write(f"{older} of {values} values would be sealed anew.")
        else:
            self.stdout.write(f"{older} of {values} values were sealed anew.")
