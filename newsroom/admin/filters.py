"""The filters of a queue: what is open, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.admin.work import SOON


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
    """Open records first of all; closed ones on request. A queue says which statuses are open."""

    statuses: ClassVar[frozenset[str]] = frozenset()
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

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The choice. Who filters by one status sees that status, open or not."""
        value = self.value()
        if value == "all" or "status__exact" in request.GET:
            return queryset
        if value == "closed":
            return queryset.exclude(status__in=self.statuses)
        rows = queryset.filter(status__in=self.statuses)
        if value == "mine":
            return rows.filter(assignee=request.user.pk)
        if value == "nobody":
            return rows.filter(assignee=None)
        return rows
