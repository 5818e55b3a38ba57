"""The project itself as an app (checks, static files), and Django's admin with our site."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import pre_migrate

from newsroom.backups import database

REGISTERING = (
    "newsroom.checks",
    "newsroom.accounts.notices",
    "newsroom.accounts.privacy",
    "newsroom.web.passwords",
    "newsroom.web.sessions",
)


class NewsroomConfig(AppConfig):
    """Registers the system checks."""

    name = "newsroom"
    label = "newsroom"

    def ready(self) -> None:
        """Checks, and what the shared apps register, register themselves on import; `migrate` closes its files."""
        for name in REGISTERING:
            import_module(name)
        # Once, before the first app that has tables: Django asks nobody who has none.
        pre_migrate.connect(_close_to_others, sender=apps.get_app_config("accounts"))


def _close_to_others(**_said: Any) -> None:
    database.close_to_others()


class DeskAdminConfig(AdminConfig):
    """Django's admin, dressed and guarded as the desks."""

    default_site = "newsroom.admin.site.DeskSite"
