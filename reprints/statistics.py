"""How the licensing desk keeps its promise: figures of one publication over the last twelve months. Queries only.

Test requests are not counted. The number of queries is the same for one request and for a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from newsroom.accounts.models import Publication
from newsroom.events.models import Promise
from newsroom.figures import beginning, hours_of, last_months, month_of
from reprints.models import LicenseRequest
from reprints.vocabulary import Lane
from reprints.workflow import RequestStatus

LICENSED = (RequestStatus.AGREED, RequestStatus.FULFILLED)
COLUMNS = (
    *("month", "received", "free", "priced", "manual", "licensed", "declined", "withdrawn", "lapsed", "redirected"),
    *("promised", "kept", "late", "kept_share", "median_hours", "p90_hours"),
)


@dataclass
class Tally:
    """What is counted of one month, or of all."""

    lanes: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    late: int = 0
    promised: int = 0
    seconds: list[float] = field(default_factory=list)


def of(publication: Publication, *, now: datetime | None = None) -> dict[str, Any]:
    """The figures: `totals` and `by_month` (oldest first), each with the members of `COLUMNS`.

    A request belongs to the month in which it came, in the publication's time zone; a promise to the month in which it
    was given. `median_hours` and `p90_hours` run from a promise to the answer of a person, nearest rank, one decimal;
    None without any. `late` is answered after the date, or not at all though it has passed; what waits for the
    requester is neither.
    """
    now = now or timezone.now()
    zone = publication.zone
    months = last_months(now, zone=zone)
    start = beginning(months[0], zone=zone)
    tallies = {month: Tally() for month in months}
    rows = LicenseRequest.objects.filter(publication=publication, test=False, created_at__gte=start)
    for lane, status, at in rows.order_by().values_list("lane", "status", "created_at").iterator():
        tally = tallies[month_of(at, zone=zone)]
        tally.lanes[lane] += 1
        tally.ends["licensed" if status in LICENSED else status] += 1
    for promise in _promises(publication, start):
        _count(tallies[month_of(promise.given_at, zone=zone)], promise, now)
    return {
        "publication": publication.slug,
        "totals": _figures("all", tallies.values()),
        "by_month": [_figures(f"{month:%Y-%m}", [tally]) for month, tally in tallies.items()],
    }


def _promises(publication: Publication, start: datetime) -> Iterable[Promise]:
    live = LicenseRequest.objects.filter(publication=publication, test=False).order_by().values("reference")
    return Promise.objects.filter(
        publication=publication,
        subject_kind=LicenseRequest.noun,
        kind="quote",
        given_at__gte=start,
        subject_reference__in=live,
    ).order_by()


def _count(tally: Tally, promise: Promise, now: datetime) -> None:
    outcome = promise.outcome(now)
    tally.promised += bool(outcome) or promise.dropped_at is None
    if promise.kept_at is not None:
        tally.seconds.append((promise.kept_at - promise.given_at).total_seconds())
    tally.kept += outcome == "kept"
    tally.late += outcome == "late"


def _figures(name: str, tallies: Iterable[Tally]) -> dict[str, Any]:
    chosen = list(tallies)
    lanes, ends = Counter[str](), Counter[str]()
    for tally in chosen:
        lanes += tally.lanes
        ends += tally.ends
    kept, late = sum(tally.kept for tally in chosen), sum(tally.late for tally in chosen)
    seconds = [second for tally in chosen for second in tally.seconds]
    return {
        "month": name,
        "received": lanes.total(),
        **{lane: lanes[lane] for lane in Lane.values},
        **{end: ends[end] for end in ("licensed", "declined", "withdrawn", "lapsed", "redirected")},
        "promised": sum(tally.promised for tally in chosen),
        "kept": kept,
        "late": late,
        "kept_share": round(kept / (kept + late), 3) if kept + late else None,
        "median_hours": hours_of(seconds, 0.5),
        "p90_hours": hours_of(seconds, 0.9),
    }
