"""The promise and how it is kept: a page with charts and tables, and the same figures as CSV and JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corrections import figures as words
from corrections import statistics
from newsroom.accounts.models import Publication, User
from newsroom.web.headers import public_page

STAFF = frozenset({"desk_editor", "standards_editor", "legal"})


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
    response = answer(request, statistics.of(publication), wanted, {"to_all": to_all})
    if not to_all:
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def answer(request: HttpRequest, figures: dict[str, Any], wanted: str, context: dict[str, Any]) -> HttpResponse:
    """The figures as `csv`, as `json`, or as the page."""
    if wanted == "csv":
        return as_file(figures)
    if wanted == "json":
        body = json.dumps(figures | {"as_of": figures["as_of"].isoformat()}, cls=DjangoJSONEncoder, ensure_ascii=False)
        return HttpResponse(body, content_type="application/json")
    crumbs = [{"label": _("Corrections"), "url": "/corrections/"}, {"label": _("How we keep our promise")}]
    return render(request, "corrections/statistics.html", {**words.page(figures), **context, "crumbs": crumbs})


def as_file(figures: dict[str, Any]) -> HttpResponse:
    """The figures as a CSV file to save."""
    name = f'attachment; filename="statistics-{figures["publication"]}.csv"'
    return HttpResponse(
        words.as_csv(figures), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


def _works_there(request: HttpRequest, publication: Publication) -> bool:
    person = request.user
    return isinstance(person, User) and bool(person.roles_at(publication) & STAFF)
