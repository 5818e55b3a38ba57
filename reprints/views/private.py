"""The requester's private page: how the request stands, quotes, licenses, notices, and every move a requester has."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.web.headers import private_page, see_other
from newsroom.web.private import PrivatePages
from reprints import links, privacy
from reprints.models import LicenseRequest
from reprints.services import contacts
from reprints.views import moves
from reprints.views.moves import Visit

PAGES: PrivatePages[LicenseRequest] = PrivatePages(
    noun="license_request",
    folder="/reprints/requests/",
    find=links.request_of,
    by_reference=lambda reference: LicenseRequest.objects.filter(reference=reference).first(),
    link=links.private_path,
    closed="reprints/private_closed.html",
)


@require_safe
@private_page
def page(request: HttpRequest, key: str) -> HttpResponse:
    """`key` is the token of the link, or the reference once the cookie is there."""
    return PAGES.enter(request, key, lambda asker, asked, used: show(asker, visit_of(asked, used)))


# Exempt: the right to this page is the token, in the path or in a SameSite cookie that is sent to this page alone; and
# the form carries a signed token about this very record, which a foreign page cannot have.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def move(request: HttpRequest, key: str, noun: str, name: str, reference: str = "") -> HttpResponse:
    """One of `moves.MOVES`, by POST. Opening the address leads back to the page."""
    asked = PAGES.opened(request, key)
    if asked is None or name not in moves.MOVES[noun]:
        raise Http404
    subject = moves.subject_of(asked, noun, reference)
    if subject is None:
        raise Http404
    visit = visit_of(asked, key)
    if request.method != "POST":
        return see_other(visit.back)
    return moves.make(request, visit, noun, name, subject, show=show)


@require_safe
@private_page
def download(request: HttpRequest, key: str) -> HttpResponse:
    """Everything that is held on the requester about this request, as a JSON file."""
    return PAGES.download(request, key, privacy.held_on)


def visit_of(asked: LicenseRequest, key: str) -> Visit:
    """Whoever holds the link or its cookie."""
    return Visit(asked, f"{PAGES.folder}{key}/", PAGES.back(asked, key), links.private_path)


def show(
    request: HttpRequest,
    visit: Visit,
    *,
    tried: tuple[Any, str, Any] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page; `tried` is the move that was refused: subject, name, form."""
    context = moves.page_of(visit, tried, sentence, status)
    asked = context["asked"]
    context |= {
        "erasures": {name: moves.make_form(asked, name, visit) for name in contacts.erasable(asked)},
        "private_url": settings.BASE_URL + links.private_path(asked),
    }
    if tried and tried[1] in context["erasures"] and status in {moves.INVALID, moves.TOO_OFTEN}:
        context["erasures"][tried[1]] = tried[2]
    with timezone.override(asked.publication.zone):
        return render(request, "reprints/private.html", context, status=status)
