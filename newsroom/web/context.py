"""What every page can show: the publication, the doors, where we are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.availability import read_only
from newsroom.web.publications import publication_at_hand


def page(request: HttpRequest) -> dict[str, Any]:
    """`publication`, `nav` and `read_only` for the base template; nothing for the admin and the API."""
    if request.path.startswith(("/admin/", "/api/")):
        return {"publication": None, "nav": []}
    entries = [
        ("corrections:new", _("Report an error")),
        ("corrections:log", _("Corrections")),
        ("reprints:start", _("Reprints & licensing")),
        ("guidelines", _("Guidelines")),
    ]
    nav = [{"url": reverse(name), "label": label, "current": request.path == reverse(name)} for name, label in entries]
    return {"publication": publication_at_hand(request), "nav": nav, "read_only": read_only()}
