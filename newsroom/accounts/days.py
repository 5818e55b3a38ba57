"""Days of publications, which begin and end at other moments in other places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from newsroom.accounts.models import Publication
from newsroom.business_time import end_of_day


def by_the_day(at: datetime, rows_of: Callable[[date], Q]) -> Q:
    """The rows that `rows_of` names for the day which that moment is where their `publication` is. One query more."""
    return _by_zone(lambda zone: rows_of(at.astimezone(zone).date()))


def within_days(field: str, since: date | None, until: date | None) -> Q:
    """The rows whose moment `field` is on one of these days, both counted, where their `publication` is; without an
    end of those that are None. One query more.
    """

    def rows_of(zone: ZoneInfo) -> Q:
        begun = Q(**{f"{field}__gte": datetime.combine(since, time.min, tzinfo=zone)}) if since else Q()
        return begun & (Q(**{f"{field}__lte": end_of_day(until, zone=zone)}) if until else Q())

    return _by_zone(rows_of)


def _by_zone(rows_of: Callable[[ZoneInfo], Q]) -> Q:
    found = Q(pk__in=[])
    for name in Publication.objects.order_by().values_list("time_zone", flat=True).distinct():
        found |= Q(publication__time_zone=name) & rows_of(ZoneInfo(name))
    return found
