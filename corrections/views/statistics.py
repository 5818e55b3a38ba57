"""The promise and how it is kept: a page with charts and tables, and the same figures as CSV and JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corrections import statistics
from corrections.vocabulary import Resolution
from newsroom.accounts.models import Publication, User
from newsroom.spreadsheets import table
from newsroom.web.headers import public_page

STAFF = frozenset({"desk_editor", "standards_editor", "legal"})
CHART_HEIGHT, BAR, GAP, LABELS = 120, 22, 10, 40
COLUMNS = (
    "received",
    "accepted",
    "declined",
    "corrections",
    "found_by_readers",
    "found_by_readers_share",
    "articles",
    "corrections_per_1000_articles",
)


@require_safe
@public_page
def statistics_page(request: HttpRequest) -> HttpResponse:
    """The figures of the publication at hand: `?format=csv` and `?format=json` are the same figures.

    404 to everyone but its desk until the publication opens them and 90 days of reports are there.
    """
    publication: Publication | None = request.publication  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    if not publication:
        raise Http404
    to_all = statistics.is_open(publication)
    if not to_all and not _works_there(request, publication):
        raise Http404
    wanted = request.GET.get("format", "")
    if wanted not in {"", "csv", "json"}:
        raise Http404
    figures = statistics.of(publication)
    response = {"": _page, "csv": _csv, "json": _json}[wanted](request, figures, to_all)
    if not to_all:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _works_there(request: HttpRequest, publication: Publication) -> bool:
    person = request.user
    return isinstance(person, User) and bool(person.roles_at(publication) & STAFF)


def _page(request: HttpRequest, figures: dict[str, Any], to_all: bool) -> HttpResponse:  # noqa: FBT001 -- one of three alike
    codes = [{**row, "label": Resolution(row["code"]).label} for row in figures["declined_by_code"]]
    labels = {"acknowledge": _("Taken up"), "decide": _("Answered"), "publish": _("Corrected")}
    steps = [
        {"label": labels[row["promise"]], **figures["totals"]["hours"][row["promise"]], **row}
        for row in figures["promises"]
    ]
    context = {
        "figures": figures,
        "totals": figures["totals"],
        "steps": steps,
        "codes": codes,
        "charts": [
            {"title": _("Reports received, by month"), "bars": bars(figures["by_month"], "received")},
            {"title": _("Corrections published, by month"), "bars": bars(figures["by_month"], "corrections")},
        ],
        "chart": {
            "width": statistics.MONTHS * (BAR + GAP),
            "height": CHART_HEIGHT,
            "bar": BAR,
            "drawn": CHART_HEIGHT + LABELS,
        },
        "to_all": to_all,
        "crumbs": [{"label": _("Corrections"), "url": "/corrections/"}, {"label": _("How we keep our promise")}],
    }
    return render(request, "corrections/statistics.html", context)


def bars(rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """A bar a row, in whole units of the drawing; a figure left out has no bar."""
    most = max([row[column] or 0 for row in rows] or [0]) or 1
    drawn = []
    for number, row in enumerate(rows):
        height = round(CHART_HEIGHT * (row[column] or 0) / most)
        drawn.append(
            {
                "x": number * (BAR + GAP) + GAP // 2,
                "y": CHART_HEIGHT - height,
                "height": height,
                "middle": number * (BAR + GAP) + (BAR + GAP) // 2,
                "label": row["month"][5:],
                "value": row[column],
            }
        )
    return drawn


def _json(request: HttpRequest, figures: dict[str, Any], to_all: bool) -> HttpResponse:  # noqa: FBT001 -- idem
    body = json.dumps(figures | {"as_of": figures["as_of"].isoformat()}, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json")


def _csv(request: HttpRequest, figures: dict[str, Any], to_all: bool) -> HttpResponse:  # noqa: FBT001 -- idem
    response = HttpResponse(as_csv(figures), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{figures["publication"]}.csv"'
    return response


def as_csv(figures: dict[str, Any]) -> str:
    """One line a month and a section, and one for all. A figure left out is empty."""
    times = [f"{step}_{which}_hours" for step in statistics.STEPS for which in ("median", "p90")]
    groups = [("total", "", figures["totals"])]
    groups += [("month", row["month"], row) for row in figures["by_month"]]
    groups += [("section", row["section"], row) for row in figures["by_section"]]
    rows = []
    for group, name, row in groups:
        hours = [row["hours"][step][which] for step in statistics.STEPS for which in ("median", "p90")]
        rows.append([group, name, *(row[column] for column in COLUMNS), *hours])
    return table(["group", "name", *COLUMNS, *times], rows)
