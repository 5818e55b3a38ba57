"""The project itself as an app (checks, static files), and Django's admin with our site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NewsroomConfig(AppConfig):
    """Registers the system checks."""

    name = "newsroom"
    label = "newsroom"

    def ready(self) -> None:
        """Checks, and the notices of the shared apps, register themselves on import."""


class DeskAdminConfig(AdminConfig):
    """Django's admin, dressed and guarded as the desks."""

    default_site = "newsroom.admin.DeskSite"
