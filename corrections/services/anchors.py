"""What an edit of an article does to the reports on it: passages that are gone, and edits that nobody announced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from corrections.anchoring import anchor_of
from corrections.models import CorrectionArticle, Report
from corrections.models.report import OPEN
from corrections.vocabulary import Anchor
from corrections.workflow import ReportStatus
from newsroom.articles.models import Article, Revision
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import THE_CLOCK

UNHEARD = frozenset({"held", "spam"})
WATCHED = frozenset({*OPEN, ReportStatus.DECLINED, ReportStatus.WITHDRAWN, ReportStatus.LAPSED})
"""Reports whose passage is looked at after an edit: open, or ended without a notice."""
LOOKED_AT = 20
"""The newest revisions of an article among which the edit is looked for."""
MOST = 10_000


@transaction.atomic
def recheck(article: Article, *, only: Report | None = None) -> list[Report]:
    """Compare the passages of its `WATCHED` reports (or only that one's) with the article's newest text. Those that
    changed.

    A passage that is gone is `resolved_by_edit`; it is `ok` again if the edit is taken back.
    """
    newest = article.revisions.filter(number=article.revision).first()
    rows_of = Report.objects.filter(article=article, status__in=WATCHED).exclude(passage_exact="")
    reports = list(rows_of if only is None else rows_of.filter(pk=only.pk))
    if newest is None or not reports:
        return []
    numbers = {report.article_revision for report in reports if report.article_revision}
    seen = {row.number: _text(row) for row in article.revisions.filter(number__in=numbers)}
    changed: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        state = _state(report, seen, _text(newest))
        if state != report.anchor_state:
            report.anchor_state = state.value
            changed[state].append(report)
    for reached, rows in changed.items():
        Report.objects.filter(pk__in=[row.pk for row in rows]).update(anchor_state=reached)
    return [row for rows in changed.values() for row in rows]


@transaction.atomic
def after_revision(article: Article) -> None:
    """Recheck; record the silent edits, each report once, when reported passages were changed and no notice says so."""
    article = Article.objects.select_related("publication").get(pk=article.pk)
    gone = [
        report
        for report in recheck(article)
        if report.anchor_state == Anchor.RESOLVED_BY_EDIT
        and report.status not in UNHEARD
        and not (report.test or report.confidential)
    ]
    if not gone:
        return
    settled = set(_settled(Report.objects.filter(article=article)).values_list("pk", flat=True))
    named = _named_revisions([article.pk])
    silent: dict[int, list[str]] = defaultdict(list)
    for report, revision in _edited_in(article, gone):
        if report.pk not in settled and (article.pk, revision) not in named:
            silent[revision].append(report.reference)
    for revision, references in sorted(silent.items()):
        data = {"revision": revision, "reports": sorted(references), "status": article.status}
        record("article.silent_edit", article, by=THE_CLOCK, data=data)


def silent_edits(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Of these, the reports whose passage was changed, and neither a notice that settles them nor one that names that
    revision of the article was published. At most the newest `MOST`.
    """
    waiting = rows.filter(anchor_state=Anchor.RESOLVED_BY_EDIT, status__in=WATCHED - UNHEARD)
    articles = waiting.order_by().values("article")
    recorded = Event.objects.filter(kind="article.silent_edit", article__in=articles).order_by("pk")
    edits: dict[str, tuple[int | None, int]] = {}
    for article_id, data in recorded.values_list("article", "data"):
        for reference in data["reports"]:
            edits.pop(reference, None)
            edits[reference] = (article_id, data["revision"])
    named = _named_revisions(articles) if edits else set()
    silent = [reference for reference, edit in edits.items() if edit not in named]
    settled = _settled(Report.objects.filter(article__in=articles)).values("pk")
    return waiting.filter(reference__in=silent[-MOST:]).exclude(pk__in=settled)


def is_silent(report: Report) -> bool:
    """Whether it is one of the `silent_edits`."""
    if report.anchor_state != Anchor.RESOLVED_BY_EDIT:
        return False
    return silent_edits(Report.objects.filter(pk=report.pk)).exists()


@transaction.atomic
def place(report: Report) -> Report:
    """A passage that is not in the article to begin with is an orphan from its first day."""
    if report.passage_exact and report.article is not None:
        recheck(report.article, only=report)
        report.refresh_from_db(fields=["anchor_state"])
    return report


def _settled(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Those that a published notice settles, itself or by the report that they are joined to."""
    by_another = Q(joined_to__correction__published_at__isnull=False)
    return rows.filter(Q(correction__published_at__isnull=False) | by_another)


def _named_revisions(articles: Any) -> set[tuple[int, int]]:
    """Article and revision of each fix that a published notice names."""
    rows = CorrectionArticle.objects.filter(article__in=articles, correction__published_at__isnull=False)
    named = rows.exclude(revision_after=None).values_list("article", "revision_after")
    return {(article, revision) for article, revision in named if revision is not None}


def _edited_in(article: Article, gone: list[Report]) -> Iterator[tuple[Report, int]]:
    """Each report with the first of the newest revisions from which on its passage is gone."""
    newest = article.revisions.order_by("-number")[:LOOKED_AT]
    texts = {row.number: _text(row) for row in newest}
    seen = {
        row.number: _text(row) for row in article.revisions.filter(number__in={row.article_revision for row in gone})
    }
    for report in gone:
        number = article.revision
        while number - 1 in texts and _state(report, seen, texts[number - 1]) == Anchor.RESOLVED_BY_EDIT:
            number -= 1
        yield report, number


def _state(report: Report, seen: dict[int, str], now: str) -> Anchor:
    return anchor_of(
        seen.get(report.article_revision or 0),
        now,
        exact=report.passage_exact,
        prefix=report.passage_prefix,
        suffix=report.passage_suffix,
    )


def _text(revision: Revision) -> str:
    return f"{revision.headline}\n\n{revision.body}"
