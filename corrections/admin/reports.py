"""The queue of reports."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.admin.quoted import in_context
from corrections.admin.rights import DESK_ROLES, at_desk
from corrections.admin.statistics import StatisticsAdmin
from corrections.admin.waiting import EditFilter, WaitsFilter
from corrections.forms import desk as forms
from corrections.forms.agencies import ReportWaitForm
from corrections.forms.entering import ReportEnterForm
from corrections.forms.inquiries import ReportAskColleagueForm, ReportCloseInquiryForm
from corrections.forms.joining import ReportJoinAllForm
from corrections.forms.legal import LegalReasonForm, ReportRestrictForm, still_read
from corrections.forms.senders import ReportListSenderForm
from corrections.forms.splitting import ReportSplitForm, ReportWeighForm
from corrections.models import Doing, Report
from corrections.services import (
    agencies,
    anchors,
    auditing,
    contacts,
    doubting,
    entering,
    filing,
    inquiries,
    joining,
    legal,
    presence,
    priority,
    splitting,
    writing,
)
from corrections.services import report as reports
from corrections.services.drafting import unpublished_with_words_of
from corrections.services.similar import SAME, similar_to
from corrections.vocabulary import URGENT_REASONS
from corrections.workflow import REPORT, decided_before
from newsroom.admin import (
    Button,
    DeskFilter,
    DoneFilter,
    DueFilter,
    OpenFilter,
    PersonFilter,
    due_line,
    moment_line,
    status_line,
    two_lines,
)
from newsroom.events import promises
from newsroom.events.reveals import reveals_of
from newsroom.web import gate

SIMILAR_SHOWN = 20
REPLIES = frozenset({"ask", "decline", "join", "accept", "write_to_reader"})
"""The buttons whose words go to the reader: who is at one of them is replying."""
OPEN = {"held", "new", "in_review", "needs_info", "accepted"}


class ReportOpenFilter(OpenFilter):
    """Open reports first of all."""

    statuses = frozenset(OPEN)
    beyond = OpenFilter.beyond | {EditFilter.parameter_name}


@admin.register(Report)
class ReportAdmin(StatisticsAdmin):
    """The queue: what is due first, first."""

    workflow = REPORT
    roles = DESK_ROLES
    subject_template = "admin/corrections/report.html"
    rest_template = "admin/corrections/report_rest.html"
    list_display = ("reference", "what", "state", "due", "received", "readers", "with_whom", "priority")
    list_display_links = ("reference",)
    list_filter = (
        ReportOpenFilter,
        DueFilter,
        WaitsFilter,
        EditFilter,
        DeskFilter,
        PersonFilter,
        "status",
        "channel",
        "category",
        "publication",
        "urgent",
        "visibility",
        "legal_hold",
        ("referred_at", DoneFilter),
    )
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
        "split": Button(splitting.split, ReportSplitForm, _("Split: it names two errors"), splitting.may_split),
        "weigh": Button(reports.weigh, ReportWeighForm, _("Judge the severity"), reports.may_weigh),
        "join_here": Button(
            lambda subject, *, by, other, theirs, words, seen=None: reports.join(
                other, by=by, other=subject, words=words, seen=theirs
            ),
            forms.ReportJoinHereForm,
            _("Join to this report"),
            apart=True,
        ),
        "join_all": Button(joining.join_all, ReportJoinAllForm, _("Join all"), apart=True),
        "reopen": Button(reports.reopen, forms.ReportReopenForm),
        "take_over": Button(reports.take_over, None, _("Take over"), reports.may_take_over),
        "assign": Button(reports.assign, forms.ReportAssignForm, _("Assign"), at_desk),
        "refile": Button(
            filing.refile,
            forms.ReportRefileForm,
            _("Change desk, category, article or urgency"),
            filing.may_refile,
        ),
        "wait": Button(agencies.wait, ReportWaitForm, _("Wait for an agency"), agencies.may_wait),
        "go_on": Button(agencies.go_on, None, _("Wait for the agency no longer"), agencies.may_go_on),
        "ask_colleague": Button(
            inquiries.ask_colleague, ReportAskColleagueForm, _("Ask a colleague"), inquiries.may_ask
        ),
        "close_inquiry": Button(
            inquiries.close, ReportCloseInquiryForm, _("Close a question to a colleague"), inquiries.may_close
        ),
        "write_to_reader": Button(
            writing.write_to_reader, forms.ReportWriteToReaderForm, _("Write to the reader"), writing.may_write
        ),
        "note": Button(
            lambda subject, *, by, words, seen=None: reports.note(subject, by=by, words=words),
            forms.NoteForm,
            _("Add a note"),
            reports.may_note,
        ),
        "reveal_contact": Button(
            lambda subject, *, by, reason, seen=None: contacts.reveal_contact(subject, by=by, reason=reason),
            forms.ReportRevealContactForm,
            _("Reveal contact"),
            contacts.may_reveal,
            answers=True,
        ),
        "reveal_link": Button(
            lambda subject, *, by, reason, seen=None: entering.reveal_link(subject, by=by, reason=reason),
            forms.ReportRevealLinkForm,
            _("Private link for the caller"),
            entering.may_reveal_link,
            answers=True,
        ),
        "restore": Button(reports.restore),
        "refer": Button(legal.refer, LegalReasonForm, _("Refer to legal"), legal.may_refer),
        "advise": Button(legal.advise, forms.ReportAdviseForm, _("Advise the desk"), legal.may_advise),
        "restrict": Button(legal.restrict, ReportRestrictForm, _("Restrict to legal"), legal.may_restrict),
        "unrestrict": Button(legal.unrestrict, LegalReasonForm, _("Open to the desk again"), legal.may_unrestrict),
        "place_hold": Button(legal.place_hold, LegalReasonForm, _("Place a legal hold"), legal.may_place_hold),
        "lift_hold": Button(legal.lift_hold, LegalReasonForm, _("Lift the legal hold"), legal.may_lift_hold),
        "export": Button(
            lambda subject, *, by, reason, with_words, seen=None: auditing.export(
                subject, by=by, reason=reason, with_words=with_words
            ),
            forms.ReportExportForm,
            _("Export for an audit (CSV)"),
            auditing.may_export,
            downloads=True,
        ),
        "list_sender": Button(
            lambda subject, *, by, kind, reason, days, seen=None: doubting.list_sender(
                subject, by=by, kind=kind, reason=reason, days=days
            ),
            ReportListSenderForm,
            _("Look at this sender’s reports first"),
            doubting.may_list,
        ),
        "mark_spam": Button(reports.mark_spam, danger=True),
    }
    starters: ClassVar[dict[str, Button]] = {
        "enter": Button(
            entering.enter,
            ReportEnterForm,
            _("Enter a report for someone"),
            lambda _subject, person: "desk_editor" in person.roles_anywhere(),
            then="reveal_link",
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """With the nearest promise, and how many others reported the same."""
        joined = Report.objects.filter(joined_to=OuterRef("pk")).order_by().values("joined_to")
        return (
            super()
            .get_queryset(request)
            .annotate(
                due_at=promises.nearest_due("report"),
                joined_count=Coalesce(Subquery(joined.annotate(n=Count("pk")).values("n")), 0),
            )
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        """Urgent ones first, then by the nearest promise, then by priority."""
        return ["-urgent", F("due_at").asc(nulls_last=True), "-priority", "pk"]

    def work_page(self, request: HttpRequest, subject: Any, *, bound: Any = None, **drawn: Any) -> HttpResponse:
        """As any work page; and whoever else opens it learns that this person is here, or is replying."""
        replying = bound[0] if bound else request.GET.get("open", "")
        if request.method != "HEAD":
            presence.mark(subject, request.user, Doing.REPLYING if replying in REPLIES else Doing.READING)  # type: ignore[arg-type]  # -- staff by admin_view
        return super().work_page(request, subject, bound=bound, **drawn)

    def subject_context(self, request: HttpRequest, subject: Report) -> dict[str, Any]:
        """The thread, the decisions, the article as it was, and whether the reader can be mailed."""
        contact = getattr(subject, "contact", None)
        visible = Report.objects.visible_to(request.user)  # type: ignore[arg-type]  # -- staff by admin_view
        similar = self._similar(request, subject)
        alike = [row for name in ("similar", "similar_more", "same_sentence") for row in similar.get(name, ())]
        listed = [row["report"].pk for row in alike]
        said = list(subject.messages.select_related("author", "inquiry"))
        return {
            "thread": [row for row in said if not row.internal],
            "notes": [row for row in said if row.internal],
            "context": in_context(subject),
            "not_yours": decided_before(subject, request.user) if subject.is_open else "",  # type: ignore[arg-type]  # -- staff by admin_view
            "workflow": REPORT,
            "inquiries": list(subject.inquiries.select_related("asked_by", "report__publication")[:50]),
            "decisions": list(subject.decisions.select_related("by")),
            "joined": list(
                visible.filter(joined_to=subject)
                .order_by("pk")
                .prefetch_related("messages__author", "messages__inquiry")[:50]
            ),
            "family": list(
                visible.filter(pk__in=splitting.family_of(subject).exclude(pk=subject.pk).values("pk")).order_by("pk")
            ),
            "presence": presence.sentences(subject, request.user),  # type: ignore[arg-type]  # -- idem
            "agency_corrections": list(subject.agency_corrections.select_related("correction").order_by("-pk")[:20]),
            "urgent_because": dict(URGENT_REASONS).get(subject.urgent_reason, ""),
            "priority_words": priority.words_of(subject.priority_reasons),
            "joined_to": visible.filter(pk=subject.joined_to_id).first() if subject.joined_to_id else None,
            "still_read": self._still_read(subject),
            "legal_acts": legal.acts_shown_to(subject, request.user),  # type: ignore[arg-type]  # -- idem
            "contact": contact,
            "held_because": [gate.REASONS.get(code, code) for code in subject.held_reasons],
            "reveals": list(reveals_of(subject)),
            "same_article": visible.filter(article=subject.article_id, article__isnull=False)
            .exclude(pk__in=[subject.pk, *listed])
            .order_by("-pk")[:10],
            "silent": anchors.is_silent(subject),
            "said_same": self._said_same(request, subject),
            **similar,
        }

    def _still_read(self, subject: Report) -> str:
        """Where the desk still reads words of a restricted report."""
        found = unpublished_with_words_of(subject) if subject.confidential else []
        return still_read(found) if found else ""

    def _said_same(self, request: HttpRequest, subject: Report) -> Any:
        """The report that the reader says is the same, with whether one press joins it there."""
        person = request.user
        rows = Report.objects.visible_to(person).filter(pk=subject.same_as_id or 0)  # type: ignore[arg-type]  # -- staff by admin_view
        other: Any = rows.first()
        if other is not None:
            other.joinable = other.is_open and "join" in reports.available(subject, person)  # type: ignore[arg-type]  # -- idem
        return other

    def _similar(self, request: HttpRequest, subject: Report) -> dict[str, Any]:
        """Who else says the same, and whether one press joins it here. Only for open reports."""
        if not subject.is_open:
            return {}
        person = request.user
        rows = similar_to(subject, among=Report.objects.visible_to(person))  # type: ignore[arg-type]  # -- staff by admin_view
        same_place = sum(reason == "same_passage" for _other, _score, reason in rows)
        found = [
            {
                "report": other,
                "score": round(100 * score),
                "reason": reason,
                "joinable": "join" in reports.available(other, person),  # type: ignore[arg-type]  # -- idem
            }
            for other, score, reason in rows
        ]
        same = [row for row in found if row["reason"] in SAME]
        return {
            "similar": same[:SIMILAR_SHOWN],
            "similar_more": same[SIMILAR_SHOWN:],
            "same_sentence": [row for row in found if row["reason"] not in SAME][:SIMILAR_SHOWN],
            "may_join": sum(row["joinable"] for row in same),
            "unticked": _unticked(request, same),
            "readers": 1 + same_place + Report.objects.visible_to(person).filter(joined_to=subject).count(),  # type: ignore[arg-type]  # -- idem
        }

    def title_of(self, subject: Report) -> str:
        """The article's headline, or where else it stands."""
        return _place(subject) or subject.reference

    @admin.display(description=_("what is wrong"), ordering="article__headline")
    def what(self, report: Report) -> str:
        """The first words of the claim, after a mark of what cannot wait or only legal sees; under them the article."""
        mark = report.get_visibility_display() if report.confidential else _now("Urgent") if report.urgent else ""
        return two_lines(report.claim[:140], _place(report), mark=mark)

    @admin.display(description=_("status"), ordering="status")
    def state(self, report: Report) -> str:
        """How it stands."""
        return status_line(report)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, report: Any) -> str:
        """The nearest promise, marked when it is near or past."""
        return due_line(report)

    @admin.display(description=_("received"), ordering="created_at")
    def received(self, report: Report) -> str:
        """When it came."""
        return moment_line(report.created_at, report.publication)

    @admin.display(description=_("readers"), ordering="joined_count")
    def readers(self, report: Any) -> int:
        """How many told us: this one, and those that were joined to it."""
        return 1 + int(report.joined_count)

    @admin.display(description=_("with"), ordering="assignee")
    def with_whom(self, report: Report) -> str:
        """Who works at it, and for which desk."""
        return two_lines(str(report.assignee or _now("nobody")), report.desk.name if report.desk else "")


def _unticked(request: HttpRequest, rows: list[dict[str, Any]]) -> set[str]:
    """Which of the rows a press that was refused had left out; none before a press."""
    if "others" not in request.POST:
        return set()
    ticked = {value.partition(".")[0] for value in request.POST.getlist("others")}
    return {row["report"].reference for row in rows} - ticked


def _place(report: Report) -> str:
    return (report.article.headline if report.article else report.article_url or report.medium_detail)[:90]
