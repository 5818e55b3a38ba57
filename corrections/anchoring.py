"""Does the reported passage still stand where it stood? A comparison of two texts, without models.

A report's passage is placed once, in the text that the reader saw. After an edit it is either still there, or it is
gone: it is never looked for elsewhere, because the same words in another sentence are another sentence, even when that
sentence is the correction note that quotes the error.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz

from corrections.vocabulary import Anchor
from newsroom.articles import passages

CONTEXT = 64
SAME_SURROUNDINGS = 75.0
"""Likeness, 0 to 100, from which on the text on one side of a moved passage counts as the same."""
OWN_WORDS = 6
"""A passage of this many words is known again by itself, or with one side of its surroundings."""
NEIGHBORS = 2
"""Words and marks around a shorter passage that must be unchanged, too."""
MAX_PLACES = 50
MAX_EQUAL_PAIRS = 500_000
TOKEN = re.compile(r"\w+|[^\w\s]")
Span = tuple[int, int]


def anchor_of(seen: str | None, now: str, *, exact: str, prefix: str = "", suffix: str = "") -> Anchor:
    """How the passage stands in the text as it is `now`, having been marked in the text `seen` (None when unknown).

    `ORPHAN`: it cannot be placed in what the reader saw. `RESOLVED_BY_EDIT`: it stood there and no longer does. White
    space does not count. Without surroundings, a passage that stands several times is gone when all of them are.
    """
    placed = passages.find(now if seen is None else seen, exact, prefix, suffix)
    if placed is None or placed.state != "exact":
        return Anchor.ORPHAN
    if seen is None or seen == now:
        return Anchor.OK
    given = bool(prefix.strip() or suffix.strip())
    meant = [(placed.start, placed.end)] if given else _places(seen, exact)
    if any(_untouched(seen, now, span) or _moved(seen, now, span, exact) for span in meant):
        return Anchor.OK
    return Anchor.RESOLVED_BY_EDIT


def _places(text: str, exact: str) -> list[Span]:
    quote = re.compile(r"\s+".join(re.escape(word) for word in exact.split()))
    return [found.span() for found, _count in zip(quote.finditer(text), range(MAX_PLACES), strict=False)]


def _untouched(seen: str, now: str, span: Span) -> bool:
    """Whether the edit left the passage and a little around it alone, where it was."""
    tokens, blocks = _unchanged(seen, now)
    inside = [index for index, (start, end) in enumerate(tokens) if start < span[1] and end > span[0]]
    if not inside:
        return False
    first, last = inside[0], inside[-1]
    length = last - first + 1
    needed = length if length >= OWN_WORDS else min(length + NEIGHBORS, len(tokens))
    return any(start <= first and last < start + size and size >= needed for start, size in blocks)


@lru_cache(maxsize=16)
def _unchanged(seen: str, now: str) -> tuple[list[Span], list[Span]]:
    """The tokens of `seen`, and the runs of them (first, how many) that the edit kept in order."""
    tokens = [found.span() for found in TOKEN.finditer(seen)]
    old, new = TOKEN.findall(seen), TOKEN.findall(now)
    counts = Counter(new)
    if sum(counts[word] for word in old) > MAX_EQUAL_PAIRS:
        return tokens, []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return tokens, [(block.a, block.size) for block in blocks if block.size]


def _moved(seen: str, now: str, span: Span, exact: str) -> bool:
    """Whether the passage stands somewhere else with its surroundings: a paragraph that changed its place."""
    before, after = _around(seen, span)
    wanted = 1 if len(exact.split()) >= OWN_WORDS else 2
    for place in _places(now, exact):
        new_before, new_after = _around(now, place)
        sides = (fuzz.ratio(before, new_before), fuzz.ratio(after, new_after))
        if sum(likeness >= SAME_SURROUNDINGS for likeness in sides) >= wanted:
            return True
    return False


def _around(text: str, span: Span) -> tuple[str, str]:
    return text[max(0, span[0] - CONTEXT) : span[0]], text[span[1] : span[1] + CONTEXT]
