"""The Celery application. It only carries ids; the database is the truth, and `clock.py` says what runs when."""

from __future__ import annotations

import os

from celery import Celery

from newsroom.clock import CLOCK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

app = Celery("newsroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsroom.events", "newsroom.api", "newsroom.accounts", "corrections", "reprints"])
app.conf.beat_schedule = {
    # A run that no worker took before the next is due is not caught up.
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in CLOCK.items()
}
