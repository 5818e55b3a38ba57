"""An agency's correction arrives by the API: it finds the articles that used the story, and asks the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from corrections.models import AgencyCorrection, Correction, Report
from corrections.services import agencies
from corrections.services import report as reports
from newsroom.accounts.services import issue_key
from newsroom.events import planning
from newsroom.events.models import Delivery, Event
from tests.factories import make_article, make_publication, make_report

pytestmark = pytest.mark.django_db

URL = "/api/v1/agency-corrections/"
WIRE = "Coastal Wire"
STORY = "Ferry fares rise in spring"


@pytest.fixture
def article(daily):
    return make_article(daily, source_agency=WIRE, headline=STORY)


def key_of(*publications, scopes=("agency_corrections:write",), test=False):
    _key, text = issue_key(label="Wire reader", scopes=list(scopes), publications=list(publications), test=test)
    return text


def send(key, number=1, **over):
    said = {"agency": WIRE, "headline": STORY, "text": "Fares rise by 4 percent, not 40.", **over}
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"wire-{number}"}
    return APIClient().post(URL, said, format="json", headers=headers)


def told(template):
    while planning.plan_due():
        pass
    rows = Delivery.objects.filter(template=f"corrections/mail/{template}")
    return list(rows.values_list("event__subject_reference", "recipient_key"))


def test_a_report_is_opened_about_the_article_that_used_the_story_and_the_desk_is_asked(daily, editor, article):
    make_article(daily, headline=STORY)
    answer = send(key_of(daily), url="https://wire.example/corrections/7", source_id="W-7")

    report = Report.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "reference": AgencyCorrection.objects.get().reference,
            "articles": [article.reference],
            "reports": [report.reference],
            "correction": None,
        },
    )
    assert (report.article, report.origin, report.channel, report.status) == (article, "source", "api", "new")
    assert report.claim == ("Coastal Wire corrected the story that this article used. Fares rise by 4 percent, not 40.")
    assert report.sources == ["https://wire.example/corrections/7"]
    assert told("report_submitted_desk") == [(report.reference, str(editor.pk))]


def test_a_report_that_waits_for_the_agency_goes_on_and_no_other_is_opened(daily, editor, article):
    report = reports.take_up(make_report(daily, article), by=editor)
    until = timezone.localdate() + timedelta(days=3)
    agencies.wait(report, by=editor, agency=WIRE, reason="Their desk checks.", until=until)

    answer = send(key_of(daily))

    report.refresh_from_db()
    assert (answer.status_code, answer.json()["reports"]) == (201, [report.reference])
    assert (report.waiting_since, Report.objects.count()) == (None, 1)
    ended = Event.objects.get(kind="report.wait_ended")
    assert (ended.actor_kind, ended.subject_reference) == ("cms", report.reference)
    assert told("report_wait_ended_desk") == [(report.reference, str(editor.pk))]


def test_the_page_of_the_report_leads_to_one_notice_for_all_articles(client, daily, editor, article):
    twin = make_article(daily, source_agency=WIRE, headline=f"{STORY}, again")
    send(key_of(daily))
    report = Report.objects.get()
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk])).content.decode()
    kept = AgencyCorrection.objects.get()
    begin = f"{reverse('admin:corrections_correction_start', args=['agency'])}?received={kept.reference}"
    assert (begin in page, "Fares rise by 4 percent, not 40." in page) == (True, True)

    form = client.get(begin).context_data["form"]
    names = ("publication", "agency", "headline", "text", "url", "received", "articles")
    drawn = {name: form[name].value() for name in names}
    assert drawn["publication"] == daily.pk
    assert (drawn["agency"], drawn["received"]) == (WIRE, kept.reference)
    assert set(drawn["articles"]) == {article.reference, twin.reference}
    first = client.post(begin, {"seen": 1, **drawn})
    correction = Correction.objects.get()
    assert first["Location"] == reverse("admin:corrections_correction_change", args=[correction.pk])
    assert {row.article for row in correction.articles.all()} == {article, twin}
    kept.refresh_from_db()
    assert (kept.correction, kept.entered_by, AgencyCorrection.objects.count()) == (correction, editor, 1)

    again = client.post(begin, {"seen": 1, **drawn})
    assert (again.status_code, "was begun from this already" in again.content.decode()) == (422, True)
    assert Correction.objects.count() == 1


def test_what_came_for_another_publication_cannot_be_begun_here(client, daily, editor):
    elsewhere = make_publication()
    make_article(elsewhere, source_agency=WIRE, headline=STORY)
    send(key_of(elsewhere))
    client.force_login(editor)
    begin = reverse("admin:corrections_correction_start", args=["agency"])
    form = client.get(f"{begin}?received={AgencyCorrection.objects.get().reference}").context_data["form"]
    assert (form["agency"].value(), form.fields["articles"].choices) == (None, [])


def test_a_story_that_no_article_used_is_kept_and_bothers_nobody(daily, editor):
    make_article(daily, source_agency=WIRE, headline="Poet wins prize", body="A poet won.")
    answer = send(key_of(daily))
    assert (answer.status_code, answer.json()["articles"], answer.json()["reports"]) == (201, [], [])
    assert (Report.objects.count(), AgencyCorrection.objects.count()) == (0, 1)


def test_articles_can_be_named_by_any_of_their_addresses(daily):
    named = make_article(daily, headline="Sea travel")
    answer = send(key_of(daily), article_urls=[f"{named.url}?utm_source=x", named.url])
    assert (answer.status_code, answer.json()["articles"]) == (201, [named.reference])


def test_the_agency_s_own_id_is_received_once(daily, article):
    key = key_of(daily)
    first, again = send(key, source_id="W-7"), send(key, 2, source_id="W-7", text="Fares rise by 5 percent.")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (Report.objects.count(), AgencyCorrection.objects.count()) == (1, 1)
    assert send(key, 3, source_id="W-8").status_code == 201
    assert send(key, 4, source_id="W-7", agency="North Press").status_code == 201


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"agency": ""}, "/agency"),
        ({"agency": "x" * 121}, "/agency"),
        ({"headline": " "}, "/headline"),
        ({"text": "x" * 4001}, "/text"),
        ({"text": "a\x00b"}, "/text"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"article_urls": ["https://elsewhere.example/1"]}, "/article_urls/0"),
        ({"article_urls": ["http://[::1"]}, "/article_urls/0"),
        ({"article_urls": ["https://a.example/"] * 21}, "/article_urls"),
        ({"publication": "unknown"}, "/publication"),
        ({"nonsense": 1}, "/nonsense"),
    ],
)
def test_what_cannot_be_taken_says_where_and_leaves_nothing(daily, over, pointer):
    answer = send(key_of(daily), **over)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])
    assert AgencyCorrection.objects.count() == 0


def test_a_key_of_two_publications_names_one_and_a_foreign_article_is_refused(daily, article):
    weekly = make_publication()
    key = key_of(daily, weekly)
    missing = send(key)
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/publication")
    assert send(key, 2, publication=weekly.slug, article_urls=[article.url]).status_code == 422
    assert send(key, 3, publication=daily.slug).json()["articles"] == [article.reference]


def test_only_a_live_key_with_the_scope_gets_in(daily):
    assert APIClient().post(URL, {}, format="json").status_code == 401
    assert send(key_of(daily, scopes=["articles:write"])).status_code == 403
    assert send(key_of(daily, test=True)).status_code == 403
    bare = APIClient().post(URL, {}, format="json", headers={"Authorization": f"Bearer {key_of(daily)}"})
    assert bare.status_code == 400
    assert AgencyCorrection.objects.count() == 0
