"""`manage.py lint_migrations`: may the previous release go on while the tables are changed?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsroom.upgrades import linting


class Command(BaseCommand):
    """Exit 1 and a line for each operation that may not, unless its migration says why."""

    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look at every migration of ours."""
        found = linting.findings()
        for finding in found:
            self.stdout.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} findings: expand now, contract a release later.")
        self.stdout.write("The previous release can go on under every migration.")
