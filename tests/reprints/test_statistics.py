"""The figures of the licensing desk: what came, how it was answered, and whether the promise was kept."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.events.models import Promise
from reprints import statistics
from reprints.models import LicenseRequest
from reprints.services import deciding
from tests import factories
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/admin/reprints/licenserequest/statistics/"
NOW = datetime(2026, 11, 15, 12, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture
def publication():
    return make.make_publication(slug="daily", name="The Daily")


def manual(publication, *, came, answered_after=None, due_after=72, paused=False, **request):
    """A request for a person that came at a moment, and was answered so many hours later."""
    row = make.make_request(publication, make.make_article(publication), exclusivity="media")
    LicenseRequest.objects.filter(pk=row.pk).update(created_at=came, **request)
    Promise.objects.filter(subject_reference=row.reference).update(
        given_at=came,
        due_at=came + timedelta(hours=due_after),
        kept_at=came + timedelta(hours=answered_after) if answered_after else None,
        paused_at=came if paused else None,
    )


def test_the_figures_of_a_month_and_of_the_year(publication):
    october = datetime(2026, 10, 5, 12, tzinfo=publication.zone)
    for hours in (1, 2, 3, 80):
        manual(publication, came=october, answered_after=hours)
    manual(publication, came=october, status="declined", decline_code="legal")
    manual(publication, came=october, paused=True)
    priced = make.make_request(publication, make.make_article(publication))
    LicenseRequest.objects.filter(pk=priced.pk).update(created_at=datetime(2026, 11, 2, tzinfo=publication.zone))
    manual(publication, came=datetime(2025, 11, 30, 23, tzinfo=publication.zone), answered_after=1)

    figures = statistics.of(publication, now=NOW)

    assert [row["month"] for row in figures["by_month"]][::11] == ["2025-12", "2026-11"]
    assert figures["by_month"][10] == {
        "month": "2026-10",
        "received": 6,
        "free": 0,
        "priced": 0,
        "manual": 6,
        "licensed": 0,
        "declined": 1,
        "withdrawn": 0,
        "lapsed": 0,
        "redirected": 0,
        "promised": 6,
        "kept": 3,
        "late": 2,
        "kept_share": 0.6,
        "median_hours": 2.0,
        "p90_hours": 80.0,
    }
    assert (figures["totals"]["received"], figures["totals"]["priced"]) == (7, 1)
    assert figures["by_month"][0]["median_hours"] is None


def test_the_month_is_the_one_of_the_publications_own_clock(publication):
    manual(publication, came=datetime(2026, 11, 1, 2, tzinfo=timezone.get_fixed_timezone(0)))
    assert [row["received"] for row in statistics.of(publication, now=NOW)["by_month"][-2:]] == [1, 0]


def test_tests_and_other_titles_are_not_counted(publication):
    organization = make.make_organization()
    key = make.make_key(organization, test=True)
    article = make.make_article(publication)
    make.make_request(publication, article, organization=organization, by=key, exclusivity="media")
    other = make.make_publication()
    make.make_request(other, make.make_article(other), exclusivity="media")
    totals = statistics.of(publication)["totals"]
    assert (totals["received"], totals["promised"]) == (0, 0)


def test_what_the_desk_does_is_counted(publication):
    editor = make.make_staff(publication, "licensing_editor")
    request = make.make_request(publication, make.make_article(publication), exclusivity="media")
    deciding.decline(deciding.take_up(request, by=editor), by=editor, code="legal", words="No.")
    totals = statistics.of(publication)["totals"]
    assert (totals["declined"], totals["promised"], totals["kept"], totals["kept_share"]) == (1, 1, 1, 1.0)


def test_many_requests_cost_as_many_queries_as_one(publication):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            statistics.of(publication)
        return len(queries)

    article = make.make_article(publication)
    make.make_request(publication, article, exclusivity="media")
    one = cost()
    for _ in range(6):
        make.make_request(publication, article, exclusivity="media")
    assert (one, cost()) == (2, 2)


def test_the_desk_reads_them_on_a_page_and_as_a_table(client, publication):
    manual(publication, came=timezone.now() - timedelta(hours=5), answered_after=2)
    client.force_login(factories.make_staff(publication, "licensing_editor"))
    page = client.get(PAGE).content.decode()
    assert "half within 2.0 hours, nine of ten within 2.0 hours" in page
    assert PAGE in client.get("/admin/reprints/licenserequest/").content.decode()
    answer = client.get(f"{PAGE}?publication=daily&format=csv")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="licensing-daily.csv"'
    assert (lines[0].split(","), len(lines)) == (list(statistics.COLUMNS), 13)


def test_nobody_reads_those_of_another_title(client, publication):
    other = make.make_publication(slug="weekly")
    client.force_login(factories.make_staff(publication, "licensing_editor"))
    assert client.get(f"{PAGE}?publication={other.slug}").status_code == 404
    assert client.get(f"{PAGE}?format=xml").status_code == 404
    client.force_login(factories.make_staff(publication, "desk_editor"))
    assert client.get(PAGE).status_code == 403
