"""`manage.py person EMAIL`: everything that is held on one person, as JSON; `--erase` erases what may be erased."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from newsroom import privacy


class Command(BaseCommand):
    """For a request of access or erasure that does not come by a private page. Check first that it comes from them."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and whether to erase."""
        parser.add_argument("email")
        parser.add_argument("--erase", action="store_true", help="erase what may be erased, and say what is kept")

    def handle(self, *_args: Any, **options: Any) -> None:
        """JSON to the standard output, so that it can be redirected into a file; counts to the standard error."""
        email = options["email"].strip()
        if "@" not in email:
            raise CommandError(f"{email!r} is not a mail address.")
        if options["erase"]:
            self._erase(email)
            return
        held = privacy.person(email)
        self.stdout.write(json.dumps({"email": email, **held}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        deliveries = sum(len(entry["deliveries"]) for entries in held.values() for entry in entries)
        counts = {**{name: len(entries) for name, entries in held.items()}, "deliveries": deliveries}
        self.stderr.write(", ".join(f"{name}: {count}" for name, count in counts.items()))

    def _erase(self, email: str) -> None:
        done = privacy.erase(email)
        for name, erasure in done.items():
            self.stdout.write(f"{name}: {erasure.erased} erased, {len(erasure.kept)} kept")
            for sentence in erasure.kept:
                self.stdout.write(f"  kept: {sentence}")
