"""Django's admin as the desks' work place."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class DeskSite(admin.AdminSite):
    """The site of both desks."""

    site_header = _("Masthead")
    site_title = _("Masthead")
    index_title = _("Desks")
    enable_nav_sidebar = True
