"""Public references: short, random, with a check character. `L-7K3QX2MW-4`.

Eight characters of a 31-letter alphabet without look-alikes (no 0 O 1 I L), then a check character that catches every
single wrong character and every swap of neighbors (weights are distinct modulo the prime 31). What begins with T is a
test: `L-T3KQX2MW-9` permits nothing, and says so wherever it is written.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
PREFIXES = {
    "correction": "C",
    "report": "R",
    "article": "A",
    "license_request": "LR",
    "quote": "Q",
    "license": "L",
    "update_notice": "UN",
    "invoice": "I",
    "inquiry": "IQ",
    "agency_correction": "AC",
}
TEST = "T"
_LIVE = ALPHABET.replace(TEST, "")
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_WITHOUT_DASHES = re.compile(rf"({'|'.join(PREFIXES.values())})-?([0-9A-Z]{{{LENGTH}}})-?([0-9A-Z])")
_MINUS = "\u2212"


def new(noun: str, *, test: bool = False) -> str:
    """A fresh reference for a noun of `PREFIXES`, of the series of tests or not. 30 · 31^7 ≈ 8.3 · 10^11 of each, a
    thirtieth of that for tests; the column is unique as well.
    """
    prefix = PREFIXES[noun]
    first = TEST if test else secrets.choice(_LIVE)
    body = first + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return f"{prefix}-{body}-{check_character(prefix, body)}"


def check_character(prefix: str, body: str) -> str:
    """The weighted sum of prefix and body modulo 31, as a letter of the alphabet."""
    total = sum((index + 1) * _VALUE[letter] for index, letter in enumerate(body))
    total += sum(ord(letter) for letter in prefix)
    return ALPHABET[total % len(ALPHABET)]


def normalize(text: str) -> str:
    """What a person typed, as the reference they meant: upper case, no blanks, any dash as a hyphen, and the two
    hyphens where they were left out. Not checked.
    """
    typed = "".join(text.split()).upper()
    typed = "".join("-" if sign == _MINUS or unicodedata.category(sign) == "Pd" else sign for sign in typed)
    like = _WITHOUT_DASHES.fullmatch(typed)
    return "-".join(like.groups()) if like else typed


def is_valid(text: str, noun: str) -> bool:
    """Whether the text is a well-formed reference of this noun, check character included."""
    prefix = PREFIXES[noun]
    parts = text.rsplit("-", 2)
    return (
        len(parts) == 3
        and parts[0] == prefix
        and len(parts[1]) == LENGTH
        and all(letter in _VALUE for letter in parts[1])
        and parts[2] == check_character(prefix, parts[1])
    )
