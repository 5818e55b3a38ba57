"""The filters of a queue: what is open, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import INCLUDES, Desk, Publication, User
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


class NarrowingFilter(admin.SimpleListFilter):
    """Its first choice leaves something out, and is named where it is chosen. Whoever looks for something (`beyond`:
    the names in the query) finds it whatever its status, unless a choice says otherwise.
    """

    first: ClassVar[tuple[str, Any]]
    beyond: ClassVar[frozenset[str]] = frozenset({SEARCH_VAR, "status__exact"})
    names_first = True
    title = _("show")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        self.wide = any(request.GET.get(name, "").strip() for name in self.beyond)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices; among them the first by its name while it is not the one that stands first."""
        return [self.first, *self.others()] if self.wide else [*self.others(), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """What is seen without a choice stands first."""
        for number, choice in enumerate(super().choices(changelist)):
            if number:
                yield choice
            elif self.wide:
                yield {**choice, "display": _("All"), "selected": not self.narrows()}
            else:
                yield {**choice, "display": self.first[1]}

    def narrows(self) -> bool:
        """Whether something is left out."""
        return self.value() != "all" and not (self.wide and self.value() is None)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The choice."""
        return self.chosen(self.value() or self.first[0], request, queryset) if self.narrows() else queryset

    def others(self) -> list[tuple[str, Any]]:
        """The choices beside the first one and all."""
        raise NotImplementedError

    def chosen(self, value: str, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The records of a choice; those of the first one for a value that is none."""
        raise NotImplementedError


class OpenFilter(NarrowingFilter):
    """Open records first of all; closed ones on request. A queue says which statuses are open, and whether its records
    are somebody's (`of_people`).
    """

    first = ("open", _("Open"))
    statuses: ClassVar[frozenset[str]] = frozenset()
    of_people: ClassVar[bool] = True
    parameter_name = "open"

    def others(self) -> list[tuple[str, Any]]:
        """Mine, unassigned, closed."""
        people = [("mine", _("Mine")), ("nobody", _("Nobody’s"))] if self.of_people else []
        return [*people, ("closed", _("Closed"))]

    def chosen(self, value: str, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By status; by person, too, for whom a search goes through all statuses."""
        if value == "closed":
            return queryset.exclude(status__in=self.statuses)
        rows = queryset.filter(status__in=self.statuses)
        if value not in {"mine", "nobody"} or not self.of_people:
            return rows
        return (queryset if self.wide else rows).filter(assignee=request.user.pk if value == "mine" else None)


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


class PublicationFilter(admin.RelatedFieldListFilter):
    """By publication, of those where this person works."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Names none where they have no right."""
        theirs = _person(request).publications(*model_admin.roles).order_by("name")
        return [(row.pk, str(row)) for row in theirs]


admin.FieldListFilter.register(
    lambda field: field.related_model is Publication,
    PublicationFilter,
    take_priority=True,
)


class DoneFilter(admin.EmptyFieldListFilter):
    """Of a time that is empty until something was done: whether it was."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """All, yes, no."""
        every, empty, filled = super().choices(changelist)
        yield from (every, {**filled, "display": _("Yes")}, {**empty, "display": _("No")})


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
