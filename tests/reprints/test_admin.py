"""The licensing desk's pages: the queue, writing a quote, the manager above the limit, the life of a license."""

from datetime import timedelta

import lxml.html
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.events import planning
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.services import licenses
from tests.reprints import factories as make
from tests.reprints.factories import (
    happened,
    make_article,
    make_license,
    make_organization,
    make_publication,
    make_request,
    make_staff,
)
from tests.reprints.many import many_like

pytestmark = pytest.mark.django_db


def staff(publication, role):
    person = make_staff(publication, role)
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


@pytest.fixture
def desk(client):
    class Desk:
        publication = make_publication()
        editor = staff(publication, "licensing_editor")
        manager = staff(publication, "licensing_manager")

        def as_(self, person):
            client.force_login(person)
            return client

        def manual(self):
            article = make_article(self.publication, licensable=None)
            return make_request(self.publication, article)

    return Desk()


def model(record):
    return record._meta.model_name


def page(record):
    return reverse(f"admin:reprints_{model(record)}_change", args=[record.pk])


def press(client, record, name, **data):
    record.refresh_from_db()
    url = reverse(f"admin:reprints_{model(record)}_do", args=[record.pk, name])
    return client.post(url, {"seen": record.version, **data}).status_code


def buttons(client, record):
    return [drawn["name"] for drawn in client.get(page(record)).context_data["buttons"]]


def quote_above_the_limit(desk):
    request = desk.manual()
    client = desk.as_(desk.editor)
    assert press(client, request, "take_up") == 302
    data = {"price_0": "5000", "reason_0": "By hand", "territory_0": "US", "valid_days": 30}
    data |= {"ends_on_0": request.items.get().ends_on.isoformat(), "exclusions_confirmed": "on"}
    assert press(client, request, "draft_quote", **data) == 302
    return request, request.quotes.get()


def test_a_quote_above_the_limit_waits_for_a_second_person(desk):
    request, quote = quote_above_the_limit(desk)
    client = desk.as_(desk.editor)

    assert (quote.status, quote.net) == ("draft", 5000)
    assert press(client, quote, "open") == 409
    assert "approve" not in buttons(client, quote)
    assert press(desk.as_(desk.manager), quote, "approve", reason="Fine") == 302
    assert press(desk.as_(desk.editor), quote, "open") == 302
    assert Quote.objects.get(pk=quote.pk).status == "open"
    assert LicenseRequest.objects.get(pk=request.pk).status == "quoted"


def test_the_work_page_shows_asked_and_granted(desk):
    request = desk.manual()
    client = desk.as_(desk.editor)
    data = {"price_0": "90", "reason_0": "Small", "territory_0": "US, CA", "valid_days": 10}
    data |= {"ends_on_0": request.items.get().ends_on.isoformat(), "exclusions_confirmed": "on"}
    assert press(client, request, "draft_quote", **data) == 302
    text = client.get(page(request.quotes.get())).content.decode()

    assert f"{request.first_article.headline}</bdi> · Republish on a website · $90.00" in text
    assert "<del>United States</del>" in text
    assert "<ins>United States and Canada</ins>" in text


@pytest.mark.parametrize(
    "data",
    [
        {"price_0": "-1"},
        {"price_0": "1e30"},
        {"price_0": "NaN"},
        {"price_0": "10", "ends_on_0": "never"},
        {"price_0": "10", "valid_days": "91"},
        {"price_0": "10", "valid_days": "30", "note": "a\x00b"},
    ],
)
def test_a_quote_that_cannot_be_is_not_drafted(desk, data):
    request = desk.manual()

    assert press(desk.as_(desk.editor), request, "draft_quote", **data) == 422
    assert not Quote.objects.exists()


def test_declining_needs_a_reason_and_words(desk):
    request = desk.manual()
    client = desk.as_(desk.editor)

    assert press(client, request, "decline", words="Sorry.") == 422
    assert press(client, request, "decline", code="rights_not_held", words=" ") == 422
    assert press(client, request, "decline", code="rights_not_held", words="Not ours.") == 302
    assert LicenseRequest.objects.get(pk=request.pk).status == "declined"


def test_a_license_is_revoked_by_two_people(desk):
    license_ = make_license(desk.publication, make_article(desk.publication))
    license_ = license_ if isinstance(license_, License) else License.objects.get()
    words = {"reason": "breach", "words": "The terms were broken."}

    assert press(desk.as_(desk.manager), license_, "revoke", hours=24, **words) == 409
    assert press(desk.as_(desk.editor), license_, "propose_revoke", **words) == 302
    assert press(desk.as_(desk.editor), license_, "revoke", hours=24, **words) == 409
    assert press(desk.as_(desk.manager), license_, "revoke", hours=24, **words) == 302
    assert License.objects.get(pk=license_.pk).status == "revoked"


def test_the_list_of_licenses_says_and_finds_what_each_is_today(desk):
    daily, today = desk.publication, make.today(desk.publication)

    def held(*, first=0, last=364, suspended=False):
        days = {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}
        terms = {name: day.isoformat() for name, day in days.items()}
        row = make_license(daily, make_article(daily), **terms)
        why = {"reason": "suspected_breach", "words": "Why?"}
        return licenses.suspend(row, by=desk.editor, **why) if suspended else row

    rows = {
        "active": [held()],
        "scheduled": [held(first=30)],
        "suspended": [held(suspended=True)],
        "expired": [held(last=1), held(last=1, suspended=True)],
    }
    words = {"active": "Active", "scheduled": "Begins later", "suspended": "Suspended", "expired": "Expired"}
    url = reverse("admin:reprints_license_changelist")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        client = desk.as_(desk.editor)
        for status, expected in rows.items():
            page = client.get(url, {"standing": status})
            found = page.context_data["cl"].result_list
            assert {row.pk for row in found} == {row.pk for row in expected}
            assert {row.effective_status() for row in found} == {status}
            cells = lxml.html.fromstring(page.content.decode()).xpath("//td[contains(@class, 'field-standing')]")
            assert {" ".join(cell.text_content().split()) for cell in cells} == {words[status]}
        assert client.get(url, {"standing": "nonsense"}).context_data["cl"].result_count == 5


def test_the_desk_enters_what_a_licensee_answered(desk):
    article = make_article(desk.publication)
    make_license(desk.publication, article)
    happened("correction.published", article)
    planning.plan_due()
    notice = UpdateNotice.objects.get()
    client = desk.as_(desk.editor)

    assert press(client, notice, "acknowledge", action="appended", url="https://partner.example/x") == 302
    assert press(client, notice, "verify") == 302
    assert UpdateNotice.objects.get().status == "verified"


def test_other_desks_and_other_publications_see_nothing(desk):
    request = desk.manual()

    for person in (staff(desk.publication, "desk_editor"), staff(make_publication(), "licensing_manager")):
        assert desk.as_(person).get(page(request)).status_code in {403, 404}
        assert press(desk.as_(person), request, "take_up") in {403, 404}


@pytest.mark.parametrize("noun", ["licenserequest", "quote", "license", "updatenotice"])
def test_lists_ask_the_same_number_of_queries_for_one_and_thirty_rows(desk, noun):
    client = desk.as_(desk.editor)
    url = reverse(f"admin:reprints_{noun}_changelist")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    article, licensee = make_article(desk.publication), make_organization()
    make_license(desk.publication, article, organization=licensee)
    happened("correction.published", article)
    while planning.plan_due():
        pass
    LicenseRequest.objects.update(assignee=desk.editor, status="in_review", closed_at=None)  # in the queue once more
    queries()
    one = queries()
    many_like(LicenseRequest.objects.get(), 29, licensee)

    assert queries() == one
    assert client.get(url).context_data["cl"].result_count == 30
