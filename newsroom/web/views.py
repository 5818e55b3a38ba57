"""The doors at `/`, the guidelines, and the machine-readable promises that belong to no desk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsroom.accounts.models import Guideline, Publication
from newsroom.web.copies import kept_for
from newsroom.web.publications import in_its_zone

SECURITY_TXT_DAYS = 180
FAVICON = Path(__file__).resolve().parent.parent / "static" / "masthead" / "favicon.ico"


@require_safe
@kept_for(60)
@in_its_zone
def doors(request: HttpRequest) -> HttpResponse:
    """The four doors."""
    choices = [
        (
            "corrections:new",
            _("Report an error"),
            _("Something in an article is wrong. Tell us what, and we answer you by a date we name."),
            _("Report an error"),
        ),
        (
            "reprints:start",
            _("Request a license or reprint"),
            _("Republish, translate, print or quote an article. Often there is a price at once."),
            _("Ask for a license"),
        ),
        (
            "corrections:log",
            _("Corrections log"),
            _("Every correction we have published, newest first. Nothing is taken back in silence."),
            _("Read the log"),
        ),
        (
            "guidelines",
            _("Editorial and AI guidelines"),
            _("How we report, how we correct, and where machines may help."),
            _("Read the guidelines"),
        ),
    ]
    listed: list[dict[str, object]] = [
        {"url": reverse(name), "title": title, "text": text, "action": action} for name, title, text, action in choices
    ]
    listed[0] |= {"ask": _("Address of the article"), "hint": _("Copy it from the address bar of your browser.")}
    return render(request, "doors.html", {"doors": listed})


@require_safe
@kept_for(300)
@in_its_zone
def guidelines(request: HttpRequest) -> HttpResponse:
    """The newest version of each kind of guideline that is in force."""
    shown: dict[str, dict[str, object]] = {}
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    rows = Guideline.objects.none()
    if publication is not None:
        today = timezone.localdate(timezone=publication.zone)
        rows = Guideline.objects.filter(publication=publication, effective_on__lte=today)
    for row in rows:
        shown.setdefault(
            row.kind,
            {
                "slug": row.kind,
                "title": row.get_kind_display(),
                "paragraphs": [part for part in row.body.replace("\r\n", "\n").split("\n\n") if part.strip()],
                "version": row.number,
                "effective_on": row.effective_on,
            },
        )
    ordered = [shown[kind] for kind in ("editorial", "ai") if kind in shown]
    return render(request, "guidelines.html", {"guidelines": ordered})


@require_safe
@kept_for(86_400)
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. `Expires` is always half a year ahead."""
    expires = (timezone.now() + timedelta(days=SECURITY_TXT_DAYS)).strftime("%Y-%m-%dT00:00:00Z")
    contact = settings.SECURITY_CONTACT or f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    text = (
        f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: {settings.LANGUAGE_CODE}\n"
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt\n"
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@kept_for(86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask for it unasked; pages name the drawing, which is sharper."""
    return HttpResponse(FAVICON.read_bytes(), content_type="image/x-icon")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that does not exist; a problem document under `/api/`."""
    if request.path.startswith("/api/"):
        problem = {
            "type": f"{settings.BASE_URL}/problems/not_found",
            "title": "Not found",
            "status": 404,
            "detail": "There is nothing at this address.",
            "code": "not_found",
            "errors": [],
        }
        return JsonResponse(problem, status=404, content_type="application/problem+json")
    return render(request, "404.html", status=404)
