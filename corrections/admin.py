"""The corrections desk in the admin: the queue of reports, and the notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corrections.forms import desk as forms
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, Report
from corrections.services import anchors, contacts
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.similar import similar_to
from corrections.services.submitting import private_path, submit
from corrections.workflow import CORRECTION, REPORT, CorrectionStatus, ReportStatus
from newsroom.accounts.models import Approval, User
from newsroom.admin import CARDS, SOON, Button, Card, WorkflowAdmin, due_line
from newsroom.articles.passages import word_diff
from newsroom.events import promises
from newsroom.events.models import Promise
from newsroom.events.reveals import reveals_of

SIMILAR_SHOWN = 20
DESK_ROLES = frozenset({"desk_editor", "standards_editor", "legal"})


def _at_desk(subject: Any, person: User) -> bool:
    return "desk_editor" in person.roles_at(subject.publication)


def _never(subject: Any, person: User) -> bool:
    """Not among the moves at the side: the page has its own forms for it."""
    return False


def _is_draft(subject: Correction, person: User) -> bool:
    return subject.status == CorrectionStatus.DRAFT and _at_desk(subject, person)


def _fix_can_be_seen(subject: Correction, person: User) -> bool:
    return subject.status in {CorrectionStatus.DRAFT, CorrectionStatus.AWAITING_APPROVAL} and _at_desk(subject, person)


def _has_warnings(subject: Correction, person: User) -> bool:
    return subject.status in notices.OPEN and _at_desk(subject, person) and bool(subject.unanswered())


def _awaits_review(subject: Correction, person: User) -> bool:
    waiting = Approval.objects.filter(
        subject_kind="correction",
        subject_reference=subject.reference,
        move__in=["publish_urgent", "suppress"],
        approved_at=None,
    ).exclude(proposed_by=person)
    roles = person.roles_at(subject.publication)
    return bool({"standards_editor", "legal"} & roles) and waiting.exists()


class DueFilter(admin.SimpleListFilter):
    """By what is owed."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Over, or within a day."""
        return [("over", _("Overdue")), ("soon", _("Within a day"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those whose nearest promise is past, or nearly."""
        now = timezone.now()
        if self.value() == "over":
            return queryset.filter(due_at__lt=now)
        if self.value() == "soon":
            return queryset.filter(due_at__gte=now, due_at__lt=now + SOON)
        return queryset


class OpenFilter(admin.SimpleListFilter):
    """Open reports first of all; closed ones on request."""

    title = _("open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Open, mine, unassigned, closed, all."""
        return [("mine", _("Mine")), ("nobody", _("Nobody's")), ("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first choice is the open ones, not all."""
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice["display"] = _("Open")
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """The choice."""
        value = self.value()
        if value == "all" or "status__exact" in request.GET:
            return queryset
        if value == "closed":
            return queryset.exclude(pk__in=Report.objects.open().values("pk"))
        rows = queryset.filter(status__in=[status for status in ReportStatus.values if status in OPEN])
        if value == "mine":
            return rows.filter(assignee=request.user.pk)
        if value == "nobody":
            return rows.filter(assignee=None)
        return rows


OPEN = {"held", "new", "in_review", "needs_info", "accepted"}


@admin.register(Report)
class ReportAdmin(WorkflowAdmin):
    """The queue: what is due first, first."""

    workflow = REPORT
    roles = DESK_ROLES
    subject_template = "admin/corrections/report.html"
    list_display = ("reference", "what", "status", "due", "priority", "assignee", "article_line")
    list_display_links = ("reference", "what")
    list_filter = (OpenFilter, DueFilter, "status", "publication", "urgent", "category")
    search_fields = ("reference", "article__headline", "article_url", "claim")
    list_select_related = ("publication", "article", "assignee", "desk")
    buttons: ClassVar[dict[str, Button]] = {
        "take_up": Button(reports.take_up),
        "release": Button(reports.release),
        "ask": Button(reports.ask, forms.ReportAskForm),
        "resume": Button(reports.resume),
        "accept": Button(reports.accept, forms.ReportAcceptForm),
        "decline": Button(reports.decline, forms.ReportDeclineForm),
        "join": Button(reports.join, forms.ReportJoinForm),
        "join_here": Button(
            lambda subject, *, by, other, theirs, words, seen=None: reports.join(
                other, by=by, other=subject, words=words, seen=theirs
            ),
            forms.ReportJoinHereForm,
            _("Join to this report"),
            _never,
        ),
        "reopen": Button(reports.reopen, forms.ReportReopenForm),
        "assign": Button(reports.assign, forms.ReportAssignForm, _("Assign"), _at_desk),
        "note": Button(
            lambda subject, *, by, words, seen=None: reports.note(subject, by=by, words=words),
            forms.NoteForm,
            _("Add a note"),
            _at_desk,
        ),
        "reveal_contact": Button(
            lambda subject, *, by, reason, seen=None: contacts.reveal_contact(subject, by=by, reason=reason),
            forms.ReportRevealContactForm,
            _("Reveal contact"),
            contacts.may_reveal,
            answers=True,
        ),
        "restore": Button(reports.restore),
        "mark_spam": Button(reports.mark_spam, danger=True),
    }
    starters: ClassVar[dict[str, Button]] = {
        "enter": Button(
            submit,
            forms.ReportEnterForm,
            _("Enter a report for someone"),
            lambda _subject, person: "desk_editor" in person.roles_anywhere(),
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Sorted by what is due, then by priority."""
        return super().get_queryset(request).annotate(due_at=promises.nearest_due("report"))

    def get_ordering(self, request: HttpRequest) -> Any:
        """Urgent ones first, then by the nearest promise, then by priority."""
        return ["-urgent", F("due_at").asc(nulls_last=True), "-priority", "pk"]

    def subject_context(self, request: HttpRequest, subject: Report) -> dict[str, Any]:
        """The thread, the decisions, the article as it was, and whether the reader can be mailed."""
        contact = getattr(subject, "contact", None)
        return {
            "thread": list(subject.messages.select_related("author")),
            "decisions": list(subject.decisions.select_related("by")),
            "joined": list(subject.joined.order_by("pk")[:50]),
            "contact": contact,
            "reveals": list(reveals_of(subject)),
            "private_path": private_path(subject),
            "same_article": Report.objects.visible_to(request.user)  # type: ignore[arg-type]  # -- staff by admin_view
            .filter(article=subject.article_id, article__isnull=False)
            .exclude(pk=subject.pk)
            .order_by("-pk")[:10],
            "silent": anchors.is_silent(subject),
            **self._similar(request, subject),
        }

    def _similar(self, request: HttpRequest, subject: Report) -> dict[str, Any]:
        """Who else says the same, and whether one press joins it here. Only for open reports."""
        if not subject.is_open:
            return {}
        person = request.user
        rows = similar_to(subject, among=Report.objects.visible_to(person))  # type: ignore[arg-type]  # -- staff by admin_view
        same_place = sum(reason == "same_passage" for _other, _score, reason in rows)
        return {
            "similar": [
                (other, round(100 * score), reason, "join" in reports.available(other, person))  # type: ignore[arg-type]  # -- idem
                for other, score, reason in rows[:SIMILAR_SHOWN]
            ],
            "readers": 1 + same_place + subject.joined.count(),
        }

    @admin.display(description=_("what is wrong"))
    def what(self, report: Report) -> str:
        """The first words of the claim."""
        return report.claim[:90]

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, report: Any) -> str:
        """The nearest promise, marked when it is near or past."""
        return due_line(report)

    @admin.display(description=_("article"), ordering="article__headline")
    def article_line(self, report: Report) -> str:
        """Its headline, or the address that is not imported yet."""
        return (report.article.headline if report.article else report.article_url or report.medium_detail)[:80]


@admin.register(Correction)
class CorrectionAdmin(WorkflowAdmin):
    """The notices, from draft to the public log."""

    workflow = CORRECTION
    roles = DESK_ROLES
    subject_template = "admin/corrections/correction.html"
    list_display = ("reference", "kind", "severity", "status", "headline", "published_at", "updated_at")
    list_display_links = ("reference", "headline")
    list_filter = ("status", "kind", "severity", "publication")
    search_fields = ("reference", "text", "articles__article__headline")
    list_select_related = ("publication",)
    buttons: ClassVar[dict[str, Button]] = {
        "edit": Button(notices.edit, forms.CorrectionEditForm, _("Write"), _is_draft),
        "name_article": Button(notices.name_article, forms.CorrectionNameArticleForm, _("Name an article"), _is_draft),
        "drop_article": Button(notices.drop_article, forms.CorrectionDropArticleForm, _("Drop an article"), _is_draft),
        "see_fix": Button(
            lambda subject, *, by, article, revision, seen=None: notices.see_fix(
                subject, by=by, article=article, revision=revision
            ),
            forms.CorrectionSeeFixForm,
            _("The fix is in the article"),
            _fix_can_be_seen,
        ),
        "answer_warning": Button(
            notices.answer_warning, forms.CorrectionAnswerWarningForm, _("Answer a warning"), _has_warnings
        ),
        "send_for_approval": Button(notices.send_for_approval),
        "publish": Button(notices.publish),
        "return_to_draft": Button(notices.return_to_draft, forms.WordsForm),
        "publish_urgent": Button(notices.publish_urgent, forms.WordsForm, danger=True),
        "review": Button(
            lambda subject, *, by, seen=None: notices.review(subject, by=by),
            None,
            _("Reviewed as the second person"),
            _awaits_review,
        ),
        "discard": Button(notices.discard, danger=True),
        "suppress": Button(notices.suppress, forms.CorrectionSuppressForm, danger=True),
        "unsuppress": Button(notices.unsuppress, forms.WordsForm),
    }
    starters: ClassVar[dict[str, Button]] = {
        "correction": Button(
            notices.start,
            forms.CorrectionStartForm,
            _("Start a correction"),
            lambda _subject, person: "desk_editor" in person.roles_anywhere(),
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        """With the articles that each row names."""
        return super().get_queryset(request).prefetch_related("articles__article")

    def subject_context(self, request: HttpRequest, subject: Correction) -> dict[str, Any]:
        """The passages word by word, who wrote it, the reports that wait for it, what still keeps it back."""
        return {
            "rows": list(subject.articles.select_related("article")),
            "diff": word_diff(subject.original_text, subject.corrected_text)
            if subject.original_text and subject.corrected_text
            else [],
            "authors": list(subject.authors.select_related("user")),
            "waiting": list(subject.reports.order_by("pk")[:100]),
            "not_ready": subject.not_ready() if subject.status in notices.OPEN else "",
            "findings": [(row, subject.lint_answers.get(row.code, "")) for row in subject.lint()]
            if subject.status in notices.OPEN
            else [],
            "entry": LedgerEntry.objects.filter(correction=subject).first(),
            "approvals": list(
                Approval.objects.filter(subject_kind="correction", subject_reference=subject.reference)
                .select_related("proposed_by", "approved_by")
                .order_by("pk")
            ),
        }

    @admin.display(description=_("article"))
    def headline(self, correction: Correction) -> str:
        """The first article's headline, and how many more."""
        rows = list(correction.articles.all())
        if not rows:
            return "—"
        more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
        return f"{rows[0].article.headline[:80]}{more}"


class _LogAdmin(admin.ModelAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and bool(request.user.roles_anywhere() & DESK_ROLES)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LedgerEntry)
class LedgerEntryAdmin(_LogAdmin):
    """The public log, to read."""

    list_display = ("index", "at", "leaf_hash")


@admin.register(LedgerCheckpoint)
class LedgerCheckpointAdmin(_LogAdmin):
    """What was signed, to read."""

    list_display = ("size", "root", "signed_at")


def cards(person: User) -> list[Card]:
    """What waits for this person at the corrections desk."""
    if not person.roles_anywhere() & DESK_ROLES:
        return []
    url = reverse("admin:corrections_report_changelist")
    notices_url = reverse("admin:corrections_correction_changelist")
    visible = Report.objects.visible_to(person)
    overdue = Promise.objects.filter(
        subject_kind="report", kept_at=None, dropped_at=None, paused_at=None, due_at__lt=timezone.now()
    ).values("subject_reference")
    approval = (
        Correction.objects.visible_to(person)
        .filter(status=CorrectionStatus.AWAITING_APPROVAL)
        .exclude(Q(authors__user=person))
    )
    found = [
        Card(
            _("overdue reports"),
            visible.open().filter(reference__in=overdue).count(),
            f"{url}?due=over",
            urgent=True,
        ),
        Card(_("new reports"), visible.filter(status=ReportStatus.NEW).count(), f"{url}?status__exact=new"),
        Card(_("reports assigned to you"), visible.open().filter(assignee=person).count(), f"{url}?open=mine"),
    ]
    if "standards_editor" in person.roles_anywhere():
        found.append(
            Card(
                _("corrections to approve"),
                approval.count(),
                f"{notices_url}?status__exact=awaiting_approval",
            )
        )
    return found


CARDS.append(cards)
