"""People and organizations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Publications, staff, desks, partners and their keys."""

    name = "newsroom.accounts"
    label = "accounts"
    verbose_name = _("People and publications")
    default_auto_field = "django.db.models.BigAutoField"
