"""Scripts of other sites may read what is public: any origin, never with credentials, never writing."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

READS = frozenset({"GET", "HEAD"})
EXPOSED = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-ID"
ASKABLE = "Accept, Accept-Language, If-None-Match"
PREFLIGHT_SECONDS = 86_400


def allow_reading(response: HttpResponse) -> None:
    """Open an answer to a public GET to the scripts of any site."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    response["Cross-Origin-Resource-Policy"] = "cross-origin"


def preflight(request: Request) -> HttpResponse | None:
    """The answer to a browser that asks whether a script may read; None when this is no such question.

    A key cannot be sent from another site's script, and nothing can be written: `Authorization`, `POST` and the like
    are not among what is allowed, which is how the Fetch standard says no.
    """
    if request.headers.get("Access-Control-Request-Method") not in READS or "Origin" not in request.headers:
        return None
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join(sorted(READS))
    response["Access-Control-Allow-Headers"] = ASKABLE
    response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response
