"""Who was asked, on the desk's pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from corrections.models import Inquiry
from newsroom.events import sealed

register = template.Library()


@register.filter
def colleague_name(inquiry: Inquiry | None) -> str:
    """The colleague's name; “a colleague” once it is erased, or when no key opens it."""
    try:
        name = sealed.open_text(inquiry.name_sealed) if inquiry is not None else ""
    except sealed.Unreadable:
        name = ""
    return name or _("a colleague")
