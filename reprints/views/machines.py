"""What we tell machines that have no license: RSL, robots.txt, TDMRep, and our public keys. One policy behind all."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from newsroom.accounts.models import Publication
from reprints.documents import signing
from reprints.rights import aipref, rsl, tdmrep
from reprints.rights.policy import AiPolicy, refuse_contradictions

logger = logging.getLogger(__name__)
HOUR = 3600
CLOSED_TO_ROBOTS = ("/admin/", "/reprints/requests/", "/reprints/new/", "/corrections/reports/", "/corrections/new/")


def policy_of(publication: Publication) -> AiPolicy:
    """The publication's answers to machines; the usual ones where what is set cannot be meant."""
    answers = publication.settings.get("ai_policy") or {}
    try:
        policy = AiPolicy.of(answers)
        refuse_contradictions(policy)
    except (ValueError, TypeError, AttributeError):
        logger.warning("The AI policy of %s is not usable: the default stands in for it.", publication.slug)
        return AiPolicy()
    return policy


@require_safe
@cache_control(public=True, max_age=HOUR)
def license_xml(request: HttpRequest) -> HttpResponse:
    """RSL 1.0."""
    publication = _publication(request)
    document = rsl.license_xml(
        policy_of(publication),
        form_url=f"{settings.BASE_URL}/reprints/new/",
        contact_email=publication.licensing_email,
        contact_url=f"{settings.BASE_URL}/reprints/",
    )
    return HttpResponse(document, content_type=f"{rsl.MEDIA_TYPE}; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9309, with the lines of RSL and AIPREF."""
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    if publication is not None:
        lines += aipref.robots_lines(policy_of(publication), license_url=f"{settings.BASE_URL}/license.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def tdmrep_json(request: HttpRequest) -> HttpResponse:
    """The TDM reservation."""
    rules = tdmrep.tdmrep_json(policy_of(_publication(request)), policy_url=_tdm_policy_url())
    return JsonResponse(rules, safe=False)


@require_safe
@cache_control(public=True, max_age=HOUR)
def tdm_policy(request: HttpRequest) -> HttpResponse:
    """The ODRL Offer that the reservation names; nothing when mining is not on offer."""
    publication = _publication(request)
    offer: dict[str, Any] | None = tdmrep.tdm_offer(
        policy_of(publication),
        policy_url=_tdm_policy_url(),
        publisher=publication.legal_entity or publication.name,
        publisher_url=f"https://{publication.hosts[0]}" if publication.hosts else settings.BASE_URL,
        form_url=f"{settings.BASE_URL}/reprints/new/",
        contact_email=publication.licensing_email,
    )
    if offer is None:
        raise Http404
    return JsonResponse(offer, content_type="application/ld+json")


@require_safe
@cache_control(public=True, max_age=HOUR)
def jwks_json(request: HttpRequest) -> HttpResponse:
    """The keys under which licenses are signed (RFC 7517)."""
    return JsonResponse(signing.jwks(), content_type="application/jwk-set+json")


def _publication(request: HttpRequest) -> Publication:
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    if publication is None:
        raise Http404
    return publication


def _tdm_policy_url() -> str:
    return f"{settings.BASE_URL}/.well-known/tdm-policy.json"
