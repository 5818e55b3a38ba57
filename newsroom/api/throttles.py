"""Counting in one atomic step, so that a limit of ten lets ten through however many knock at once.

Redis counts where there is one. When it is away, refuses or hangs (100 ms), it is left alone for five seconds
and the database counts: one upsert. A safe request never writes to the database for this: it is counted in
the process.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from newsroom.accounts.models import ApiKey
from newsroom.api.models import Counter

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REDIS_SECONDS = 0.1
REST_SECONDS = 5.0
KEPT_IN_PROCESS = 10_000
KEEP_COUNTERS_SECONDS = 2 * 86_400

_SCRIPT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""
_UPSERT = """
INSERT INTO api_counter (name, key, window_start, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (name, key) DO UPDATE SET
  count = CASE WHEN api_counter.window_start >= excluded.window_start THEN api_counter.count + 1 ELSE 1 END,
  window_start = CASE WHEN api_counter.window_start >= excluded.window_start
                      THEN api_counter.window_start ELSE excluded.window_start END
RETURNING count
"""
_redis_rests_until = 0.0
_in_process: dict[tuple[str, str, int], int] = {}
_in_process_lock = threading.Lock()


@dataclass(frozen=True)
class Verdict:
    """Whether this hit is within the limit; whole seconds until the window ends; hits left in it, or beyond it."""

    allowed: bool
    retry_after: int
    remaining: int
    beyond: int = 0


def hit(name: str, key: str, *, now: float | None = None, durable: bool = True) -> Verdict:
    """Count one hit of `key` on the throttle `name` of `settings.THROTTLES`, and say whether it is allowed.

    Windows are fixed: they begin at multiples of the throttle's seconds since 1970. Call it outside a
    transaction, or its rollback takes the count back. `durable=False` never writes to the database: use it
    for safe requests. KeyError for a name that is not in the settings.
    """
    limit, seconds = settings.THROTTLES[name]
    moment = time.time() if now is None else now
    start = int(moment // seconds) * seconds
    count = _count_in_redis(name, key, start, seconds)
    if count is None:
        count = _count_in_database(name, key, start) if durable else _count_in_process(name, key, start)
    retry_after = max(1, int(start + seconds - moment + 0.999))
    return Verdict(count <= limit, retry_after, remaining=max(0, limit - count), beyond=max(0, count - limit))


def client_network(request: HttpRequest | Request) -> str:
    """The network of the caller: /24 of an IPv4 address, /64 of an IPv6 one, `unknown` where there is
    neither.

    With `TRUSTED_PROXIES` = n, the address is what the outermost of our n proxies wrote down: the n-th entry
    of X-Forwarded-For from the right. Whatever stands to the left of it is the caller's invention and is not
    read.
    """
    trusted = settings.TRUSTED_PROXIES
    address = request.META.get("REMOTE_ADDR", "")
    if trusted:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if forwarded:
            address = forwarded[-trusted] if len(forwarded) >= trusted else forwarded[0]
    return _network(address)


def caller(request: HttpRequest | Request) -> str:
    """The caller's network, HMAC'ed under a key that changes every day: the rows of two days cannot be
    linked.
    """
    day = datetime.now(tz=UTC).date().isoformat()
    secret = hashlib.sha256(f"throttle:{day}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(secret, client_network(request).encode(), hashlib.sha256).hexdigest()[:32]


def prune_counters(*, now: float | None = None) -> int:
    """Delete the counters of windows that ended long ago. Answers how many."""
    oldest = (time.time() if now is None else now) - KEEP_COUNTERS_SECONDS
    return Counter.objects.filter(window_start__lt=int(oldest)).delete()[0]


class Throttle(BaseThrottle):
    """The limit on writing: a key has its own, everybody without a key shares one with their network.

    A view may name another throttle of the settings for callers without a key: `throttle_name =
    "link-request"`.
    """

    def __init__(self) -> None:
        self.verdict = Verdict(allowed=True, retry_after=0, remaining=0)

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Safe requests always pass."""
        if request.method in SAFE_METHODS:
            return True
        if isinstance(request.auth, ApiKey):
            name, key = "key-write", request.auth.key_id
        else:
            name, key = getattr(view, "throttle_name", "anonymous-write"), caller(request)
        self.verdict = hit(name, key)
        request._request.rate_limit = (name, self.verdict)  # type: ignore[attr-defined]  # noqa: SLF001 -- read by RateLimitMiddleware
        return self.verdict.allowed

    def wait(self) -> float | None:
        """Seconds until the window ends."""
        return float(self.verdict.retry_after)


class RateLimitMiddleware:
    """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) on answers that were counted.

    Reading is not counted, and has neither.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with what is left, and with the seconds until the window ends."""
        response = self.get_response(request)
        if counted := getattr(request, "rate_limit", None):
            name, verdict = counted
            limit, seconds = settings.THROTTLES[name]
            response["RateLimit-Policy"] = f'"{name}";q={limit};w={seconds}'
            response["RateLimit"] = f'"{name}";r={verdict.remaining};t={verdict.retry_after}'
        return response


def _network(address: str) -> str:
    text = address.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    prefix = "24" if mapped or parsed.version == 4 else "64"
    return str(ipaddress.ip_network(f"{mapped or parsed}/{prefix}", strict=False))


@lru_cache(maxsize=4)
def _redis(url: str) -> Any:
    return redis.Redis.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _count_in_redis(name: str, key: str, start: int, seconds: int) -> int | None:
    """The count, or None when Redis is not there or rests."""
    global _redis_rests_until
    if not settings.REDIS_URL or time.monotonic() < _redis_rests_until:
        return None
    try:
        return int(_redis(settings.REDIS_URL).eval(_SCRIPT, 1, f"masthead:throttle:{name}:{key}:{start}", seconds + 60))
    except redis.RedisError as error:
        _redis_rests_until = time.monotonic() + REST_SECONDS
        logger.warning("Redis does not count, the database does: %s", type(error).__name__)
        return None


def _count_in_database(name: str, key: str, start: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [name, key, start])
        return int(cursor.fetchone()[0])


def _count_in_process(name: str, key: str, start: int) -> int:
    with _in_process_lock:
        if len(_in_process) >= KEPT_IN_PROCESS:
            _in_process.clear()
        place = (name, key, start)
        _in_process[place] = _in_process.get(place, 0) + 1
        return _in_process[place]
