"""Headers that every answer carries: a strict content policy, no framing, no sniffing, no referrer leaks.

What comes from a private address is kept by nobody, whoever answered: a view, a redirect to the slash, a refusal.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from newsroom.web.private import is_private

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; manifest-src 'self'"
)


class HeadersMiddleware:
    """Adds what is missing; a view that set its own policy keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self.get_response(request)
        ancestors = getattr(response, "frame_ancestors", "'none'")
        response.headers.setdefault("Content-Security-Policy", f"{POLICY}; frame-ancestors {ancestors}")
        if ancestors == "'none'":
            response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if is_private(request.path):
            if "no-store" not in response.headers.get("Cache-Control", ""):
                response.headers["Cache-Control"] = "private, no-store"
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
            if not getattr(response, "sends_origin", False):
                response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response
