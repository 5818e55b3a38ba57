"""Which languages the desk speaks: English, and each whose catalog is compiled. No page is labeled with another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_supported_language_variant, to_language

OWN = "en"
"""The language that the texts are written in: the only one without a catalog."""


def offered(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """Code and own name of `OWN` and of every language that has a compiled catalog in one of these folders."""
    found = {to_language(mo.parent.parent.name) for folder in folders for mo in folder.glob("*/LC_MESSAGES/django.mo")}
    return [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in [OWN, *sorted(found - {OWN})]]


def among(languages: Iterable[tuple[str, str]], tag: str) -> str:
    """The tag if its language is one of these, else `OWN`."""
    codes = {code for code, _name in languages}
    return tag if {tag.lower(), tag.lower().partition("-")[0]} & codes else OWN


def spoken(tag: str) -> str:
    """The offered language for a BCP 47 tag; the installation's own where it is not offered or empty."""
    try:
        return get_supported_language_variant(tag)
    except LookupError:
        return settings.LANGUAGE_CODE
