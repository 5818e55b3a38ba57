"""Signing in to an organization's own pages: by a link in a mail, good for half an hour and for one use.

The session ends two hours after its last page and twelve hours after it began, whichever comes first. The first limit
is in the signed cookie, so that reading writes nothing; the second and the end by signing out are in the row. Links and
cookies are signed for the address that the link was mailed to: with another address of the contact they open nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from newsroom import links
from newsroom.accounts.models import Contact, Organization, Publication
from newsroom.accounts.services import digest
from newsroom.errors import NotFound
from newsroom.events.log import record
from newsroom.workflow import THE_PARTNER
from reprints import events
from reprints.models import PartnerSession, SignInLink

LINK_LASTS = timedelta(minutes=30)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
KEEP_LINKS = timedelta(days=7)
PURPOSE = "partner_sign_in"
FOLDER = "/reprints/partner/"
SECRET_BYTES = 32
MAX_COOKIE = 200
MAX_PATH = 200


@dataclass(frozen=True)
class Somebody:
    """A contact as the subject of an event: by number, never by name."""

    reference: str
    organization: Organization
    publication: Publication | None
    noun: str = "contact"


def ask_link(email: str, *, publication: Publication | None, next_path: str = "") -> bool:
    """Owe a link to the active contact with this address; whether there is one is for nobody to see.

    `next_path` is the page of the partner's that was wanted; anything else is forgotten.
    """
    contact = _contacts_with(email).order_by("pk").first()
    if contact is None:
        return False
    with transaction.atomic():
        link = SignInLink.objects.create(contact=contact, next_path=own_path(next_path), created_at=timezone.now())
        somebody = Somebody(str(contact.pk), contact.organization, publication)
        record(events.SIGN_IN_ASKED, somebody, by=THE_PARTNER, data={"link": link.pk})
    return True


def own_path(path: str) -> str:
    """The path, if it is one of the partner's pages and harmless; else an empty string."""
    plain = path.isascii() and path.isprintable() and not set(path) & set("\\?#@%") and "//" not in path
    return path if plain and path.startswith(FOLDER) and ".." not in path and len(path) <= MAX_PATH else ""


def token_of(link: SignInLink) -> str:
    """The token in the mail."""
    return links.token(PURPOSE, _subject(link), link.nonce)


def link_of(token: str) -> SignInLink | None:
    """The link that this token is of; None for one that was used, is older than half an hour, or whose person left or
    has another address now.
    """
    nonce = links.nonce_of(token)
    row = SignInLink.objects.select_related("contact__organization").filter(nonce=nonce).first() if nonce else None
    if row is None or not links.opens(token, PURPOSE, _subject(row), row.nonce):
        return None
    fresh = row.used_at is None and timezone.now() <= row.created_at + LINK_LASTS
    return row if fresh and row.contact.is_active else None


@transaction.atomic
def enter(token: str, *, instead_of: PartnerSession | None = None) -> tuple[PartnerSession, str, str]:
    """Use the link up: the new session, the value of its cookie, and the page that was wanted.

    `instead_of` is the session the browser had before; it ends. Raises `NotFound` for a link that opens nothing any
    more; of two who use one at the same moment, the second.
    """
    link = link_of(token)
    used = link and SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    if link is None or not used:
        raise NotFound("")
    if instead_of is not None:
        leave(instead_of)
    session, secret = _begin(link.contact, timezone.now())
    somebody = Somebody(str(link.contact_id), link.contact.organization, None)
    record(events.SIGNED_IN, somebody, by=THE_PARTNER)
    return session, cookie_of(secret, link.contact), link.next_path


def session_of(cookie: str) -> tuple[PartnerSession, str] | None:
    """The session that the cookie opens, and its secret; None when it ended, or its person may no longer come in."""
    if not cookie.isascii() or not 0 < len(cookie) <= MAX_COOKIE:
        return None
    secret = cookie.partition(":")[0]
    rows = PartnerSession.objects.select_related("contact__organization")
    row = rows.filter(secret_sha256=digest(secret), created_at__gt=timezone.now() - LONGEST).first()
    if row is None or not row.contact.is_active:
        return None
    try:
        _signer(row.contact).unsign(cookie, max_age=IDLE)
    except BadSignature:
        return None
    return row, secret


def cookie_of(secret: str, contact: Contact) -> str:
    """The value of the cookie of this contact from now on; each page sends it anew."""
    return _signer(contact).sign(secret)


def organizations_of(contact: Contact) -> list[Contact]:
    """This person at every organization, this one included, by name of the organization."""
    return list(_contacts_with(contact.email).select_related("organization").order_by("organization__name", "pk"))


@transaction.atomic
def choose(session: PartnerSession, *, slug: str) -> tuple[PartnerSession, str]:
    """Go on for another organization of the same person, in a new session. Raises `NotFound`."""
    wanted = _contacts_with(session.contact.email).filter(organization__slug=slug).first()
    if wanted is None:
        raise NotFound("")
    began = session.created_at
    leave(session)
    chosen, secret = _begin(wanted, began)
    return chosen, cookie_of(secret, wanted)


def leave(session: PartnerSession) -> None:
    """Sign out: the cookie opens nothing any more, wherever a copy of it is."""
    PartnerSession.objects.filter(pk=session.pk).delete()


def prune(now: datetime, *, dry_run: bool) -> dict[str, int]:
    """Forget sessions that are over, and links a week after they were made. How many of each."""
    over = PartnerSession.objects.filter(created_at__lte=now - LONGEST)
    old = SignInLink.objects.filter(created_at__lte=now - KEEP_LINKS)
    kinds = {"partner_sessions": over, "sign_in_links": old}
    return {name: rows.count() if dry_run else rows.delete()[0] for name, rows in kinds.items()}


def _begin(contact: Contact, began: datetime) -> tuple[PartnerSession, str]:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return PartnerSession.objects.create(contact=contact, secret_sha256=digest(secret), created_at=began), secret


def _contacts_with(email: str) -> Any:
    rows = Contact.objects.filter(email__iexact=email.strip(), is_active=True)
    return rows.select_related("organization")


def _subject(link: SignInLink) -> str:
    return f"{link.pk}\n{_address(link.contact)}"


def _signer(contact: Contact) -> TimestampSigner:
    return TimestampSigner(salt=f"masthead.partner-session\n{_address(contact)}")


def _address(contact: Contact) -> str:
    return contact.email.strip().casefold()
