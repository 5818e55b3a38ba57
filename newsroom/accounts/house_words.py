"""Passwords that are made of the words of the house: its titles, its domains, the name of this service."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsroom.accounts.models import Publication, User

OURS = ("masthead", "newsroom", "corrections", "reprints")
SHORTEST_WORD = 4
LEAST_BESIDE = 8
"""Letters that must stand beside such words."""
MOST_TITLES = 200
_SIGNS = re.compile(r"[\W\d_]+")


class HouseWordsValidator:
    """For `AUTH_PASSWORD_VALIDATORS`: refuses `TheDaily2026!`, takes a phrase in which a title stands among others."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password with hardly a letter that is not the house's."""
        rows = Publication.objects.values_list("name", "slug", "desk_host", "hosts")[:MOST_TITLES]
        names = [text for name, slug, desk_host, hosts in rows for text in (name, slug, desk_host, *hosts)]
        if is_made_of(password, names):
            raise ValidationError(self.get_help_text(), code="house_words")

    def get_help_text(self) -> str:
        """The sentence beside the field."""
        return _("Your password can’t be made of the names of your titles, their domains, or of this service.")


def is_made_of(password: str, names: Iterable[str]) -> bool:
    """Whether one of these names, or a word of one, is in the password, and fewer than eight other letters."""
    words = {_squeezed(text) for name in (*OURS, *names) for text in (name, *_SIGNS.split(name))}
    left = told = _squeezed(password)
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, "")
    return left != told and len(left) < LEAST_BESIDE


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())
