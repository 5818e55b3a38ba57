"""A request on its organization's pages: the same page and the same moves as a web requester has, by role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from newsroom import references
from newsroom.web.headers import see_other
from reprints import links, moments
from reprints.models import LicenseRequest
from reprints.views import adding, downloads, moves
from reprints.views.askers import Asker
from reprints.views.asking import ask
from reprints.views.moves import Visit
from reprints.views.partner import door
from reprints.views.partner.door import Guest, signed_in

ERASURES = frozenset({"erase_contact", "erase_text"})


def visiting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds the request, and looks at a test request on the test clock of its organization."""

    @wraps(view)
    def answer(request: HttpRequest, guest: Guest, reference: str, **names: str) -> HttpResponse:
        visit = visit_of(guest, reference)
        with moments.ahead(guest.organization.test_clock_seconds if visit.asked.test else 0):
            return view(request, guest, visit, **names)

    return answer


@signed_in("GET", "POST")
def new(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Asking, in the two steps that everybody takes; who asks is known here."""
    if not guest.may("license_request.submit"):
        return door.refused(request, guest)
    publication = request.publication or None  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    if publication is None:
        raise Http404
    asker = Asker(
        publication,
        guest.organization,
        action=reverse("reprints:partner-ask"),
        about=guest.bound_to,
        page_of=links.partner_path,
        places=door.places_of(request, guest),
        pace=moves.pace_of(guest.contact),
    )
    return ask(request, asker)


@signed_in("GET")
@visiting
def page(request: HttpRequest, guest: Guest, visit: Visit) -> HttpResponse:
    """Everything about one request."""
    return _show(guest)(request, visit)


@signed_in("GET", "POST")
@visiting
def move(request: HttpRequest, guest: Guest, visit: Visit, noun: str, name: str, record: str = "") -> HttpResponse:
    """One of `moves.MOVES`, by POST. Opening the address leads back to the page."""
    subject = moves.subject_of(visit.asked, noun, record)
    if subject is None or name not in moves.MOVES[noun] or name in ERASURES:
        raise Http404
    if request.method != "POST":
        return see_other(visit.back)
    return moves.make(request, visit, noun, name, subject, show=_show(guest))


@signed_in("GET", "POST")
@visiting
def another(request: HttpRequest, guest: Guest, visit: Visit) -> HttpResponse:
    """Another use in the same request."""
    if not visit.may("license_request", moves.EDIT):
        return door.refused(request, guest)
    return adding.add(request, visit, door.places_of(request, guest))


@signed_in("GET")
@visiting
def license_paper(request: HttpRequest, guest: Guest, visit: Visit, record: str, name: str) -> HttpResponse:
    """Certificate, token or text of a license."""
    return downloads.license_paper(request, visit, record, name)


@signed_in("GET")
@visiting
def quote_paper(request: HttpRequest, guest: Guest, visit: Visit, record: str) -> HttpResponse:
    """The quote as a letter."""
    return downloads.quote_paper(request, visit, record)


@signed_in("GET")
@visiting
def invoice_paper(request: HttpRequest, guest: Guest, visit: Visit, record: str) -> HttpResponse:
    """The invoice as a letter."""
    if not guest.may("invoice.read"):
        return door.refused(request, guest)
    return downloads.invoice_paper(request, visit, record)


def visit_of(guest: Guest, reference: str) -> Visit:
    """The guest at a request of their organization. Raises Http404 for everything else."""
    wanted = references.normalize(reference)
    rows = LicenseRequest.objects.select_related("publication", "organization")
    valid = references.is_valid(wanted, LicenseRequest.noun)
    asked = rows.filter(organization=guest.organization, reference=wanted).first() if valid else None
    if asked is None:
        raise Http404
    path = links.partner_path(asked)
    return Visit(asked, path, path, links.partner_path, guest.contact, guest.bound_to)


def _show(guest: Guest) -> Any:
    def show(
        request: HttpRequest,
        visit: Visit,
        *,
        tried: tuple[Any, str, Any] | None = None,
        sentence: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = moves.page_of(visit, tried, sentence, status)
        if not guest.may("invoice.read"):
            context["invoices"] = []
        with timezone.override(visit.asked.publication.zone):
            return door.show(request, guest, "request", context, status=status)

    return show
