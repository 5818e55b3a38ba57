"""What an edit of an article does to the reports on it: passages that are gone, and edits that nobody announced."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Max

from corrections.anchoring import anchor_of
from corrections.models import Correction, Report
from corrections.models.report import OPEN
from corrections.vocabulary import Anchor
from newsroom.articles.models import Article, Revision
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import THE_CLOCK

UNHEARD = frozenset({"held", "spam"})


@transaction.atomic
def recheck(article: Article, *, only: Report | None = None) -> list[Report]:
    """Compare every open report's passage (or only that one's) with the article's newest text. Those that changed.

    A passage that is gone is `resolved_by_edit`; it is `ok` again if the edit is taken back.
    """
    newest = article.revisions.filter(number=article.revision).first()
    rows_of = Report.objects.open().filter(article=article).exclude(passage_exact="")
    reports = list(rows_of if only is None else rows_of.filter(pk=only.pk))
    if newest is None or not reports:
        return []
    numbers = {report.article_revision for report in reports if report.article_revision}
    seen = {row.number: _text(row) for row in article.revisions.filter(number__in=numbers)}
    changed: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        state = anchor_of(
            seen.get(report.article_revision or 0),
            _text(newest),
            exact=report.passage_exact,
            prefix=report.passage_prefix,
            suffix=report.passage_suffix,
        )
        if state != report.anchor_state:
            report.anchor_state = state.value
            changed[state].append(report)
    for reached, rows in changed.items():
        Report.objects.filter(pk__in=[row.pk for row in rows]).update(anchor_state=reached)
    return [row for rows in changed.values() for row in rows]


@transaction.atomic
def after_revision(article: Article, *, revision: int) -> None:
    """Recheck; record a silent edit, once a revision, when a reported passage was changed and no notice says so."""
    article = Article.objects.select_related("publication").get(pk=article.pk)
    gone = [
        report
        for report in recheck(article)
        if report.anchor_state == Anchor.RESOLVED_BY_EDIT
        and report.status not in UNHEARD
        and not (report.test or report.confidential)
    ]
    said_at = _last_notice(article) if gone else None
    silent = [report for report in gone if said_at is None or said_at < report.created_at]
    known = Event.objects.filter(article=article, kind="article.silent_edit", data__revision=revision)
    if silent and not known.exists():
        named = sorted(report.reference for report in silent)
        data = {"revision": revision, "reports": named, "status": article.status}
        record("article.silent_edit", article, by=THE_CLOCK, data=data)


def is_silent(report: Report) -> bool:
    """Whether the reported passage was changed, and no public notice on the article since the report says so."""
    if report.anchor_state != Anchor.RESOLVED_BY_EDIT or report.article is None or report.status not in OPEN:
        return False
    said_at = _last_notice(report.article)
    return said_at is None or said_at < report.created_at


@transaction.atomic
def place(report: Report) -> Report:
    """A passage that is not in the article to begin with is an orphan from its first day."""
    if report.passage_exact and report.article is not None:
        recheck(report.article, only=report)
        report.refresh_from_db(fields=["anchor_state"])
    return report


def _last_notice(article: Article) -> datetime | None:
    found = Correction.objects.public().for_article(article).aggregate(last=Max("published_at"))["last"]
    return cast("datetime | None", found)


def _text(revision: Revision) -> str:
    return f"{revision.headline}\n\n{revision.body}"
