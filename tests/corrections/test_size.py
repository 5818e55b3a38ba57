"""Many reports and notices: the pages ask the database as often as for a few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import Report
from tests.corrections.many import many_notices, many_reports, multiply
from tests.factories import make_article, make_publication, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def desk():
    publication = make_publication()
    client = Client()
    client.force_login(make_staff(publication, "desk_editor"))
    return publication, client


def asked(client, *addresses):
    """How many queries each page needs, once it remembers what it remembers."""
    counts = []
    for address in addresses:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
    return counts


def test_300_reports_on_one_article_cost_its_pages_nothing_more(desk):
    publication, client = desk
    article = make_article(publication)
    report = make_report(publication, article, passage_exact="1.2 million")
    pages = (
        reverse("admin:corrections_report_change", args=[report.pk]),
        f"/articles/{article.reference}/",
        f"/api/v1/articles/{article.reference}/corrections/",
        f"/corrections/new/?url={article.url}",
    )
    many_reports(publication, article, 2)
    asked(client, *pages)
    few = asked(client, *pages)
    many_reports(publication, article, 298)
    assert asked(client, *pages) == few


def test_600_reports_and_notices_cost_the_queue_and_the_public_log_nothing_more(desk):
    publication, client = desk
    article = make_article(publication)
    pages = (reverse("admin:corrections_report_changelist"), "/corrections/")
    many_reports(publication, article, 30)
    many_notices(publication, article, 30)
    asked(client, *pages)
    few = asked(client, *pages)
    many_reports(publication, article, 570)
    many_notices(publication, article, 570)
    assert asked(client, *pages) == few


@pytest.mark.both
def test_50_000_reports_cost_the_queue_and_the_page_of_one_of_them_nothing_more(desk):
    publication, client = desk
    report = make_report(publication, claim="The figure is wrong.", name="", email="")
    other = make_report(publication, claim="The year is wrong.", passage_exact="1.2 million", name="", email="")
    pages = (
        reverse("admin:corrections_report_changelist"),
        f"{reverse('admin:corrections_report_changelist')}?due=over",
        f"{reverse('admin:corrections_report_changelist')}?q=year",
        reverse("admin:corrections_report_change", args=[report.pk]),
        reverse("admin:corrections_report_change", args=[other.pk]),
        reverse("admin:index"),
    )
    many_reports(publication, report.article, 60)
    asked(client, *pages)
    few = asked(client, *pages)

    multiply(report, 50_000)

    assert Report.objects.count() == 50_062
    assert asked(client, *pages) == few
    assert client.get(pages[0]).context_data["cl"].result_count == 50_062
