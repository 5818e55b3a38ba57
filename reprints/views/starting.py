"""What can be licensed, in plain words, and the search for the article: `/reprints/`."""

from __future__ import annotations

import statistics
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsroom.accounts.models import Publication
from newsroom.articles.addresses import BadAddress, canonical_key
from newsroom.articles.models import Article
from newsroom.events.models import Promise
from newsroom.web.headers import public_page
from newsroom.web.text import has_forbidden_characters
from reprints import offers, pricing
from reprints.models import LicenseRequest
from reprints.services import quoting
from reprints.views.pages import page_of
from reprints.vocabulary import MAX_ITEMS

MAX_QUERY = 2000
MAX_WORDS = 8
MEASURED = timedelta(days=90)
MEASURED_ROWS = 500
MIN_MEASURED = 5
HOURS = 3600


@require_safe
@public_page
def start(request: HttpRequest) -> HttpResponse:
    """The page; with `?q=` the articles that have this address, or these words in their headline, and with `?url=` for
    each those that were collected before.
    """
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    searchable = bool(query) and not has_forbidden_characters(query)
    found, pages = _search(request, query) if searchable else ([], {"next": None, "previous": None})
    collected = _collected(request.GET.getlist("url"))
    context = {
        "query": query if searchable else "",
        "asked": bool(query),
        "articles": [{"article": row, "ask_url": ask_path(row)} for row in found if row not in collected],
        "collected": collected,
        "several": len({row.publication_id for row in [*found, *collected]}) > 1,
        "free_words": int(publication.policy("free_words")) if publication else 0,
        "reply_days": int(publication.policy("quote_within_days")) if publication else 0,
        "reply_due": quoting.reply_due(publication).due_at if publication else None,
        "offers": _offers(publication) if publication and not query else [],
        "usual_hours": median_reply_hours(publication) if publication else None,
        **pages,
    }
    return render(request, "reprints/start.html", context, status=200 if publication else 503)


def ask_path(article: Article) -> str:
    """The request form with this article filled in."""
    return f"/reprints/new/?{urlencode({'url': article.url})}"


def median_reply_hours(publication: Publication) -> int | None:
    """How long a person's answer usually took in the last 90 days; None unless the statistics are open to all."""
    if not publication.policy("statistics_open"):
        return None
    kept = Promise.objects.filter(
        publication=publication,
        subject_kind=LicenseRequest.noun,
        kind="quote",
        kept_at__gte=timezone.now() - MEASURED,
    ).order_by("-pk")[:MEASURED_ROWS]
    seconds = [(row.kept_at - row.given_at).total_seconds() for row in kept if row.kept_at]
    return max(1, round(statistics.median(seconds) / HOURS)) if len(seconds) >= MIN_MEASURED else None


def _offers(publication: Publication) -> list[dict[str, Any]]:
    """Each use and the least it can cost; None where a person says so."""
    currency = publication.currency
    return [
        {"use": row.use, "price": pricing.money(row.from_price, currency) if row.from_price is not None else None}
        for row in offers.offers(publication)
    ]


def _search(request: HttpRequest, query: str) -> tuple[list[Article], dict[str, Any]]:
    nowhere = {"next": None, "previous": None}
    if by_address := _by_address(query):
        return [by_address], nowhere
    return page_of(request, _with_words(query))


def _collected(urls: list[str]) -> list[Article]:
    """The articles of these addresses that are open to all, in this order, each once; the first fifty. One query."""
    keys: dict[str, None] = {}
    for url in urls[:MAX_ITEMS]:
        try:
            keys[canonical_key(url)] = None
        except BadAddress:
            continue
    if not keys:
        return []
    rows = _open_to_all().filter(addresses__key__in=keys).annotate(key=F("addresses__key"))
    found = {row.key: row for row in rows}
    return list(dict.fromkeys(found[key] for key in keys if key in found))


def _by_address(query: str) -> Article | None:
    if " " in query or "." not in query:
        return None
    try:
        key = canonical_key(query)
    except BadAddress:
        return None
    return _open_to_all().filter(addresses__key=key).first()


def _with_words(query: str) -> QuerySet[Article]:
    rows = _open_to_all()
    for word in query.split()[:MAX_WORDS]:
        rows = rows.filter(headline__icontains=word)
    return rows


def _open_to_all() -> QuerySet[Article]:
    """Published, and not withdrawn: nothing that is under embargo shows here."""
    rows = Article.objects.with_publication().filter(Q(embargoed_until=None) | Q(embargoed_until__lte=timezone.now()))
    return rows.exclude(desk_status="canceled").exclude(cms_status="canceled")
