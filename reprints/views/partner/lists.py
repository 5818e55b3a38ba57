"""The overview, and the lists of requests, quotes, licenses, changes and invoices: each line leads to its request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.web.text import has_forbidden_characters
from reprints import links, moments, pricing
from reprints.models import Invoice, License, LicenseRequest, Quote, UpdateNotice
from reprints.views import wording
from reprints.views.pages import page_of
from reprints.views.partner import door
from reprints.views.partner.door import Guest, signed_in
from reprints.views.partner.needs import needs_of

SHOWN_HEADLINES = 3
MAX_QUERY = 200


@dataclass(frozen=True)
class Listing:
    """A list: its heading, the words above its dates, the organization's rows, and a row as a line.

    A line is `{reference, title, status or tone, label, date, url}`, and `money` where there is some. `found_by` are
    the lookups in which a search looks.
    """

    title: Any
    date_label: Any
    empty: Any
    rows: Callable[[], QuerySet[Any]]
    line: Callable[[Any], dict[str, Any]]
    found_by: tuple[str, ...] = ()
    right: str = ""


def _headlines(articles: list[Any]) -> str:
    shown = [article.headline for article in articles[:SHOWN_HEADLINES]]
    return "; ".join(shown) + (" …" if len(articles) > SHOWN_HEADLINES else "")


def _request(row: LicenseRequest) -> dict[str, Any]:
    return {
        "title": _headlines([item.article for item in row.items.all()]),
        "status": row.status,
        "label": wording.STANDINGS[row.status].label,
        "date": row.created_at,
        "url": links.partner_path(row),
    }


def _quote(row: Quote) -> dict[str, Any]:
    return {
        "title": _headlines([line.article for line in row.lines.all()]),
        "status": row.effective_status(),
        "label": wording.EXPIRED if row.is_expired() else row.get_status_display(),
        "date": row.valid_until,
        "money": pricing.money(row.net, row.currency),
        "url": f"{links.partner_path(row.request)}#{row.reference}",
    }


def _license(row: License) -> dict[str, Any]:
    status = row.effective_status()
    return {
        "title": row.article.headline,
        "status": status,
        "label": wording.EFFECTIVE.get(status, row.get_status_display()),
        "date": row.ends_on,
        "url": f"{links.partner_path(row.request)}#{row.reference}",
    }


def _notice(row: UpdateNotice) -> dict[str, Any]:
    label, tone = wording.OF_NOTICE["overdue" if row.is_overdue() else row.status]
    return {
        "title": f"{row.article.headline} ({row.get_kind_display()})",
        "tone": tone,
        "label": label,
        "date": row.due_at,
        "url": f"{links.partner_path(row.license.request)}#{row.reference}",
    }


def _invoice(row: Invoice) -> dict[str, Any]:
    status = row.effective_status()
    return {
        "reference": row.number,
        "title": row.get_kind_display(),
        "status": status,
        "label": wording.EFFECTIVE_INVOICE.get(status, row.get_status_display()),
        "date": row.due_on,
        "money": pricing.money(row.gross, row.currency),
        "url": f"{links.partner_path(row.quote.request)}#{row.reference}",
    }


LISTINGS: dict[str, Listing] = {
    "requests": Listing(
        _("Requests"),
        _("Asked on"),
        _("You have not asked for anything yet."),
        lambda: LicenseRequest.objects.prefetch_related("items__article"),
        _request,
        ("reference__icontains", "po_number__icontains", "items__article__headline__icontains"),
    ),
    "quotes": Listing(
        _("Quotes"),
        _("Valid until"),
        _("There is no quote yet."),
        lambda: Quote.objects.seen_by_partner().select_related("request").prefetch_related("lines__article"),
        _quote,
        ("reference__icontains", "request__reference__icontains", "lines__article__headline__icontains"),
    ),
    "licenses": Listing(
        _("Licenses"),
        _("Until"),
        _("You hold no license yet."),
        lambda: License.objects.select_related("request", "article", "publication"),
        _license,
        ("reference__icontains", "article__headline__icontains", "placements__url__icontains"),
    ),
    "notices": Listing(
        _("Changes of what you licensed"),
        _("To do by"),
        _("Nothing that you licensed has changed."),
        lambda: UpdateNotice.objects.select_related("license__request", "article"),
        _notice,
        ("reference__icontains", "license__reference__icontains", "article__headline__icontains"),
    ),
    "invoices": Listing(
        _("Invoices"),
        _("Due"),
        _("There is no invoice yet."),
        lambda: Invoice.objects.exclude(issued_at=None).select_related("quote__request", "publication"),
        _invoice,
        ("number__icontains", "quote__reference__icontains", "quote__lines__article__headline__icontains"),
        "invoice.read",
    ),
}
"""The last part of the address → what is listed there."""


# Exempt: the form of the door only owes a mail; see `door`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponseBase:
    """What needs this organization, and by when; for whoever is not signed in, the door."""
    if request.method == "POST":
        return door.owe_link(request)
    return _inside(request) if door.guest_of(request) else door.explained(request)


@signed_in("GET")
def _inside(request: HttpRequest, guest: Guest) -> HttpResponse:
    needs = needs_of(guest.organization, invoices=guest.may("invoice.read"))
    return door.show(request, guest, "overview", {"needs": needs, "may_ask": guest.may("license_request.submit")})


@signed_in("GET")
def listing(request: HttpRequest, guest: Guest, name: str) -> HttpResponse:
    """One of `LISTINGS`, newest first; `?q=` searches it, `?test=1` shows test records instead of live ones."""
    shown = LISTINGS[name]
    if shown.right and not guest.may(shown.right):
        return door.refused(request, guest)
    test = request.GET.get("test") == "1"
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    mine = shown.rows().filter(organization=guest.organization, test=test)
    rows, pages = page_of(request, _found(mine, shown, query) if query else mine)
    with moments.ahead(guest.organization.test_clock_seconds if test else 0):
        lines = [{"reference": row.reference, **shown.line(row)} for row in rows]
    context = {"listing": shown, "lines": lines, "test": test, "query": query}
    context["money"] = any("money" in line for line in lines)
    return door.show(request, guest, "list", {**context, **pages})


def _found(rows: QuerySet[Any], shown: Listing, query: str) -> QuerySet[Any]:
    """Those in which the words stand. Looked up by key, so that a row found twice is one row."""
    if has_forbidden_characters(query):
        return rows.none()
    anywhere = Q()
    for lookup in shown.found_by:
        anywhere |= Q(**{lookup: query})
    return rows.filter(pk__in=rows.filter(anywhere).values("pk"))
