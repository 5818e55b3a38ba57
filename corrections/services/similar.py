"""Which other reports say the same? For the desk only: readers never learn what others claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from corrections import pieces
from corrections.cues import SAYS_NOTHING
from corrections.models import Report
from corrections.services.splitting import family_of
from corrections.vocabulary import Visibility
from newsroom.articles import passages
from newsroom.articles.passages import Match

SAME_PLACE = 0.5
"""Share of the shorter passage that two readers must both have marked."""
SAME_WORDS = 0.65
"""Likeness of two claims that is enough by itself."""
SAME_WORDS_IN_PLACE = 0.25
"""Likeness that is enough when both marked the same place: readers put one error in many words."""
CLASH = 0.3
"""What two claims lose that name different figures, or different people."""
SHARED = 0.1
"""What they gain when they name the same one."""
SAME = frozenset({"same_passage", "same_words"})
"""The reasons for which two reports are taken to say the same."""
MOST_COMPARED = 500
POLITE = frozenset(
    (
        "dear",
        "editor",
        "editors",
        "good",
        "hello",
        "hi",
        "morning",
        "please",
        "reader",
        "regards",
        "sure",
        "thank",
        "thanks",
    )
)
WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z]\w{2,}")


@dataclass(frozen=True)
class Claim:
    """What is compared of a report: its words, its passage, and where that stands in the article when it is known."""

    words: str
    passage: str = ""
    place: Match | None = None


def similar_to(report: Report, *, among: QuerySet[Report] | None = None) -> list[tuple[Report, float, str]]:
    """Open reports on the same article that say the same, the likeliest first: (report, score 0 to 1, reason).

    What was split from it says something else. The reason is one of `SAME`, or `same_sentence`: last, for a person to
    judge. `among` narrows to what
    the person may see; without it, restricted reports are left out. Compares with the newest 500 open ones.
    """
    if report.article_id is None:
        return []
    rows = Report.objects.filter(visibility=Visibility.NORMAL) if among is None else among
    on_it = rows.open().filter(article=report.article_id, test=report.test)  # type: ignore[attr-defined]  # -- ReportQuerySet
    others = on_it.exclude(pk__in=family_of(report).values("pk"))
    text = text_of(report)
    mine = claim_of(report, text)
    found = []
    for other in (
        others.exclude(status__in=["held", "spam"]).select_related("publication").order_by("-pk")[:MOST_COMPARED]
    ):
        score, reason = compare(mine, claim_of(other, text))
        if reason:
            found.append((other, round(score, 3), reason))
    return sorted(found, key=lambda row: (row[2] not in SAME, -row[1], row[0].pk))


def compare(one: Claim, other: Claim) -> tuple[float, str]:
    """How likely both say the same, 0 to 1, and why: by place first, then by words. No reason when they do not.

    `same_sentence`: both marked the same sentence, and each seems to mean something else in it.
    """
    likeness = passages.similarity(" ".join(_telling(one.words)), " ".join(_telling(other.words)))
    likeness = min(1.0, max(0.0, likeness + _evidence(one.words, other.words)))
    shared = _shared(one, other)
    if shared >= SAME_PLACE:
        same = _mean_the_same(one, other)
        if same is False:
            return likeness / 2, "same_sentence"
        if same or likeness >= SAME_WORDS_IN_PLACE:
            return (shared + likeness) / 2, "same_passage"
    if likeness >= SAME_WORDS and not (one.place and other.place and not shared):
        return likeness, "same_words"
    return likeness, "same_sentence" if shared >= SAME_PLACE else ""


def claim_of(report: Report, text: str) -> Claim:
    """What is compared of this report."""
    place = (
        passages.find(text, report.passage_exact, report.passage_prefix, report.passage_suffix)
        if text and report.passage_exact
        else None
    )
    return Claim(f"{report.claim} {report.suggestion}".strip(), report.passage_exact, place)


def text_of(report: Report) -> str:
    """The text that the reader saw: the headline, an empty line, the body. Empty when it is not here."""
    article = report.article
    if article is None:
        return ""
    revision: Any = article.revisions.filter(number=report.article_revision or article.revision).first()
    return f"{revision.headline}\n\n{revision.body}" if revision is not None else ""


def _shared(one: Claim, other: Claim) -> float:
    """The share of the shorter passage that both marked, 0 to 1; of unplaced ones, 1 when one holds the other."""
    if one.place and other.place:
        return passages.overlap(one.place, other.place)
    first, second = sorted((_plain(one.passage), _plain(other.passage)), key=len)
    return 1.0 if first and (first == second or (" " in first and first in second)) else 0.0


def _evidence(first: str, second: str) -> float:
    """What figures and names add to the likeness of two claims, or take from it when both have some and share none."""
    found = 0.0
    for kind in (NUMBER, NAME):
        ours, theirs = set(kind.findall(first)), set(kind.findall(second))
        if ours and theirs:
            found += SHARED if ours & theirs else -CLASH
    return found


def _mean_the_same(one: Claim, other: Claim) -> bool | None:
    """Whether two claims about one sentence mean the same piece of it; None when their words do not tell."""
    sentence = max(one.passage, other.passage, key=len)
    first = pieces.pointed_at(one.words, one.passage, sentence)
    second = pieces.pointed_at(other.words, other.passage, sentence)
    if all(len(claim.passage.split()) <= pieces.CLOSE for claim in (one, other)):
        # Both marked the piece itself; but a figure in the one and a name in the other are two errors all the same.
        values, theirs = _values(one.words), _values(other.words)
        return not (values and theirs) or bool(values & theirs)
    if first and second:
        return bool(first & second)
    kinds, others = pieces.kinds_of(one.words), pieces.kinds_of(other.words)
    if kinds and others:
        return bool(kinds & others)
    told, said = _telling(one.words), _telling(other.words)
    return False if told and said and not pieces.share_word(told, said) else None


def _values(words: str) -> set[str]:
    """What kinds of values a claim holds."""
    return {kind for kind, known in (("figure", NUMBER), ("name", NAME)) if known.search(words)}


def _telling(words: str) -> list[str]:
    """The words of a claim without those that any claim could hold."""
    return [
        word
        for word in WORD.findall(words.lower())
        if word not in SAYS_NOTHING and word not in POLITE and (len(word) > 2 or word[0].isdigit())
    ]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
