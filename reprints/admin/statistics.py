"""How the licensing desk keeps its promise, for whoever works there: a page, and the same figures as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.spreadsheets import table
from reprints import statistics
from reprints.admin.base import LicensingAdmin

MOST_PUBLICATIONS = 200


class StatisticsAdmin(LicensingAdmin):
    """A list of work with the figures behind it."""

    def get_urls(self) -> list[URLPattern]:
        """The figures beside the rest."""
        view: Callable[..., Any] = self.admin_site.admin_view(self.statistics_view)
        return [path("statistics/", view, name="reprints_statistics"), *super().get_urls()]

    def statistics_view(self, request: HttpRequest) -> HttpResponse:
        """The figures of one publication, `?publication=slug`; `?format=csv` is the same by month. By GET alone."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_module_permission(request):
            raise PermissionDenied
        person = cast(User, request.user)
        mine = list(person.publications("licensing_editor").order_by("name", "pk")[:MOST_PUBLICATIONS])
        wanted = request.GET.get("publication", "")
        chosen = next((row for row in mine if wanted in ("", row.slug)), None)
        if chosen is None or request.GET.get("format", "") not in {"", "csv"}:
            raise Http404
        figures = statistics.of(chosen)
        if request.GET.get("format") == "csv":
            rows = [[row[name] for name in statistics.COLUMNS] for row in figures["by_month"]]
            headers = {"Content-Disposition": f'attachment; filename="licensing-{chosen.slug}.csv"'}
            text = table(statistics.COLUMNS, rows)
            return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("How we answer license requests"),
            "publication": chosen,
            "publications": mine,
            "totals": figures["totals"],
            "rows": figures["by_month"][::-1],
        }
        return TemplateResponse(request, "admin/reprints/statistics.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the way to the figures."""
        page = super().changelist_view(request, extra_context)
        if isinstance(page, TemplateResponse) and page.context_data is not None:
            link = {"label": _("Figures"), "url": reverse("admin:reprints_statistics"), "leads": True}
            page.context_data["starters"] = [*page.context_data.get("starters", []), link]
        return page
