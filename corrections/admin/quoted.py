"""The reported passage where it stood: the text around it, as the reader saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corrections.models import Report
from newsroom.articles import passages
from newsroom.articles.models import Revision

AROUND = 1
"""Paragraphs shown before and after the passage."""
LONGEST = 700
"""Characters of such a paragraph that are shown: its end before the passage, its beginning after it."""
CUT = "…"


@dataclass(frozen=True)
class Quoted:
    """Paragraphs in pieces (words, whether they are the passage); the revision that they are from. `found` is false
    when the words do not stand in it: then there is nothing to show.
    """

    paragraphs: list[list[tuple[str, bool]]]
    number: int
    seen_at: datetime
    found: bool


def in_context(report: Report) -> Quoted | None:
    """The passage with its surroundings in the text that was up when it was reported; None without passage or text."""
    if not report.passage_exact or report.article_id is None:
        return None
    number = report.article_revision or (report.article.revision if report.article else 0)
    revision = Revision.objects.filter(article=report.article_id, number=number).first()
    if revision is None:
        return None
    text = f"{revision.headline}\n\n{revision.body}"
    place = passages.find(text, report.passage_exact, report.passage_prefix, report.passage_suffix)
    place = place or passages.find(text, report.passage_exact)
    shown = _around(passages.marked(text, place)) if place else []
    return Quoted(shown, revision.number, revision.seen_at, place is not None)


def _around(paragraphs: list[list[tuple[str, bool]]]) -> list[list[tuple[str, bool]]]:
    with_it = [number for number, pieces in enumerate(paragraphs) if any(marked for _words, marked in pieces)]
    if not with_it:
        return []
    first, last = max(with_it[0] - AROUND, 0), with_it[-1] + AROUND
    shown = []
    for number, pieces in enumerate(paragraphs[first : last + 1], start=first):
        words = "".join(piece for piece, _marked in pieces)
        if number in with_it:
            shown.append(_shortened(pieces))
        elif number < with_it[0]:
            shown.append([(_end(words), False)])
        else:
            shown.append([(_beginning(words), False)])
    return shown


def _shortened(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    marks = [number for number, (_words, marked) in enumerate(pieces) if marked]
    found = []
    for number, (words, marked) in enumerate(pieces):
        if marked:
            found.append((words, True))
        else:
            found.append((_end(words) if number < marks[0] else _beginning(words), False))
    return found


def _end(words: str) -> str:
    return words if len(words) <= LONGEST else f"{CUT} {words[-LONGEST:].partition(' ')[2]}"


def _beginning(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rpartition(' ')[0]} {CUT}"
