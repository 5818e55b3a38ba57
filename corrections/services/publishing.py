"""What a publication sets in motion, inside its one transaction: leaf, reports, the notice it names, the article."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from corrections import public
from corrections.events import EVENT_OF_MOVE
from corrections.ledger import log
from corrections.models import Correction, CorrectionArticle, Report
from corrections.services import answers, checkpoints, placing
from corrections.services.moving import begin, decide, end
from corrections.vocabulary import RESOLUTION_BY_KIND, UNDOING, Effect, Kind, Resolution, Visibility
from corrections.workflow import CORRECTION
from newsroom.articles import using
from newsroom.articles.models import Article, UseStatus
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import THE_LOG, Actor, lock

MOVE_OF_EFFECT = {Effect.SUPERSEDE: "supersede", Effect.WITHDRAW: "withdraw", Effect.REINSTATE: "reinstate"}


def name(correction: Correction, article: Article) -> None:
    """Put the article on the notice, with the revision that holds the error."""
    CorrectionArticle.objects.get_or_create(
        correction=correction, article=article, defaults={"revision_before": article.revision or None}
    )


def publish(correction: Correction, change: dict[str, Any], *, by: Actor, now: datetime) -> Correction:
    """Save the moved notice and everything that follows from it. The head of the log is locked last.

    Raises `Conflict` while entries of the log are missing. The notice is dated like its leaf.
    """
    checkpoints.refuse_while_behind()
    correction.published_at = now
    correction.published_by_id = getattr(by, "pk", None)
    correction.reader_reported = correction.reports.filter(origin="reader", visibility=Visibility.NORMAL).exists()
    correction.save(
        update_fields=[
            "status",
            "version",
            "updated_at",
            "published_at",
            "published_by",
            "reader_reported",
            "alone_reason",
        ]
    )
    code = Resolution.CORRECTED if correction.effect in UNDOING else RESOLUTION_BY_KIND[Kind(correction.kind)]
    _resolve_reports(correction, code=code, by=THE_LOG)
    affected = _apply_effect(correction, by=by)
    if correction.kind == Kind.RETRACTION and correction.effect not in UNDOING:
        _cancel_articles(correction, by=by)
    refresh_articles(correction)
    placing.owe(correction, now=now)
    _record(correction, change, by=by)
    entry = log.append("published", correction, now=now, opening=True)
    if affected is not None:
        log.append(PAST[Effect(correction.effect)], affected, now=now, opening=False)
    if entry.at != now:
        correction.published_at = entry.at
        correction.save(update_fields=["published_at", "updated_at"])
        refresh_articles(correction)
    return correction


PAST = {Effect.SUPERSEDE: "superseded", Effect.WITHDRAW: "withdrawn", Effect.REINSTATE: "reinstated"}


def refresh_articles(correction: Correction) -> None:
    """Count the public notices of each article it names afresh: each locked first, or two notices that are published
    at once would not count each other, and in one order, or they would wait for each other. What withdraws or
    reinstates one of them is news about the article, and no further correction of it.
    """
    for row in correction.articles.order_by("article"):
        article = lock(Article(pk=row.article_id))
        listed = Correction.objects.for_article(article).listed()
        newest = listed.order_by("-published_at").values_list("published_at", flat=True).first()
        Article.objects.filter(pk=article.pk).update(
            corrections_count=listed.about_articles().count(), latest_correction_at=newest, updated_at=timezone.now()
        )


def _resolve_reports(correction: Correction, *, code: str, by: Actor) -> list[Report]:
    settled = []
    for waiting in Report.objects.filter(correction=correction, status="accepted").order_by("pk"):
        report, change = begin(waiting, "resolve", by=by, seen=None)
        report.resolution_code = code
        decision = decide(report, "resolve", by=by, code=code, answer=answers.closing(report, code))
        change |= {"decision": decision.pk, "correction": correction.reference, "resolution_code": code}
        promises.keep(report, "publish", "decide")
        settled.append(end(report, change, by=by, fields=("resolution_code",)))
    return settled


def _apply_effect(correction: Correction, *, by: Actor) -> Correction | None:
    if not correction.effect or correction.target is None:
        return None
    target = lock(correction.target)
    move = MOVE_OF_EFFECT[Effect(correction.effect)]
    change: dict[str, Any] = dict(CORRECTION.move(target, move, THE_LOG if move == "supersede" else by))
    change["by_notice"] = correction.reference
    target.save(update_fields=["status", "version", "updated_at"])
    if target.kind == Kind.RETRACTION and move == "withdraw":
        _release_articles(target, by=by)
    if target.kind == Kind.RETRACTION and move == "reinstate":
        _cancel_articles(target, by=by)
    _record(target, change, by=THE_LOG if move == "supersede" else by)
    return target


def _cancel_articles(correction: Correction, *, by: Actor) -> None:
    for row in correction.articles.order_by("article"):
        article = lock(Article(pk=row.article_id))
        using.set_desk_status(article, UseStatus.CANCELED, by=by, data={"correction": correction.reference})


def _release_articles(correction: Correction, *, by: Actor) -> None:
    """Each is again what the desk said of it by itself, unless another retraction of it stands."""
    for row in correction.articles.order_by("article"):
        article = lock(Article(pk=row.article_id))
        if not public.is_retracted(article):
            word = using.own_word(article)
            using.set_desk_status(article, word, by=by, data={"correction": correction.reference})


def _record(correction: Correction, change: dict[str, Any], *, by: Actor) -> None:
    rows = list(correction.articles.select_related("article"))
    record(
        EVENT_OF_MOVE["correction"][change["move"]],
        correction,
        by=by,
        article=rows[0].article if rows else None,
        data={
            **change,
            "kind": correction.kind,
            "severity": correction.severity,
            "effect": correction.effect or None,
            "articles": [row.article_id for row in rows],
            "article_references": [row.article.reference for row in rows],
            "revision_after": {str(row.article_id): row.revision_after for row in rows if row.revision_after},
        },
    )
