"""`manage.py bounce < message`: note that a mail of ours came back. For the pipe of a mail server."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from newsroom.events import bounces


class Command(BaseCommand):
    """Reads one delivery status notification (RFC 3464) from the standard input.

    Ends with 0 for whatever it read, so that the mail server does not answer a bounce with a bounce.
    """

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read, note, and say what was noted."""
        raw = sys.stdin.buffer.read(bounces.MAX_BYTES + 1)
        try:
            self.stdout.write(bounces.take(raw))
        except bounces.NoNotification as reason:
            self.stdout.write(f"ignored: {reason}")
