"""Where the licensee published it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.workflow import LICENSING, PARTNER, THE_PARTNER, Actor, lock
from reprints import moments
from reprints.models import License, Placement
from reprints.services.checking import fault_of_page
from reprints.services.moving import touch
from reprints.vocabulary import MAX_PLACEMENTS
from reprints.workflow import LicenseStatus

MOST_KEPT = 1000
"""Rows of one license: what stands now, and what stood before."""


def current(row: License) -> list[str]:
    """The addresses where it stands now, as far as we know."""
    return list(row.placements.filter(removed_at=None).values_list("url", flat=True))


def seed(row: License) -> None:
    """What a license begins with: the addresses that were granted, and those of the license that it renews.

    An address that was declared or taken back under it already stays as it is. Inside a transaction.
    """
    named = [*row.snapshot["placement_urls"], *(current(row.renews) if row.renews else [])]
    known = set(row.placements.values_list("url", flat=True))
    fresh = [url for url in dict.fromkeys(named) if url not in known]
    room = max(0, MAX_PLACEMENTS - row.placements.filter(removed_at=None).count())
    Placement.objects.bulk_create(Placement(license=row, url=url) for url in fresh[:room])


@transaction.atomic
def declare(row: License, *, urls: Iterable[str], by: Actor = THE_PARTNER, seen: int | None = None) -> list[Placement]:
    """The whole list of addresses as of now. One that is no longer named is marked as removed; of those, the last
    `MOST_KEPT` are kept.

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
    faults = [Fault(f"/urls/{index}", *fault) for index, url in enumerate(wanted) if (fault := fault_of_page(url))]
    if faults:
        raise Invalid(faults)
    known = {placement.url: placement for placement in row.placements.all()}
    now = moments.now()
    row.placements.filter(removed_at=None).exclude(url__in=wanted).update(removed_at=now)
    row.placements.filter(url__in=wanted).exclude(removed_at=None).update(
        removed_at=None, declared_at=now, verified_at=None
    )
    Placement.objects.bulk_create(Placement(license=row, url=url) for url in wanted if url not in known)
    _forget_the_oldest(row)
    touch(row, fields=[])
    return list(row.placements.filter(removed_at=None))


@transaction.atomic
def see(row: License, *, url: str, by: Actor, seen: int | None = None) -> Placement:
    """The desk looked at one of the addresses, and the text stands there. `Invalid` (`/url`) for any other."""
    row = lock(row, seen=seen)
    if LICENSING not in by.roles_at(row.publication):
        raise NotAllowed(_("Your role does not include this."))
    if not note_seen(row, url):
        raise Invalid.one("/url", _("This address is not among those of this license."), "unknown_value")
    touch(row, fields=[])
    return row.placements.get(url=url)


def note_seen(row: License, url: str) -> bool:
    """Note that the text stands at this address now, if it is one of the license's. Whether it is."""
    return bool(row.placements.filter(url=url, removed_at=None).update(verified_at=moments.now()))


def _forget_the_oldest(row: License) -> None:
    over = row.placements.count() - MOST_KEPT
    if over > 0:
        gone = row.placements.exclude(removed_at=None).order_by("removed_at", "pk")[:over]
        Placement.objects.filter(pk__in=[placement.pk for placement in gone]).delete()
