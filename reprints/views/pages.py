"""Lists for people, a page at a time, by keyset: the cost of a page does not depend on how many came before it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from rest_framework.request import Request

from newsroom.api.pagination import CursorPages
from newsroom.errors import Invalid


class NewestFirst(CursorPages):
    """As the lists of the API."""

    ordering = ("-pk",)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> tuple[list[Any], dict[str, str | None]]:
    """The rows of this page, newest first, and `next` and `previous` for `includes/pagination.html`.

    Raises Http404 for a cursor that is none of this list.
    """
    cursor = NewestFirst()
    try:
        found = cursor.paginate_queryset(rows, Request(request))
    except Invalid as error:
        raise Http404 from error
    given = cursor.get_paginated_response([]).data
    return found, {name: _local(given[name]) for name in ("next", "previous")}


def _local(url: str | None) -> str | None:
    """The address without its host: a page must not repeat what the visitor's Host header said."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
