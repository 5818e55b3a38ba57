"""What a CMS puts at the foot of an article: a script, or a frame that needs none.

The script's numbered address never changes its bytes, so that a page can name their digest (SRI): a change is a new
file beside the old ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from corrections import public
from corrections.models import Correction
from corrections.views import wording
from newsroom.accounts.models import Publication
from newsroom.articles import services
from newsroom.articles.addresses import BadAddress
from newsroom.articles.hosts import publication_of
from newsroom.articles.models import Article
from newsroom.articles.rights import stamp
from newsroom.web.headers import public_page

SCRIPTS = Path(__file__).resolve().parent.parent / "embed"
NEWEST = "1.2.0"
NEWEST_SECONDS, NUMBERED_SECONDS = 3600, 31_536_000
SHOWN = 20
LONGEST_ADDRESS = 2000
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")


@require_safe
def script(request: HttpRequest, version: str = "") -> HttpResponseBase:
    """`/embed.js` is the newest, for an hour; `/embed/1.0.0.js` is that one, for ever. For pages of any origin."""
    body = _scripts().get(version or NEWEST)
    if body is None:
        raise Http404
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    kept = f"public, max-age={NUMBERED_SECONDS}, immutable" if version else f"public, max-age={NEWEST_SECONDS}"
    response["Cache-Control"] = kept
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=response["ETag"], response=response) or response
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def framed(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Framing as the view wrote it on the request, on a 304 too: its headers replace those of the kept copy."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        response.frame_ancestors = getattr(request, "frame_ancestors", "'none'")  # type: ignore[attr-defined]  # -- read by HeadersMiddleware
        return response

    return answer


@require_safe
@framed
@public_page
def article(request: HttpRequest) -> HttpResponse:
    """The links and notices of the article at `?url=`, to be framed by its publication's own hosts and by nobody else.

    An address on our hosts that we know no article of has the links alone; an address elsewhere is 404.
    """
    url = request.GET.get("url", "")
    if not url or len(url) > LONGEST_ADDRESS:
        raise Http404
    try:
        publication = publication_of(url, Publication.objects.order_by("pk"))
        about = services.find(url) if publication else None
    except BadAddress as error:
        raise Http404 from error
    if publication is None:
        raise Http404
    if about is not None and about.is_embargoed:
        about = None
    request.frame_ancestors = _ancestors(publication)  # type: ignore[attr-defined]  # -- read by `framed`
    query = urlencode({"url": about.url if about else url})
    context = {
        "publication": publication,
        "article": about,
        "notices": _notices(about) if about else [],
        "report_url": f"{settings.BASE_URL}/corrections/new/?{query}",
        "license_url": f"{settings.BASE_URL}/reprints/new/?{query}",
    }
    with timezone.override(publication.zone):
        response = render(request, "corrections/embed.html", context)
    stamp(response, publication)
    return response


def _notices(about: Article) -> list[dict[str, object]]:
    rows = Correction.objects.listed().for_article(about).filter(status="published").newest_first().for_page()[:SHOWN]
    return [wording.card(public.shape(row), name_articles=False) for row in rows]


def _ancestors(publication: Publication) -> str:
    """The publication's article hosts and what lies below them, as sources of the policy `frame-ancestors`."""
    scheme = "https" if settings.SECURE_COOKIES else "http"
    hosts = [str(host).strip().lower() for host in publication.hosts[:50]]
    sources = [f"{scheme}://{host} {scheme}://*.{host}" for host in hosts if _HOST.fullmatch(host)]
    return " ".join(sources) or "'none'"


@lru_cache(maxsize=1)
def _scripts() -> dict[str, bytes]:
    """Version → the script."""
    return {path.stem: path.read_bytes() for path in SCRIPTS.glob("*.js")}
