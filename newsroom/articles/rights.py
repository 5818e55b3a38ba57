"""The place where the licensing desk says what may be done with articles and how one asks, without being imported from
here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase

from newsroom.accounts.models import Publication
from newsroom.articles.models import Article


@dataclass(frozen=True)
class Speaker:
    """`members`: of an article, in schema.org's words. `headers`: of every page about articles of a publication."""

    members: Callable[[Article], dict[str, Any]]
    headers: Callable[[Publication], dict[str, str]]


_speakers: list[Speaker] = []


def register(speaker: Speaker) -> None:
    """Let this one speak for the licensing desk. Another one beside it is an error."""
    if _speakers and _speakers[0] != speaker:
        raise ValueError("The rights of articles already have a speaker.")
    _speakers[:] = [speaker]


def members_of(article: Article) -> dict[str, Any]:
    """Copyright, and where a license is to be had, for the JSON-LD of the article's page; perhaps nothing."""
    return _speakers[0].members(article) if _speakers else {}


def stamp(response: HttpResponseBase, publication: Publication) -> None:
    """Write on a page about articles what machines may do with them."""
    for name, value in (_speakers[0].headers(publication) if _speakers else {}).items():
        if name == "Link" and response.has_header(name):
            value = f"{response[name]}, {value}"
        response[name] = value
