"""Where the licensee published it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.workflow import LICENSING, PARTNER, THE_PARTNER, Actor, lock
from reprints import moments
from reprints.models import License, Placement
from reprints.services.checking import is_web_address
from reprints.services.moving import touch
from reprints.vocabulary import MAX_PLACEMENTS
from reprints.workflow import LicenseStatus


@transaction.atomic
def declare(row: License, *, urls: Iterable[str], by: Actor = THE_PARTNER, seen: int | None = None) -> list[Placement]:
    """The whole list of addresses as of now. One that is no longer named is marked as removed, not forgotten.

    Raises `Invalid` (pointers `/urls/3`) and `Conflict` for a license that never was in force.
    """
    row = lock(row, seen=seen)
    if not {PARTNER, LICENSING} & by.roles_at(row.publication):
        raise NotAllowed(_("Your role does not include this."))
    if row.status == LicenseStatus.PENDING_PAYMENT:
        raise Conflict(_("This license is not in force yet."))
    wanted = list(dict.fromkeys(urls))
    if len(wanted) > MAX_PLACEMENTS:
        raise Invalid.one("/urls", _("At most %(most)d addresses.") % {"most": MAX_PLACEMENTS}, "too_many")
    faults = [
        Fault(f"/urls/{index}", _("This is not a web address (https://…)."), "bad_url")
        for index, url in enumerate(wanted)
        if not is_web_address(url)
    ]
    if faults:
        raise Invalid(faults)
    known = {placement.url: placement for placement in row.placements.all()}
    now = moments.now()
    row.placements.filter(removed_at=None).exclude(url__in=wanted).update(removed_at=now)
    row.placements.filter(url__in=wanted).exclude(removed_at=None).update(removed_at=None, declared_at=now)
    Placement.objects.bulk_create(Placement(license=row, url=url) for url in wanted if url not in known)
    touch(row, fields=[])
    return list(row.placements.filter(removed_at=None))
