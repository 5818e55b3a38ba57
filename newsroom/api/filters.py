"""Filters that refuse what they do not know: a misspelled filter must not look like an unfiltered list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import CharFilter, DjangoFilterBackend
from rest_framework.request import Request

from newsroom.errors import Fault, Invalid

if TYPE_CHECKING:
    from rest_framework.views import APIView

PAGE_PARAMETERS = ("cursor", "page_size")


class StrictFilters(DjangoFilterBackend):
    """django-filter over the view's `filterset_class`. Unknown parameters and bad values are 422.

    A view may name further parameters that it reads itself: `query_parameters = ("include_minor",)`.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The rows asked for."""
        filterset = self.get_filterset(request, queryset, view)
        known = [*getattr(view, "query_parameters", ())]
        if getattr(view, "paginator", None) is not None:
            known += PAGE_PARAMETERS
        if filterset is not None:
            known += filterset.filters
        refuse_unknown_parameters(request, known)
        if filterset is None:
            return queryset
        if empty := [name for name, found in request.query_params.items() if not found and _is_choosy(filterset, name)]:
            raise Invalid([Fault(f"/{name}", _("Leave it out, or give it a value."), "empty") for name in empty])
        if not filterset.is_valid():
            raise Invalid(
                [
                    Fault(f"/{name}", str(error.message % (error.params or {})), error.code or "invalid")
                    for name, found in filterset.errors.as_data().items()
                    for error in _flat(found)
                ]
            )
        return filterset.qs


def _is_choosy(filterset: Any, name: str) -> bool:
    """Whether the filter takes only certain values. An empty text finds everything, an empty date is a mistake."""
    return name in filterset.filters and not isinstance(filterset.filters[name], CharFilter)


def refuse_unknown_parameters(request: Request, known: Iterable[str]) -> None:
    """Raise Invalid when the query has a parameter that is not in `known`, or one twice: which of them was read would
    be anybody's guess. For views without a queryset.
    """
    names = set(known)
    faults = []
    for name, values in request.query_params.lists():
        if name not in names:
            faults.append(Fault(f"/{name}", _("There is no such filter here."), "unknown_parameter"))
        elif len(values) > 1:
            faults.append(Fault(f"/{name}", _("Give this once."), "repeated_parameter"))
    if faults:
        raise Invalid(faults)


def _flat(errors: Iterable[Any]) -> Iterable[Any]:
    """Django's validation errors, those that hold several taken apart."""
    for error in errors:
        yield from error.error_list if len(error.error_list) > 1 else [error]
