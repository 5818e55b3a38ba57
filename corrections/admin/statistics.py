"""How the corrections desk keeps its promise, for whoever works there: every figure, of any of their publications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from corrections import figures as words
from corrections import statistics
from newsroom.accounts.models import Role, User
from newsroom.admin import WorkflowAdmin

MOST_PUBLICATIONS = 200
MAY_SEE = (Role.DESK_EDITOR, Role.STANDARDS_EDITOR, Role.LEGAL)


class StatisticsAdmin(WorkflowAdmin):
    """A queue with the figures behind it."""

    def get_urls(self) -> list[URLPattern]:
        """The figures beside the rest."""
        view: Callable[..., Any] = self.admin_site.admin_view(self.statistics_view)
        return [path("statistics/", view, name="corrections_statistics"), *super().get_urls()]

    def statistics_view(self, request: HttpRequest) -> HttpResponse:
        """The figures of one publication, `?publication=slug`; `?format=csv` is the same as a file. By GET alone."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        mine = list(_mine(request).order_by("-is_default", "name", "pk")[:MOST_PUBLICATIONS])
        if not mine:
            raise PermissionDenied
        wanted = request.GET.get("publication", "")
        chosen = next((row for row in mine if wanted in ("", row.slug)), None)
        if chosen is None or request.GET.get("format", "") not in {"", "csv"}:
            raise Http404
        figures = statistics.of(chosen, few=1)
        if request.GET.get("format") == "csv":
            name = f'attachment; filename="desk-statistics-{chosen.slug}.csv"'
            headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
            return HttpResponse(words.as_csv(figures), content_type="text/csv; charset=utf-8", headers=headers)
        context = {
            **self.admin_site.each_context(request),
            **words.page(figures),
            "opts": self.opts,
            "title": _("How we keep our promise"),
            "publication": chosen,
            "publications": mine,
            "to_all": statistics.is_open(chosen),
            "asked_for": chosen.policy("statistics_open") is True,
        }
        return TemplateResponse(request, "admin/corrections/statistics.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, with the way to the figures for those who may see them."""
        page = super().changelist_view(request, extra_context)
        if isinstance(page, TemplateResponse) and page.context_data is not None and _mine(request).exists():
            link = {"label": _("Figures"), "url": reverse("admin:corrections_statistics"), "leads": True}
            page.context_data["starters"] = [*page.context_data.get("starters", []), link]
        return page


def _mine(request: HttpRequest) -> Any:
    """The publications whose figures this person may see."""
    return cast(User, request.user).publications(*MAY_SEE)
