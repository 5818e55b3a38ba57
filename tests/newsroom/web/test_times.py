"""Days and times as pages write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsroom.web.templatetags import desk

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 27, 19, 30, tzinfo=UTC), "Nov. 27, 2026, 2:30\xa0p.m.\xa0EST"),
        (datetime(2026, 7, 27, 13, 0, tzinfo=UTC), "July 27, 2026, 9\xa0a.m.\xa0EDT"),
        (datetime(2026, 11, 27, 17, 0, tzinfo=UTC), "Nov. 27, 2026, noon\xa0EST"),
    ],
)
def test_a_time_and_its_zone_stay_on_one_line(moment, words):
    assert desk.at_minute(timezone.localtime(moment, NEW_YORK)) == words


def test_what_has_no_time_yet_is_empty():
    assert (desk.at_minute(None), desk.by_minute(None), desk.by_day(None)) == ("", "", "")
