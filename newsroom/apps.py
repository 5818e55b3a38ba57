"""The project itself as an app (checks, static files), and Django's admin with our site."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

REGISTERING = (
    "newsroom.checks",
    "newsroom.accounts.notices",
    "newsroom.accounts.privacy",
    "newsroom.web.passwords",
)


class NewsroomConfig(AppConfig):
    """Registers the system checks."""

    name = "newsroom"
    label = "newsroom"

    def ready(self) -> None:
        """Checks, and what the shared apps register, register themselves on import."""
        for name in REGISTERING:
            import_module(name)


class DeskAdminConfig(AdminConfig):
    """Django's admin, dressed and guarded as the desks."""

    default_site = "newsroom.admin.site.DeskSite"
