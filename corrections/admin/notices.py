"""The notices, from draft to the public log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.admin.rights import DESK_ROLES, at_desk, to_decide, to_place, to_review
from corrections.admin.waiting import nearest_due, promised
from corrections.events import WARNING_ANSWERED
from corrections.forms import notices as forms
from corrections.forms.agencies import AgencyCorrectionForm
from corrections.forms.desk import WordsForm
from corrections.linter import Finding
from corrections.models import Correction, LedgerEntry, Placement, Report
from corrections.services import agencies, destroying, fixing, placing, spreading
from corrections.services import correction as notices
from corrections.vocabulary import Effect
from corrections.workflow import CORRECTION, CorrectionStatus
from newsroom.accounts import approvals
from newsroom.accounts.models import User
from newsroom.admin import Button, NarrowingFilter, WorkflowAdmin, due_line, moment_line, status_line, two_lines
from newsroom.articles.passages import word_diff
from newsroom.events.log import history_of
from newsroom.events.models import Event
from newsroom.web.remarks import remarks_about

ACTED_ON: dict[str, dict[str, Any]] = {
    CorrectionStatus.PUBLISHED: {
        Effect.SUPERSEDE: _("Write a notice that replaces it"),
        Effect.WITHDRAW: _("Write a notice that withdraws it"),
    },
    CorrectionStatus.WITHDRAWN: {Effect.REINSTATE: _("Write a notice that reinstates it")},
}
"""Status of a public notice → what another notice may do to it."""


def _is_draft(subject: Correction, person: User) -> bool:
    return subject.status == CorrectionStatus.DRAFT and at_desk(subject, person)


def _fix_can_be_seen(subject: Correction, person: User) -> bool:
    return subject.status in notices.OPEN and at_desk(subject, person)


def _has_warnings(subject: Correction, person: User) -> bool:
    return subject.status in notices.OPEN and at_desk(subject, person) and bool(subject.unanswered())


def _awaits_review(subject: Correction, person: User) -> bool:
    return to_review(person).filter(pk=subject.pk).exists()


def _can_be_placed(subject: Correction, person: User) -> bool:
    return subject.status in placing.MAY_PLACE and at_desk(subject, person)


def _lacks(subject: Correction) -> list[str]:
    """What keeps a draft from being sent for approval, in sentences."""
    faults = notices.faults_before_approval(subject) if subject.status == CorrectionStatus.DRAFT else []
    return [str(fault.detail) for fault in faults]


def _findings(subject: Correction) -> list[tuple[Finding, str, Event | None]]:
    """What the linter finds, each with the desk's answer and the event of that answer."""
    answered = {event.data.get("code"): event for event in history_of(subject).filter(kind=WARNING_ANSWERED.name)}
    return [(row, subject.lint_answers.get(row.code, ""), answered.get(row.code)) for row in subject.lint()]


class NoticeFilter(NarrowingFilter):
    """What was thrown away stands in the list on request alone."""

    first = ("kept", _("All but discarded"))
    parameter_name = "show"

    def others(self) -> list[tuple[str, Any]]:
        """In the making, published at some time, discarded."""
        return [
            ("making", _("In the making")),
            ("out", _("Published at any time")),
            ("discarded", _("Discarded")),
        ]

    def chosen(self, value: str, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By status."""
        discarded = CorrectionStatus.DISCARDED
        if value == "making":
            return queryset.filter(status__in=notices.OPEN)
        if value == "out":
            return queryset.exclude(status__in=[*notices.OPEN, discarded])
        return queryset.filter(status=discarded) if value == "discarded" else queryset.exclude(status=discarded)


class PlacedFilter(admin.SimpleListFilter):
    """Whether a published notice stands everywhere it must."""

    title = _("placed")
    parameter_name = "placed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Not everywhere, or everywhere."""
        return [("waiting", _("Not everywhere yet")), ("done", _("Everywhere"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The choice."""
        if self.value() == "waiting":
            return queryset.filter(pk__in=to_place().values("pk"))
        if self.value() == "done":
            return queryset.filter(owed__gt=0, placed=F("owed"))
        return queryset


class ReviewFilter(admin.SimpleListFilter):
    """What one person did alone or proposed, and this person may review or decide."""

    title = _("second review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Waiting for you."""
        return [("waiting", _("Waiting for you"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Correction]) -> QuerySet[Correction]:
        """The choice."""
        if self.value() != "waiting" or not isinstance(request.user, User):
            return queryset
        return queryset.filter(pk__in=to_decide(request.user).values("pk"))


@admin.register(Correction)
class CorrectionAdmin(WorkflowAdmin):
    """The notices, from draft to the public log."""

    workflow = CORRECTION
    roles = DESK_ROLES
    subject_template = "admin/corrections/correction.html"
    rest_template = "admin/corrections/correction_rest.html"
    list_display = ("reference", "what", "sort", "state", "due", "placed_line", "published", "changed")
    list_display_links = ("reference",)
    list_filter = (NoticeFilter, ReviewFilter, PlacedFilter, "status", "kind", "severity", "publication")
    search_fields = ("reference", "text", "articles__article__headline")
    list_select_related = ("publication", "target")
    buttons: ClassVar[dict[str, Button]] = {
        "edit": Button(notices.edit, forms.CorrectionEditForm, _("Write the notice"), _is_draft),
        "name_article": Button(notices.name_article, forms.CorrectionNameArticleForm, _("Name an article"), _is_draft),
        "name_all_articles": Button(
            spreading.name_all_articles, None, _("Name all articles with this passage"), spreading.may_spread
        ),
        "drop_article": Button(notices.drop_article, forms.CorrectionDropArticleForm, _("Drop an article"), _is_draft),
        "see_fix": Button(
            notices.see_fix, forms.CorrectionSeeFixForm, _("The fix is in the article"), _fix_can_be_seen
        ),
        "leave_unchanged": Button(
            notices.leave_unchanged,
            forms.CorrectionLeaveUnchangedForm,
            _("An article stays as it is"),
            _fix_can_be_seen,
        ),
        "answer_warning": Button(
            notices.answer_warning,
            forms.CorrectionAnswerWarningForm,
            _("Answer a warning"),
            _has_warnings,
            apart=True,
        ),
        "send_for_approval": Button(notices.send_for_approval),
        "publish": Button(notices.publish),
        "return_to_draft": Button(notices.return_to_draft, WordsForm),
        "publish_urgent": Button(notices.publish_urgent, WordsForm, danger=True),
        "review": Button(
            lambda subject, *, by, seen=None: notices.review(subject, by=by),
            None,
            _("Reviewed as the second person"),
            _awaits_review,
        ),
        "place": Button(
            lambda subject, *, by, where, url, detail, at, seen=None: placing.place(
                subject, by=by, where=where, url=url, detail=detail, at=at
            ),
            forms.CorrectionPlaceForm,
            _("It stands there now"),
            _can_be_placed,
        ),
        "discard": Button(notices.discard, danger=True),
        "suppress": Button(notices.suppress, forms.CorrectionSuppressForm, danger=True),
        "propose_destroy": Button(
            destroying.propose_destroy,
            forms.CorrectionProposeDestroyForm,
            _("Propose to destroy its words"),
            destroying.may_propose,
            danger=True,
        ),
        "keep": Button(
            destroying.keep, forms.CorrectionKeepForm, _("Keep its words, do not destroy them"), destroying.may_decide
        ),
        "destroy": Button(
            destroying.destroy, None, _("Destroy its words for good"), destroying.may_decide, danger=True
        ),
        "unsuppress": Button(notices.unsuppress, WordsForm),
    }
    starters: ClassVar[dict[str, Button]] = {
        "agency": Button(
            agencies.receive,
            AgencyCorrectionForm,
            _("Enter an agency’s correction"),
            lambda _subject, person: "desk_editor" in person.roles_anywhere(),
        ),
        "correction": Button(
            notices.start,
            forms.CorrectionStartForm,
            _("Start a correction"),
            lambda _subject, person: "desk_editor" in person.roles_anywhere(),
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        """With the articles that each row names, what is due, and where it stands."""
        places = Placement.objects.filter(correction=OuterRef("pk")).order_by().values("correction")
        return (
            super()
            .get_queryset(request)
            .annotate(
                due_at=nearest_due(),
                owed=Coalesce(Subquery(places.annotate(n=Count("pk")).values("n")), 0),
                placed=Coalesce(Subquery(places.annotate(n=Count("seen_at")).values("n")), 0),
            )
            .prefetch_related("articles__article")
        )

    def needless(self, subject: Correction, person: User) -> set[str]:
        """To send a draft that would come back at once: the page says what it lacks."""
        return {"send_for_approval"} if _lacks(subject) else set()

    def subject_context(self, request: HttpRequest, subject: Correction) -> dict[str, Any]:
        """The passages word by word, who wrote it, the reports that wait for it, what still keeps it back, and by when
        it is owed: to the second person, and to the readers of those reports.
        """
        visible = Report.objects.visible_to(request.user)  # type: ignore[arg-type]  # -- staff by admin_view
        waiting = list(visible.filter(correction=subject).order_by("pk")[:100])
        return {
            "promises": promised(subject, waiting),
            "rows": list(subject.articles.select_related("article")),
            "fixes": fixing.proposals(subject) if at_desk(subject, request.user) else [],  # type: ignore[arg-type]  # -- staff by admin_view
            "diff": word_diff(subject.original_text, subject.corrected_text)
            if subject.original_text and subject.corrected_text
            else [],
            "agency_corrections": list(subject.agency_corrections.select_related("entered_by")[:20]),
            "authors": list(subject.authors.select_related("user")),
            "waiting": waiting,
            "lacks": _lacks(subject),
            "not_ready": subject.not_ready() if subject.status in notices.OPEN else "",
            "findings": _findings(subject) if subject.status in notices.OPEN else [],
            "may_answer": _has_warnings(subject, request.user),  # type: ignore[arg-type]  # -- idem
            "typed": {request.POST.get("code", ""): request.POST.get("words", "")} if "code" in request.POST else {},
            "acting": list(Correction.objects.filter(target=subject, status__in=notices.OPEN).order_by("pk")[:10]),
            "public_path": f"/corrections/{subject.reference}/" if subject.is_public else "",
            "language": subject.language,
            "unchecked": subject.unchecked() if subject.status in notices.OPEN else [],
            "remarks": remarks_about(subject, public=False),
            "entry": LedgerEntry.objects.filter(correction=subject).first(),
            "placements": list(subject.placements.select_related("placed_by").order_by("pk")),
            "approvals": approvals.of(subject),
        }

    def leads(self, subject: Correction, person: User) -> list[tuple[Any, str]]:
        """A public notice is changed by another notice alone: to where that is begun."""
        if not at_desk(subject, person):
            return []
        begin = reverse("admin:corrections_correction_start", args=["correction"])
        return [
            (label, f"{begin}?target={subject.reference}&effect={effect}&kind={subject.kind}")
            for effect, label in ACTED_ON.get(subject.status, {}).items()
        ]

    def title_of(self, subject: Correction) -> str:
        """The headline of the article it corrects."""
        rows = list(subject.articles.all())
        return self.headline(subject) if rows else subject.reference

    def get_ordering(self, request: HttpRequest) -> Any:
        """What is in the making first, the nearest date above; then the latest."""
        made = Case(When(status__in=notices.OPEN, then=0), default=1)
        return [made, F("due_at").asc(nulls_last=True), "-updated_at", "-pk"]

    @admin.display(description=_("article"))
    def what(self, correction: Correction) -> str:
        """The first article and how many more; under it the first words."""
        return two_lines(self.headline(correction), correction.text[:110] or _now("No words yet."))

    @admin.display(description=_("kind"), ordering="kind")
    def sort(self, correction: Correction) -> str:
        """What it is, and how grave."""
        return two_lines(correction.label, str(correction.get_severity_display()))

    @admin.display(description=_("status"), ordering="status")
    def state(self, correction: Correction) -> str:
        """How it stands."""
        return status_line(correction)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, correction: Any) -> str:
        """By when it must be out, or be reviewed."""
        return due_line(correction)

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, correction: Correction) -> str:
        """When it came out."""
        return moment_line(correction.published_at, correction.publication)

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, correction: Correction) -> str:
        """When somebody last worked at it."""
        return moment_line(correction.updated_at, correction.publication)

    @admin.display(description=_("placed"))
    def placed_line(self, correction: Any) -> str:
        """How many of the places that it must stand in hold it."""
        if not correction.owed:
            return "—"
        return _now("%(placed)d of %(owed)d placed") % {"placed": correction.placed, "owed": correction.owed}

    def headline(self, correction: Correction) -> str:
        """The first article's headline, and how many more."""
        rows = list(correction.articles.all())
        if not rows:
            return "—"
        more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
        return f"{rows[0].article.headline[:80]}{more}"
