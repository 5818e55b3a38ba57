"""The everyday of the desk: what readers write in four months, and what becomes of it, most of it in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle

from corrections.demo.moves import Scene, editor, publish
from corrections.models import Correction, Report
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from corrections.vocabulary import Category, Resolution
from newsroom.articles.models import Article
from newsroom.articles.services import upsert
from newsroom.demo.archive import MARK, WEIGHT
from newsroom.demo.house import DAILY, EVENING, Stage

FIRST, LAST, EVERY = 116, 4, 2
"""From so many days ago until so many, a report every other day."""


@dataclass(frozen=True)
class Refusal:
    """A reader who is not right, and the answer."""

    claim: str
    code: str
    words: str
    category: str = Category.OTHER


@dataclass(frozen=True)
class Mistake:
    """A reader who is: what stands in the short pieces and should not, and the notice."""

    wrong: str
    right: str
    claim: str
    notice: str
    category: str = Category.NUMBER_OR_DATE


REFUSALS = [
    Refusal(
        "It was colder than that, I was there.",
        Resolution.NO_ERROR_FOUND,
        "We checked this with the people named in the article, and it stands as published.",
    ),
    Refusal(
        "Why do you give these people so much room?",
        Resolution.OUT_OF_SCOPE,
        "Thank you for writing. This is about what we choose to cover, not about an error in the article.",
    ),
    Refusal(
        "This is a scandal and not a quiet month.",
        Resolution.OPINION,
        "“Quiet” is how those quoted see it, and the article says so. You may see it otherwise.",
    ),
    Refusal(
        "Something is wrong with the last sentence.",
        Resolution.NOT_ENOUGH_INFORMATION,
        "We could not find out what you mean. If you tell us what would be right, we look again.",
    ),
    Refusal(
        "Please take this down, my name is easily found with it.",
        Resolution.UNPUBLISHING_REFUSED,
        "We do not remove articles that were right when they appeared. Your name is not in this one.",
        Category.PRIVACY,
    ),
]
MISTAKES = [
    Mistake(
        "between nine and four",
        "between nine and five",
        "The counter is open until five. It stands on its door.",
        "An earlier version of this article gave the wrong hours of the counter on Custom Street. It is open until "
        "five, not until four.",
    ),
    Mistake(
        "by the end of the month",
        "by the end of the week",
        "They said the end of the week, not of the month.",
        "An earlier version of this article misstated when a decision is expected. It is to come by the end of the "
        "week, not of the month.",
    ),
    Mistake(
        "it was said in Port Marlow",
        "it was said on Gull Island",
        "The meeting was on Gull Island.",
        "An earlier version of this article said the meeting was held in Port Marlow. It was on Gull Island.",
        Category.ATTRIBUTION,
    ),
]
HOURS_TO_TAKE_UP = (2, 5, 19, 1, 26, 3, 44, 7)
DAYS_TO_DECIDE = (1, 2, 4, 1, 3, 13, 2, 6)
"""One in eight is late."""
HOURS_TO_PUBLISH = (4, 30, 52, 20)
RIGHT_IN = 3
"""One reader in so many is right."""


def scenes() -> Iterator[Scene]:
    """A report each, the oldest first; three of four at the larger title."""
    sections, titles = cycle(sorted(WEIGHT)), cycle((DAILY, DAILY, DAILY, EVENING))
    refusals, mistakes = cycle(REFUSALS), cycle(MISTAKES)
    hours, days, more = cycle(HOURS_TO_TAKE_UP), cycle(DAYS_TO_DECIDE), cycle(HOURS_TO_PUBLISH)
    for number, ago in zip(count(), range(FIRST, LAST, -EVERY), strict=False):
        wait = (next(hours), min(next(days), ago - 1))
        about = (next(titles), next(sections))
        if number % RIGHT_IN:
            yield Scene(ago, partial(_refused, about=about, what=next(refusals), wait=wait))
        else:
            yield Scene(ago, partial(_corrected, about=about, what=next(mistakes), wait=wait, then=next(more)))


def _refused(stage: Stage, *, about: tuple[str, str], what: Refusal, wait: tuple[int, int]) -> None:
    report = _taken(stage, _piece(stage, *about), what.claim, what.category, "", wait)
    reports.decline(report, by=editor(stage), code=what.code, words=what.words)


def _corrected(stage: Stage, *, about: tuple[str, str], what: Mistake, wait: tuple[int, int], then: int) -> None:
    article = _piece(stage, *about)
    report = reports.accept(_taken(stage, article, what.claim, what.category, what.wrong, wait), by=editor(stage))
    stage.clock.work(hours=then)
    newest = article.current_revision()
    body = newest.body.replace(what.wrong, what.right) if newest else ""
    known = {"external_id": article.external_id, "body": body, "modified_at": stage.clock.moment}
    article = upsert([article.publication], known, by=stage.keys["cms"]).article  # type: ignore[arg-type]  # -- a part of ArticleData
    draft = notices.edit(
        Correction.objects.get(reports=report),
        by=editor(stage),
        text=what.notice,
        original_text=what.wrong,
        corrected_text=what.right,
        error_published_at=article.published_at,
    )
    notices.see_fix(draft, by=editor(stage), article=article, revision=article.revision)
    draft = notices.send_for_approval(draft, by=editor(stage))
    stage.clock.work(minutes=50)
    publish(stage, draft)


def _taken(stage: Stage, article: Article, claim: str, category: str, passage: str, wait: tuple[int, int]) -> Report:
    draft = Draft(
        publication=article.publication, article=article, claim=claim, category=category, passage_exact=passage
    )
    report = submit(draft)
    stage.clock.work(hours=wait[0])
    report = reports.take_up(report, by=editor(stage))
    stage.clock.work(days=wait[1])
    return report


def _piece(stage: Stage, title: str, section: str) -> Article:
    """The newest short piece of this section that nobody has corrected."""
    rows = Article.objects.with_publication().filter(
        publication=stage.publications[title],
        section=section,
        external_id__contains=MARK,
        published_at__lt=stage.clock.moment,
        revision=1,
        corrections__isnull=True,
    )
    return rows.order_by("-published_at")[0]
