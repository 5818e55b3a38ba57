"""`manage.py deliver`: the loops that send. The only sender without Celery; useful beside it when Redis is away."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections

from newsroom.backups import holders
from newsroom.events import delivery, schedule, stopping

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0
SENDERS = (schedule.EMAIL, schedule.WEBHOOK, schedule.WEBHOOK, schedule.WEBHOOK)
"""One loop each. One more for hooks than a single owner may have on their way: see `leases.OF_ONE_OWNER`."""


class Command(BaseCommand):
    """Plans and sends what is due, every second: mails in one loop, hooks in three, none of which waits for another.

    SIGTERM: finishes the sends it is at, gives the rest back, ends.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever, and how long one round may take."""
        parser.add_argument("--once", action="store_true", help="One round, then end and say what was done.")
        parser.add_argument("--budget", type=float, default=20.0, help="Seconds that one round may take (20).")

    def handle(self, *_args: Any, once: bool, budget: float, **_options: Any) -> None:
        """One round after the other. A database that is away is waited for."""
        round_budget = timedelta(seconds=budget)
        with stopping.on_signal() as stop, holders.holding():
            if once:
                done = delivery.drain(budget=round_budget, stop=stop)
                self.stdout.write(f"planned {done.planned}, tried {done.tried}, sent {done.sent}")
                return
            loops = [
                threading.Thread(target=self._loop, args=[lane, round_budget, stop], name=f"{lane} {number}")
                for number, lane in enumerate(SENDERS)
            ]
            for loop in loops:
                loop.start()
            while not stop.wait(POLL_SECONDS) and all(loop.is_alive() for loop in loops):
                pass
            ended = [loop.name for loop in loops if not loop.is_alive() and not stop.is_set()]
            stop.set()
            for loop in loops:
                loop.join()
            if ended:
                raise CommandError(f"Ended by itself: {', '.join(ended)}. The supervisor starts everything anew.")

    def _loop(self, lane: str, budget: timedelta, stop: stopping.Stop) -> None:
        try:
            while not stop.is_set():
                self._round(lane, budget, stop)
                stop.wait(POLL_SECONDS)
        finally:
            connections.close_all()

    def _round(self, lane: str, budget: timedelta, stop: stopping.Stop) -> None:
        close_old_connections()
        try:
            delivery.drain([lane], budget=budget, stop=stop)
        except DatabaseTrouble:
            logger.exception("the database is away or busy; trying again")
            connections.close_all()
        except Exception:
            logger.exception("a round of deliveries failed; trying again")
