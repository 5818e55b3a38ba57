"""Passwords that are a common one twice, or two common ones in a row: long enough, and tried first all the same."""

from __future__ import annotations

from collections.abc import Container

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsroom.accounts.models import User

MOST_PIECES = 2
SHORTEST_PIECE, LONGEST_PIECE = 4, 20
LEAST_BESIDE = 4
"""Signs that must stand beside such pieces."""
LEAST_UNIT = 8
"""Signs that are not the same again."""
READ = 128
"""A password that begins with so many signs is judged by them."""


class CommonPiecesValidator:
    """For `AUTH_PASSWORD_VALIDATORS`, beside Django's: few of the 20,000 passwords that it knows are twelve long."""

    def __init__(self) -> None:
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for `iloveyou1234` and `abcabcabcabc`; takes a phrase in which such a word stands."""
        text = password.casefold()[:READ]
        if unit(text) < LEAST_UNIT or beside(text, self.common) < LEAST_BESIDE:
            raise ValidationError(self.get_help_text(), code="common_pieces")

    def get_help_text(self) -> str:
        """The sentence beside the field."""
        return _("Your password can’t be made of one or two commonly used passwords, or of the same few signs again.")


def unit(text: str) -> int:
    """How many signs it takes to write the text by repeating them, the last time perhaps not to their end."""
    return next(signs for signs in range(1, len(text) + 2) if text[signs:] == text[: max(0, len(text) - signs)])


def beside(text: str, common: Container[str]) -> int:
    """The fewest signs that are left when two common passwords at most are taken out of the text."""
    best = [list(range(len(text) + 1)) for _pieces in range(MOST_PIECES + 1)]
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - LONGEST_PIECE), end - SHORTEST_PIECE + 1)
        found = [start for start in starts if text[start:end] in common]
        for pieces, left in enumerate(best):
            taken = [best[pieces - 1][start] for start in found] if pieces else []
            left[end] = min([left[end - 1] + 1, *taken])
    return best[MOST_PIECES][len(text)]
