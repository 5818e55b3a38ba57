"""The gate that every text typed by someone outside passes: forms and API alike.

Unicode terms are those of the Unicode Standard; why each is refused or dropped: PostgreSQL cannot store NUL,
UTF-8 cannot carry lone surrogates, and bidirectional controls in a name can make a line read as something
else.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

MARKS_IN_A_ROW = 4
"""Combining marks kept on one base character. Vietnamese, Hebrew and Thai need three; “Zalgo” uses dozens."""

_REFUSED = re.compile(
    "[\x00\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr((plane << 16) + 0xFFFE)}-{chr((plane << 16) + 0xFFFF)}" for plane in range(17))
    + "]"
)
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
# Letters and signs that show nothing although Unicode does not file them under format characters.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


class BadText(ValueError):
    """This text cannot be taken. `str()` is a sentence for whoever typed it; `code` is stable."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def clean_text(value: str, *, max_length: int, multiline: bool, name: bool = False) -> str:
    """The text as it may be stored: NFC, `\\n` line ends, no control characters, trimmed. Linear in its
    length.

    Refused with BadText: NUL, lone surrogates and noncharacters (`not_text`), text that shows nothing
    (`invisible`), more than `max_length` characters after cleaning (`too_long`). Control characters other
    than line feed and tab are dropped, and so is the fifth and every further combining mark in a row.
    One-line text has single blanks. `name=True` also drops bidirectional controls. An empty or blank text
    comes back empty.
    """
    if _REFUSED.search(value):
        raise BadText(_("This text has characters in it that cannot be stored. Please type it again."), "not_text")
    if len(value) > 4 * max_length:
        raise BadText(_too_long(max_length), "too_long")
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", value))
    if not text.isascii():
        # The marks go first: putting thousands of them in canonical order takes quadratic time.
        text = unicodedata.normalize("NFC", _with_few_marks(text))
    if name:
        text = _BIDI.sub("", text)
    text = text.strip() if multiline else _BLANKS.sub(" ", text.replace("\n", " ")).strip()
    if text and not _shows_something(text):
        raise BadText(_("This text has no visible characters in it."), "invisible")
    if len(text) > max_length:
        raise BadText(_too_long(max_length), "too_long")
    return text


def has_forbidden_characters(value: str) -> bool:
    """Whether a string holds NUL, a lone surrogate or a noncharacter: what no column can or should store."""
    return _REFUSED.search(value) is not None


def _too_long(max_length: int) -> str:
    return _("Please use at most %(count)d characters.") % {"count": max_length}


def _with_few_marks(text: str) -> str:
    out: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= MARKS_IN_A_ROW:
            out.append(character)
    return "".join(out)


def _shows_something(text: str) -> bool:
    return any(
        unicodedata.category(character)[0] not in "CZ" and character not in _FILLERS and not _is_mark(character)
        for character in text
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me"}
