"""Days and times as pages write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsroom.web.templatetags import desk
from tests.factories import make_publication

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 200) for path in ("/", "/guidelines/", "/corrections/", "/corrections/new/", "/reprints/new/")),
        ("/reprints/partner/", 200),
        ("/corrections/reports/nobody/", 404),
    ],
)
def test_pages_are_dated_where_the_publication_is(client, time_machine, path, status):
    make_publication(is_default=True, time_zone="Pacific/Honolulu")
    time_machine.move_to(datetime(2026, 11, 27, 9, 30, tzinfo=UTC), tick=False)
    answer = client.get(path)
    assert answer.status_code == status
    assert "<p>Thursday, Nov. 26, 2026</p>" in answer.content.decode()


def test_what_has_no_time_yet_is_empty():
    assert (desk.at_minute(None), desk.by_minute(None), desk.by_day(None)) == ("", "", "")
