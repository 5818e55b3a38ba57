"""The Celery application. It only carries ids; the database is the truth, and `clock.py` says what runs when."""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery, Task

from newsroom.availability import read_only
from newsroom.clock import CLOCK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
logger = logging.getLogger(__name__)


class DeskTask(Task):
    """A task of the clock: each writes, so none does anything in read-only mode. The next run catches up."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, or leave it."""
        if read_only():
            logger.info("task %s left out: the desk is read-only", self.name)
            return None
        return super().__call__(*args, **kwargs)


app = Celery("newsroom", task_cls=DeskTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsroom.events", "newsroom.api", "newsroom.accounts", "corrections", "reprints"])
app.conf.beat_schedule = {
    # A run that no worker took before the next is due is not caught up.
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in CLOCK.items()
}
