"""As long as before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprints.services.terms_of_time import as_long, whole_months

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))

TERMS = [
    # A year is a year, with or without a 29th of February in it.
    (("2026-12-01", "2027-11-30"), "2027-12-01", "2028-11-30"),
    (("2027-12-01", "2028-11-30"), "2028-12-01", "2029-11-30"),
    (("2028-02-29", "2029-02-27"), "2029-02-28", "2030-02-27"),
    # Months.
    (("2026-01-01", "2026-01-31"), "2026-02-01", "2026-02-28"),
    (("2026-02-01", "2026-02-28"), "2026-03-01", "2026-03-31"),
    (("2026-11-15", "2027-02-14"), "2027-02-15", "2027-05-14"),
    # Begun later than the day after: still as long.
    (("2026-12-01", "2027-11-30"), "2028-01-10", "2029-01-09"),
    # Any other number of days.
    (("2026-12-01", "2026-12-10"), "2026-12-11", "2026-12-20"),
    (("2026-12-01", "2026-12-01"), "2026-12-02", "2026-12-02"),
]


@pytest.mark.parametrize(("term", "starting", "ends"), TERMS)
def test_the_next_term_is_as_long_as_the_last(term, starting, ends):
    begins, ended = (date.fromisoformat(day) for day in term)
    assert as_long(begins, ended, starting=date.fromisoformat(starting)).isoformat() == ends


@given(DAYS, st.integers(1, 48))
def test_whole_months_stay_whole_from_the_first_of_a_month_on(day, months):
    begins = day.replace(day=1)
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    ends = date(year, month + 1, 1) - timedelta(days=1)
    again = as_long(begins, ends, starting=ends + timedelta(days=1))
    assert (whole_months(begins, ends), whole_months(ends + timedelta(days=1), again)) == (months, months)


@given(DAYS, st.integers(0, 4000))
def test_a_term_never_ends_before_it_begins(day, length):
    assert as_long(day, day + timedelta(days=length), starting=day) >= day
