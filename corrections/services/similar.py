"""Which other reports say the same? For the desk only: readers never learn what others claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

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

    What was split from it says something else. The reason is `same_passage` or `same_words`. `among` narrows to what
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
    return sorted(found, key=lambda row: (-row[1], row[0].pk))


def compare(one: Claim, other: Claim) -> tuple[float, str]:
    """How likely both say the same, 0 to 1, and why: by place first, then by words. No reason when they do not."""
    likeness = passages.similarity(_telling(one.words), _telling(other.words))
    likeness = min(1.0, max(0.0, likeness + _evidence(one.words, other.words)))
    shared = _shared(one, other)
    if shared >= SAME_PLACE and likeness >= SAME_WORDS_IN_PLACE:
        return (shared + likeness) / 2, "same_passage"
    if likeness >= SAME_WORDS and not (one.place and other.place and not shared):
        return likeness, "same_words"
    return likeness, ""


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


def _telling(words: str) -> str:
    """A claim without the words that any claim could hold."""
    told = [word for word in WORD.findall(words.lower()) if word not in SAYS_NOTHING and word not in POLITE]
    return " ".join(told)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
