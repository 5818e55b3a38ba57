"""The article in schema.org's words: NewsArticle with `correction[]` of CorrectionComment."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from newsroom.articles.models import Article, UseStatus
from newsroom.articles.public import corrections_of
from newsroom.articles.rights import members_of

HEADLINE_LENGTH = 110
SHOWN = frozenset({"published", "superseded", "withdrawn"})


def news_article(article: Article) -> dict[str, Any]:
    """A schema.org NewsArticle. `correction` holds every public correction with a text, newest first.

    schema.org has no word for a correction's kind or state: the kind is its `name`, and one that no longer
    stands has a `creativeWorkStatus`.
    """
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": article.url,
        "url": article.url,
        "identifier": article.reference,
        "headline": article.headline[:HEADLINE_LENGTH],
        "inLanguage": article.language,
        "author": [{"@type": "Person", "name": name} for name in article.bylines],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": article.publication.name,
            "correctionsPolicy": f"{settings.BASE_URL}/guidelines/",
            "actionableFeedbackPolicy": f"{settings.BASE_URL}/corrections/new/",
        },
        **members_of(article),
        "correction": [_comment(row) for row in corrections_of([article.pk])[article.pk] if _is_shown(row)],
    }
    optional = {
        "articleSection": article.section,
        "datePublished": article.published_at.isoformat() if article.published_at else "",
        "dateModified": article.modified_at.isoformat() if article.modified_at else "",
        "version": article.revision,
        "sourceOrganization": {"@type": "Organization", "name": article.source_agency} if article.source_agency else {},
        "creativeWorkStatus": "Retracted" if article.status == UseStatus.CANCELED else "",
    }
    return document | {name: value for name, value in optional.items() if value}


def _is_shown(row: dict[str, Any]) -> bool:
    return row.get("status") in SHOWN and bool(row.get("text"))


def _comment(row: dict[str, Any]) -> dict[str, Any]:
    comment = {
        "@type": "CorrectionComment",
        "@id": row["url"],
        "url": row["url"],
        "name": row["label"],
        "text": row["text"],
        "datePublished": row["published_at"],
    }
    if row["status"] != "published":
        comment["creativeWorkStatus"] = row["status"].capitalize()
    return comment
