"""What waits for a second person at the licensing desk: the questions behind its cards, its filter and its agenda."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsroom.accounts import approvals
from newsroom.accounts.models import Role, User
from newsroom.admin import AGENDA_LENGTH, Card, Due
from reprints.models import License, Quote
from reprints.workflow import LICENSE, QuoteStatus


def to_approve(person: User) -> QuerySet[Quote]:
    """Drafts beyond the limits that somebody asked this person to approve, with `asked_at`; never one's own."""
    drafts = Quote.objects.visible_to(person).filter(status=QuoteStatus.DRAFT).exclude(drafted_by=person)
    return cast("QuerySet[Quote]", _proposed_by_others(drafts, "open", person))


def to_revoke(person: User) -> QuerySet[License]:
    """Licenses that somebody else proposed to revoke, with `asked_at`."""
    held = License.objects.visible_to(person).filter(status__in=LICENSE.transitions["revoke"].sources)
    return cast("QuerySet[License]", _proposed_by_others(held, "revoke", person))


def _proposed_by_others(rows: QuerySet[Any], move: str, person: User) -> QuerySet[Any]:
    """Those whose version of now waits for the word of a manager other than whoever proposed it."""
    asked = (
        approvals.undecided(rows.model.noun)
        .filter(move=move, subject_reference=OuterRef("reference"), subject_version=OuterRef("version"))
        .exclude(proposed_by=person)
    )
    here = rows.filter(Exists(asked), publication__in=person.publications(Role.LICENSING_MANAGER))
    return here.annotate(asked_at=Subquery(asked.values("proposed_at")[:1]))


class SecondPersonFilter(admin.SimpleListFilter):
    """What this person decides as the second one."""

    title = _("second person")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Waiting for your word."""
        return [("approval", _("Waiting for your word"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The choice."""
        if self.value() != "approval" or not isinstance(request.user, User):
            return queryset
        waiting: QuerySet[Any] = to_approve(request.user) if queryset.model is Quote else to_revoke(request.user)
        return queryset.filter(pk__in=waiting.values("pk"))


def cards(person: User) -> Iterable[Card]:
    """How much waits for a manager's word."""
    if Role.LICENSING_MANAGER not in person.roles_anywhere():
        return
    for label, rows, name in (
        (_("quotes to approve"), to_approve(person), "quote"),
        (_("revocations to decide"), to_revoke(person), "license"),
    ):
        url = reverse(f"admin:reprints_{name}_changelist")
        yield Card(label, rows.count(), f"{url}?waits=approval", urgent=True)


def agenda(person: User) -> Iterable[Due]:
    """The same one by one, since when it waits."""
    if Role.LICENSING_MANAGER not in person.roles_anywhere():
        return
    quotes = to_approve(person).select_related("publication", "organization", "request__contact")
    for quote in cast(Any, quotes).order_by("asked_at")[:AGENDA_LENGTH]:
        url = reverse("admin:reprints_quote_change", args=[quote.pk])
        who = str(quote.organization or quote.request.requester_house or quote.reference)
        yield Due(quote.asked_at, quote.publication, who, quote.reference, url, _("Quote to approve"), since=True)
    held = to_revoke(person).select_related("publication", "organization", "article")
    for row in cast(Any, held).order_by("asked_at")[:AGENDA_LENGTH]:
        url = reverse("admin:reprints_license_change", args=[row.pk])
        who = str(row.organization or row.reference)
        yield Due(row.asked_at, row.publication, who, row.article.headline, url, _("Revocation to decide"), since=True)
