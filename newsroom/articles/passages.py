"""Finding a quoted passage again in a text that may have been edited since, and comparing wordings.

A quote is a W3C TextQuoteSelector (Web Annotation Data Model, section 4.2.4): `exact`, with the text just
before and just after it. Offsets count Unicode code points, which is what Python's `str` counts. A quote
that cannot be placed with confidence is an orphan: better no passage than somebody else's.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, utils

CONTEXT = 64
"""Characters of prefix and suffix that count: twice what browsers' annotation tools send."""
CONTEXT_AGREES = 0.75
"""Likeness above which one side of the context is taken to be the same text."""
CONTEXT_ALONE = 8
"""Characters of context that must agree when the other side does not."""
CONTEXT_SHARE = 1 / 3
"""Share of the context given that must agree when one side does not."""
FUZZY_SCORE = 90.0
"""`partial_ratio` (0 to 100) below which a changed passage is not recognized."""

MAX_EQUAL_PAIRS = 500_000
"""Pairs of equal words between two texts, which is what difflib's time grows with: some 7000 words."""

WORD = re.compile(r"\s*(?:\w+(?:[.,'’:/-]\w+)*|[^\w\s])|\s+\Z")

LEFT_OUT = " … "
Change = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Match:
    """Where a quote stands: `text[start:end]`.

    `state` is "exact" when the words are the quoted ones (white space aside), "fuzzy" when they were edited.
    `score`, 0 to 1, is the agreement with the context given; without any, 1.0 for the only hit and 0.5 for
    the first of several; for a fuzzy match also the likeness of the words, the lower of the two.
    """

    start: int
    end: int
    score: float
    state: Literal["exact", "fuzzy"]


def find(text: str, exact: str, prefix: str = "", suffix: str = "") -> Match | None:
    """The place of the quote in `text`, or None when it is an orphan.

    Of several exact hits the one whose surroundings agree best is taken, the first when they tie. When
    context is given and the surroundings of a hit do not agree with it, the hit is another passage with the
    same words, and no match. An edited passage is only accepted when the context given on every side agrees.
    """
    folded, offsets = _folded(text)
    quote = _folded(exact)[0].strip(" ")
    if not quote or not folded:
        return None
    before, after = _context(exact, prefix, suffix)
    hits = list(_occurrences(folded, quote))
    best = _best_exact(folded, quote, hits, before, after) if hits else _fuzzy(folded, quote, before, after)
    if best is None:
        return None
    return Match(offsets[best.start], offsets[best.end - 1] + 1, best.score, best.state)


def marked(text: str, place: Match | None) -> list[list[tuple[str, bool]]]:
    """The text by paragraphs, each in pieces: (words, whether they are the passage). Empty paragraphs are left out."""
    first, last = (place.start, place.end) if place else (0, 0)
    found, start = [], 0
    for part in text.split("\n\n"):
        cuts = [min(max(cut - start, 0), len(part)) for cut in (first, last)]
        pieces = [(part[: cuts[0]], False), (part[cuts[0] : cuts[1]], True), (part[cuts[1] :], False)]
        if part.strip():
            found.append([piece for piece in pieces if piece[0]])
        start += len(part) + 2
    return found


def overlap(a: Match, b: Match) -> float:
    """How much of the shorter passage lies in the other, 0 to 1: a word of a quoted sentence overlaps
    fully.
    """
    shorter = min(a.end - a.start, b.end - b.start)
    shared = min(a.end, b.end) - max(a.start, b.start)
    return max(0, shared) / shorter if shorter > 0 else 0.0


def similarity(text_a: str, text_b: str) -> float:
    """Likeness of two claims by their words, 0 to 1, whatever the order, case and punctuation.

    The mean of rapidfuzz's token sort and token set ratios: the second forgives extra words, the first keeps
    a short claim from equaling every long one that contains its words. Two texts without words are not alike
    (0).
    """
    first, second = utils.default_process(text_a), utils.default_process(text_b)
    if not first or not second:
        return 0.0
    return (fuzz.token_sort_ratio(first, second) + fuzz.token_set_ratio(first, second)) / 200


def word_diff(before: str, after: str) -> list[tuple[Change, str]]:
    """What an edit did, word by word, in reading order; neighbors always differ in kind.

    The pieces that are not "removed", joined, are `after` to the letter; those that are not "added" are
    `before` but for white space, which is no change by itself. A number with its point or comma is one word.
    """
    old, new = WORD.findall(before), WORD.findall(after)
    pieces: list[tuple[Change, str]] = []
    for kind, old_start, old_end, new_start, new_end in _opcodes(
        [word.strip() for word in old], [word.strip() for word in new]
    ):
        removed, added = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        if kind == "equal":
            pieces.append(("same", added))
            continue
        if removed:
            pieces.append(("removed", removed))
        if added:
            pieces.append(("added", added))
    return pieces


def changed_paragraphs(before: str, after: str) -> list[tuple[Change, str]]:
    """The same for two versions of a long text: only the paragraphs that differ; what was left out in between is “…”.

    Paragraphs are separated by a blank line.
    """
    old, new = before.split("\n\n"), after.split("\n\n")
    pieces: list[tuple[Change, str]] = []
    for kind, old_start, old_end, new_start, new_end in _opcodes(old, new):
        if kind == "equal":
            if pieces and pieces[-1] != ("same", LEFT_OUT):
                pieces.append(("same", LEFT_OUT))
            continue
        pieces += word_diff("\n\n".join(old[old_start:old_end]), "\n\n".join(new[new_start:new_end]))
    return pieces[:-1] if pieces and pieces[-1] == ("same", LEFT_OUT) else pieces


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Opcodes as difflib gives them; two texts that repeat too many words to compare are one replacement."""
    old_counts, new_counts = Counter(old), Counter(new)
    pairs = sum(count * new_counts[word] for word, count in old_counts.items())
    if old != new and pairs > MAX_EQUAL_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` with every run of white space as one space, and the offset in `text` of each character of that.

    A browser's selection and the stored text disagree about line breaks, never about letters.
    """
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "
        characters.append(character)
        offsets.append(offset)
    return "".join(characters), offsets


def _context(exact: str, prefix: str, suffix: str) -> tuple[str, str]:
    """Folded context that touches the stripped quote: spaces at the edges of `exact` belong to it."""
    lead = exact[: len(exact) - len(exact.lstrip())]
    trail = exact[len(exact.rstrip()) :]
    before = _folded(prefix + lead)[0] if prefix.strip() else ""
    after = _folded(trail + suffix)[0] if suffix.strip() else ""
    return before[-CONTEXT:], after[:CONTEXT]


def _occurrences(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote)
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _best_exact(text: str, quote: str, hits: list[int], before: str, after: str) -> Match | None:
    if not before and not after:
        return Match(hits[0], hits[0] + len(quote), 1.0 if len(hits) == 1 else 0.5, "exact")
    best: Match | None = None
    for start in hits:
        end = start + len(quote)
        sides = _agreement(text, start, end, before, after)
        given = sum(length for _, length in sides)
        agreeing = sum(length for likeness, length in sides if likeness >= CONTEXT_AGREES)
        if agreeing < given and (agreeing < CONTEXT_ALONE or agreeing < given * CONTEXT_SHARE):
            continue
        score = sum(likeness * length for likeness, length in sides) / given
        if best is None or score > best.score:
            best = Match(start, end, score, "exact")
            if score == 1.0:
                break
    return best


def _agreement(text: str, start: int, end: int, before: str, after: str) -> list[tuple[float, int]]:
    """For each side that was given: its likeness (0 to 1) to what stands there now, and its length."""
    sides = []
    if before:
        sides.append((fuzz.ratio(before, text[max(0, start - len(before)) : start]) / 100, len(before)))
    if after:
        sides.append((fuzz.ratio(after, text[end : end + len(after)]) / 100, len(after)))
    return sides


def _fuzzy(text: str, quote: str, before: str, after: str) -> Match | None:
    if not (before or after) or len(quote) > len(text):
        return None
    found = fuzz.partial_ratio_alignment(quote, text, score_cutoff=FUZZY_SCORE)
    if found is None or found.dest_start >= found.dest_end:
        return None
    start, end = _whole_words(text, found.dest_start, found.dest_end)
    sides = _agreement(text, start, end, before, after)
    if any(likeness < CONTEXT_AGREES for likeness, _ in sides):
        return None
    score = min(found.score / 100, *(likeness for likeness, _ in sides))
    return Match(start, end, score, "fuzzy")


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the words it cuts, without spaces at its edges."""
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, end
