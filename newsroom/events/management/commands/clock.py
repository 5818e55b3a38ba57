"""`manage.py clock`: runs the tasks of the clock in this process, where there is no Celery beat and no worker."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connections

from newsroom.backups import holders
from newsroom.celery import app
from newsroom.clock import CLOCK, SENDERS
from newsroom.events import stopping

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Each task at its interval, one at a time; those that send beside the others, so that a mail server or a webhook
    that hangs holds up no promise and no checkpoint. One that fails is logged and does not stop the others.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Once or for ever."""
        parser.add_argument("--once", action="store_true", help="Run every task once, one after the other, then end.")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Every task at once, then each when its interval is over. SIGTERM: finishes what it is at, then ends."""
        app.loader.import_default_modules()
        with stopping.on_signal() as stop, holders.holding():
            if once:
                for name in CLOCK:
                    if not stop.is_set():
                        self._run(name)
                return
            self._go_on(stop)

    def _go_on(self, stop: stopping.Stop) -> None:
        due = dict.fromkeys(CLOCK, time.monotonic())
        sending: dict[str, threading.Thread] = {}
        while not stop.is_set():
            name = min(due, key=lambda task: due[task])
            if stop.wait(due[name] - time.monotonic()):
                break
            if name not in SENDERS:
                self._run(name)
            elif name not in sending or not sending[name].is_alive():
                sending[name] = threading.Thread(target=self._run_apart, args=[name], name=name)
                sending[name].start()
            # Counted from now: after a long sleep of the machine each task runs once, not once for each it missed.
            due[name] = time.monotonic() + CLOCK[name]
        for thread in sending.values():
            thread.join()

    def _run_apart(self, name: str) -> None:
        try:
            self._run(name)
        finally:
            connections.close_all()

    def _run(self, name: str) -> None:
        close_old_connections()
        try:
            app.tasks[name]()
        except DatabaseTrouble:
            logger.exception("task %s failed: the database is away or busy", name)
            connections.close_all()
        except Exception:
            logger.exception("task %s failed", name)
