"""Who asks, as far as lane, price and what they hold already depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from newsroom.accounts.models import Organization, Publication
from reprints.models import License, LicenseRequest

MARK_LENGTH = 32


@dataclass(frozen=True)
class Asker:
    """An organization, a web requester by the marks of their address, or nobody known yet.

    `address_confirmed`: the address is theirs. Anyone can type anyone's, and is then told nothing about its owner.
    `request` is what is asked already and does not count against itself; `renews` the license whose next term it is.
    """

    publication: Publication
    organization: Organization | None = None
    organization_type: str = "publisher"
    currency: str = ""
    address_marks: tuple[str, ...] = ()
    address_confirmed: bool = False
    test: bool = False
    renews: License | None = None
    request: LicenseRequest | None = None


def asker_of(request: LicenseRequest) -> Asker:
    """Who asked this."""
    contact = getattr(request, "contact", None) if request.organization_id is None else None
    return Asker(
        request.publication,
        organization=request.organization,
        organization_type=request.organization_type,
        currency=request.currency,
        address_marks=(contact.address_mark,) if contact and contact.address_mark else (),
        address_confirmed=contact is not None and contact.email_confirmed_at is not None,
        test=request.test,
        renews=request.renews,
        request=request,
    )


def marks_of(email: str) -> tuple[str, ...]:
    """By what requests from one mail address are known, without the address: 32 hex digits under the server's key of
    today, then under each older one. Nothing for no address.
    """
    address = email.strip().casefold()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) if address else ()
    return tuple(_mark(address, key) for key in keys)


def _mark(address: str, key: str) -> str:
    made = salted_hmac("masthead.requester", address, secret=key, algorithm="sha256")
    return made.hexdigest()[:MARK_LENGTH]
