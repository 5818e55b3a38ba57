"""What people type, as the codes it stands for. What stands for none comes back as it is, for the check to refuse."""

from __future__ import annotations

import functools
import re

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

from reprints.vocabulary import WORLD

MAX_DIGITS = 20
_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:[ ,.'][0-9]{3})+|[0-9]+)")


def lines_of(text: str) -> list[str]:
    """The lines with something on them, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def words_of(text: str) -> list[str]:
    """What stands between commas, semicolons or line ends."""
    return [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]


def whole_number(text: str) -> int | str:
    """“50,000” and “50 000” as a number; anything else comes back as it is, for the check to refuse."""
    digits = (
        re.sub(r"[\s,.'’\u00a0\u202f]", "", text)
        if re.fullmatch(r"\s*\d{1,3}([\s,.'’]\d{3})*\s*|\s*\d+\s*", text)
        else ""
    )
    if text.strip().startswith("-") and text.strip()[1:].isdecimal():
        digits = text.strip()
    return int(digits) if digits and len(digits) <= MAX_DIGITS and digits.isascii() else text


def country_code(word: str) -> str:
    """“Germany”, “Deutschland” or “de” as `DE`; what is no country comes back as it is, for the check to refuse."""
    return _codes("territories").get(word.casefold(), word)


def language_tag(word: str) -> str:
    """“Spanish” or “es” as `es`; anything else comes back as it is."""
    return _codes("languages").get(word.casefold(), word)


def _codes(kind: str) -> dict[str, str]:
    return _names(kind, get_language() or "en")


@functools.cache
def _names(kind: str, language: str) -> dict[str, str]:
    """Names in English and in the page's language → code."""
    found: dict[str, str] = {}
    for tag in ("en", language):
        try:
            table = getattr(Locale.parse(tag.replace("-", "_")), kind)
        except (ValueError, UnknownLocaleError):
            continue
        for code, name in table.items():
            if kind == "languages" or (len(code) == 2 and code.isalpha()):
                found.setdefault(str(name).casefold(), code.replace("_", "-"))
    if kind == "territories":
        found |= {"usa": "US", "uk": "GB", "world": WORLD, "worldwide": WORLD}
    return found
