"""What a report was filed under by whoever sent it, put right by the desk: desk, category, article, urgency."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Report
from corrections.services import anchors, priority, watching
from corrections.services.moving import keep_closed
from corrections.vocabulary import URGENT_REASONS, Category
from corrections.workflow import ReportStatus
from newsroom.accounts.models import Desk, DeskKind, User
from newsroom.accounts.notices import desk_for
from newsroom.articles.addresses import BadAddress, canonical_key
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import DESK, THE_CLOCK, lock

COMPARED = 1000
"""Open reports without an article that are looked at when one comes in, the newest first."""
ARTICLE = ("article", "article_url", "article_revision", "anchor")
FILED = ("desk", "category", "article", "urgent", "urgent_reason")


def may_refile(report: Report, by: User) -> bool:
    """The desk, while the report is open."""
    return report.is_open and DESK in by.roles_at(report.publication)


@transaction.atomic
def refile(
    report: Report,
    *,
    by: User,
    desk: Desk | None,
    category: str,
    article: Article | None,
    urgent: bool,
    urgent_reason: str = "",
    seen: int | None = None,
) -> Report:
    """File it anew; the status stays. All is stated, and what is as it was changes nothing.

    A desk that gets it is told. What becomes urgent is owed by the hours of an urgent report and calls the editor on
    duty; dates that were promised are never put off. Another article compares the passage with its text, and is refused
    once a notice was begun. Raises `Invalid` for what is not the publication's, and when nothing would change.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk files reports."))
    if not report.is_open:
        raise Conflict(_("Only open reports are filed differently."))
    _check(report, desk, category, article, urgent_reason)
    before = {name: getattr(report, name) for name in FILED}
    report.desk, report.category = desk, category
    report.urgent, report.urgent_reason = urgent, urgent_reason if urgent else ""
    if article != report.article:
        set_article(report, article)
    changed = [name for name in FILED if getattr(report, name) != before[name]]
    if not changed:
        raise Invalid.one("", _("Nothing is different from what it was."), "unchanged")
    report.version += 1
    report.save(update_fields=[*FILED, *ARTICLE, "version", "updated_at"])
    priority.weigh_again(report)
    if report.urgent and not before["urgent"]:
        _hurry(report)
    if "article" in changed:
        anchors.place(report)
    record(events.REFILED, report, by=by, data=_data(report, changed))
    watching.page_if_urgent(report, by=by)
    return report


def recognize(article: Article) -> list[Report]:
    """Name an article that came in on the open reports about one of its addresses that named none. Those reports.

    What nobody has in hand goes to the desk of its section, which is told. The version stays: whoever answers the
    report meanwhile is not refused.
    """
    keys = set(article.addresses.values_list("key", flat=True))
    nameless = Report.objects.open().filter(publication=article.publication_id, article=None).exclude(article_url="")
    newest = nameless.order_by("-pk").values_list("pk", "article_url")[:COMPARED]
    found = [pk for pk, address in newest if _key_of(address) in keys]
    return [report for pk in found if (report := _name(pk, article)) is not None]


@transaction.atomic
def _name(pk: int, article: Article) -> Report | None:
    report = lock(Report(pk=pk))
    if report.article_id is not None:
        return None
    set_article(report, article)
    changed = ["article"]
    if report.assignee_id is None:
        before, report.desk = report.desk_id, _desk_for(report)
        changed += ["desk"] if report.desk_id != before else []
    report.save(update_fields=[*ARTICLE, "desk", "updated_at"])
    priority.weigh_again(report)
    anchors.place(report)
    record(events.REFILED, report, by=THE_CLOCK, data=_data(report, changed))
    return report


def _desk_for(report: Report) -> Desk | None:
    section = report.article.section if report.article is not None else ""
    return desk_for(report.publication, kind=DeskKind.CORRECTIONS, section=section)


def _key_of(address: str) -> str:
    try:
        return canonical_key(address)
    except BadAddress:
        return ""


def set_article(report: Report, article: Article | None) -> None:
    """Say which article it is about, with the text that its reader saw. Saves nothing: see `ARTICLE`."""
    if article is None:
        return
    if report.article_id is not None:
        report.anchor = ""  # a post of the other article
    report.article, report.article_url = article, article.url
    report.article_revision = revision_seen(report, article)


def revision_seen(report: Report, article: Article) -> int | None:
    """The number of the text that stood there when the report came; the first one known if it came before that."""
    texts = article.revisions.order_by("number")
    seen = texts.filter(seen_at__lte=report.created_at).last() or texts.first()
    return seen.number if seen is not None else None


def _check(report: Report, desk: Desk | None, category: str, article: Article | None, urgent_reason: str) -> None:
    if desk is not None and (desk.publication_id, desk.kind) != (report.publication_id, DeskKind.CORRECTIONS):
        raise Invalid.one("/desk", _("Choose a corrections desk of this publication."), "unknown_desk")
    if category not in Category.values:
        raise Invalid.one("/category", _("Choose a category."), "unknown_category")
    if urgent_reason and urgent_reason not in dict(URGENT_REASONS):
        raise Invalid.one("/urgent_reason", _("Choose one of the reasons."), "unknown_reason")
    if article == report.article:
        return
    if article is None:
        raise Invalid.one("/article", _("Which article is it?"), "required")
    if article.publication_id != report.publication_id:
        raise Invalid.one("/article", _("This article belongs to another publication."), "other_publication")
    if report.status == ReportStatus.ACCEPTED:
        raise Conflict(_("A correction of the other article was begun: reopen the report first."))


def _hurry(report: Report) -> None:
    """Owe it by the hours of an urgent report where that is sooner. What waits for the other side runs on as it was."""
    running = promises.running(report).filter(kind__in=priority.URGENT_HOURS, paused_at=None)
    for promise in running.select_related("publication"):
        term = priority.term(promise.publication, promise.kind, urgent=True)
        if term.due_at < promise.due_at:
            promises.give(report, promise.kind, term)


def _data(report: Report, changed: list[str]) -> dict[str, Any]:
    told = {"category": report.category, "urgent": report.urgent, "desk": report.desk_id}
    return {"changed": changed, **{name: value for name, value in told.items() if name in changed}}
