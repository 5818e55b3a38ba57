"""The Celery application. It only carries ids; the database is the truth, and `clock.py` says what runs when."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

app = Celery("newsroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsroom.events", "corrections", "reprints"])
