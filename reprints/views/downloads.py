"""The papers of a quote and a license, from the private page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsroom.errors import Conflict, NotFound
from newsroom.web.headers import private_page
from reprints import links, papers, served
from reprints.models import License, LicenseRequest, Quote
from reprints.papers import Paper
from reprints.views import private

FILES: dict[str, Callable[[License], Paper]] = {
    "certificate.pdf": papers.certificate_pdf,
    "certificate.jws": papers.certificate_jws,
    "content.html": lambda row: papers.content(row, "html", revision=served.revision_of(row, None)),
    "content.txt": lambda row: papers.content(row, "txt", revision=served.revision_of(row, None)),
}
"""The last part of the address → what is handed out under it. The text comes corrected, as far as we told of it."""


@require_safe
@private_page
def of_license(request: HttpRequest, key: str, reference: str, name: str) -> HttpResponse:
    """A paper of a license of this request."""
    asked = _opened(request, key)
    row = private.subject_of(asked, "license", reference)
    if row is None or name not in FILES:
        raise Http404
    return _hand_out(request, asked, key, lambda: FILES[name](row))


@require_safe
@private_page
def of_quote(request: HttpRequest, key: str, reference: str) -> HttpResponse:
    """The quote as a letter."""
    asked = _opened(request, key)
    row: Quote | None = private.subject_of(asked, "quote", reference)
    if row is None:
        raise Http404
    url = settings.BASE_URL + links.private_path(asked)
    return _hand_out(request, asked, key, lambda: papers.quote_pdf(row, url=url))


def _opened(request: HttpRequest, key: str) -> LicenseRequest:
    asked = private.PAGES.opened(request, key)
    if asked is None:
        raise Http404
    return asked


def _hand_out(request: HttpRequest, asked: LicenseRequest, key: str, make: Callable[[], Paper]) -> HttpResponse:
    try:
        paper = make()
    except Conflict as refusal:
        context = {
            "sentence": refusal.message,
            "back": private.PAGES.back(asked, key),
            "publication": asked.publication,
        }
        return render(request, "reprints/not_handed_out.html", context, status=409)
    except NotFound as error:
        raise Http404 from error
    response = HttpResponse(paper.content, content_type=paper.media_type)
    # As a file: licensed HTML must not run under the address of the desk.
    response["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    return response
