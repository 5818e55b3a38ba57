"""`Idempotency-Key`: a request sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header).

The row is inserted first, inside the transaction that does the work, and the answer is written to it in the
same transaction. A crash takes both away, and the retry works; a refusal leaves nothing, and may be corrected
and sent again with the same key; an equal request after it gets the same answer, for 48 hours.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, overload

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from newsroom.accounts.models import ApiKey
from newsroom.api.models import IdempotencyRecord
from newsroom.api.problems import BadRequest
from newsroom.api.throttles import client_network
from newsroom.errors import Conflict, Invalid
from newsroom.events import sealed

KEEP = timedelta(hours=48)
WAIT = "2s"
KEPT_HEADERS = ("Location", "ETag", "Cache-Control")
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,255}")
_LOCK_NOT_AVAILABLE = "55P03"
_INSERT = """
INSERT INTO api_idempotencyrecord (owner, key, method, path, body_sha256, status, headers, body, created_at)
VALUES (%s, %s, %s, %s, %s, 0, '{}', '', %s)
ON CONFLICT (owner, key) DO NOTHING RETURNING id
"""

Method = Callable[..., Response]


@overload
def idempotent(method: Method, *, required: bool = ...) -> Method: ...
@overload
def idempotent(*, required: bool = ...) -> Callable[[Method], Method]: ...
def idempotent(method: Method | None = None, *, required: bool = True) -> Any:
    """Decorate the method of a view that creates something: `@idempotent`, or `@idempotent(required=False)`
    for moves.

    With a key of the API the header is required (400) unless `required=False`; without one it is always
    optional. The method runs inside one transaction together with the record, so that its services must not
    need to commit first. Only an answer of 2xx is kept; any exception takes everything back. The same key and
    request again: the kept answer with `Idempotency-Replayed: true`. Another request: 422. While the first
    still runs: 409, after waiting two seconds.
    """
    if method is None:
        return lambda inner: idempotent(inner, required=required)
    wrapped = method

    @wraps(wrapped)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            if required and isinstance(request.auth, ApiKey):
                raise BadRequest(
                    _("Send an Idempotency-Key header, so that a repeated request is carried out once."),
                    "idempotency_key_required",
                )
            return wrapped(view, request, *args, **kwargs)
        if not _VISIBLE_ASCII.fullmatch(key):
            raise BadRequest(_("Idempotency-Key must be 1 to 255 visible ASCII characters."), "malformed")
        owner, fingerprint = _owner(request), _fingerprint(request)
        with transaction.atomic():
            if not _begin(owner, key, request, fingerprint):
                return _replay(owner, key, fingerprint)
            response = wrapped(view, request, *args, **kwargs)
            _finish(owner, key, response)
            return response

    once.idempotency = "required" if required else "optional"  # type: ignore[attr-defined]  # -- the schema reads it
    return once


def prune_idempotency(*, now: datetime | None = None) -> int:
    """Delete the records that are older than 48 hours. Answers how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=(now or timezone.now()) - KEEP).delete()[0]


def _owner(request: Request) -> str:
    """Whose keys these are. Without an API key it is the network, so that nobody reads a stranger's
    answer.
    """
    if isinstance(request.auth, ApiKey):
        return f"key:{request.auth.key_id}"
    network = hmac.new(settings.SECRET_KEY.encode(), client_network(request).encode(), hashlib.sha256).hexdigest()
    return f"network:{network[:40]}"


def _fingerprint(request: Request) -> str:
    """SHA-256 over method, path and the body in one spelling: members in order, no blanks."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n{body}".encode()).hexdigest()


def _begin(owner: str, key: str, request: Request, fingerprint: str) -> bool:
    """Whether this request is the first. Waits for an equal one that is still running."""
    postgres = connection.vendor == "postgresql"
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = [owner, key, request.method, request.path[:500], fingerprint, now]
    try:
        with connection.cursor() as cursor:
            if postgres:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute(_INSERT, values)
            first = cursor.fetchone() is not None
            if postgres:
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise Conflict(_("The same request is still being carried out."), code="idempotency_in_progress") from error
        raise
    return first


def _replay(owner: str, key: str, fingerprint: str) -> Response:
    kept = IdempotencyRecord.objects.get(owner=owner, key=key)
    if not hmac.compare_digest(kept.body_sha256, fingerprint):
        fault = Invalid.one("", _("This Idempotency-Key was used for another request."), "idempotency_key_reused")
        fault.code = "idempotency_key_reused"
        raise fault
    response = Response(json.loads(sealed.open_text(kept.body)) if kept.body else None, status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def _finish(owner: str, key: str, response: Response) -> None:
    row = IdempotencyRecord.objects.filter(owner=owner, key=key)
    if not 200 <= response.status_code < 300:
        row.delete()
        return
    row.update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
        # Sealed: an answer can hold a secret or the link to a private page.
        body=sealed.seal(JSONRenderer().render(response.data).decode()) if response.data is not None else "",
    )
