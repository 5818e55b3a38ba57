"""`manage.py clock`: runs the tasks of the clock in this process, where there is no Celery beat and no worker."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections

from newsroom.celery import app
from newsroom.clock import CLOCK
from newsroom.events import stopping

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Each task at its interval, one at a time. One that fails is logged and does not stop the others."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="Run every task once, then end.")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Every task at once, then each when its interval is over. SIGTERM: finishes the task it is at, then ends."""
        app.loader.import_default_modules()
        due = dict.fromkeys(CLOCK, time.monotonic())
        with stopping.on_signal() as stop:
            while not stop.is_set():
                name = min(due, key=lambda task: due[task])
                if stop.wait(due[name] - time.monotonic()):
                    return
                self._run(name)
                # Counted from now: after a long sleep of the machine each task runs once, not once for each it missed.
                due[name] = time.monotonic() + CLOCK[name]
                if once:
                    del due[name]
                    if not due:
                        return

    def _run(self, name: str) -> None:
        close_old_connections()
        try:
            app.tasks[name]()
        except DatabaseTrouble:
            logger.exception("task %s failed: the database is away or busy", name)
            connections.close_all()
        except Exception:
            logger.exception("task %s failed", name)
