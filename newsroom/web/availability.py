"""Read-only mode, and what people see while the database is away: the text they typed is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from newsroom.api.problems import MEDIA_TYPE, problem
from newsroom.availability import is_away, read_only, told
from newsroom.web import keeping

logger = logging.getLogger(__name__)

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
RETRY_SECONDS = 30
READ_ONLY_RETRY_SECONDS = 300


class AvailabilityMiddleware:
    """503 with `Retry-After` instead of a crash; a form's fields come back in a page that can be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what would write while read-only; let nobody keep a page that lacks what the database would add."""
        if request.method not in SAFE and read_only():
            return unavailable(request, closed=True)
        response = self.get_response(request)
        if getattr(request, "lacks_publication", False):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The database is away: say so, and keep what was typed."""
        if not is_away(error):
            return None
        logger.warning(told(error))
        return unavailable(request)


def unavailable(request: HttpRequest, *, closed: bool = False) -> HttpResponse:
    """503: a problem document for the API, a page with the typed text for people. `closed`: on purpose."""
    with translation.override(translation.get_language_from_request(request)):
        response = _problem(closed=closed) if request.path.startswith("/api/") else _page(request, closed=closed)
    response["Retry-After"] = str(READ_ONLY_RETRY_SECONDS if closed else RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _problem(*, closed: bool) -> HttpResponse:
    away = _("The service cannot reach its database. Please try again in half a minute.")
    shut = _("The service is read-only for a while: everything can be read, nothing was changed. Please send it later.")
    return JsonResponse(problem(503, shut if closed else away), status=503, content_type=MEDIA_TYPE)


def _page(request: HttpRequest, *, closed: bool) -> HttpResponse:
    """A page that asks nothing of the database, sessions or the publication."""
    context = {
        **keeping.shown(keeping.kept(request)),
        "closed": closed,
        "staff": request.path.startswith("/admin/"),
        "sent": request.method == "POST",
    }
    return HttpResponse(render_to_string("503.html", context), status=503)
