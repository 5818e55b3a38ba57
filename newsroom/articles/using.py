"""Whether an article may be used, by the word of the desk: a hold before a verdict, a removal, a release.

The stricter of the desk's word and the CMS's counts. Readers see it above the article's history, licensees are told by
an update notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.articles import events
from newsroom.articles.models import Article, UseDecision, UseStatus
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.workflow import LEGAL, STANDARDS, Actor, lock

MAX_REASON = 500
EVENTS: dict[str, Kind] = {
    UseStatus.WITHHELD: events.WITHHELD,
    UseStatus.CANCELED: events.CANCELED,
    UseStatus.USABLE: events.RELEASED,
}
"""What happened when an article came to be so."""
RETRACTED: list[Callable[[Article], bool]] = []
"""Who knows whether a retraction of an article stands; the corrections desk adds itself."""


def set_desk_status(article: Article, status: str, *, by: Actor, data: dict[str, Any] | None = None) -> bool:
    """Set the desk's word on the locked article, inside a transaction. Whether it was another one.

    The event names what the article was to everybody and what it is; there is none while the CMS's word is stricter.
    """
    if article.desk_status == status:
        return False
    before = article.status
    article.desk_status = status
    article.version += 1
    article.save(update_fields=["desk_status", "version", "updated_at"])
    if article.status != before:
        told = {"from": before, "to": article.status, **(data or {})}
        record(EVENTS[UseStatus(article.status)], article, by=by, data=told)
    return True


def may_withhold(article: Article, by: User) -> bool:
    """Standards and legal, while it is usable."""
    return article.desk_status == UseStatus.USABLE and bool(by.roles_at(article.publication) & {STANDARDS, LEGAL})


def may_remove(article: Article, by: User) -> bool:
    """Legal, unless it is gone already."""
    return article.desk_status != UseStatus.CANCELED and LEGAL in by.roles_at(article.publication)


def may_release(article: Article, by: User) -> bool:
    """Whoever may have stopped it; never while a retraction stands, which is withdrawn by a notice."""
    wanted = {LEGAL} if article.desk_status == UseStatus.CANCELED else {STANDARDS, LEGAL}
    stopped = article.desk_status != UseStatus.USABLE and bool(by.roles_at(article.publication) & wanted)
    return stopped and not is_retracted(article)


def is_retracted(article: Article) -> bool:
    """Whether a published retraction of it stands."""
    return any(stands(article) for stands in RETRACTED)


def own_word(article: Article) -> str:
    """What the desk last said of the article by itself, not by a notice: `usable` when it never did."""
    last = UseDecision.objects.filter(article=article).order_by("-pk").first()
    return last.status if last is not None else UseStatus.USABLE


@transaction.atomic
def withhold(article: Article, *, by: User, reason: str, seen: int | None = None) -> Article:
    """Hold it before a verdict: nobody may use it until it is released. Licensees are told.

    Raises `NotAllowed` for whoever is neither of standards nor of legal, `Conflict` when it is not usable, `Invalid`
    without a reason.
    """
    article = lock(article, seen=seen)
    _demand(article, by, {STANDARDS, LEGAL})
    if article.desk_status != UseStatus.USABLE:
        raise Conflict(_("This article is withheld or removed already."))
    return _decide(article, UseStatus.WITHHELD, by=by, reason=reason)


@transaction.atomic
def remove(article: Article, *, by: User, reason: str, seen: int | None = None) -> Article:
    """Nobody may use it any more, and no notice says why. Licensees are told to take it down. Raises as `withhold`."""
    article = lock(article, seen=seen)
    _demand(article, by, {LEGAL})
    if article.desk_status == UseStatus.CANCELED:
        raise Conflict(_("This article is removed or retracted already."))
    return _decide(article, UseStatus.CANCELED, by=by, reason=reason)


@transaction.atomic
def release(article: Article, *, by: User, reason: str, seen: int | None = None) -> Article:
    """It may be used again, as far as the desk is concerned. Licensees are told, and readers of what was removed.

    Raises as `withhold`, and `Conflict` while a retraction stands: only a notice withdraws that.
    """
    article = lock(article, seen=seen)
    _demand(article, by, {LEGAL} if article.desk_status == UseStatus.CANCELED else {STANDARDS, LEGAL})
    if article.desk_status == UseStatus.USABLE:
        raise Conflict(_("This article may be used already."))
    if is_retracted(article):
        raise Conflict(_("A retraction of this article is published: only a notice that withdraws it lifts this."))
    return _decide(article, UseStatus.USABLE, by=by, reason=reason)


def _demand(article: Article, by: User, roles: set[str]) -> None:
    if not by.roles_at(article.publication) & roles:
        raise NotAllowed(_("Your role does not include this."))


def _decide(article: Article, status: str, *, by: User, reason: str) -> Article:
    why = reason.strip()
    if not why or len(why) > MAX_REASON:
        raise Invalid.one("/reason", _("Say why, in at most 500 characters: it is kept with your name."), "required")
    UseDecision.objects.create(article=article, status=status, reason=why, by=by, at=timezone.now())
    set_desk_status(article, status, by=by)
    return article
