"""What a request says, read as UTF-8 only; its id; JSON logs that carry the id, with private tokens masked."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

request_id: ContextVar[str] = ContextVar("request_id", default="")
logger = logging.getLogger("masthead.access")

_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
# By shape, not by folder: no other part of an address is that long, and a new page needs no line here. An escaped or a
# cut token is one as well.
_TOKEN = re.compile(r"/[A-Za-z0-9_%-]{30,}")
_NEW_PASSWORD = re.compile(r"(/password_reset/)[^/\s]+/[^/\s]+")
_KEYS = re.compile(r"mh_(live|test)_[A-Za-z0-9]{4,16}_[A-Za-z0-9_-]{4,64}")


class Request(WSGIRequest):
    """A request whose words are UTF-8, whatever charset it names: forms and addresses have no other (WHATWG URL, 5.1).

    A charset that the sender chose can fail before any page could answer (`idna`, `hex`), or bring in what UTF-8 cannot
    carry (`unicode_escape`). A type that cannot be parsed counts as none.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            meta["CONTENT_TYPE"] = ""  # the API looks there
            self.content_type, self.content_params = "", {}
        self.content_params.pop("charset", None)


def mask(text: str) -> str:
    """The text without API keys and the tokens of private pages and of links to a new password."""
    return _KEYS.sub(r"mh_\1_…", _NEW_PASSWORD.sub(r"\1…/…", _TOKEN.sub("/…", text)))


def carries_token(path: str) -> bool:
    """Whether the address itself opens something."""
    return mask(path) != path


class RequestIdMiddleware:
    """Takes over a well-formed `X-Request-ID` or makes one; writes one access line a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in `X-Request-ID`."""
        given = request.headers.get("X-Request-ID", "")
        mine = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(mine)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = mine
            logger.info(
                "%s %s %s",
                request.method,
                mask(request.path),
                response.status_code,
                extra={"status": response.status_code, "ms": round((time.monotonic() - started) * 1000)},
            )
            return response
        finally:
            request_id.reset(token)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request id; never a token."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON on one line, so that no user text can begin another."""
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        if current := request_id.get():
            line["request_id"] = current
        for extra in ("status", "ms"):
            if hasattr(record, extra):
                line[extra] = getattr(record, extra)
        if record.exc_info:
            line["trace"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True)
