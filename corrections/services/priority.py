"""How urgent a report is, with the reasons, and the dates that are promised for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corrections.models import Report
from corrections.vocabulary import Category, Severity
from newsroom.accounts import regimes
from newsroom.accounts.models import Publication
from newsroom.business_time import Term
from newsroom.events import promises

WEIGHT = {
    Category.PRIVACY: 30,
    Category.NAME_OR_TITLE: 20,
    Category.QUOTATION: 20,
    Category.AI_ERROR: 20,
    Category.HEADLINE: 15,
    Category.NUMBER_OR_DATE: 15,
    Category.ATTRIBUTION: 15,
    Category.OUTCOME_MISSING: 15,
    Category.SPELLING: 0,
}
FRESH = timedelta(days=2)
REASONS: dict[str, Any] = {
    "urgent": gettext_lazy("urgent"),
    "subject_of_story": gettext_lazy("the reader is the subject of the story"),
    "severity:high": gettext_lazy("judged severe"),
    "fresh_article": gettext_lazy("the article is younger than two days"),
}
URGENT_HOURS = {"acknowledge": "on_call_within_hours", "decide": "urgent_within_hours"}
"""Promise of an urgent report → the setting that holds its calendar hours."""


def of(report: Report, *, now: datetime | None = None) -> tuple[int, list[str]]:
    """0 to 100 with the names of the reasons, the heaviest first."""
    now = now or timezone.now()
    reasons: list[tuple[int, str]] = []
    if report.urgent:
        reasons.append((50, "urgent"))
    if report.about_me:
        reasons.append((25, "subject_of_story"))
    weight = WEIGHT.get(Category(report.category), 10)
    if weight:
        reasons.append((weight, f"category:{report.category}"))
    if report.severity == Severity.HIGH:
        reasons.append((20, "severity:high"))
    joined = report.joined.count() if report.pk else 0
    if joined:
        reasons.append((min(20, 5 * joined), f"readers:{joined + 1}"))
    if report.article and report.article.published_at and now - report.article.published_at < FRESH:
        reasons.append((10, "fresh_article"))
    reasons.sort(reverse=True)
    return min(100, sum(points for points, _name in reasons)), [name for _points, name in reasons]


def weigh_again(report: Report) -> None:
    """Reckon the priority anew and keep it, after somebody joined or judged. The version stays: nobody moved it."""
    report.priority, report.priority_reasons = of(report)
    Report.objects.filter(pk=report.pk).update(priority=report.priority, priority_reasons=report.priority_reasons)


def words_of(reasons: list[str]) -> list[str]:
    """The reasons as people read them."""
    found = []
    for reason in reasons:
        name, _colon, value = reason.partition(":")
        if name == "category" and value in Category.values:
            found.append(str(Category(value).label))
        elif name == "readers":
            found.append(_("%(count)s readers") % {"count": value})
        else:
            found.append(str(REASONS.get(reason, reason)))
    return found


def promise(report: Report, *kinds: str, since: datetime | None = None) -> None:
    """Give (or give again) the dates of the publication's policy: acknowledge, decide, publish. Counted from `since`
    (now).
    """
    for kind in kinds or regimes.PROMISES:
        promises.give(report, kind, term(report.publication, kind, urgent=report.urgent, now=since))


def due(publication: Publication, kind: str, *, urgent: bool = False, now: datetime | None = None) -> datetime:
    """When a thing of this kind is due if it begins now: by the publication's regime and its own days, whichever is
    earlier; by calendar hours if it is urgent.
    """
    return term(publication, kind, urgent=urgent, now=now).due_at


def term(publication: Publication, kind: str, *, urgent: bool = False, now: datetime | None = None) -> Term:
    """The same, with how the date is counted while the clock stands."""
    now = now or timezone.now()
    if urgent and kind in URGENT_HOURS:
        return Term(now + timedelta(hours=int(publication.policy(URGENT_HOURS[kind]))))
    return regimes.term(publication, kind, now)
