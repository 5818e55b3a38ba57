"""The way in and out of a partner's pages, and the one question that each of them asks first: who is this?"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from newsroom.accounts.models import Contact, Organization
from newsroom.api import throttles
from newsroom.errors import NotFound
from newsroom.web import form_token
from newsroom.web.headers import private_page, public_page, see_other
from newsroom.web.text import has_forbidden_characters
from reprints.models import PartnerSession
from reprints.services import partner_access, partner_rights

FOLDER = partner_access.FOLDER
COOKIE = f"{settings.COOKIE_PREFIX}partner"
COOKIE_SECONDS = int(partner_access.IDLE.total_seconds())
MAX_EMAIL = 254
INVALID, FORBIDDEN = 422, 403


@dataclass(frozen=True)
class Guest:
    """Who is signed in, and in which session."""

    session: PartnerSession
    secret: str

    @property
    def contact(self) -> Contact:
        """The person."""
        return self.session.contact

    @property
    def organization(self) -> Organization:
        """Whose pages these are."""
        return self.session.contact.organization

    @property
    def bound_to(self) -> str:
        """What binds a form to this session: a foreign page cannot have a token about it."""
        return f"\n{self.session.secret_sha256}"

    def token(self, purpose: str, about: str = "") -> str:
        """A fresh token for one sending of a form of these pages."""
        return form_token.issue(purpose, about=about + self.bound_to)

    def sent(self, request: HttpRequest, purpose: str, about: str = "") -> form_token.FormToken | None:
        """The token that came with the form; None when it is not of this session, this form and today."""
        try:
            return form_token.read(request.POST.get("form_token", ""), purpose, about=about + self.bound_to)
        except form_token.UnusableToken:
            return None

    def may(self, right: str, *, test: bool = False) -> bool:
        """Whether the roles of this person include it."""
        return partner_rights.may(self.contact, right, test=test)


Page = Callable[..., HttpResponse]


def signed_in(*methods: str) -> Callable[[Page], Page]:
    """A page for whoever is signed in; everyone else is led to the door, and afterwards to the page."""

    def wrap(page: Page) -> Page:
        @wraps(page)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            guest = guest_of(request)
            if guest is None:
                path = partner_access.own_path(request.path) if request.method in {"GET", "HEAD"} else ""
                return see_other(f"{FOLDER}?next={path}" if path else FOLDER)
            response = page(request, guest, *args, **kwargs)
            return _stay(response, partner_access.cookie_of(guest.secret, guest.contact))

        # Exempt from Django's token: each form carries a signed one that is bound to this very session (see Guest).
        return csrf_exempt(require_http_methods(["HEAD", *methods])(private_page(answer)))

    return wrap


def guest_of(request: HttpRequest) -> Guest | None:
    """Who is signed in, by the cookie."""
    found = partner_access.session_of(request.COOKIES.get(COOKIE, ""))
    return Guest(*found) if found else None


def show(
    request: HttpRequest, guest: Guest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the frame that all of them share: where else one can go, and who one is here."""
    frame = {
        "guest": guest,
        "organization": guest.organization,
        "places": places_of(request, guest),
        "others": [row for row in partner_access.organizations_of(guest.contact) if row.pk != guest.contact.pk],
        "leave_token": guest.token("leave"),
        "choose_token": guest.token("choose"),
    }
    return render(request, f"reprints/partner/{template}.html", {**frame, **context}, status=status)


def refused(request: HttpRequest, guest: Guest, sentence: str = "") -> HttpResponse:
    """403, in words."""
    words = sentence or _("Your role at your organization does not include this.")
    return show(request, guest, "refused", {"sentence": words}, status=FORBIDDEN)


@public_page
def explained(request: HttpRequest) -> HttpResponse:
    """What a partner's pages are for, and the form that owes a link: the same for everyone who is not signed in."""
    wanted = partner_access.own_path(request.GET.get("next", ""))
    response = render(request, "reprints/partner/door.html", {"next": wanted, "asked": False})
    # At the same address, whoever is signed in finds something else.
    response["Cache-Control"] = "private, no-store"
    return response


@private_page
def owe_link(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, known or not."""
    email = request.POST.get("email", "").strip()
    wanted = partner_access.own_path(request.POST.get("next", ""))
    if not email or len(email) > MAX_EMAIL or "@" not in email or has_forbidden_characters(email):
        words = _("Please give an email address such as name@example.com.")
        context = {"next": wanted, "email": "" if has_forbidden_characters(email) else email[:MAX_EMAIL]}
        return render(request, "reprints/partner/door.html", {**context, "wrong": words}, status=INVALID)
    hits = [
        throttles.hit("form", f"partner:{throttles.caller(request)}"),
        throttles.hit("link-request", f"partner:{_name_of(email)}"),
    ]
    if not hits[0].allowed:
        words = _("Many forms came from your network. Please try again in an hour.")
        response = render(request, "reprints/partner/door.html", {"next": wanted, "wrong": words}, status=429)
        response["Retry-After"] = str(hits[0].retry_after)
        return response
    if hits[1].allowed:
        publication = request.publication or None  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
        partner_access.ask_link(email, publication=publication, next_path=wanted)
    return render(request, "reprints/partner/door.html", {"next": "", "asked": True})


# Django's own token here: a foreign page must not sign anyone in as somebody else.
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; the button signs in. Programs that open every link of a mail use nothing up."""
    response = _enter(request, token)
    # With no-referrer a browser would send “Origin: null” with the form, which that token's check refuses.
    response["Referrer-Policy"] = "same-origin"
    response.sends_origin = True  # type: ignore[attr-defined]  # -- read by HeadersMiddleware
    return response


enter.takes_forms = True  # type: ignore[attr-defined]  # -- read by `csrf_failed`


@private_page
def _enter(request: HttpRequest, token: str) -> HttpResponse:
    link = partner_access.link_of(token)
    if link is None:
        return render(request, "reprints/partner/enter.html", {"over": True}, status=404)
    if request.method != "POST":
        return render(request, "reprints/partner/enter.html", {"organization": link.contact.organization})
    before = guest_of(request)
    try:
        _session, cookie, wanted = partner_access.enter(token, instead_of=before.session if before else None)
    except NotFound:
        return render(request, "reprints/partner/enter.html", {"over": True}, status=404)
    return _stay(see_other(wanted or FOLDER), cookie)


@signed_in("POST")
def leave(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Sign out."""
    if guest.sent(request, "leave") is None:
        return see_other(FOLDER)
    partner_access.leave(guest.session)
    response = see_other(FOLDER)
    response.left = True  # type: ignore[attr-defined]  # -- read by `_stay`
    return response


@signed_in("POST")
def choose(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Go on for another of one's organizations."""
    if guest.sent(request, "choose") is None:
        return see_other(FOLDER)
    slug = request.POST.get("organization", "")
    try:
        _session, cookie = partner_access.choose(guest.session, slug="" if has_forbidden_characters(slug) else slug)
    except NotFound as error:
        raise Http404 from error
    response = see_other(FOLDER)
    response.cookie = cookie  # type: ignore[attr-defined]  # -- read by `_stay`
    return response


def _name_of(email: str) -> str:
    """What a counter may know of an address: whoever reads it learns nothing, and other spellings count as one."""
    return salted_hmac("masthead.partner-link", unicodedata.normalize("NFKC", email).casefold()).hexdigest()[:32]


def _stay(response: HttpResponse, cookie: str) -> HttpResponse:
    """With the cookie for two more hours; without it after signing out."""
    if getattr(response, "left", False):
        response.delete_cookie(COOKIE, path="/", samesite="Lax")
        # `__Host-` cookies are only taken, and so only deleted, with Secure.
        response.cookies[COOKIE]["secure"] = settings.SECURE_COOKIES
        return response
    response.set_cookie(
        COOKIE,
        getattr(response, "cookie", cookie),
        max_age=COOKIE_SECONDS,
        path="/",
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return response


def places_of(request: HttpRequest, guest: Guest) -> list[dict[str, Any]]:
    """The parts of these pages that the guest may see, `{url, label, current}`."""
    names = [
        ("partner", _("Overview")),
        ("partner-requests", _("Requests")),
        ("partner-quotes", _("Quotes")),
        ("partner-licenses", _("Licenses")),
        ("partner-notices", _("Changes")),
        *([("partner-invoices", _("Invoices"))] if guest.may("invoice.read") else []),
        ("partner-endpoints", _("Webhooks")),
        ("partner-keys", _("Keys")),
        ("partner-test", _("Test mode")),
    ]
    found = [{"url": reverse(f"reprints:{name}"), "label": label} for name, label in names]
    return [{**place, "current": request.path == place["url"]} for place in found]
