"""The fix in the articles of a notice: proposed when an edit looks like it, seen by a person, or not to come."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, CorrectionArticle
from corrections.workflow import UNPUBLISHED
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Revision
from newsroom.articles.passages import changed_paragraphs
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.workflow import DESK, THE_LOG, Actor, lock

LOOKED_AT = 20
"""The newest revisions of an article that are looked through for the fix."""
MAX_REASON = 500


@transaction.atomic
def revision_arrived(article: Article) -> None:
    """The text of an article changed: propose it, or no longer, to the notices that wait for its fix; those that had it
    wait again where it was taken back.
    """
    waiting = Correction.objects.filter(status__in=UNPUBLISHED, articles__article=article).order_by("pk")
    for correction in waiting:
        locked = lock(correction)
        for row in locked.articles.filter(article=article).exclude(revision_after=None).select_related("article"):
            if _is_undone(row, locked):
                row.revision_after = row.fixed_at = None
                row.save(update_fields=["revision_after", "fixed_at"])
                _end(locked, events.FIX_UNDONE, by=THE_LOG, article=article, data={"revision": article.revision})
        propose(locked, article=article)


def propose(correction: Correction, *, article: Article | None = None) -> None:
    """Look for the first of the newest revisions from which on the error is gone, or the right words are there.

    Only a person says that it is the fix. A proposal goes when the edit is taken back. With `article`, its text has
    just arrived, and whoever waits is told. Inside a transaction that holds the notice.
    """
    rows = correction.articles.filter(revision_after=None).select_related("article").order_by("pk")
    for row in rows if article is None else rows.filter(article=article):
        found = _fix_in(row, correction)
        if found == row.proposed_revision:
            continue
        row.proposed_revision = found
        row.save(update_fields=["proposed_revision"])
        if found is not None:
            data = {"revision": found, "arrived": article is not None}
            record(events.FIX_PROPOSED, correction, by=THE_LOG, article=row.article, data=data)


def proposals(correction: Correction) -> list[dict[str, Any]]:
    """What is proposed for a draft's articles, each with the paragraphs that the edit changed, word by word."""
    if correction.status not in UNPUBLISHED:
        return []
    found = []
    for row in correction.articles.exclude(proposed_revision=None).select_related("article").order_by("pk"):
        texts = {
            revision.number: f"{revision.headline}\n\n{revision.body}"
            for revision in row.article.revisions.filter(number__in=[row.revision_before or 0, row.proposed_revision])
        }
        now = texts.get(row.proposed_revision or 0, "")
        found.append({"row": row, "diff": changed_paragraphs(texts.get(row.revision_before or 0, ""), now)})
    return found


@transaction.atomic
def see_fix(
    correction: Correction,
    *,
    by: User,
    article: Article,
    revision: int,
    before: int | None = None,
    seen: int | None = None,
) -> Correction:
    """A person states which revision of the article holds the fix, and with `before`, which one held the error. The
    article counts as fixed since that revision was first seen, not since somebody said so.

    Raises `Invalid` unless both are revisions of that article, and the fix came after the error.
    """
    correction, row = _begin(correction, by=by, article=article, seen=seen)
    numbers = {number for number in (revision, before) if number is not None}
    seen_at = dict(article.revisions.filter(number__in=numbers).values_list("number", "seen_at"))
    if len(seen_at) < len(numbers):
        raise Invalid.one("/revision", _("That article has no such revision."), "unknown_revision")
    row.revision_before = before or row.revision_before
    if row.revision_before is not None and revision <= row.revision_before:
        raise Invalid.one("/revision", _("The fix comes after the revision with the error."), "not_after")
    row.revision_after, row.fixed_at = revision, seen_at[revision]
    row.proposed_revision, row.not_fixed_reason = None, ""
    row.save(update_fields=["revision_before", "revision_after", "fixed_at", "proposed_revision", "not_fixed_reason"])
    return _end(correction, events.FIX_SEEN, by=by, article=article, data={"revision": revision})


@transaction.atomic
def leave_unchanged(
    correction: Correction, *, by: User, article: Article, reason: str, seen: int | None = None
) -> Correction:
    """This article stays as it is, and why: the notice need not wait for a fix in it."""
    correction, row = _begin(correction, by=by, article=article, seen=seen)
    state_reason(row, reason)
    return _end(correction, events.FIX_WAIVED, by=by, article=article, data={})


def state_reason(row: CorrectionArticle, reason: str) -> None:
    """Write down why the article is not changed. Inside the transaction of whoever says so."""
    if not reason.strip():
        raise Invalid.one("/reason", _("Say why the article stays as it is."), "required")
    if len(reason) > MAX_REASON:
        raise Invalid.one("/reason", _("At most 500 characters."), "too_long")
    row.not_fixed_reason = reason.strip()
    row.revision_after = row.fixed_at = None
    row.save(update_fields=["not_fixed_reason", "revision_after", "fixed_at"])


def _begin(
    correction: Correction, *, by: User, article: Article, seen: int | None
) -> tuple[Correction, CorrectionArticle]:
    correction = lock(correction, seen=seen)
    if DESK not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include this."))
    if correction.status not in UNPUBLISHED:
        raise Conflict(_("What is published stays as it was published: a newer notice can replace it."))
    row = CorrectionArticle.objects.select_for_update().filter(correction=correction, article=article).first()
    if row is None:
        raise Invalid.one("/article", _("The notice does not name that article."), "unknown_article")
    return correction, row


def _end(correction: Correction, kind: Kind, *, by: Actor, article: Article, data: dict[str, int]) -> Correction:
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    record(kind, correction, by=by, article=article, data=data)
    return correction


def _fix_in(row: CorrectionArticle, correction: Correction) -> int | None:
    wrong, right = _folded(correction.original_text), _folded(correction.corrected_text)
    if not wrong and not right:
        return None
    number = row.revision_before or 0
    held = row.article.revisions.filter(number=number).first()
    before = _text(held) if held is not None else wrong
    found = None
    for revision in row.article.revisions.filter(number__gt=number).order_by("-number")[:LOOKED_AT]:
        now = _text(revision)
        gone = bool(wrong) and before.count(wrong) > now.count(wrong)
        there = bool(right) and now.count(right) > before.count(right)
        if not gone and not there:
            break
        found = revision.number
    return found


def _is_undone(row: CorrectionArticle, correction: Correction) -> bool:
    """Whether the newest text lacks right words that the revision with the fix has, or, where it has none of them, says
    the wrong ones more often. Beside right words the wrong ones may stand in a note about the correction.
    """
    wrong, right = _folded(correction.original_text), _folded(correction.corrected_text)
    numbers = [row.revision_after or 0, row.article.revision or 0]
    texts = {revision.number: _text(revision) for revision in row.article.revisions.filter(number__in=numbers)}
    held, now = (texts.get(number, "") for number in numbers)
    if right and right in held:
        return now.count(right) < held.count(right)
    return bool(wrong) and now.count(wrong) > held.count(wrong)


def _text(revision: Revision) -> str:
    return _folded(f"{revision.headline}\n\n{revision.body}")


def _folded(text: str) -> str:
    return " ".join(text.split())
