"""What we tell machines that have no license: RSL, robots.txt, TDMRep, one policy behind all; and what the licenses of
others are read with: our public keys, and our own words of ODRL.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from newsroom.accounts.models import Publication
from newsroom.web.copies import kept_for
from newsroom.web.publications import desk_url
from newsroom.web.text import has_forbidden_characters
from reprints.documents import signing
from reprints.rights import aipref, profile, rsl, speaking, tdmrep

HOUR = 3600
CLOSED_TO_ROBOTS = ("/admin/", "/reprints/requests/", "/reprints/new/", "/corrections/reports/", "/corrections/new/")


@require_safe
@kept_for(HOUR)
def license_xml(request: HttpRequest) -> HttpResponse:
    """RSL 1.0."""
    publication = _publication(request)
    document = rsl.license_xml(
        speaking.policy_of(publication),
        sites=speaking.sites_of(publication),
        form_url=speaking.form_url(publication),
        contact_email=publication.licensing_email,
        contact_url=f"{desk_url(publication)}/reprints/",
    )
    return HttpResponse(document, content_type=f"{rsl.MEDIA_TYPE}; charset=utf-8")


@require_safe
@kept_for(HOUR)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9309, with the lines of RSL and AIPREF."""
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    if publication is not None:
        policy = speaking.policy_of(publication)
        lines += aipref.robots_lines(policy, license_url=speaking.license_url(publication))
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@kept_for(HOUR)
def tdmrep_json(request: HttpRequest) -> HttpResponse:
    """The TDM reservation."""
    publication = _publication(request)
    policy_url = speaking.tdm_policy_url(publication)
    rules = tdmrep.tdmrep_json(speaking.policy_of(publication), policy_url=policy_url)
    return JsonResponse(rules, safe=False)


@require_safe
@kept_for(HOUR)
def tdm_policy(request: HttpRequest) -> HttpResponse:
    """The ODRL Offer that the reservation names; nothing when mining is not on offer."""
    publication = _publication(request)
    offer: dict[str, Any] | None = tdmrep.tdm_offer(
        speaking.policy_of(publication),
        policy_url=speaking.tdm_policy_url(publication),
        publisher=publication.legal_entity or publication.name,
        sites=speaking.sites_of(publication),
        form_url=speaking.form_url(publication),
        contact_email=publication.licensing_email,
    )
    if offer is None:
        raise Http404
    return JsonResponse(offer, content_type="application/ld+json")


@require_safe
@kept_for(HOUR)
def jwks_json(request: HttpRequest) -> HttpResponse:
    """The keys under which licenses are signed (RFC 7517)."""
    return JsonResponse(signing.jwks(), content_type="application/jwk-set+json")


@require_safe
@kept_for(HOUR)
def odrl_profile(request: HttpRequest) -> HttpResponse:
    """The words of our own that agreements in ODRL use."""
    return JsonResponse(profile.profile(base_url=settings.BASE_URL), content_type="application/ld+json")


def _publication(request: HttpRequest) -> Publication:
    """The one that `?publication=` names, else the one whose desk this is."""
    slug = request.GET.get("publication", "")
    if slug and not has_forbidden_characters(slug):
        return get_object_or_404(Publication, slug=slug)
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    if publication is None:
        raise Http404
    return publication
