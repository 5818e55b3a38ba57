"""`manage.py retain [--dry-run]`: forget now what is older than the publications' policies say, with counts by kind."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from newsroom import privacy


class Command(BaseCommand):
    """What the clock does every day; `--dry-run` only counts."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One way to write nothing."""
        parser.add_argument("--dry-run", action="store_true", help="count what is due, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line a kind, then the sum."""
        counts = privacy.retain(dry_run=options["dry_run"])
        for kind, count in counts.items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"{sum(counts.values())} {'are due' if options['dry_run'] else 'forgotten'}")
