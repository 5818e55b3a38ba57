"""An article's whole correction history, as a page and as feeds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from corrections import feeds, public
from corrections.models import Correction
from corrections.views import wording
from newsroom import references
from newsroom.articles.models import Article, UseStatus
from newsroom.articles.rights import stamp
from newsroom.web.headers import public_page

SHOWN = 100
WARNINGS = {
    UseStatus.WITHHELD: {
        "tone": "warn",
        "words": gettext_lazy("This article is being checked. Please do not use it until that is done."),
    },
    UseStatus.CANCELED: {
        "tone": "stop",
        "words": gettext_lazy("This article has been retracted. Please do not rely on it or use it."),
    },
}
"""What is said above the history of an article that must not be used."""


@require_safe
@public_page
def article(request: HttpRequest, reference: str) -> HttpResponse:
    """Headline, when its text changed, and every notice about it, the replaced and withdrawn ones marked."""
    about = _find(reference)
    path = page_path(about)
    if about.reference != reference:
        return HttpResponsePermanentRedirect(path)
    notices = _notices(about)
    removed = feeds.gone(Correction.objects.for_article(about))[:SHOWN]
    context = {
        "article": about,
        "publication": about.publication,
        "notices": [wording.card(public.shape(row), name_articles=False) for row in notices],
        "removed": list(removed),
        "minor": not notices and Correction.objects.public().for_article(about).exists(),
        "warning": WARNINGS.get(UseStatus(about.status)),
        "revisions": about.revisions.order_by("number").only("number", "seen_at", "article_id")[:SHOWN],
        "report_url": f"/corrections/new/?{urlencode({'url': about.url})}",
        "license_url": f"/reprints/new/?{urlencode({'url': about.url})}",
        "crumbs": [{"label": _("Corrections"), "url": "/corrections/"}, {"label": about.headline}],
        "canonical": settings.BASE_URL + path,
        "feed_path": path,
    }
    with timezone.override(about.publication.zone):
        response = render(request, "corrections/article.html", context)
    stamp(response, about.publication)
    return response


@require_safe
@public_page
def atom(request: HttpRequest, reference: str) -> HttpResponse:
    """The article's notices as an Atom feed."""
    return feeds.atom_response(_feed(reference))


@require_safe
@public_page
def json_feed(request: HttpRequest, reference: str) -> HttpResponse:
    """The article's notices as a JSON Feed."""
    return feeds.json_response(_feed(reference))


def page_path(about: Article) -> str:
    """The page of the article's history."""
    return f"/articles/{about.reference}/"


def _feed(reference: str) -> feeds.Feed:
    about = _find(reference)
    address = settings.BASE_URL + page_path(about)
    return feeds.Feed(
        title=_("Corrections: %(headline)s") % {"headline": about.headline},
        page=address,
        base=address,
        notices=_notices(about),
        gone=list(feeds.gone(Correction.objects.for_article(about))[:SHOWN]),
    )


def _notices(about: Article) -> list[Correction]:
    return list(Correction.objects.listed().for_article(about).newest_first().for_page()[:SHOWN])


def _find(reference: str) -> Article:
    """The article. One under embargo is not there yet."""
    wanted = references.normalize(reference)
    if not references.is_valid(wanted, "article"):
        raise Http404
    found = Article.objects.with_publication().filter(reference=wanted).first()
    if found is None or found.is_embargoed:
        raise Http404
    return found
