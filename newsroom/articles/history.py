"""The public timeline of an article, read from the event log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.articles.public import corrections_of
from newsroom.events.models import Event

ARTICLE_KINDS = ("article.imported", "article.revised", "article.canceled")
CORRECTION_KINDS = (
    "correction.published",
    "correction.superseded",
    "correction.withdrawn",
    "correction.reinstated",
)


def labels_of(article: Article) -> dict[str, str]:
    """Reference of each public correction of the article → what it is called."""
    return {row["reference"]: row["label"] for row in corrections_of([article.pk])[article.pk]}


def timeline(article: Article, shown: Collection[str]) -> QuerySet[Event]:
    """The public events of this article: published, revised, canceled and released, and what became of each
    correction.

    Events of a correction show only while the correction itself is public, that is among `shown` (references).
    """
    released = Q(kind="article.released", data__from="canceled")
    return Event.objects.filter(
        Q(Q(kind__in=ARTICLE_KINDS) | released, article=article)
        | Q(kind__in=CORRECTION_KINDS, subject_kind="correction", subject_reference__in=shown),
        test=False,
    )


def entry(event: Event, article: Article, labels: Mapping[str, str]) -> dict[str, Any]:
    """One event in the History shape of the API. The first one stands at the article's own date of
    publication. `labels` as `labels_of` has them.
    """
    first = event.kind == "article.imported"
    correction = event.subject_reference if event.subject_kind == "correction" else None
    return {
        "at": article.published_at or event.happened_at if first else event.happened_at,
        "type": "article.published" if first else event.kind,
        "revision": event.data.get("revision") or None,
        "correction": correction,
        "summary": _summary(event, labels.get(correction or "", "")),
    }


def _summary(event: Event, kind: str) -> str:
    sentences = {
        "article.imported": _("Published"),
        "article.revised": _("Text changed: revision %(revision)s") % {"revision": event.data.get("revision")},
        "article.canceled": _("Retracted: the article may no longer be used"),
        "article.released": _("The article may be used again"),
        "correction.published": _("%(kind)s published") % {"kind": kind},
        "correction.superseded": _("%(kind)s replaced by a newer one") % {"kind": kind},
        "correction.withdrawn": _("%(kind)s withdrawn") % {"kind": kind},
        "correction.reinstated": _("%(kind)s reinstated") % {"kind": kind},
    }
    return sentences[event.kind]
