"""What every list of the admin shares: how all of it is seen, and times that say their zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField
from django.http import HttpRequest

from newsroom.admin.columns import moment_line
from newsroom.admin.filters import NarrowingFilter


class Listing(ChangeList):
    """A list that knows how all of it is seen."""

    @property
    def whole(self) -> str:
        """The query of everything that the search finds; empty where nothing narrows it."""
        narrowing = next((row for row in self.filter_specs if isinstance(row, NarrowingFilter)), None)
        others = set(self.get_filters_params()) - {narrowing.parameter_name if narrowing else None}
        if not others and not (narrowing and narrowing.narrows()):
            return ""
        kept = {SEARCH_VAR: self.query, IS_POPUP_VAR: "1" if self.is_popup else ""}
        everything = {str(narrowing.parameter_name): "all"} if narrowing else {}
        return "?" + urlencode({**everything, **{name: value for name, value in kept.items() if value}})


class OurLists(admin.ModelAdmin):
    """Django's lists, with what ours have in common."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Listing]:
        """One that knows how all of it is seen."""
        return Listing

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns; a time is that of the row's publication, in UTC where it has none, and names its zone."""
        return [self._moment(name) or name for name in super().get_list_display(request)]

    def _moment(self, name: Any) -> Callable[[Any], str] | None:
        try:
            field = self.opts.get_field(name)
        except (FieldDoesNotExist, TypeError):
            return None
        if not isinstance(field, DateTimeField):
            return None

        @admin.display(description=field.verbose_name, ordering=name)
        def moment(row: Any) -> str:
            return moment_line(getattr(row, name), getattr(row, "publication", None))

        moment.__name__ = name
        return moment
