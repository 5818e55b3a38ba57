"""Days of publications, which begin and end at other moments in other places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from newsroom.accounts.models import Publication


def by_the_day(at: datetime, rows_of: Callable[[date], Q]) -> Q:
    """The rows that `rows_of` names for the day which that moment is where their `publication` is. One query more."""
    found = Q(pk__in=[])
    for name in Publication.objects.order_by().values_list("time_zone", flat=True).distinct():
        found |= Q(publication__time_zone=name) & rows_of(at.astimezone(ZoneInfo(name)).date())
    return found
