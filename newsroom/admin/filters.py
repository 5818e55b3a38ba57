"""The filters of a queue: what is open, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import INCLUDES, Desk, User
from newsroom.admin.columns import SOON

MOST_CHOICES = 100


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
    """Open records first of all; closed ones on request. A queue says which statuses are open, and whether its records
    are somebody's (`of_people`). `names_first`: the first choice narrows the list too, and is named where it is chosen.
    """

    statuses: ClassVar[frozenset[str]] = frozenset()
    names_first = True
    of_people: ClassVar[bool] = True
    title = _("show")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Open, mine, unassigned, closed, all."""
        people = [("mine", _("Mine")), ("nobody", _("Nobody’s"))] if self.of_people else []
        return [*people, ("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first choice is the open ones, not all."""
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice["display"] = _("Open")
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The choice. Who filters by one status sees that status, open or not."""
        value = self.value()
        if value == "all" or "status__exact" in request.GET:
            return queryset
        if value == "closed":
            return queryset.exclude(status__in=self.statuses)
        rows = queryset.filter(status__in=self.statuses)
        if value == "mine" and self.of_people:
            return rows.filter(assignee=request.user.pk)
        if value == "nobody" and self.of_people:
            return rows.filter(assignee=None)
        return rows


class DeskFilter(admin.SimpleListFilter):
    """By the desk that has it, of the publications where this person works."""

    title = _("desk")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The desks, each with its publication where there are several."""
        desks = Desk.objects.filter(publication__in=_person(request).publications(*model_admin.roles))
        rows = list(desks.select_related("publication").order_by("publication__name", "name")[:MOST_CHOICES])
        several = len({row.publication_id for row in rows}) > 1
        return [(str(row.pk), f"{row.name} ({row.publication.name})" if several else row.name) for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the desk."""
        return queryset.filter(desk=self.value()) if _is_key(self.value()) else queryset


class PersonFilter(admin.SimpleListFilter):
    """By who works at it, among those who may."""

    title = _("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The members of staff with a role here at this person's publications."""
        theirs = _person(request).publications(*model_admin.roles)
        here = Q(memberships__publication__in=theirs) | Q(memberships__publication=None)
        wide = [role for role, included in INCLUDES.items() if included & model_admin.roles]
        people = User.objects.filter(here, memberships__role__in=wide, is_active=True).distinct()
        rows = people.order_by("first_name", "last_name", "pk")[:MOST_CHOICES]
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Theirs."""
        return queryset.filter(assignee=self.value()) if _is_key(self.value()) else queryset


def _is_key(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isdecimal() and len(value) <= 18


def _person(request: HttpRequest) -> User:
    person = request.user
    if not isinstance(person, User):
        raise PermissionDenied
    return person
