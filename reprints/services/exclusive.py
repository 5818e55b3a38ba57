"""The calendar of exclusivity: article × use × territory × dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from newsroom.errors import Conflict
from reprints.models import License, QuoteLine, RequestItem
from reprints.services.askers import Asker, asker_of
from reprints.services.checking import CleanItem
from reprints.vocabulary import WORLD, Exclusivity
from reprints.workflow import LicenseStatus

FOREVER = date.max
HOLDING = (LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED, LicenseStatus.PENDING_PAYMENT)


@dataclass(frozen=True)
class Grant:
    """What is wanted of an article, as far as the calendar goes."""

    article_id: int
    use: str
    exclusivity: str
    territory: tuple[str, ...]
    starts_on: date
    ends_on: date


def grant_of(item: CleanItem | RequestItem) -> Grant:
    """What an item asks for."""
    ends_on = item.ends_on or FOREVER
    return Grant(item.article.pk, item.use, item.exclusivity, tuple(item.territory), item.starts_on, ends_on)


def granted_by(line: QuoteLine) -> Grant:
    """What a line of a quote grants."""
    granted = line.granted
    return Grant(
        line.article_id,
        granted["use"],
        granted["exclusivity"],
        tuple(granted["territory"]),
        date.fromisoformat(granted["starts_on"]),
        date.fromisoformat(granted["ends_on"]) if granted.get("ends_on") else FOREVER,
    )


def clashes(grants: Sequence[Grant], *, asker: Asker) -> list[License | None]:
    """For each grant the license in force that it would run into, or None. One query for all of them. Nobody is kept
    out by a license of their own, nor by the one that is renewed.

    Two grants clash when one of them is exclusive, their dates and territories meet, and it speaks of the
    other's use:
    `full` of any use anywhere, `territory` of any use in its countries, `media` of the same use in its
    countries.
    """
    if not grants:
        return []
    rows = holding({grant.article_id for grant in grants}, asker=asker)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=min(grant.starts_on for grant in grants)))
    if all(grant.exclusivity == Exclusivity.NONE for grant in grants):
        rows = rows.exclude(exclusivity=Exclusivity.NONE)
    held = list(rows.defer("snapshot"))
    return [next((row for row in held if _clash(grant, row)), None) for grant in grants]


def holding(article_ids: Iterable[int], *, asker: Asker) -> Any:
    """The licenses of others that hold any of these articles, oldest first."""
    rows = License.objects.filter(
        article__in=list(article_ids), publication=asker.publication, test=asker.test, status__in=HOLDING
    )
    if asker.renews is not None:
        rows = rows.exclude(pk=asker.renews.pk)
    if asker.organization is not None:
        rows = rows.exclude(organization=asker.organization)
    return rows.order_by("pk")


def refuse_clash(lines: Sequence[QuoteLine], *, to_desk: bool) -> None:
    """Raise `Conflict` (`exclusivity_clash`) when a line runs into somebody's license.

    Only the desk reads its number: anyone could look up by it who holds it.
    """
    if not lines:
        return
    quote = lines[0].quote
    asker = asker_of(quote.request)
    clash = next(filter(None, clashes([granted_by(line) for line in lines], asker=asker)), None)
    if clash is None:
        return
    words = _("Somebody else holds this exclusively, for this use, territory and time.")
    if to_desk:
        words = _("%(number)s is exclusive for this use, territory and time.") % {"number": clash.reference}
    raise Conflict(words, code="exclusivity_clash")


def meet(one: Grant, other: Grant) -> bool:
    """Whether both are about the same use of the same article, at a place and time they share."""
    same = one.article_id == other.article_id and one.use == other.use
    return same and _territories_meet(one.territory, other.territory) and _dates_meet(one, other)


def _clash(grant: Grant, held: License) -> bool:
    other = Grant(
        held.article_id, held.use, held.exclusivity, tuple(held.territory), held.starts_on, held.ends_on or FOREVER
    )
    if grant.article_id != held.article_id or not _dates_meet(grant, other):
        return False
    return _speaks_of(grant.exclusivity, grant, other) or _speaks_of(held.exclusivity, grant, other)


def _speaks_of(exclusivity: str, one: Grant, other: Grant) -> bool:
    if exclusivity == Exclusivity.FULL:
        return True
    if exclusivity == Exclusivity.TERRITORY:
        return _territories_meet(one.territory, other.territory)
    if exclusivity == Exclusivity.MEDIA:
        return one.use == other.use and _territories_meet(one.territory, other.territory)
    return False


def _territories_meet(one: Sequence[str], other: Sequence[str]) -> bool:
    return WORLD in one or WORLD in other or bool(set(one) & set(other))


def _dates_meet(one: Grant, other: Grant) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
