"""What machines ask of an operator's desk: is it alive, is it ready, how is it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsroom.availability import is_away, read_only
from newsroom.events import upkeep


class ProbesMiddleware:
    """Answers probes by whatever name they call the host: they ask an address, which is none of `ALLOWED_HOSTS`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The probe's answer, or pass on."""
        probe = PROBES.get(request.path)
        return probe(request) if probe and request.method in {"GET", "HEAD"} else self.get_response(request)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: no dependency is asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database answers, and is ours. Never Redis, never mail. 503 until it does; read-only is ready.

    One without tables is not: its volume is not mounted, or `migrate` was forgotten.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            ready = cursor.fetchone() is not None
    except Error:
        ready = False
    if not ready:
        return HttpResponse(
            "the database does not answer, or is empty\n", status=503, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the holder of METRICS_TOKEN, or from loopback when there is none.

    Without the database `masthead_database_up` is 0, and what would have to be asked of it is missing.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not settings.TRUSTED_PROXIES
    token = settings.METRICS_TOKEN
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else local):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain; charset=utf-8")
    told: dict[str, Any] = {"read_only": read_only(), "database_up": True}
    try:
        told |= {**upkeep.health(), **upkeep.gauges()}
    except Error as error:
        if not is_away(error):
            raise
        told["database_up"] = False
    lines: list[str] = []
    for name, value in told.items():
        number = int(value) if isinstance(value, bool) else value
        lines += [f"# TYPE masthead_{name} gauge", f"masthead_{name} {number}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
