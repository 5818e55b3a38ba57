"""Read-only mode, and what a reader sees while the database is away: the text they typed is kept."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
RETRY_SECONDS = "30"
KEPT_FIELDS = 40
KEPT_LENGTH = 20_000


class AvailabilityMiddleware:
    """503 with `Retry-After` instead of a crash; a form's fields come back in a page that can be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what would write while read-only."""
        if settings.READ_ONLY and request.method not in SAFE:
            return unavailable(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The database is away: say so, and keep what was typed."""
        if isinstance(error, OperationalError | InterfaceError):
            return unavailable(request)
        return None


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: a problem document for the API, a page with the typed text for people."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(
            {
                "type": f"{settings.BASE_URL}/problems/unavailable",
                "title": "Not available at the moment",
                "status": 503,
                "detail": "The service cannot save anything at the moment. Please try again in half a minute.",
                "code": "unavailable",
                "errors": [],
            },
            status=503,
            content_type="application/problem+json",
        )
    else:
        kept = []
        if request.method == "POST":
            kept = [
                (name, value[:KEPT_LENGTH])
                for name, values in list(request.POST.lists())[:KEPT_FIELDS]
                for value in values
                if name != "csrfmiddlewaretoken"
            ]
        response = render(request, "503.html", {"kept": kept, "action": request.get_full_path()}, status=503)
    response["Retry-After"] = RETRY_SECONDS
    response["Cache-Control"] = "no-store"
    return response
