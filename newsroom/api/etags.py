"""Versions on the wire: `ETag`, `If-Match`, `If-None-Match` (RFC 9110, section 13), and who may keep a
copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from newsroom.api.cors import allow_reading, preflight
from newsroom.api.problems import PreconditionRequired
from newsroom.errors import Stale
from newsroom.records import Record

PUBLIC_SECONDS = 60
View = TypeVar("View", bound=Callable[..., Any])


def etag_of(record: Record) -> str:
    """The strong ETag of a record at its version: `"Q-7K3QX2MW-4.3"`; `"Q-7K3QX2MW-4.3.expired"` once its dates have
    made another thing of it.
    """
    return f'"{".".join(filter(None, (record.reference, str(record.version), record.by_date())))}"'


def require_match(request: Request, record: Record) -> int:
    """The version the caller has seen, from `If-Match`; hand it on as `seen=`, which is compared under the
    lock.

    428 without the header, or with `*`, which says nothing about what was read; Stale (412) when it names no
    current version. A `W/` before the tag is overlooked: proxies that compress add it. So is what a date made of the
    record since: whether that stands against the move, the service says in better words.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        raise PreconditionRequired(_("Send If-Match with the ETag of the version you have read."))
    seen = {tuple(tag.removeprefix("W/").strip('"').split(".")[:2]) for tag in parse_etags(header)}
    if (record.reference, str(record.version)) not in seen:
        raise Stale(_("This changed since you read it. Please read it again."))
    return record.version


def needs_match(method: View) -> View:
    """Marks a view's method that calls `require_match`, for the schema."""
    method.needs_match = True  # type: ignore[attr-defined]  # -- functions have attributes
    return method


class Cacheable(APIView):
    """Base of views of the API, named before DRF's: who may keep the answer to a GET, and 304 when it has not
    changed.

    To anyone: `public, max-age=60`, and open to scripts of other sites (CORS, without credentials). To the holder of a
    key: `private, no-store`. To both an ETag: the record's version, else one of the bytes.
    """

    public_seconds = PUBLIC_SECONDS

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """204 for a preflight of what anyone may read; otherwise 405, as for any method that is not there."""
        answer = preflight(request) if self._is_open() else None
        return answer or super().options(request, *args, **kwargs)

    def _is_open(self) -> bool:
        scopes = getattr(self, "scopes", {"GET": ""})
        return hasattr(self, "get") and (scopes is None or scopes.get("GET", "") is None)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer with its headers, or 304."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method not in {"GET", "HEAD"}:
            return response
        patch_vary_headers(response, ["Authorization"])
        # Not `request.auth`: where asking for it failed, it would fail again, past the handler of the API's errors.
        private = "Authorization" in request.headers
        if private:
            response["Cache-Control"] = "private, no-store"
        else:
            allow_reading(response)
        if response.status_code != 200:
            return response
        if not private:
            response["Cache-Control"] = f"public, max-age={self.public_seconds}"
        if isinstance(response, Response):
            response.render()
        if not response.has_header("ETag"):
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        return _conditional(request, response)


def _conditional(request: Request, response: Any) -> HttpResponse:
    answer = get_conditional_response(request._request, etag=response["ETag"], response=response)  # noqa: SLF001 -- Django's function wants Django's request
    if answer is None or answer is response:
        return response
    for name, value in response.items():
        if name not in {"Content-Type", "Content-Length"}:
            answer.headers.setdefault(name, value)
    return answer
