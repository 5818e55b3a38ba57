"""The same error in several articles: found by the passage, named on one notice."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, CorrectionArticle
from corrections.workflow import CorrectionStatus
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Revision
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import record
from newsroom.workflow import DESK, lock

SHORTEST = 20
"""Characters of a passage that is worth looking for: shorter ones stand in every article."""
MOST = 50


def may_spread(correction: Correction, by: User) -> bool:
    """Whether this person may name more articles by the passage now."""
    return (
        correction.status == CorrectionStatus.DRAFT
        and len(correction.original_text.strip()) >= SHORTEST
        and DESK in by.roles_at(correction.publication)
    )


def articles_with(correction: Correction) -> list[Article]:
    """Other articles of the publication whose newest text holds the original passage to the letter, newest first.

    One query; at most 51. Raises `Invalid` for a passage under 20 characters.
    """
    passage = correction.original_text.strip()
    if len(passage) < SHORTEST:
        raise Invalid.one("/original_text", _("The original passage is too short to look for: 20 characters."), "short")
    rows = (
        Revision.objects.filter(
            article__publication=correction.publication_id, number=F("article__revision"), body__contains=passage
        )
        .exclude(article__in=correction.articles.values("article"))
        .select_related("article")
        .order_by(F("article__published_at").desc(nulls_last=True), "-article")
    )
    return [row.article for row in rows[: MOST + 1] if passage in row.body]


@transaction.atomic
def name_all_articles(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """Put every other article with the passage on the draft. Raises `Conflict` when there is none, or more than 50."""
    correction = lock(correction, seen=seen)
    if DESK not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include drafting corrections."))
    if correction.status != CorrectionStatus.DRAFT:
        raise Conflict(_("The words are frozen: return it to draft first."))
    found = articles_with(correction)
    if not found:
        raise Conflict(_("No other article of this publication has that passage."))
    if len(found) > MOST:
        raise Conflict(_("More than 50 articles have that passage: choose a longer one, or name them one by one."))
    CorrectionArticle.objects.bulk_create(
        [
            CorrectionArticle(correction=correction, article=article, revision_before=article.revision or None)
            for article in found
        ],
        ignore_conflicts=True,
    )
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    record(events.ARTICLES_NAMED, correction, by=by, article=found[0], data={"named": len(found)})
    return correction
