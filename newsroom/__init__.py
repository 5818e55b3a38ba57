"""The project, and what both desks share."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
