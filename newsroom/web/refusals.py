"""Requests that no page can answer: malformed, too large, without a length, in the clear, or without a form's token.

Pages for people, problem documents for programs; nothing of the database is asked, whatever the request says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from newsroom.api.problems import MEDIA_TYPE, problem
from newsroom.web import keeping
from newsroom.web.sessions import SIGNED_IN

MALFORMED, NO_LENGTH, TOO_LARGE = 400, 411, 413
CHUNK = 64 * 1024


class BodiesMiddleware:
    """Bodies without a length or beyond a form of ours are refused unread; of others nothing is left unread, because
    the server would take the rest for the next request. An answer to HEAD has none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what has a length that is read here."""
        if "Transfer-Encoding" in request.headers:
            response = refuse(request, NO_LENGTH)
        elif _declared(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            response = refuse(request, TOO_LARGE)
        else:
            response = self.get_response(request)
            _read_to_the_end(request)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = []  # type: ignore[attr-defined]  # -- what streams has it
            else:
                response.content = b""
        return response


class ApiOverHttpsMiddleware:
    """Where pages redirect to https, the API refuses: a program that follows would go on sending its key in the clear
    (OWASP ASVS 5.0, 4.1.2).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """403 for the API over http."""
        if not settings.SECURE_SSL_REDIRECT or request.is_secure() or not request.path.startswith("/api/"):
            return self.get_response(request)
        words = _("The API answers over https only. Replace a key that was sent over http.")
        response = JsonResponse(problem(403, words), status=403, content_type=MEDIA_TYPE)
        response["Cache-Control"] = "no-store"
        return response


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    """400, 411 or 413, in the words of whoever asked."""
    with translation.override(translation.get_language_from_request(request)):
        if request.path.startswith("/api/"):
            response: HttpResponse = JsonResponse(
                problem(status, _said(status)), status=status, content_type=MEDIA_TYPE
            )
        else:
            context = {"too_large": status == TOO_LARGE, "said": _said(status)}
            response = HttpResponse(render_to_string("400.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's `handler400`: 413 where it means that there was too much of it."""
    return refuse(request, TOO_LARGE if isinstance(exception, RequestDataTooBig | TooManyFieldsSent) else MALFORMED)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. Outside the desk what is guarded by one only reads, and is 405, unless the view says
    that it `takes_forms`.

    At the desk what was typed comes back with a fresh token, if the browser says that our own page sent it: nobody
    shall press a button that somebody else's page has put there.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])  # no form of ours sends otherwise
    match = request.resolver_match
    if not request.path.startswith(SIGNED_IN) and not getattr(match and match.func, "takes_forms", False):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    form = keeping.kept(request)
    sender = _sender(request)
    context: dict[str, Any] = {
        **keeping.shown(form),
        "kept": form.without_token,
        "ours": sender == "ours",
        "page": request.path,
    }
    if sender == "theirs":
        context |= {"kept": [], "words": []}
    response = render(request, "403_csrf.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _said(status: int) -> str:
    return {
        MALFORMED: _("The request cannot be understood: its address, its host name or its body is not as it must be."),
        NO_LENGTH: _("The request must say how long its body is (Content-Length)."),
        TOO_LARGE: _("What was sent is larger than this service reads."),
    }[status]


def _declared(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and len(length) < 19 else 0


def _read_to_the_end(request: HttpRequest) -> None:
    try:
        while request.read(CHUNK):
            pass
    except OSError:
        return  # whoever sent it is gone


def _sender(request: HttpRequest) -> str:
    """Whose page sent this form, as the browser says it: `ours`, `theirs`, or `unknown` where it says nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return "unknown"
    here = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return "ours" if (site == "same-origin" if site is not None else origin in here) else "theirs"
