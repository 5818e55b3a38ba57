"""An organization's keys to the API, in the hands of its own people: made, replaced with an overlap, revoked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts import services
from newsroom.accounts.models import ApiKey, Contact, Organization
from newsroom.errors import Conflict, Invalid, NotFound
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.workflow import THE_PARTNER
from reprints import events
from reprints.services import partner_rights

MAX_KEYS = 20
OVERLAPS = {"0": timedelta(0), "24": timedelta(hours=24), "168": timedelta(days=7)}
"""Hours, as they are typed → how long the old key works on."""


@dataclass(frozen=True)
class Subject:
    """A key as the subject of an event: by its id, which opens nothing."""

    reference: str
    organization: Organization
    noun: str = "api_key"
    publication: None = None


def keys_of(organization: Organization) -> list[ApiKey]:
    """Its keys, the newest first: those that open something, and at most fifty that no longer do."""
    rows = organization.api_keys.order_by("-pk")
    now = timezone.now()
    open_now = list(rows.in_force(now)[: 2 * MAX_KEYS])
    closed = list(rows.exclude(pk__in=rows.in_force(now).values("pk"))[:50])
    return [*open_now, *closed]


@transaction.atomic
def issue(contact: Contact, *, label: str, scopes: Iterable[str], test: bool) -> tuple[ApiKey, str]:
    """A key and its text, which is shown this once. A live one needs a signatory.

    Raises `NotAllowed`, `Invalid`, and `Conflict` when there are twenty already.
    """
    partner_rights.require(contact, "api_key.issue", test=test)
    organization = Organization.objects.select_for_update().get(pk=contact.organization_id)
    if organization.api_keys.in_force(timezone.now()).count() >= MAX_KEYS:
        raise Conflict(_("There are %(count)s keys already: revoke one first.") % {"count": MAX_KEYS}, code="too_many")
    key, text = services.issue_key(label=label, scopes=scopes, organization=organization, test=test)
    _tell(events.KEY_ISSUED, key, contact)
    return key, text


@transaction.atomic
def rotate(contact: Contact, key_id: str, *, overlap: str) -> tuple[ApiKey, str]:
    """A key like that one; the old one works on for so many hours of `OVERLAPS`. Raises as `issue`, and `NotFound`."""
    key = _own(contact, key_id)
    partner_rights.require(contact, "api_key.rotate", test=key.test)
    if overlap not in OVERLAPS:
        raise Invalid.one("/overlap", _("Please choose."), "unknown_value")
    new, text = services.rotate_key(key, overlap=OVERLAPS[overlap])
    _tell(events.KEY_ROTATED, new, contact)
    return new, text


@transaction.atomic
def revoke(contact: Contact, key_id: str) -> ApiKey:
    """From now on it opens nothing. Twice changes nothing more. Raises `NotAllowed` and `NotFound`."""
    key = _own(contact, key_id)
    partner_rights.require(contact, "api_key.revoke", test=key.test)
    if key.revoked_at is None:
        services.revoke_key(key)
        _tell(events.KEY_REVOKED, key, contact)
    return key


def _own(contact: Contact, key_id: str) -> ApiKey:
    key = ApiKey.objects.filter(organization=contact.organization_id, key_id=key_id).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key


def _tell(kind: Kind, key: ApiKey, contact: Contact) -> None:
    record(
        kind,
        Subject(key.key_id, contact.organization),
        by=THE_PARTNER,
        data={"contact": contact.pk, "scopes": key.scopes, "test": key.test},
    )
