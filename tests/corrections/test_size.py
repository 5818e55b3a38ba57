"""Many reports on one article: its pages ask the database as often as for a few."""

import hashlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.models import Report
from newsroom.events.models import Promise
from tests.factories import make_article, make_publication, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def many(publication, article, number, start=0):
    """Minimal reports with a running promise each, written at once."""
    now = timezone.now()
    rows = [
        Report(
            reference=f"R-{hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest()[:8].upper()}-2",
            publication=publication,
            article=article,
            claim=f"The figure {n} is wrong.",
            token_nonce=f"nonce-{n}",
        )
        for n in range(start, start + number)
    ]
    Report.objects.bulk_create(rows, batch_size=500)
    Promise.objects.bulk_create(
        [
            Promise(
                publication=publication,
                subject_kind="report",
                subject_reference=row.reference,
                kind="decide",
                due_at=now,
            )
            for row in rows
        ],
        batch_size=500,
    )


@pytest.fixture
def desk():
    publication = make_publication()
    client = Client()
    client.force_login(make_staff(publication, "desk_editor"))
    return publication, client


def asked(client, *addresses):
    """How many queries each page needs."""
    counts = []
    for address in addresses:
        client.get(address)
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
    many(publication, article, 2)
    few = asked(client, *pages)
    many(publication, article, 298, start=2)
    assert asked(client, *pages) == few
