"""The licenses, and the corrections that their holders must act on."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.admin import Button, DueFilter, OpenFilter, due_line, moment_line, status_line, two_lines
from reprints.admin import wording
from reprints.admin.base import LicensingAdmin, does_licensing
from reprints.admin.waiting import SecondPersonFilter
from reprints.forms import desk as forms
from reprints.models import (
    License,
    UpdateNotice,
)
from reprints.services import licenses, placements, updates
from reprints.workflow import LICENSE, UNANSWERED, UPDATE_NOTICE, LicenseStatus

MOST_SHOWN = 200


def _may_propose_revocation(subject: License, person: User) -> bool:
    return subject.status in LICENSE.transitions["revoke"].sources and does_licensing(subject, person)


def _may_look(subject: License, person: User) -> bool:
    return does_licensing(subject, person) and subject.placements.filter(removed_at=None).exists()


def _may_remind(subject: UpdateNotice, person: User) -> bool:
    return subject.status in UNANSWERED and does_licensing(subject, person)


class SuspensionFilter(admin.SimpleListFilter):
    """Suspensions that should have ended by themselves."""

    title = _("suspension")
    parameter_name = "suspension"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Past its day."""
        return [("over", _("Past its day"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Those that something stands against."""
        rows = cast(Any, queryset)
        return rows.suspended_past_their_day(timezone.now()) if self.value() == "over" else rows


class StandingFilter(admin.SimpleListFilter):
    """What licenses are today, by their dates too."""

    title = _("status")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every stored status, and those that dates decide."""
        return [*LicenseStatus.choices, *wording.EFFECTIVE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """The choice."""
        known = {code for code, _label in self.lookup_choices}
        rows = cast(Any, queryset)
        return rows.standing_as(self.value(), timezone.now()) if self.value() in known else rows


@admin.register(License)
class LicenseAdmin(LicensingAdmin):
    """What is granted, and its life."""

    workflow = LICENSE
    subject_template = "admin/reprints/license.html"
    list_display = ("reference", "organization", "article", "use", "standing", "starts_on", "ends_on")
    list_filter = (StandingFilter, SuspensionFilter, SecondPersonFilter, "use", "publication")
    search_fields = ("reference", "organization__name", "article__headline")
    list_select_related = ("organization", "article", "publication")
    buttons: ClassVar[dict[str, Button]] = {
        "issue": Button(licenses.issue, None, _("Payment arrived: issue")),
        "suspend": Button(licenses.suspend, forms.LicenseSuspendForm),
        "reinstate": Button(licenses.reinstate),
        "see_placement": Button(placements.see, forms.PlacementSeenForm, _("The text was seen there"), _may_look),
        "terminate": Button(licenses.terminate, forms.WordsForm),
        "propose_revoke": Button(
            licenses.propose_revoke,
            forms.LicenseProposeRevokeForm,
            _("Propose to revoke"),
            _may_propose_revocation,
            danger=True,
        ),
        "revoke": Button(licenses.revoke, forms.LicenseRevokeForm, danger=True),
    }

    @admin.display(description=_("status"), ordering="status")
    def standing(self, row: License) -> str:
        """What it is today."""
        return render_to_string(
            "includes/status.html", {"status": row.effective_status(), "label": wording.standing(row)}
        )

    def title_of(self, subject: License) -> str:
        """The article that was licensed."""
        return subject.article.headline

    def subject_context(self, request: HttpRequest, subject: License) -> dict[str, Any]:
        """The snapshot, where it was published, and what its holder was told."""
        return {
            **super().subject_context(request, subject),
            "snapshot": subject.snapshot,
            "grant": wording.grant(subject.snapshot),
            "price": wording.money(subject.snapshot["price"]["amount"], subject.snapshot["price"]["currency"]),
            "effective": wording.standing(subject),
            "placements": list(subject.placements.filter(removed_at=None)[:200]),
            "notices": list(subject.update_notices.order_by("-pk")[:50]),
        }


class NoticeOpenFilter(OpenFilter):
    """What nobody answered yet first of all."""

    statuses = frozenset(UNANSWERED)
    of_people = False


@admin.register(UpdateNotice)
class UpdateNoticeAdmin(LicensingAdmin):
    """Who must act on a change, and who has not answered."""

    workflow = UPDATE_NOTICE
    subject_template = "admin/reprints/updatenotice.html"
    list_display = ("reference", "who", "what", "state", "due")
    list_display_links = ("reference",)
    list_filter = (NoticeOpenFilter, DueFilter, "status", "kind", "duty", "publication")
    search_fields = ("reference", "license__reference", "organization__name", "correction_reference")
    list_select_related = ("license", "article", "publication", "organization")

    def subject_context(self, request: HttpRequest, subject: UpdateNotice) -> dict[str, Any]:
        """Everybody who was told of the same change: how many answered, and who has not, first."""
        told = cast(Any, self.get_queryset(request)).told_with(subject)
        late_first = Case(When(status__in=UNANSWERED, then=Value(0)), default=Value(1))
        rows = told.select_related("license", "organization").order_by(
            late_first, F("due_at").asc(nulls_last=True), "pk"
        )
        return {
            **super().subject_context(request, subject),
            "counts": updates.count_answers(told),
            "told": rows[:MOST_SHOWN],
        }

    buttons: ClassVar[dict[str, Button]] = {
        "acknowledge": Button(updates.acknowledge, forms.NoticeAcknowledgeForm, _("Enter the licensee's answer")),
        "remind": Button(updates.remind, None, _("Ask once more"), _may_remind),
        "verify": Button(updates.verify),
        "escalate": Button(updates.escalate),
        "waive": Button(updates.waive, forms.NoticeWaiveForm),
    }

    def title_of(self, subject: UpdateNotice) -> str:
        """The article that changed."""
        return subject.article.headline

    def get_ordering(self, request: HttpRequest) -> Any:
        """By what is due."""
        return [F("due_at").asc(nulls_last=True), "-pk"]

    @admin.display(description=_("licensee"), ordering="organization__name")
    def who(self, row: UpdateNotice) -> str:
        """Who must act, under which license."""
        return two_lines(str(row.organization or row.license.reference), row.license.reference)

    @admin.display(description=_("what is asked of them"), ordering="article__headline")
    def what(self, row: UpdateNotice) -> str:
        """The duty and its reason, and under them the article."""
        return two_lines(f"{row.get_duty_display()} · {row.get_kind_display()}", row.article.headline)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: UpdateNotice) -> str:
        """How it stands."""
        return status_line(row)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: UpdateNotice) -> str:
        """By when they must answer; marked only while they have not."""
        return due_line(row) if row.status in UNANSWERED else moment_line(row.due_at, row.publication)
