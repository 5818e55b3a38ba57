"""The addresses under which a request, a quote, a license or a notice is found."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from newsroom import links
from reprints.models import LicenseRequest, UpdateNotice

API_PATHS = {
    "license_request": "license-requests",
    "quote": "quotes",
    "license": "licenses",
    "update_notice": "update-notices",
    "invoice": "invoices",
}


def token_of(request: LicenseRequest, *, purpose: str = "license_request") -> str:
    """The token of the requester's private page; `purpose="confirm_requester"` confirms the mail address."""
    return links.token(purpose, request.reference, request.nonce)


def request_of(token: str, *, purpose: str = "license_request") -> LicenseRequest | None:
    """The request whose private page the token opens; None for anything else."""
    nonce = links.nonce_of(token)
    request = LicenseRequest.objects.filter(nonce=nonce).first() if nonce else None
    if request is None or not links.opens(token, purpose, request.reference, request.nonce):
        return None
    return request


def acknowledge_path(notice: UpdateNotice) -> str:
    """The path of the page where a licensee says, without an account, what was done about a notice."""
    mac = links.token("update_notice", notice.reference, notice.license.request.nonce)
    return f"/reprints/notices/{notice.reference}/{mac}/"


def notice_of(reference: str, token: str) -> UpdateNotice | None:
    """The notice whose page the token opens; None for anything else."""
    nonce = links.nonce_of(token)
    rows = UpdateNotice.objects.for_lists().select_related("license__request")
    notice = rows.filter(reference=reference, license__request__nonce=nonce).first() if nonce else None
    if notice is None or not links.opens(token, "update_notice", notice.reference, nonce):
        return None
    return notice


def private_path(request: LicenseRequest) -> str:
    """The path of the requester's private page."""
    return f"/reprints/requests/{token_of(request)}/"


def payer_path(request: LicenseRequest) -> str:
    """The path of the page where whoever pays finds the invoice: the partner's own pages, else the private page."""
    return private_path(request) if request.organization_id is None else partner_path(request)


def partner_path(request: LicenseRequest) -> str:
    """The path of the request on the organization's own pages."""
    return f"/reprints/partner/requests/{request.reference}/"


def confirm_path(request: LicenseRequest) -> str:
    """The path of the page whose button confirms the requester's mail address."""
    return f"/reprints/requests/confirm/{token_of(request, purpose='confirm_requester')}/"


def api_url(row: Any) -> str:
    """Where the API has it."""
    return f"{settings.BASE_URL}/api/v1/{API_PATHS[row.noun]}/{row.reference}/"


def verify_path(number: str) -> str:
    """Where anyone sees whether a license is real and in force."""
    return f"/licenses/verify/{number}/"
