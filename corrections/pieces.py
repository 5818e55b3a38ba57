"""Which piece of a sentence does a claim point at: its year, its name, its sum? Words only, no models.

Two readers who marked one sentence may each mean another error in it. A piece is pointed at by its words, by a word for
what it is (“the month”), by a name spelled much like it, or by a value of its kind. What points nowhere is not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

CLOSE = 4
"""A passage of so many words is itself the piece that is meant."""
LIKE_NAME = 60.0
"""Likeness, 0 to 100, from which on a name is another spelling of the one in the sentence."""
LIKE_WORD = 84.0
"""Likeness from which on a word is another with a typing error."""
MIN_FUZZY = 4

_MONTH = "january february march april may june july august september october november december"
_DAY = "monday tuesday wednesday thursday friday saturday sunday"
_MONEY = r"(?:dollars?|euros?|pounds?|crowns?|kroner|kronor|francs?|cents?|yen|pesos?)"
_LENGTH = r"(?:meters?|metres?|kilometers?|kilometres?|km|miles?|feet|foot|inch(?:es)?|acres?|hectares?)"
_NUMBER = r"\d+(?:[.,:]\d+)*"
_SIZE = r"(?: (?:thousand|million|billion|trillion))?"
_PLACES = "Port|Mount|Lake|Cape|Fort|Island|Park|Street|Road|Bridge|River|Valley|Beach|Bay|County|City|Square|Harbor"
_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|of|de|van|von)(?= |\b))*"

PIECES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern, flags), frozenset(labels.split()))
    for pattern, labels, flags in (
        (rf"[$€£]{_NUMBER}{_SIZE}|{_NUMBER}{_SIZE} {_MONEY}", "cost number", re.I),
        (rf"{_NUMBER} ?(?:%|percent|per cent)", "share number", re.I),
        (rf"{_NUMBER}[- ]?{_LENGTH}", "length number", re.I),
        (rf"{_NUMBER} (?:tons?|tonnes?|kilos?|kilograms?|grams?|liters?|litres?)", "weight number", re.I),
        (rf"{_NUMBER} (?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)", "duration time number", re.I),
        (r"\d+(?:-| to )\d+", "result number", 0),
        (rf"\b(?:{'|'.join(_MONTH.title().split())})\b(?: \d\d?\b)?", "month date day", 0),
        (rf"\b(?:{'|'.join(_DAY.title().split())})s?\b", "day date", 0),
        (r"\b(?:1[5-9]|20)\d\d\b", "year date", 0),
        (rf"(?<=, ){_NUMBER}(?=,)|(?<=aged ){_NUMBER}|{_NUMBER}(?=-year-old)", "age number", 0),
        (rf"{_NUMBER}{_SIZE}", "number", re.I),
        (
            rf"(?:{_PLACES}) {_NAME}|{_NAME} (?:{_PLACES})|(?:(?<=\bin |\bat |\bto )|(?<=\bfrom ))(?:the )?{_NAME}",
            "place",
            0,
        ),
        (_NAME, "name", 0),
    )
)
"""What a sentence is made of, the narrower kind first, with the words of `KINDS` for it."""

KINDS: dict[str, str] = {
    "name": "name surname spelling spelled spelt misspelled forename",
    "place": "place town city village country county district state harbor port street location island mountain lake "
    "river park stadium venue",
    "age": "age",
    "year": "year",
    "month": "month",
    "day": "day weekday night",
    "date": "date",
    "time": "time hour",
    "duration": "duration period length",
    "cost": "cost costs price sum amount budget fee fare salary",
    "number": "number figure count total attendance population",
    "share": "share percent percentage rate",
    "length": "length height width distance depth altitude",
    "weight": "weight harvest",
    "result": "result score vote votes",
}
LABEL_OF = {word: label for label, words in KINDS.items() for word in words.split()}
SAID_BY_THE_WAY = re.compile(
    r"\b(?:every|these|some|two|the other) days?\b|\bfor (?:\w+ )?years\b|\bhave lived\b", re.I
)
WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)?")
PROPER = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")


@dataclass(frozen=True)
class Piece:
    """A part of a sentence that can be wrong by itself: where it stands, its words in lower case, what it is."""

    start: int
    words: tuple[str, ...]
    labels: frozenset[str]

    @property
    def figures(self) -> tuple[str, ...]:
        """Its numbers."""
        return tuple(word for word in self.words if word[0].isdigit())


@lru_cache(maxsize=512)
def pieces_of(sentence: str) -> tuple[Piece, ...]:
    """The pieces, in their order; a word belongs to the first kind that takes it."""
    taken: list[tuple[int, int]] = []
    found = []
    for pattern, labels in PIECES:
        for match in pattern.finditer(sentence):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            words = tuple(word.casefold() for word in WORD.findall(match[0]))
            if words and not (match.start() == 0 and len(words) == 1 and labels & {"name", "place"}):
                taken.append(match.span())
                found.append(Piece(match.start(), words, labels))
    return tuple(sorted(found, key=lambda piece: piece.start))


def pointed_at(claim: str, passage: str, sentence: str) -> frozenset[int]:
    """The pieces of the sentence, by their start, that this claim and its own passage are about; empty when unclear."""
    pieces = pieces_of(sentence)
    said = SAID_BY_THE_WAY.sub(" ", claim)
    words = [word.casefold() for word in WORD.findall(said)]
    figures = {own for piece in pieces_of(f"- {said}") if (own := piece.figures)}
    named = {piece.start for piece in pieces if _named(piece, figures, words)}
    if len(passage.split()) <= CLOSE:
        close = {word.casefold() for word in WORD.findall(passage)}
        named |= {piece.start for piece in pieces if close & set(piece.words)}
    named |= _of_kinds(pieces, {label for word in words if (label := _label_of(word))})
    for name in PROPER.findall(said):
        named |= {
            piece.start
            for piece in pieces
            if {"name", "place"} & piece.labels and fuzz.ratio(name.casefold(), " ".join(piece.words)) >= LIKE_NAME
        }
    if not named:
        proposed = {label for piece in pieces_of(f"- {said}") for label in piece.labels} - {"name", "place", "number"}
        named = {piece.start for piece in pieces if piece.labels & proposed}
    return frozenset(named)


def kinds_of(claim: str) -> frozenset[str]:
    """The words for what is wrong that the claim uses, as labels."""
    said = SAID_BY_THE_WAY.sub(" ", claim)
    return frozenset(label for word in WORD.findall(said.casefold()) if (label := _label_of(word)))


def share_word(first: list[str], second: list[str]) -> bool:
    """Whether the two have a word in common, typing errors aside."""
    return any(
        one == other or (min(len(one), len(other)) >= MIN_FUZZY and fuzz.ratio(one, other) >= LIKE_WORD)
        for one in first
        for other in second
    )


def _named(piece: Piece, figures: set[tuple[str, ...]], words: list[str]) -> bool:
    """Whether the claim has the figure of the piece, or all of its name."""
    if piece.figures:
        return piece.figures in figures
    needed = [word for word in piece.words if len(word) > 2]
    return bool(needed) and all(word in words for word in needed)


def _of_kinds(pieces: tuple[Piece, ...], kinds: set[str]) -> set[int]:
    """The pieces of these kinds. “The name” is a person's, where there is a person."""
    found = {piece.start for piece in pieces if kinds & piece.labels}
    if "name" in kinds and not any("name" in piece.labels for piece in pieces):
        found |= {piece.start for piece in pieces if "place" in piece.labels}
    return found


@lru_cache(maxsize=4096)
def _label_of(word: str) -> str:
    if word in LABEL_OF:
        return LABEL_OF[word]
    if len(word) < MIN_FUZZY:
        return ""
    return next((label for known, label in LABEL_OF.items() if fuzz.ratio(word, known) >= LIKE_WORD), "")
