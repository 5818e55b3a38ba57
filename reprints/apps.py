"""Reprints and licensing: from “may I?” to a license that hears of every correction."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReprintsConfig(AppConfig):
    """The licensing desk."""

    name = "reprints"
    verbose_name = _("Reprints and licensing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare events, who is told, what follows and what is said elsewhere: all need the models to be loaded."""
        for part in (
            "events",
            "notices",
            "letters",
            "services.watching",
            "reactions",
            "privacy",
            "remarks",
            "policies",
            "rights.speaking",
        ):
            import_module(f"reprints.{part}")
