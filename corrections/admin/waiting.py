"""What waits for a person at the corrections desk: the questions behind its cards, its filters and its agenda."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from corrections.models import Correction, Message, Report
from corrections.services import anchors
from corrections.vocabulary import Visibility
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import User
from newsroom.admin import AGENDA, AGENDA_LENGTH, Due
from newsroom.events import promises
from newsroom.events.models import Promise
from newsroom.workflow import LEGAL


def answered(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Those in our hands whose reader had the last word, but for a second look that was asked for."""
    said = Message.objects.filter(report=OuterRef("pk"), internal=False).order_by("-pk")
    mine = rows.filter(status__in=[ReportStatus.IN_REVIEW, ReportStatus.ACCEPTED])
    last = mine.annotate(last_by=Subquery(said.values("author_kind")[:1]), last_at=Subquery(said.values("at")[:1]))
    return last.filter(Q(appealed_at=None) | Q(last_at__gt=F("appealed_at")), last_by="reader")


def appealed(rows: QuerySet[Report], person: User) -> QuerySet[Report]:
    """Those whose reader asked for a second look, and that this person may give: who decided first may not."""
    waiting = rows.filter(status=ReportStatus.IN_REVIEW, appealed_at__isnull=False)
    return waiting.exclude(decisions__by=person)


def nearest_due() -> Subquery:
    """Of a notice, the nearest date that is running: the second look at it, or the publication promised to readers."""
    waiting = Report.objects.filter(correction=OuterRef(OuterRef("pk")), status=ReportStatus.ACCEPTED)
    of_it = Q(subject_kind="correction", subject_reference=OuterRef("reference"))
    of_readers = Q(subject_kind="report", subject_reference__in=waiting.values("reference"))
    running = Promise.objects.running().filter(of_it | of_readers)
    return Subquery(running.order_by("due_at").values("due_at")[:1])


def promised(correction: Correction, waiting: Iterable[Report]) -> list[Promise]:
    """What is owed about a notice: what was promised about itself, then the first of the publications that were
    promised to the readers of the reports that wait for it.
    """
    references = [report.reference for report in waiting]
    owed = Promise.objects.owed()
    to_readers = owed.filter(subject_kind="report", subject_reference__in=references, kind="publish")
    return [*promises.running(correction), *to_readers.order_by("due_at")[:1]]


class WaitsFilter(admin.SimpleListFilter):
    """What a reader waits for."""

    title = _("reader")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """An answer to their reply, a second look."""
        return [("reply", _("Replied to us")), ("appeal", _("Asked for a second look"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """The choice."""
        if self.value() == "reply":
            return answered(queryset)
        if self.value() == "appeal" and isinstance(request.user, User):
            return appealed(queryset, request.user)
        return queryset


class EditFilter(admin.SimpleListFilter):
    """What became of the passage. Looks at ended reports, too: the edit may have come after the answer."""

    title = _("passage")
    parameter_name = "passage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Changed without a notice."""
        return [("silent", _("Changed without a notice"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """The choice."""
        return anchors.silent_edits(queryset) if self.value() == "silent" else queryset


def agenda(person: User) -> Iterable[Due]:
    """The reports and notices that are due next of what is this person's, or nobody's."""
    roles = person.roles_anywhere()
    reports = Report.objects.visible_to(person).open()
    theirs = Q(pk__in=[])
    if "desk_editor" in roles:
        theirs |= Q(assignee=person) | Q(assignee=None)
    if LEGAL in roles:
        theirs |= Q(visibility=Visibility.RESTRICTED) | Q(referred_at__isnull=False)
    # Whoever accepted a report has its draft to work on.
    drafted = Q(status=ReportStatus.ACCEPTED, correction__isnull=False, assignee=person)
    dated = reports.filter(theirs).exclude(drafted).values("reference")
    promised = Promise.objects.running().filter(subject_kind="report", subject_reference__in=dated).order_by("due_at")
    due: dict[str, Any] = {}
    for reference, moment in promised.values_list("subject_reference", "due_at")[: 2 * AGENDA_LENGTH]:
        due.setdefault(reference, moment)
    for row in reports.filter(reference__in=due).select_related("publication", "article", "assignee"):
        url = reverse("admin:corrections_report_change", args=[row.pk])
        yield Due(due[row.reference], row.publication, row.claim, row.headline, url, row.get_status_display())
    yield from _notices(person)


def _notices(person: User) -> Iterable[Due]:
    mine = Q(status=CorrectionStatus.DRAFT) & (Q(authors__user=person) | Q(reports__assignee=person))
    if "standards_editor" in person.roles_anywhere():
        mine |= Q(status=CorrectionStatus.AWAITING_APPROVAL) & ~Q(authors__user=person)
    found = Correction.objects.visible_to(person).filter(mine).distinct()
    dated = found.annotate(due_at=nearest_due()).filter(due_at__isnull=False).order_by("due_at")
    for row in dated.select_related("publication").prefetch_related("articles__article")[:AGENDA_LENGTH]:
        named = [named.article.headline for named in row.articles.all()]
        url = reverse("admin:corrections_correction_change", args=[row.pk])
        words = row.text or str(_("No words yet."))
        yield Due(row.due_at, row.publication, words, named[0] if named else "", url, row.get_status_display())


AGENDA.append(agenda)
