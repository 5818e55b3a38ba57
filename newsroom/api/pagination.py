"""Pages by keyset: a cursor names the last row seen, never a count of rows, so inserts neither repeat nor
skip any.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

from newsroom.errors import Invalid

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = int(api_settings.PAGE_SIZE or MAX_PAGE_SIZE)
MAX_CURSOR_LENGTH = 600


@dataclass(frozen=True)
class Cursor:
    """A place between two rows, and the direction in which the page lies from it."""

    backward: bool
    values: tuple[str, ...]


class CursorPages(BasePagination):
    """`{"next", "previous", "results"}` and a `Link` header (RFC 8288). `page_size` 1 to 100.

    A view may set `ordering`, a tuple of field names that ends in a unique one: `("-published_at", "-pk")`.
    The fields must not be null. Cursors are encrypted and authenticated (AES-SIV, RFC 5297): primary keys do
    not leave, the same place has the same cursor, and one made up, or of another list, is refused. They do
    not expire.
    """

    page_query_param = "cursor"
    page_size_query_param = "page_size"
    ordering: tuple[str, ...] = ("-pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of this page, in the list's order."""
        self.request = request
        self.ordering = tuple(getattr(view, "ordering", None) or self.ordering)
        self.page_size = _page_size(request)
        self.cursor = self._cursor(queryset)
        backward = self.cursor is not None and self.cursor.backward
        order = tuple(_reversed(name) for name in self.ordering) if backward else self.ordering
        if self.cursor is not None:
            queryset = queryset.filter(_beyond(order, self.cursor.values))
        rows = list(queryset.order_by(*order)[: self.page_size + 1])
        more, rows = len(rows) > self.page_size, rows[: self.page_size]
        self.rows = rows[::-1] if backward else rows
        self.has_next = backward or more
        self.has_previous = more if backward else self.cursor is not None
        return self.rows

    def get_paginated_response(self, data: Any) -> Response:
        """The body and its `Link` header."""
        links = {"next": self._link(backward=False), "previous": self._link(backward=True)}
        response = Response({**links, "results": data})
        header = ", ".join(
            f'<{url}>; rel="{"prev" if name == "previous" else name}"' for name, url in links.items() if url
        )
        if header:
            response["Link"] = header
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The body, for the schema."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The two parameters, for the schema."""
        size = {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_PAGE_SIZE,
            "default": DEFAULT_PAGE_SIZE,
        }
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Taken from `next` or `previous` of a page of the same list. It does not expire.",
                "schema": {"type": "string", "maxLength": MAX_CURSOR_LENGTH},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows a page.",
                "schema": size,
            },
        ]

    def to_html(self) -> str:
        """There is no browsable API."""
        return ""

    def _link(self, *, backward: bool) -> str | None:
        if not (self.has_previous if backward else self.has_next):
            return None
        url = self.request.build_absolute_uri()
        if self.rows:
            values = _position(self.rows[0 if backward else -1], self.ordering)
        elif self.cursor is not None and self.cursor.backward != backward:
            values = self.cursor.values
        else:
            return remove_query_param(url, self.page_query_param) if backward else None
        return replace_query_param(url, self.page_query_param, self._encode(Cursor(backward, values)))

    def _encode(self, cursor: Cursor) -> str:
        text = json.dumps([int(cursor.backward), *cursor.values]).encode()
        return urlsafe_b64encode(_ciphers()[0].encrypt(text, self._bound_to())).decode().rstrip("=")

    def _cursor(self, queryset: QuerySet[Any]) -> Cursor | None:
        given = self.request.query_params.get(self.page_query_param)
        if given is None:
            return None
        for cipher in _ciphers():
            try:
                token = urlsafe_b64decode((given + "=" * (-len(given) % 4)).encode("ascii"))
                backward, *values = json.loads(cipher.decrypt(token, self._bound_to()))
            except (InvalidTag, ValueError):
                continue
            if len(given) <= MAX_CURSOR_LENGTH and len(values) == len(self.ordering):
                return Cursor(bool(backward), _typed(queryset.model, self.ordering, values))
        raise Invalid.one("/cursor", _("This cursor is not one of this list. Begin without it."), "bad_cursor")

    def _bound_to(self) -> list[bytes]:
        return [self.request.path.encode(), ",".join(self.ordering).encode()]


def _page_size(request: Request) -> int:
    given = request.query_params.get(CursorPages.page_size_query_param)
    if given is None:
        return DEFAULT_PAGE_SIZE
    if given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= MAX_PAGE_SIZE:
        return int(given)
    raise Invalid.one("/page_size", _("This must be a whole number from 1 to 100."), "page_size")


def _beyond(order: tuple[str, ...], values: tuple[Any, ...]) -> Q:
    """The rows strictly after the place, in this order. The first clause alone lets an index find the
    start.
    """
    name = order[0].removeprefix("-")
    side = "lt" if order[0].startswith("-") else "gt"
    strictly = Q(**{f"{name}__{side}": values[0]})
    if len(order) == 1:
        return strictly
    return Q(**{f"{name}__{side}e": values[0]}) & (strictly | _beyond(order[1:], values[1:]))


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _position(row: Any, ordering: tuple[str, ...]) -> tuple[str, ...]:
    """The row's place as texts that its fields read back exactly."""
    texts = []
    for name in ordering:
        value = row
        for part in name.removeprefix("-").split("__"):
            value = getattr(value, part)
        texts.append(value.isoformat() if hasattr(value, "isoformat") else str(value))
    return tuple(texts)


def _typed(model: type[Model], ordering: tuple[str, ...], values: list[str]) -> tuple[Any, ...]:
    return tuple(
        _field(model, name.removeprefix("-")).to_python(value) for name, value in zip(ordering, values, strict=True)
    )


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    """The field that an ordering names; `a__b` leads to the field `b` of the related row `a`."""
    name, _mark, rest = path.partition("__")
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)  # noqa: SLF001 -- Django documents it
    return _field(field.related_model, rest) if rest else field


def _ciphers() -> list[AESSIV]:
    """The current key first, then the ones that were current before."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [AESSIV(hashlib.sha512(f"cursor:{secret}".encode()).digest()) for secret in secrets]
