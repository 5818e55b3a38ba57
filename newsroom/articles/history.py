"""The public timeline of an article, read from the event log."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
KINDS = {
    "correction": gettext_lazy("Correction"),
    "clarification": gettext_lazy("Clarification"),
    "editors_note": gettext_lazy("Editors’ note"),
    "update": gettext_lazy("Update"),
    "retraction": gettext_lazy("Retraction"),
    "reply": gettext_lazy("Reply"),
    "minor_fix": gettext_lazy("Minor fix"),
}


def timeline(article: Article) -> QuerySet[Event]:
    """The public events of this article: published, revised, canceled and released, and what became of each
    correction.

    Events of a correction show only while the correction itself is public.
    """
    shown = [row["reference"] for row in corrections_of([article.pk])[article.pk]]
    released = Q(kind="article.released", data__from="canceled")
    return Event.objects.filter(
        Q(Q(kind__in=ARTICLE_KINDS) | released, article=article)
        | Q(kind__in=CORRECTION_KINDS, subject_kind="correction", subject_reference__in=shown),
        test=False,
    )


def entry(event: Event, article: Article) -> dict[str, Any]:
    """One event in the History shape of the API. The first one stands at the article's own date of
    publication.
    """
    first = event.kind == "article.imported"
    correction = event.subject_reference if event.subject_kind == "correction" else None
    return {
        "at": article.published_at or event.happened_at if first else event.happened_at,
        "type": "article.published" if first else event.kind,
        "revision": event.data.get("revision") or None,
        "correction": correction,
        "summary": _summary(event),
    }


def _summary(event: Event) -> str:
    kind = KINDS.get(event.data.get("kind", ""), KINDS["correction"])
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
