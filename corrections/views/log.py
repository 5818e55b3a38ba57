"""The public log: every notice, newest first; one notice with its proof; the feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from corrections import feeds, public
from corrections.ledger import reading
from corrections.models import Correction, CorrectionArticle
from corrections.models.notice import with_headline
from corrections.services import checkpoints
from corrections.views import wording
from corrections.views.jsonld import correction_comment
from corrections.vocabulary import UNDOING, Kind, Severity
from corrections.workflow import CorrectionStatus
from newsroom import references
from newsroom.accounts.models import Publication
from newsroom.api.pagination import CursorPages
from newsroom.articles import passages
from newsroom.errors import Invalid
from newsroom.web.dates import DayField
from newsroom.web.headers import public_page
from newsroom.web.remarks import remarks_about
from newsroom.web.text import has_forbidden_characters

LISTED_KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.MINOR_FIX]
MIN_SEARCH = 3
FEED_ENTRIES = 50
SECTIONS_OF = 1000
"""The newest notices whose sections are offered: what the page costs does not grow with the log."""


class LogPages(CursorPages):
    """By keyset: the cost of a page does not depend on how many came before it."""

    ordering = ("-published_at", "-pk")


class DayFilter(django_filters.DateFilter):
    """Compares with a day that can be reckoned with."""

    field_class = DayField


class LogFilters(django_filters.FilterSet):
    """What the log can be narrowed to. A value that means nothing is pointed out, never silently ignored."""

    q = django_filters.CharFilter(method="with_words", label=_("Words"), min_length=MIN_SEARCH, max_length=100)
    kind = django_filters.ChoiceFilter(
        choices=LISTED_KINDS, method="of_kind", label=_("Kind"), empty_label=_("Every kind")
    )
    severity = django_filters.ChoiceFilter(
        choices=Severity.choices, label=_("Severity"), empty_label=_("Every severity")
    )
    section = django_filters.CharFilter(method="in_section", label=_("Section"), max_length=80)
    publication = django_filters.ModelChoiceFilter(
        queryset=Publication.objects.order_by("name"),
        field_name="publication",
        to_field_name="slug",
        label=_("Publication"),
        empty_label=_("Every publication"),
    )
    after = DayFilter(method="from_day", label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    before = DayFilter(method="to_day", label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = Correction
        fields: list[str] = []

    def with_words(self, rows: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """In the notice, before or after, or in the headline of an article of it; or its reference."""
        headlines = CorrectionArticle.objects.filter(with_headline(value), correction=OuterRef("pk"))
        words = Q(text__icontains=value) | Q(original_text__icontains=value) | Q(corrected_text__icontains=value)
        return rows.filter(words | Q(reference=references.normalize(value)) | Exists(headlines))

    def of_kind(self, rows: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """Of this kind themselves: what withdraws or reinstates a retraction retracts nothing."""
        return rows.filter(kind=value).exclude(effect__in=UNDOING)

    def in_section(self, rows: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        """About an article of that section, in any case."""
        return rows.filter(
            Exists(CorrectionArticle.objects.filter(correction=OuterRef("pk"), article__section__iexact=value))
        )

    def from_day(self, rows: QuerySet[Correction], name: str, value: Any) -> QuerySet[Correction]:
        """Published on that day or later, by the publication's clock."""
        return rows.filter(published_at__gte=_midnight(value))

    def to_day(self, rows: QuerySet[Correction], name: str, value: Any) -> QuerySet[Correction]:
        """Published on that day or earlier."""
        return rows.filter(published_at__lt=_midnight(value) + timedelta(days=1))


@require_safe
@public_page
def log(request: HttpRequest) -> HttpResponse:
    """A page of the log."""
    filters = LogFilters(_storable(request), queryset=Correction.objects.listed())
    valid = filters.is_valid()
    rows: list[Correction] = []
    pages: dict[str, str | None] = {"next": None, "previous": None}
    if valid:
        cursor = LogPages()
        try:
            rows = cursor.paginate_queryset(filters.qs.for_page(), Request(request))
        except Invalid as error:
            raise Http404 from error
        given = cursor.get_paginated_response([]).data
        pages = {name: _local(given[name]) for name in pages}
    publications = {slug: str(name) for slug, name in Publication.objects.values_list("slug", "name")}
    named = publications if len(publications) > 1 else None
    context = {
        "form": filters.form,
        "notices": [wording.card(public.shape(row), publications=named) for row in rows],
        "filtered": any(value for name, value in request.GET.items() if name in filters.filters),
        "query": _asked(request) if valid else "",
        "several": named is not None,
        "sections": _sections(),
        **pages,
    }
    return render(request, "corrections/log.html", context, status=200 if valid else 422)


@require_safe
@public_page
def notice(request: HttpRequest, reference: str) -> HttpResponse:
    """One notice. In another spelling: sent on. Suppressed: the placeholder, or nothing at all under an injunction."""
    wanted = references.normalize(reference)
    if not references.is_valid(wanted, "correction"):
        raise Http404
    shown = Correction.objects.public().filter(reference=wanted).for_page().first()
    if shown is None:
        return _gone(request, wanted)
    if wanted != reference:
        return HttpResponsePermanentRedirect(public.path(shown))
    shape = public.shape(shown)
    both = bool(shown.original_text and shown.corrected_text)
    diff = passages.word_diff(shown.original_text, shown.corrected_text) if both else []
    target = shown.target
    context = {
        "correction": shown,
        "publication": shown.publication,
        "notice": _shown_in_full(wording.card(shape), diff=diff),
        "shape": shape,
        "left_unchanged": shown.wants_fix and not any(row["revision_after"] for row in shape["articles"]),
        "proof": _proof(shape),
        "diff": diff,
        "headline": next((row["headline"] for row in shape["articles"] if row["headline"]), shown.reference),
        "about": {
            "reference": target.reference,
            "url": public.path(target),
            "words": wording.EFFECT_WORDS[shown.effect],
        }
        if target and target.is_public
        else None,
        "remarks": remarks_about(shown, public=True),
        "jsonld": correction_comment(shape, shown.publication),
        "crumbs": [{"label": _("Corrections"), "url": "/corrections/"}, {"label": shown.reference}],
        "canonical": settings.BASE_URL + public.path(shown),
    }
    with timezone.override(shown.publication.zone):
        return render(request, "corrections/notice.html", context)


@require_safe
@public_page
def atom(request: HttpRequest) -> HttpResponse:
    """The log as an Atom feed, or the part of it that the log's own filters leave."""
    return _as_feed(request, feeds.atom_response)


@require_safe
@public_page
def json_feed(request: HttpRequest) -> HttpResponse:
    """The log as a JSON Feed, in the same way."""
    return _as_feed(request, feeds.json_response)


def _as_feed(request: HttpRequest, write: Callable[[feeds.Feed], HttpResponse]) -> HttpResponse:
    filters = LogFilters(_storable(request), queryset=Correction.objects.listed())
    if not filters.is_valid():
        faults = [f"{name}: {' '.join(map(str, said))}" for name, said in filters.errors.items()]
        return HttpResponse("\n".join(faults), status=422, content_type="text/plain; charset=utf-8")
    query = _asked(request)
    # By publication alone, which the public log names too: a tombstone must not tell what stood in the notice.
    gone = Correction.objects.all()
    if publication := filters.form.cleaned_data["publication"]:
        gone = gone.filter(publication=publication)
    return write(
        feeds.Feed(
            title=str(_("Corrections")),
            page=f"{settings.BASE_URL}/corrections/{query}",
            base=f"{settings.BASE_URL}/corrections/",
            notices=list(filters.qs.newest_first().for_page()[:FEED_ENTRIES]),
            gone=list(feeds.gone(gone)[:FEED_ENTRIES]),
            query=query,
        )
    )


def _asked(request: HttpRequest) -> str:
    """The filters that were asked for, as a query with its question mark; empty without any."""
    given = {name: request.GET[name] for name in LogFilters.base_filters if request.GET.get(name)}
    return f"?{urlencode(given)}" if given else ""


def _shown_in_full(card: dict[str, Any], *, diff: list[Any]) -> dict[str, Any]:
    """The card without what its own page says elsewhere: the proof, and the two texts when compared."""
    compared = {"original_text": None, "corrected_text": None} if diff else {}
    return {**card, "proof_url": "", **compared}


def _proof(shape: dict[str, Any]) -> dict[str, Any] | None:
    """What the page shows of the proof; None while no checkpoint covers the notice."""
    found = reading.proof_of(shape["ledger"]["index"]) if shape["ledger"] else None
    if found is None:
        return None
    growth = reading.growth_since(found.index, found.checkpoint)
    return {
        "growth": {"older": growth.older, "path": [step.hex() for step in growth.path]} if growth else None,
        "size": found.checkpoint.size,
        "path": [step.hex() for step in found.path],
        "checkpoint": found.checkpoint.text,
        "key": checkpoints.verifier_key(),
        "keys": checkpoints.verifier_keys(),
    }


def _gone(request: HttpRequest, reference: str) -> HttpResponse:
    removed = Correction.objects.filter(
        reference=reference, status=CorrectionStatus.SUPPRESSED, suppressed_hidden=False
    ).first()
    if removed is None:
        raise Http404
    return render(request, "corrections/notice_removed.html", {"correction": removed}, status=410)


def _storable(request: HttpRequest) -> Any:
    """The query without values that no column could hold: they cannot match anything, and a database would choke."""
    data = request.GET.copy()
    for name in [name for name, values in data.lists() if any(has_forbidden_characters(value) for value in values)]:
        data[name] = "\N{REPLACEMENT CHARACTER}"
    return data


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _sections() -> list[str]:
    """The sections of the articles that the newest notices are about, each once however it is written."""
    newest = Correction.objects.listed().newest_first()[:SECTIONS_OF]
    found = CorrectionArticle.objects.filter(correction__in=newest.values("pk")).exclude(article__section="")
    names = {str(name).casefold(): str(name) for name in found.values_list("article__section", flat=True).distinct()}
    return [names[key] for key in sorted(names)]


def _local(url: str | None) -> str | None:
    """The address without its host: a page must not repeat what the visitor's Host header said."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
