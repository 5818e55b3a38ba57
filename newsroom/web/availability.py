"""Read-only mode, and what people see while the database is away: the text they typed is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation

from newsroom.availability import is_away, read_only

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
RETRY_SECONDS = 30
READ_ONLY_RETRY_SECONDS = 300
KEPT_FIELDS = 60
KEPT_LENGTH = 20_000
UNSEEN = frozenset({"csrfmiddlewaretoken", "form_token", "seen", "website", "passage_prefix", "passage_suffix"})

SECRETS = ("/admin/login/", "/admin/second-", "/admin/password")
CODE = re.compile(r"[a-z0-9_-]{1,40}")
"""What a choice or a check box sends: kept, but not worth showing."""


class AvailabilityMiddleware:
    """503 with `Retry-After` instead of a crash; a form's fields come back in a page that can be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what would write while read-only."""
        if request.method not in SAFE and read_only():
            request.encoding = "utf-8"
            return unavailable(request, closed=True)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The database is away: say so, and keep what was typed."""
        return unavailable(request) if is_away(error) else None


def unavailable(request: HttpRequest, *, closed: bool = False) -> HttpResponse:
    """503: a problem document for the API, a page with the typed text for people. `closed`: on purpose."""
    response = _problem(closed=closed) if request.path.startswith("/api/") else _page(request, closed=closed)
    response["Retry-After"] = str(READ_ONLY_RETRY_SECONDS if closed else RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _problem(*, closed: bool) -> HttpResponse:
    away = "The service cannot save anything at the moment. Please try again in half a minute."
    shut = "The service is read-only for a while: everything can be read, nothing was changed. Please send it later."
    return JsonResponse(
        {
            "type": f"{settings.BASE_URL}/problems/unavailable",
            "title": "Not available at the moment",
            "status": 503,
            "detail": shut if closed else away,
            "code": "unavailable",
            "errors": [],
        },
        status=503,
        content_type="application/problem+json",
    )


def _page(request: HttpRequest, *, closed: bool) -> HttpResponse:
    """A page that asks nothing of the database, sessions or the publication."""
    kept = _kept(request)
    context: dict[str, Any] = {
        "closed": closed,
        "staff": request.path.startswith("/admin/"),
        "sent": request.method == "POST",
        "kept": kept,
        "words": [value for name, value in kept if name not in UNSEEN and value.strip() and not CODE.fullmatch(value)],
        "action": request.get_full_path(),
    }
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("503.html", context), status=503)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that was sent, to be sent again as they are. Nothing of one with a password or a code."""
    if request.method != "POST" or request.path.startswith(SECRETS):
        return []
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # noqa: BLE001 -- a body that cannot be read is no reason for another error
        return []
    if len(fields) > KEPT_FIELDS or any("password" in name for name, _value in fields):
        return []
    return [] if any(len(value) > KEPT_LENGTH for _name, value in fields) else fields
