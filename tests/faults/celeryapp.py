"""Celery for the fault runs: the project's settings and its one task that sends, swept often."""

from celery import Celery

SWEEP_SECONDS = 2

app = Celery("faults")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsroom.events"])
app.conf.beat_schedule = {
    "drain": {
        "task": "newsroom.events.drain",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    }
}
