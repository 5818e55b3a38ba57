"""The promise to readers, and how it is kept: figures of one publication over the last twelve months. Queries only.

What a court or the legal desk keeps closed (restricted reports), tests, spam and what the gate still holds are not
counted. A figure that counts fewer than five readers is left out (None), and so is one more where it could otherwise be
worked out from the sum; the desk itself sees every figure. The number of queries is the same for one report and for a
million.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.utils import timezone

from corrections.models import Correction, Decision, Report
from corrections.vocabulary import Kind, Visibility
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.events import promises
from newsroom.events.models import Promise
from newsroom.figures import beginning, hours_of, last_months, month_of

FEW = 5
"""Fewer readers than this are not counted in public."""
DATA_NEEDED = timedelta(days=90)
"""A publication opens its figures only after this much of them."""

UNCOUNTED_STATUSES = (ReportStatus.HELD, ReportStatus.SPAM)
RIGHT = (ReportStatus.ACCEPTED, ReportStatus.RESOLVED)
COUNTED_KINDS = (Kind.CORRECTION, Kind.CLARIFICATION, Kind.EDITORS_NOTE, Kind.RETRACTION)
STANDING = (CorrectionStatus.PUBLISHED, CorrectionStatus.SUPERSEDED)
STEPS = ("acknowledge", "decide", "publish")


@dataclass
class Tally:
    """What is counted of one month, one section, or all."""

    received: int = 0
    accepted: int = 0
    declined: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    corrections: set[int] = field(default_factory=set)
    found: set[int] = field(default_factory=set)
    articles: int = 0


def counted(publication: Publication) -> QuerySet[Report]:
    """The reports that the figures are about."""
    return Report.objects.filter(publication=publication, visibility=Visibility.NORMAL, test=False).exclude(
        status__in=UNCOUNTED_STATUSES
    )


def is_open(publication: Publication, *, now: datetime | None = None) -> bool:
    """Whether anyone may see them: the publication says so, and its first report is 90 days old."""
    if publication.policy("statistics_open") is not True:
        return False
    first = counted(publication).aggregate(first=Min("created_at"))["first"]
    return first is not None and (now or timezone.now()) - first >= DATA_NEEDED


def of(publication: Publication, *, now: datetime | None = None, few: int = FEW) -> dict[str, Any]:
    """The figures, ready for JSON: `totals`, `by_month` (oldest first), `by_section`, `declined_by_code`, `promises`.

    What counts fewer than `few` readers is left out: 1 for the desk, which leaves out nothing.
    Times are hours with one decimal, from the report's arrival; percentiles are nearest-rank. Shares are 0 to 1. Months
    are those of the publication's time zone; a report belongs to the month in which it came.
    """
    now = now or timezone.now()
    months = last_months(now, zone=publication.zone)
    start = beginning(months[0], zone=publication.zone)
    everything, by_month = Tally(), {month: Tally() for month in months}
    by_section: dict[str, Tally] = defaultdict(Tally)
    _count_reports(publication, start, now, everything, by_month, by_section)
    _count_corrections(publication, start, now, everything, by_month, by_section)
    _count_articles(publication, start, now, everything, by_month, by_section)
    codes = [{"code": code, "count": number} for code, number in sorted(everything.codes.items())]
    return {
        "publication": publication.slug,
        "from": f"{months[0]:%Y-%m}",
        "to": f"{months[-1]:%Y-%m}",
        "as_of": now,
        "fewest_readers_counted": few,
        "totals": _figures([everything], few)[0],
        "declined_by_code": _conceal(codes, "count", few),
        "promises": _promises(publication, start, now, few),
        "by_month": [
            {"month": f"{month:%Y-%m}", **row}
            for month, row in zip(months, _figures(by_month.values(), few), strict=True)
        ],
        "by_section": [
            {"section": name, **row}
            for name, row in zip(
                sorted(by_section), _figures((by_section[name] for name in sorted(by_section)), few), strict=True
            )
        ],
    }


def _count_reports(
    publication: Publication,
    start: datetime,
    now: datetime,
    everything: Tally,
    by_month: dict[date, Tally],
    by_section: dict[str, Tally],
) -> None:
    decided = (
        Decision.objects.filter(report=OuterRef("pk"))
        .order_by()
        .values("report")
        .annotate(first=Min("at"))
        .values("first")
    )
    rows = (
        counted(publication)
        .filter(created_at__gte=start, created_at__lte=now)
        .order_by()
        .values_list(
            "created_at",
            "article__section",
            "status",
            "resolution_code",
            "first_answered_at",
            Subquery(decided),
            "correction__published_at",
        )
    )
    for came, section, status, code, answered, decided_at, published in rows.iterator():
        ends = {"acknowledge": answered, "decide": decided_at}
        ends["publish"] = published
        # Declined after a second look: what was published stands, and it was accepted.
        declined = status == ReportStatus.DECLINED and published is None
        for tally in (everything, by_month[month_of(came, zone=publication.zone)], by_section[section or ""]):
            tally.received += 1
            tally.accepted += status in RIGHT or published is not None
            tally.declined += declined
            if declined:
                tally.codes[code] += 1
            for step, end in ends.items():
                if end is not None:
                    tally.seconds[step].append(max(0.0, (end - came).total_seconds()))


def _count_corrections(
    publication: Publication,
    start: datetime,
    now: datetime,
    everything: Tally,
    by_month: dict[date, Tally],
    by_section: dict[str, Tally],
) -> None:
    rows = (
        Correction.objects.filter(
            publication=publication,
            status__in=STANDING,
            kind__in=COUNTED_KINDS,
            published_at__gte=start,
            published_at__lte=now,
        )
        .about_articles()
        .order_by()
        .values_list("pk", "published_at", "reader_reported", "articles__article__section")
    )
    for pk, published, from_reader, section in rows.iterator():
        if published is None:
            continue
        for tally in (everything, by_month[month_of(published, zone=publication.zone)], by_section[section or ""]):
            tally.corrections.add(pk)
            if from_reader:
                tally.found.add(pk)


def _count_articles(
    publication: Publication,
    start: datetime,
    now: datetime,
    everything: Tally,
    by_month: dict[date, Tally],
    by_section: dict[str, Tally],
) -> None:
    rows = (
        Article.objects.filter(publication=publication, published_at__gte=start, published_at__lte=now)
        .order_by()
        .annotate(month=TruncMonth("published_at", tzinfo=publication.zone))
        .values("month", "section")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        month = month_of(row["month"], zone=publication.zone)
        for tally in (everything, by_month[month], by_section[row["section"]]):
            tally.articles += row["number"]


def _promises(publication: Publication, start: datetime, now: datetime, few: int) -> list[dict[str, Any]]:
    """Of the promises that fell due: how many were kept in time. Paused ones are neither, nor what was dropped before
    its date; what was dropped after it was late.
    """
    rows = (
        Promise.objects.filter(
            publication=publication,
            subject_kind="report",
            kind__in=STEPS,
            given_at__gte=start,
            subject_reference__in=counted(publication).order_by().values("reference"),
        )
        .order_by()
        .values("kind")
        .annotate(
            kept=Count("pk", filter=promises.in_time()),
            late=Count("pk", filter=promises.broken(now)),
        )
    )
    found = {row["kind"]: (row["kept"], row["late"]) for row in rows}
    answer = []
    for step in STEPS:
        kept, late = found.get(step, (0, 0))
        enough = kept + late >= few
        answer.append(
            {
                "promise": step,
                "due": kept + late if enough or not kept + late else None,
                "kept_share": round(kept / (kept + late), 3) if enough and kept + late else None,
            }
        )
    return answer


def _figures(tallies: Iterable[Tally], few: int) -> list[dict[str, Any]]:
    """One row a tally, with what counts too few readers left out."""
    rows: list[dict[str, Any]] = []
    for tally in tallies:
        corrections = len(tally.corrections)
        rows.append(
            {
                "received": tally.received,
                "accepted": tally.accepted,
                "declined": tally.declined,
                "corrections": corrections,
                "found_by_readers": len(tally.found),
                "articles": tally.articles,
                "corrections_per_1000_articles": round(1000 * corrections / tally.articles, 1)
                if tally.articles
                else None,
                "hours": {step: _spread(tally.seconds[step], few) for step in STEPS},
            }
        )
    for column in ("received", "accepted", "declined", "found_by_readers"):
        _conceal(rows, column, few)
    for row in rows:
        found = row["found_by_readers"]
        row["found_by_readers_share"] = (
            round(found / row["corrections"], 3) if row["corrections"] and found is not None else None
        )
    return rows


def _spread(seconds: list[float], few: int) -> dict[str, float | None]:
    if len(seconds) < few:
        return {"median": None, "p90": None}
    return {"median": hours_of(seconds, 0.5), "p90": hours_of(seconds, 0.9)}


def _conceal(rows: list[dict[str, Any]], column: str, fewest: int) -> list[dict[str, Any]]:
    """Leave out what is above 0 and below `fewest`. Where the sum would tell it all the same, leave the next larger one
    out too.
    """
    few = [row for row in rows if 0 < row[column] < fewest]
    if _told_by_sum([row[column] for row in few], fewest):
        others = [row for row in rows if row[column] >= fewest]
        few += sorted(others, key=lambda row: row[column])[:1]
    for row in few:
        row[column] = None
    return rows


def _told_by_sum(counts: list[int], fewest: int) -> bool:
    """Whether their sum, which the total gives away, says what each is: of two that make two, each is one."""
    most = len(counts) * (fewest - 1)
    return len(counts) == 1 or (len(counts) > 1 and sum(counts) in {len(counts), most})
