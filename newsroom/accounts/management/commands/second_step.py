"""`manage.py second_step USERNAME [--remove]`: the way back in when the only administrator lost their device."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.accounts import factors
from newsroom.accounts.models import User


class Command(BaseCommand):
    """Says whether somebody has a second step, or removes it: they set up another one at their next sign-in."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and what to do."""
        parser.add_argument("username")
        parser.add_argument("--remove", action="store_true", help="remove it; the person is mailed, the log tells")

    def handle(self, *_args: Any, username: str, remove: bool, **_options: Any) -> None:
        """One line."""
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no member “{username}”.")
        if remove:
            done = factors.remove(person, by=None)
            self.stdout.write(f"{username}: removed." if done else f"{username} had none.")
            return
        factor = factors.in_use(person)
        if factor is None:
            self.stdout.write(f"{username} has none.")
        else:
            left = factors.codes_left(factor)
            self.stdout.write(f"{username}: in use since {factor.confirmed_at:%Y-%m-%d}, {left} recovery codes left.")
