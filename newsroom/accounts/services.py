"""Keys to the API: issued, shown once, revoked."""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts import access_log
from newsroom.accounts.access import Access
from newsroom.accounts.models import ApiKey, Organization, Publication, User
from newsroom.accounts.scopes import CMS, PARTNER, SCOPES
from newsroom.errors import Conflict, Fault, Invalid

ID_LENGTH = 12
SECRET_BYTES = 32
_ID_ALPHABET = string.ascii_letters + string.digits


@transaction.atomic
def issue_key(
    *,
    label: str,
    scopes: Iterable[str],
    organization: Organization | None = None,
    publications: Iterable[Publication] = (),
    test: bool = False,
    expires_at: datetime | None = None,
    by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, `mh_live_<id>_<secret>` or `mh_test_…`. The text is not kept and cannot be
    shown again.

    It belongs to one organization (a partner) or to publications (their CMS), never to both. Raises Invalid. `by` is
    who issued it, None for the terminal; the sign-in log says so.
    """
    wanted = sorted(set(scopes))
    owned = list(publications)
    if faults := _faults(label, wanted, organization, owned, expires_at):
        raise Invalid(faults)
    key_id = "".join(secrets.choice(_ID_ALPHABET) for _position in range(ID_LENGTH))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        key_id=key_id,
        secret_sha256=digest(secret),
        label=label.strip(),
        organization=organization,
        scopes=wanted,
        test=test,
        expires_at=expires_at,
    )
    key.publications.set(owned)
    access_log.note(Access.KEY_ISSUED, by=by, detail=key_id)
    return key, f"mh_{'test' if test else 'live'}_{key_id}_{secret}"


@transaction.atomic
def revoke_key(key: ApiKey, *, by: User | None = None) -> ApiKey:
    """From now on the key opens nothing. Doing it twice keeps the first date. `by` as for `issue_key`."""
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        access_log.note(Access.KEY_REVOKED, by=by, detail=key.key_id)
    return key


def rotate_key(key: ApiKey, *, overlap: timedelta) -> tuple[ApiKey, str]:
    """A key like this one, and its text; the old one works on for `overlap`, or until its own end if that is sooner.

    Raises `Conflict` for a key that is revoked or expired, or whose successor is there already.
    """
    now = timezone.now()
    with transaction.atomic():
        old = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise Conflict(_("This key opens nothing any more: make a new one."))
        if old.rotated_at is not None:
            raise Conflict(_("This key has a successor already."))
        new, text = issue_key(
            label=old.label,
            scopes=old.scopes,
            organization=old.organization,
            publications=old.publications.all(),
            test=old.test,
            expires_at=old.expires_at,
        )
        ends = now + overlap
        old.expires_at = min(old.expires_at, ends) if old.expires_at else ends
        old.rotated_at = now
        old.save(update_fields=["expires_at", "rotated_at"])
    return new, text


def digest(secret: str) -> str:
    """What is stored of a secret. Plain SHA-256, because 256 random bits cannot be guessed however fast
    the hash is.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _faults(
    label: str,
    scopes: list[str],
    organization: Organization | None,
    publications: list[Publication],
    expires_at: datetime | None,
) -> list[Fault]:
    faults = []
    if not label.strip() or len(label.strip()) > 80:
        faults.append(Fault("/label", _("Give the key a name of at most 80 characters."), "invalid"))
    if (organization is None) == (not publications):
        faults.append(
            Fault(
                "/organization",
                _("A key belongs to one organization or to publications, not to both."),
                "owner",
            )
        )
    if not scopes:
        faults.append(Fault("/scopes", _("A key needs at least one scope."), "required"))
    allowed = PARTNER if organization else CMS
    for scope in scopes:
        if scope not in SCOPES:
            faults.append(Fault("/scopes", _("There is no scope “%(scope)s”.") % {"scope": scope}, "unknown_scope"))
        elif scope not in allowed:
            faults.append(
                Fault("/scopes", _("“%(scope)s” is not for this kind of key.") % {"scope": scope}, "wrong_scope")
            )
    if expires_at is not None and expires_at <= timezone.now():
        faults.append(Fault("/expires_at", _("This date has passed."), "past"))
    return faults
