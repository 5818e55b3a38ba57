"""The second step of signing in: an authenticator app, and recovery codes for the day it is lost.

The arithmetic is django-otp's; the rows are ours, because its own keep key and codes readable: whoever had a copy of
the database would have everybody's second factor.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from newsroom.accounts import access_log
from newsroom.accounts.access import Access, RecoveryCode, SecondFactor
from newsroom.accounts.events import FACTOR_ADDED, FACTOR_REMOVED, Member
from newsroom.accounts.models import INCLUDES, Publication, Role, User
from newsroom.accounts.policies import POLICIES
from newsroom.accounts.services import digest
from newsroom.errors import Conflict, Invalid
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.workflow import Outsider

OFF, OPTIONAL, REQUIRED = "off", "optional", "required"
KEY_BYTES = 20
STEP_SECONDS = 30
TOLERATED_STEPS = 1
RECOVERY_CODES = 10
SET_UP_WITHIN = timedelta(minutes=15)
"""How long a new key waits for its first code."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 6


def in_use(person: User) -> SecondFactor | None:
    """The authenticator this person signs in with."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()


def being_set_up(person: User, *, begun: int | None, now: datetime | None = None) -> SecondFactor | None:
    """The one whose first code is still awaited. `begun` is the one that this session began: nobody else's key is ever
    shown to be scanned, nor confirmed.
    """
    if begun is None:
        return None
    since = (now or timezone.now()) - SET_UP_WITHIN
    return SecondFactor.objects.filter(person=person, pk=begun, confirmed_at=None, created_at__gt=since).first()


def owes(person: User, *, passed: int | None) -> bool:
    """Whether this person, signed in by password, may not go on yet. `passed` is the factor that the session showed."""
    if settings.STAFF_MFA == OFF:
        return False
    factor = in_use(person)
    return factor.pk != passed if factor else is_required(person)


def is_required(person: User) -> bool:
    """Whether one of this person's roles needs it at one of its publications (`second_factor_roles`)."""
    if settings.STAFF_MFA != REQUIRED:
        return False
    held = [(row.publication_id, INCLUDES[row.role]) for row in person.memberships.all()]
    if person.is_superuser:
        held.append((None, INCLUDES[Role.ADMIN]))
    if not held:
        return False
    publications = list(Publication.objects.order_by("pk"))
    named: dict[int | None, frozenset[str]] = {
        row.pk: frozenset(row.policy("second_factor_roles")) for row in publications
    }
    named[None] = frozenset().union(*named.values()) if named else frozenset(POLICIES["second_factor_roles"])
    return any(roles & named[where] for where, roles in held)


@transaction.atomic
def begin(person: User) -> SecondFactor:
    """A new key to be shown. It counts only after `confirm`; an earlier beginning is forgotten, one in use stays."""
    User.objects.select_for_update().get(pk=person.pk)
    SecondFactor.objects.filter(person=person, confirmed_at=None).delete()
    key = secrets.token_bytes(KEY_BYTES)
    return SecondFactor.objects.create(person=person, key_sealed=sealed.seal(key.hex()))


@transaction.atomic
def confirm(
    person: User, *, begun: int | None, code: str, network: str = "", now: datetime | None = None
) -> tuple[SecondFactor, list[str]]:
    """The first code is right: from now on this one is asked for, and the one before is gone. With new recovery codes.

    Raises `Conflict` when nothing is being set up in this session (see `being_set_up`), `Invalid` for a wrong code.
    """
    User.objects.select_for_update().get(pk=person.pk)
    moment = now or timezone.now()
    factor = being_set_up(person, begun=begun, now=moment)
    if factor is None:
        raise Conflict(_("Nothing is being set up. Please begin again."))
    if not _take(factor, code, moment):
        raise Invalid.one("/code", _("This is not the code that the app shows now. Please try the next one."), "wrong")
    SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).delete()
    factor.confirmed_at = moment
    factor.save(update_fields=["confirmed_at"])
    codes = _new_codes(factor)
    access_log.note(Access.FACTOR_ADDED, person=person, network=network)
    record(FACTOR_ADDED, Member(str(person.pk)), by=person)
    return factor, codes


@transaction.atomic
def check(person: User, *, code: str, network: str = "", now: datetime | None = None) -> SecondFactor | None:
    """The factor when this is its code or one of its unused recovery codes, which is thereby used; None otherwise."""
    factor = in_use(person)
    if factor is None:
        return None
    moment = now or timezone.now()
    if _take(factor, code, moment):
        return factor
    spent = RecoveryCode.objects.filter(factor=factor, digest=digest(_plain(code)), used_at=None)
    if spent.update(used_at=moment) == 1:
        access_log.note(Access.CODE_USED, person=person, network=network, detail=str(codes_left(factor)))
        return factor
    return None


@transaction.atomic
def renew_codes(factor: SecondFactor, *, network: str = "") -> list[str]:
    """Ten new recovery codes, readable this once. The old ones open nothing any more."""
    factor.recovery_codes.all().delete()
    codes = _new_codes(factor)
    access_log.note(Access.CODES_MADE, person=factor.person, network=network)
    return codes


@transaction.atomic
def remove(person: User, *, by: User | None, network: str = "") -> bool:
    """Nothing is asked of this person any more until they set up another one, and their sessions owe one again.

    False when there was none. `by` is None at the terminal.
    """
    deleted, _kinds = SecondFactor.objects.filter(person=person).delete()
    if not deleted:
        return False
    access_log.note(Access.FACTOR_REMOVED, person=person, by=by, network=network)
    record(FACTOR_REMOVED, Member(str(person.pk)), by=by or Outsider("staff"))
    return True


def codes_left(factor: SecondFactor) -> int:
    """How many recovery codes still work."""
    return factor.recovery_codes.filter(used_at=None).count()


def secret_of(factor: SecondFactor) -> str:
    """The key in base32, in groups of four, for whoever types instead of scanning."""
    text = base64.b32encode(_key(factor)).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def address_of(factor: SecondFactor, *, issuer: str) -> str:
    """The `otpauth://` address that authenticator apps read from a QR code."""
    label = f"{issuer.replace(':', ' ')}:{factor.person.get_username()}"
    query = {"secret": secret_of(factor).replace(" ", ""), "issuer": issuer.replace(":", " "), "algorithm": "SHA1"}
    return f"otpauth://totp/{quote(label)}?{urlencode(query, quote_via=quote)}&digits=6&period={STEP_SECONDS}"


def _take(factor: SecondFactor, code: str, moment: datetime) -> bool:
    """Whether the code is this factor's now, a step early or late, and newer than the last one that was taken."""
    digits = re.sub(r"[\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return False
    clock = TOTP(_key(factor), step=STEP_SECONDS)
    clock.time = moment.timestamp()
    if not clock.verify(int(digits), tolerance=TOLERATED_STEPS, min_t=factor.last_step + 1):
        return False
    # Two requests with one code: the database lets one of them through.
    newer = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=clock.t())
    return newer.update(last_step=clock.t()) == 1


def _key(factor: SecondFactor) -> bytes:
    return binascii.unhexlify(sealed.open_text(factor.key_sealed))


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP)) for _part in range(_GROUPS))
        for _code in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=digest(_plain(code))) for code in codes)
    return codes


def _plain(code: str) -> str:
    """A recovery code however it was typed: case, blanks and hyphens do not count."""
    return re.sub(r"[\s-]", "", code[:100]).upper()
