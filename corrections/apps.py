"""The corrections desk."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrectionsConfig(AppConfig):
    """What readers report, what the desk decides, and what the publication says."""

    name = "corrections"
    verbose_name = _("Corrections")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who is told, what follows and the public shape: all need the models to be loaded."""
        for part in ("notices", "letters", "reactions", "public", "privacy"):
            import_module(f"corrections.{part}")
