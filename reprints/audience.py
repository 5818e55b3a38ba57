"""Who hears about a request or a license. Keys only: addresses are looked up when a mail is sent."""

from __future__ import annotations

from collections.abc import Iterable

from newsroom.accounts.models import DeskKind, Organization, Publication, Role
from newsroom.accounts.notices import people_at, people_with
from newsroom.events.kinds import Recipient
from reprints.models import LicenseRequest


def the_requester(request: LicenseRequest) -> list[Recipient]:
    """The organization's contacts who may ask, else the web requester."""
    if request.organization is None:
        return [Recipient("requester", request.reference)]
    return contacts(request.organization, is_requester=True)


def the_licensee(request: LicenseRequest) -> list[Recipient]:
    """The organization's contacts who may ask or sign, else the web requester."""
    if request.organization is None:
        return [Recipient("requester", request.reference)]
    found = [
        *contacts(request.organization, is_requester=True),
        *contacts(request.organization, is_signatory=True),
    ]
    return list(dict.fromkeys(found))


def the_payer(request: LicenseRequest) -> list[Recipient]:
    """The organization's contacts who get invoices, else those who hear of its licenses; else the web requester."""
    if request.organization is None:
        return [Recipient("requester", request.reference)]
    return contacts(request.organization, is_billing=True) or the_licensee(request)


def contacts(organization: Organization, **which: bool) -> list[Recipient]:
    """Its active contacts of that kind."""
    people = organization.contacts.filter(is_active=True, **which).order_by("pk")
    return [Recipient("contact", str(person.pk)) for person in people]


def the_managers(publication: Publication, *, but: Iterable[int | None] = ()) -> list[Recipient]:
    """The licensing managers of the publication, but these people."""
    people = people_with(publication, Role.LICENSING_MANAGER)
    return [Recipient("user", str(person.pk)) for person in people if person.pk not in set(but)]


def the_desk(request: LicenseRequest) -> list[Recipient]:
    """Whoever works on it, else everyone at its desk."""
    if request.assignee is not None and request.assignee.is_active:
        return [Recipient("user", str(request.assignee.pk))]
    return list(people_at(request.desk, publication=request.publication, kind=DeskKind.LICENSING))
