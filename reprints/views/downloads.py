"""The papers of a quote, a license and an invoice, from the page of a request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsroom.errors import Conflict, NotFound
from newsroom.web.headers import private_page
from reprints import papers, served
from reprints.models import License
from reprints.papers import Paper
from reprints.views import moves, private
from reprints.views.moves import Visit

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
    return license_paper(request, _opened(request, key), reference, name)


@require_safe
@private_page
def of_quote(request: HttpRequest, key: str, reference: str) -> HttpResponse:
    """The quote as a letter."""
    return quote_paper(request, _opened(request, key), reference)


@require_safe
@private_page
def of_invoice(request: HttpRequest, key: str, reference: str) -> HttpResponse:
    """The invoice as a letter."""
    return invoice_paper(request, _opened(request, key), reference)


def license_paper(request: HttpRequest, visit: Visit, reference: str, name: str) -> HttpResponse:
    """A paper of a license of the visited request."""
    row = moves.subject_of(visit.asked, "license", reference)
    if row is None or name not in FILES:
        raise Http404
    return hand_out(request, visit, lambda: FILES[name](row))


def quote_paper(request: HttpRequest, visit: Visit, reference: str) -> HttpResponse:
    """A quote of the visited request; it says where it is answered."""
    row = moves.subject_of(visit.asked, "quote", reference)
    if row is None:
        raise Http404
    return hand_out(request, visit, lambda: papers.quote_pdf(row))


def invoice_paper(request: HttpRequest, visit: Visit, reference: str) -> HttpResponse:
    """An invoice or credit note of the visited request."""
    row = moves.subject_of(visit.asked, "invoice", reference)
    if row is None:
        raise Http404
    return hand_out(request, visit, lambda: papers.invoice_pdf(row))


def hand_out(request: HttpRequest, visit: Visit, make: Callable[[], Paper]) -> HttpResponse:
    """The file, or a page that says why it is not handed out."""
    try:
        paper = make()
    except Conflict as refusal:
        context = {"sentence": refusal.message, "back": visit.back, "publication": visit.asked.publication}
        return render(request, "reprints/not_handed_out.html", context, status=409)
    except NotFound as error:
        raise Http404 from error
    response = HttpResponse(paper.content, content_type=paper.media_type)
    # As a file: licensed HTML must not run under the address of the desk.
    response["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    return response


def _opened(request: HttpRequest, key: str) -> Visit:
    asked = private.PAGES.record_of(request, key)
    return private.visit_of(asked, key)
