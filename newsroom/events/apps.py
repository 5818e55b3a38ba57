"""What happened, and who has been told."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The event log, which is history, audit and outbox at once."""

    name = "newsroom.events"
    label = "events"
    verbose_name = _("Events and deliveries")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The events about endpoints, and who is told, are declared once the models are there."""
        import_module("newsroom.events.judging")
