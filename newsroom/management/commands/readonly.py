"""`manage.py readonly on|off|status`: everything can be read, nothing is written, for as long as the switch is on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from newsroom import availability


class Command(BaseCommand):
    """The switch is a file in MASTHEAD_VAR, so that it works without the database. Every process sees it at once."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The three verbs, and the reason."""
        parser.add_argument("verb", choices=["on", "off", "status"])
        parser.add_argument("--reason", default="", help="Shown to staff, in one line.")

    def handle(self, *_args: Any, verb: str, reason: str, **_options: Any) -> None:
        """Throw the switch, or say where it stands."""
        switch = availability.switch()
        if verb == "on":
            switch.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            switch.write_text(" ".join(reason.split())[: availability.MAX_REASON], encoding="utf-8")
        elif verb == "off":
            switch.unlink(missing_ok=True)
        if not availability.read_only():
            self.stdout.write("The desk reads and writes.")
        elif switch.exists():
            self.stdout.write(f"The desk is read-only. {availability.reason()}".strip())
        else:
            self.stdout.write("The desk is read-only, because READ_ONLY is set.")
        if verb == "off" and settings.READ_ONLY:
            self.stderr.write("Unset READ_ONLY and restart every process.")
