"""Whose rule sets the dates that readers are promised: the publication's own, or that of the body it belongs to.

A regime's days are the latest: a publication that names its own days in its settings promises the earlier of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from newsroom.business_time import BUSINESS, CALENDAR, Term, add_business_days, add_calendar_days

BODY = ("name", "address", "limit")
PROMISES = ("acknowledge", "decide", "publish")


@dataclass(frozen=True)
class Regime:
    """A rule: its name, what it asks for in a sentence, calendar days by promise (`acknowledge`, `decide`, `publish`),
    and where a reader turns who is not content. What it does not name is up to the publication.

    A `fixed` rule counts its days whatever happens: no date passes them because the clock stood while we waited.
    """

    label: Any
    explanation: Any
    calendar_days: Mapping[str, int] = field(default_factory=dict)
    complaints_body: Any = ""
    fixed: bool = True


REGIMES: dict[str, Regime] = {
    "own": Regime(
        _("Our own rule"),
        _("Only the days in the settings count."),
        fixed=False,
    ),
    "ipso": Regime(
        _("IPSO"),
        _(
            "A complaint that is not settled 28 calendar days after it came may be taken over by the regulator, also "
            "while we wait for the reader."
        ),
        {"decide": 28, "publish": 28},
        _("Independent Press Standards Organisation (IPSO), ipso.co.uk"),
    ),
    "impress": Regime(
        _("IMPRESS"),
        _(
            "Acknowledged within 7 calendar days, decided within 21, waiting for the reader counted; after that the "
            "reader may turn to the regulator."
        ),
        {"acknowledge": 7, "decide": 21},
        _("IMPRESS, impressorg.com"),
    ),
}
"""IPSO: the referral period of its complaints process. IMPRESS: the times of its scheme's model complaints policy."""


def of(publication: Any) -> Regime:
    """The regime of this publication; its own where the setting names none that we know."""
    return REGIMES.get(str(publication.policy("regime")), REGIMES["own"])


def term(publication: Any, kind: str, now: datetime) -> Term:
    """When a promise of this kind (`acknowledge`, `decide`, `publish`) given now falls due: the earlier of the regime's
    calendar days and the publication's own days, which count where it named them or the regime is silent.
    """
    regime, calendar = of(publication), publication.calendar
    latest = regime.calendar_days.get(kind)
    cap = None if latest is None else add_calendar_days(now, latest, calendar=calendar)
    never_past = cap if regime.fixed else None
    name = f"{kind}_within_days"
    own = int(publication.policy(name)) if cap is None or name in publication.settings else None
    if own is None:
        return Term(cap or now, CALENDAR, never_past)
    if publication.policy("count_days") == CALENDAR:
        due_at, counting = add_calendar_days(now, own, calendar=calendar), CALENDAR
    else:
        due_at, counting = add_business_days(now, own, calendar=calendar), BUSINESS
    return Term(cap, CALENDAR, never_past) if cap is not None and cap < due_at else Term(due_at, counting, never_past)


@dataclass(frozen=True)
class Body:
    """Where else a reader may turn: a regulator, an ombudsman.

    `address` is a link, mail or postal address; `limit` says until when, in the body's own terms.
    """

    name: str
    address: str = ""
    limit: str = ""

    def __str__(self) -> str:
        named = ", ".join(part for part in (self.name, self.address) if part)
        return f"{named} ({self.limit})" if self.limit else named


def complaints_bodies(publication: Any) -> list[Body]:
    """Where else a reader may turn: what the publication says, as a list or as one text, else what its regime says."""
    said = publication.policy("complaints_body") or str(of(publication).complaints_body)
    if isinstance(said, list):
        return [Body(**{name: str(row.get(name, "")) for name in BODY}) for row in said]
    return [Body(said)] if said else []


def complaints_body(publication: Any) -> str:
    """The same as text, one body a line; empty without any."""
    return "\n".join(map(str, complaints_bodies(publication)))
