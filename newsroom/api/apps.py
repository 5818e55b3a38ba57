"""What every route of the API shares."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Two small tables behind the API: counters of the throttles, and answers kept for a repeated request."""

    name = "newsroom.api"
    label = "api"
    verbose_name = _("API")
    default_auto_field = "django.db.models.BigAutoField"
