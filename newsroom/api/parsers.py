"""JSON as RFC 8259 and RFC 7493 (I-JSON) want it: one meaning for every reader, nothing a database cannot
hold.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from newsroom.api.problems import TooLarge, escape
from newsroom.errors import Fault, Invalid
from newsroom.web.text import has_forbidden_characters

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_DIGITS = 18
# An open string reaches to the end, so that every match begins where the last one ended: linear time.
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


class StrictJSONParser(BaseParser):
    """UTF-8 only; no duplicate names, NaN or Infinity; at most 20 levels and 256 kB; only storable
    characters.

    400 for what is not such JSON, 413 and 415 for size and charset, 422 with pointers for characters.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value the body holds."""
        meta = parser_context["request"].META if parser_context else {}
        _check_headers(media_type or "", meta)
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge(_("The body is longer than 256 kB."))
        value = loads(raw)
        if faults := list(unstorable(value, "")):
            raise Invalid(faults)
        return value


def loads(raw: bytes) -> Any:
    """The JSON value in these bytes. Raises ParseError with a sentence that says what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except json.JSONDecodeError as error:
        raise ParseError(
            _("The body is not JSON: line %(line)d, column %(column)d.") % {"line": error.lineno, "column": error.colno}
        ) from error


def _check_headers(media_type: str, meta: Mapping[str, Any]) -> None:
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", media_type, re.IGNORECASE)
    if charset and charset.group(1).lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(media_type, _("Only UTF-8 is read."))
    if meta.get("HTTP_CONTENT_ENCODING", "identity").lower() not in {"", "identity"}:
        raise UnsupportedMediaType(media_type, _("Compressed bodies are not read."))
    length = str(meta.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise TooLarge(_("The body is longer than 256 kB."))


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > MAX_DEPTH:
            raise ParseError(_("The body is nested more than 20 levels deep."))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ParseError(_("The body has an object in which the same name stands twice."))
    return value


def _no_constant(name: str) -> NoReturn:
    raise ParseError(_("%(name)s is not JSON.") % {"name": name})


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ParseError(_("A number in the body is too large."))
    return number


def _short(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_DIGITS:
        raise ParseError(_("A number in the body is too large."))
    return int(text)


def unstorable(value: Any, pointer: str) -> Iterator[Fault]:
    """Each text in the value that no column can hold, `pointer` being where the value stands."""
    if isinstance(value, str):
        if has_forbidden_characters(value):
            yield Fault(pointer, _("This text has characters in it that cannot be stored."), "not_text")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if has_forbidden_characters(name):
                yield Fault(pointer, _("This object has a name with characters that cannot be stored."), "not_text")
            else:
                yield from unstorable(inner, f"{pointer}/{escape(name)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unstorable(inner, f"{pointer}/{index}")
