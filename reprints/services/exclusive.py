"""The calendar of exclusivity: article × use × territory × dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.errors import Conflict
from reprints.documents import wording
from reprints.models import License, QuoteLine, RequestItem
from reprints.services.askers import Asker, asker_of
from reprints.services.checking import CleanItem
from reprints.vocabulary import WORLD, Exclusivity
from reprints.workflow import LicenseStatus

FOREVER = date.max
SHOWN = 100
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
    rows = _from(grants, asker=asker)
    if all(grant.exclusivity == Exclusivity.NONE for grant in grants):
        rows = rows.exclude(exclusivity=Exclusivity.NONE)
    held = list(rows.defer("snapshot"))
    return [next((row for row in held if _clash(grant, row)), None) for grant in grants]


@dataclass(frozen=True)
class Held:
    """A license of somebody else, and the places of the grants that run into it."""

    license: License
    places: tuple[int, ...]


def calendar(grants: Sequence[Grant], *, asker: Asker) -> list[Held]:
    """What others hold of these articles from the first day that is granted on, exclusive licenses first; at most a
    hundred. One query.
    """
    if not grants:
        return []
    rows = _from(grants, asker=asker).select_related("article", "organization", "request__contact")
    rows = rows.defer("snapshot").alias(open_to_others=Q(exclusivity=Exclusivity.NONE))
    held = rows.order_by("open_to_others", "starts_on", "pk")[:SHOWN]
    return [Held(row, tuple(place for place, one in enumerate(grants) if _clash(one, row))) for row in held]


def _from(grants: Sequence[Grant], *, asker: Asker) -> Any:
    rows = holding({grant.article_id for grant in grants}, asker=asker)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=min(grant.starts_on for grant in grants)))


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

    Only the desk reads whose it is, and its number: anyone could look up by that who holds it.
    """
    if not lines:
        return
    quote = lines[0].quote
    asker = asker_of(quote.request)
    clash = next(filter(None, clashes([granted_by(line) for line in lines], asker=asker)), None)
    if clash is None:
        return
    words = _("Somebody else holds this exclusively, for this use, territory and time.")
    raise Conflict(_told_to_desk(clash) if to_desk else words, code="exclusivity_clash")


def _told_to_desk(held: License) -> str:
    locale = wording.document_locale(get_language() or wording.FALLBACK)
    dates = {"starts_on": held.starts_on, "ends_on": held.ends_on, "perpetual": held.perpetual}
    said = {
        "number": held.reference,
        "who": held.request.requester_house or _("a private person"),
        "use": held.get_use_display(),
        "exclusivity": held.get_exclusivity_display(),
        "where": wording.territory_words(held.territory, locale),
        "when": wording.term_words(dates, locale),
    }
    return _("This runs into %(number)s of %(who)s: %(use)s, %(where)s, %(when)s. %(exclusivity)s.") % said


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
