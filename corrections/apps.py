"""The corrections desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrectionsConfig(AppConfig):
    """What readers report, what the desk decides, and what the publication says."""

    name = "corrections"
    verbose_name = _("Corrections")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Notices and the public shape of a correction register themselves on import."""
        from corrections import notices, public
