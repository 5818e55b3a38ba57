"""The articles that both desks point at."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """Articles, the addresses they are known by, and their text as it stood."""

    name = "newsroom.articles"
    label = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The kinds of events are declared once the models are there."""
        import_module("newsroom.articles.events")
