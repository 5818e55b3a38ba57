"""Days and moments that people type. A year that no calendar of ours reaches is a slip, and breaks arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now

Day = TypeVar("Day", bound=date)
FIRST_YEAR, LAST_YEAR = 1600, 2999
"""Far enough from the ends of Python's and the databases' calendars that a zone or a duration can be added."""


def out_of_range(value: date) -> str:
    """The sentence that refuses the day or moment; empty for one of the years 1600 to 2999."""
    if FIRST_YEAR <= value.year <= LAST_YEAR:
        return ""
    return _now("Give a date of the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}


class DayField(forms.DateField):
    """A day of the years 1600 to 2999."""

    def to_python(self, value: Any) -> date | None:
        """The day."""
        day = super().to_python(value)
        return None if day is None else _checked(day)


class LocalMomentField(forms.DateTimeField):
    """A date and time in `zone`, which the form sets; aware, of the years 1600 to 2999.

    What the clock change skips or repeats is refused, unless it says how far from UTC it is meant: “01:30-05:00”.
    """

    zone: tzinfo = UTC

    def to_python(self, value: Any) -> datetime | None:
        """The moment."""
        try:
            with timezone.override(self.zone):
                moment = super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone" or error.params is None:
                raise
            raise self._unclear(_checked(error.params["datetime"])) from error
        return None if moment is None else _checked(moment)

    def prepare_value(self, value: Any) -> Any:
        """As the local clock shows it, to the minute; with its distance from UTC where the clock shows it twice."""
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value, self.zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return (local if twice else local.replace(tzinfo=None)).isoformat(sep=" ", timespec="minutes")

    def _unclear(self, typed: datetime) -> forms.ValidationError:
        before = typed.replace(tzinfo=self.zone).isoformat(sep=" ", timespec="minutes")
        sentence = _now("The clocks change at that time: say which it is, like %(example)s.") % {"example": before}
        return forms.ValidationError(sentence, code="ambiguous_timezone")


def _checked(value: Day) -> Day:
    if sentence := out_of_range(value):
        raise forms.ValidationError(sentence, code="out_of_range")
    return value
