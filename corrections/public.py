"""The public shape of a notice, as the API, the feeds and the article pages show it: one source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from corrections.models import Correction, LedgerOpening
from corrections.vocabulary import (
    REPLACED_SINCE,
    SETTLED_BY,
    SETTLED_BY_UNDOING,
    UNDOING,
    WITHDRAWN_SINCE,
    Effect,
    Kind,
)
from corrections.workflow import CorrectionStatus
from newsroom.articles import using
from newsroom.articles.models import Article
from newsroom.articles.public import register_corrections


def shape(correction: Correction) -> dict[str, Any]:
    """The API's Correction. The row comes from `Correction.objects.…for_page()`, so this asks no further query."""
    followers = list(correction.followers.all())
    target = correction.target if correction.target and correction.target.is_public else None
    acts_on = {effect: target.reference if target and correction.effect == effect else None for effect in Effect}
    return {
        "reference": correction.reference,
        "kind": correction.kind,
        "label": correction.label,
        "effect": correction.effect or None,
        "severity": correction.severity,
        "status": correction.status,
        "text": correction.text,
        "original_text": correction.original_text or None,
        "corrected_text": correction.corrected_text or None,
        "articles": [
            {
                "reference": row.article.reference,
                # Empty under embargo. The reference stays: the entry of the log is committed to it.
                "url": row.article.url if row.is_named else "",
                "headline": row.article.headline if row.is_named else "",
                "section": row.article.section,
                "publication": row.article.publication.slug,
                "revision_before": row.revision_before,
                "revision_after": row.revision_after,
                "fixed_at": row.fixed_at,
                "anchor": row.anchor or None,
                "address": row.address if row.is_named else "",
            }
            for row in correction.articles.all()
        ],
        "published_at": correction.published_at,
        "error_published_at": correction.error_published_at,
        "supersedes": acts_on[Effect.SUPERSEDE],
        "withdraws": acts_on[Effect.WITHDRAW],
        "reinstates": acts_on[Effect.REINSTATE],
        "superseded_by": next((row.reference for row in followers if row.effect == Effect.SUPERSEDE), None),
        "followed_by": [
            {"reference": row.reference, "effect": row.effect, "published_at": row.published_at} for row in followers
        ],
        "reader_reported": correction.reader_reported,
        "ledger": _ledger(correction),
        "url": f"{settings.BASE_URL}{path(correction)}",
    }


def placeholder(correction: Correction) -> dict[str, Any]:
    """What is said of a notice whose words were taken away under an order: that it was there, and its entry."""
    ledger = _ledger(correction)
    return {
        "reference": correction.reference,
        "status": correction.status,
        "ledger": {**ledger, "opening": None} if ledger else None,
    }


def path(correction: Correction) -> str:
    """The notice's page."""
    return f"/corrections/{correction.reference}/"


def settled(correction: Correction) -> str:
    """What a reader is told whose report this public notice settled, as it stands now."""
    if correction.status == CorrectionStatus.SUPERSEDED:
        return str(REPLACED_SINCE)
    if correction.status == CorrectionStatus.WITHDRAWN:
        return str(WITHDRAWN_SINCE)
    if correction.effect in UNDOING:
        return str(SETTLED_BY_UNDOING[Effect(correction.effect)])
    return str(SETTLED_BY[Kind(correction.kind)])


def is_retracted(article: Article) -> bool:
    """Whether a retraction of the article is published, neither replaced nor withdrawn by another notice."""
    rows = Correction.objects.for_article(article).filter(kind=Kind.RETRACTION, status=CorrectionStatus.PUBLISHED)
    return rows.about_articles().exists()


using.RETRACTED.append(is_retracted)


@register_corrections
def of_articles(article_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Article primary key → the public notices about it in the API's shape, newest first; minor fixes left out."""
    ids = list(article_ids)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Correction.objects.listed().filter(articles__article__in=ids).distinct().newest_first().for_page()
    for correction in rows:
        shaped = shape(correction)
        for row in correction.articles.all():
            if row.article_id in ids:
                found[row.article_id].append(shaped)
    return dict(found)


def _ledger(correction: Correction) -> dict[str, Any] | None:
    entry = getattr(correction, "ledger_entry", None)
    if entry is None:
        return None
    try:
        opening = entry.opening
    except LedgerOpening.DoesNotExist:
        opening = None
    return {
        "index": entry.index,
        "leaf_hash": entry.leaf_hash,
        "opening": {"salt": opening.salt, "content": opening.content} if opening else None,
    }
