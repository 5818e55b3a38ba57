"""`manage.py deliver`: the loop that sends. The only sender without Celery; useful beside it when Redis is away."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections

from newsroom.events import delivery, stopping

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0


class Command(BaseCommand):
    """Plans and sends what is due, every second. SIGTERM: finishes the send it is at, gives the rest back, ends."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever, and how long one round may take."""
        parser.add_argument("--once", action="store_true", help="One round, then end and say what was done.")
        parser.add_argument("--budget", type=float, default=20.0, help="Seconds that one round may take (20).")

    def handle(self, *_args: Any, once: bool, budget: float, **_options: Any) -> None:
        """One round after the other. A database that is away is waited for."""
        round_budget = timedelta(seconds=budget)
        with stopping.on_signal() as stop:
            if once:
                done = delivery.drain(budget=round_budget, stop=stop)
                self.stdout.write(f"planned {done.planned}, tried {done.tried}, sent {done.sent}")
                return
            while not stop.is_set():
                self._round(round_budget, stop)
                stop.wait(POLL_SECONDS)

    def _round(self, budget: timedelta, stop: stopping.Stop) -> None:
        close_old_connections()
        try:
            delivery.drain(budget=budget, stop=stop)
        except DatabaseTrouble:
            logger.exception("the database is away or busy; trying again")
            connections.close_all()
        except Exception:
            logger.exception("a round of deliveries failed; trying again")
