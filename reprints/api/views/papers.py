"""The papers of a license, and the text itself."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from newsroom.api.filters import refuse_unknown_parameters
from newsroom.errors import Invalid
from reprints import papers, served
from reprints.api.explanations import refusals
from reprints.api.views.licenses import LicenseView
from reprints.api.views.negotiation import ProblemsAsJson, handed_out
from reprints.papers import Paper

FORMS = {"html": "html", "text": "txt"}
ACCEPTED = {"text/html": "html", "text/plain": "text", "application/json": "ninjs"}
"""Media type → form."""
ALL_FORMS = [*FORMS, "ninjs"]
MAX_DIGITS = 9


class PaperView(LicenseView):
    """What the views of papers share."""

    scopes: Any = {"GET": "licenses:read"}
    serializer_class = None
    content_negotiation_class = ProblemsAsJson


class CertificatePdfView(PaperView):
    """The certificate."""

    operation_ids = {"GET": "read_license_certificate"}

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY, **refusals(_409="not_issued")})
    def get(self, request: Request, number: str) -> HttpResponse:
        """Read the certificate as a PDF."""
        refuse_unknown_parameters(request, ())
        return handed_out(papers.certificate_pdf(self.found(number)))


class CertificateJwsView(PaperView):
    """The license as a signed token."""

    operation_ids = {"GET": "read_license_token"}

    @extend_schema(responses={(200, "application/jose"): OpenApiTypes.STR, **refusals(_409="not_issued")})
    def get(self, request: Request, number: str) -> HttpResponse:
        """Read the license as a compact JWS (RFC 7515, Ed25519). The keys are at `/.well-known/jwks.json`."""
        refuse_unknown_parameters(request, ())
        return handed_out(papers.certificate_jws(self.found(number)))


class OdrlView(PaperView):
    """The license for machines."""

    operation_ids = {"GET": "read_license_odrl"}

    @extend_schema(responses={(200, "application/ld+json"): OpenApiTypes.OBJECT, **refusals(_409="not_issued")})
    def get(self, request: Request, number: str) -> HttpResponse:
        """Read the license as an ODRL 2.2 Agreement with the RightsML 2.0 profile (JSON-LD)."""
        refuse_unknown_parameters(request, ())
        row = self.found(number)
        return handed_out(_as_json(f"{row.number}.jsonld", "application/ld+json", served.agreement(row)))


class ContentView(PaperView):
    """The licensed text."""

    operation_ids = {"GET": "read_licensed_text"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "as",
                str,
                enum=ALL_FORMS,
                description="ninjs is version 3.1 (IPTC). Left out: what `Accept` prefers, else html.",
            ),
            OpenApiParameter(
                "revision",
                {"type": "integer", "minimum": 1},
                description="The licensed one, or one that an update notice of this license names; else the newest.",
            ),
        ],
        responses={
            (200, "text/html"): OpenApiTypes.STR,
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
            **refusals(_409="not_in_force"),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """Read the text under the license: as licensed, or as corrected since. Silent edits are not handed out.

        A withheld or canceled article comes without its text and says so.
        """
        refuse_unknown_parameters(request, ("as", "revision"))
        form, wanted = _form(request), _revision(request)
        row = self.found(number)
        revision = served.revision_of(row, wanted)
        if form in FORMS:
            response = handed_out(papers.content(row, FORMS[form], revision=revision))
        else:
            said = served.ninjs(row, revision=revision)
            response = handed_out(_as_json(f"{row.number}.json", "application/json", said))
        patch_vary_headers(response, ["Accept"])
        return response


def _form(request: Request) -> str:
    """What `?as=` names, else what the caller accepts: the first of `ACCEPTED` for whoever takes anything."""
    if "as" not in request.query_params:
        preferred = request._request.get_preferred_type(list(ACCEPTED))  # noqa: SLF001 -- DRF has no public name for it
        if preferred is None:
            raise NotAcceptable
        return ACCEPTED[preferred]
    form = request.query_params["as"]
    if form not in ALL_FORMS:
        raise Invalid.one("/as", _("This is none of the choices."), "unknown_value")
    return form


def _revision(request: Request) -> int | None:
    given = request.query_params.get("revision")
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= MAX_DIGITS and int(given) > 0):
        raise Invalid.one("/revision", _("This must be a whole number from 1."), "whole_number")
    return int(given)


def _as_json(name: str, media_type: str, value: dict[str, Any]) -> Paper:
    return Paper(name, media_type, json.dumps(value, ensure_ascii=False).encode())
