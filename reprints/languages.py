"""Language tags (BCP 47, RFC 5646): well-formed, and made of subtags that exist.

Languages, scripts and regions are those of CLDR. Every registered language has two or three letters: longer ones are
reserved. Variants, extensions and private use are checked by their form.
"""

from __future__ import annotations

import functools
import re

from babel import Locale

LONGEST = 35
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<more>(?:-[a-z]{3}){0,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
NO_LANGUAGE = frozenset({"und", "zxx"})


def is_language(tag: str) -> bool:
    """Whether it names a language: `en`, `pt-BR`, `zh-Hant`; not `klingon`, `xx`, `en-ZZZ` or `english`."""
    found = _TAG.fullmatch(tag) if len(tag) <= LONGEST else None
    if found is None:
        return False
    languages, scripts, regions = _known()
    script, region = found["script"] or "", found["region"] or ""
    return (
        {found["language"].lower(), *found["more"].lower().split("-")[1:]} <= languages
        and (not script or script.title() in scripts)
        and (not region or region.upper() in regions)
    )


@functools.cache
def _known() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    english = Locale("en")
    languages, scripts, regions = (
        {str(code) for code in table} for table in (english.languages, english.scripts, english.territories)
    )
    return frozenset(languages - NO_LANGUAGE), frozenset(scripts), frozenset(regions)
