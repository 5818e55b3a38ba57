"""The figures behind the promise: what is counted, what is left out, who may see them."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from corrections import statistics
from corrections.figures import as_csv, lasting, percent, rate, since_the_first
from corrections.models import Correction, Decision, Report
from newsroom.accounts.services import issue_key
from newsroom.events.models import Promise
from newsroom.spreadsheets import harmless
from tests.factories import force_status, make_article, make_correction, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE, API = "/corrections/statistics/", "/api/v1/statistics/"


def reports_of(article, number, status="new", came=NOW - timedelta(days=10), hours=(), **over):
    """That many reports, the n-th taken up and decided after `hours[n]` hours."""
    made = []
    for index in range(number):
        report = make_report(article=article, name="", email="")
        fields = {"created_at": came, **over}
        if index < len(hours):
            fields["first_answered_at"] = came + timedelta(hours=hours[index])
            Decision.objects.create(report=report, move="decline", at=came + timedelta(hours=hours[index]))
        if status != "new":
            report = force_status(report, status)
        Report.objects.filter(pk=report.pk).update(**fields)
        made.append(report)
    return made


@pytest.fixture
def publication():
    return make_publication(is_default=True)


def story(publication, section="politics", published=NOW - timedelta(days=20)):
    return make_article(publication, section=section, published_at=published, revisions=0)


def month_of(figures, month):
    return next(row for row in figures["by_month"] if row["month"] == month)


def test_reports_are_counted_by_outcome_month_section_and_code(publication):
    politics, sports = story(publication), story(publication, "sports")
    reports_of(politics, 6)
    reports_of(politics, 5, "declined", came=datetime(2026, 9, 30, 23, tzinfo=UTC))
    reports_of(sports, 7, "accepted")

    figures = statistics.of(publication, now=NOW)

    totals = figures["totals"]
    assert (totals["received"], totals["accepted"], totals["declined"]) == (18, 7, 5)
    assert figures["declined_by_code"] == [{"code": "opinion", "count": 5}]
    assert [(row["section"], row["received"]) for row in figures["by_section"]] == [("politics", 11), ("sports", 7)]
    assert (figures["from"], figures["to"], len(figures["by_month"])) == ("2025-12", "2026-11", 12)
    assert (month_of(figures, "2026-09")["received"], month_of(figures, "2026-11")["received"]) == (5, 13)


def test_a_month_is_a_month_where_the_publication_is(publication):
    publication.time_zone = "Pacific/Auckland"
    publication.save()
    reports_of(story(publication), 5, came=datetime(2026, 9, 30, 23, tzinfo=UTC))

    assert month_of(statistics.of(publication, now=NOW), "2026-10")["received"] == 5


def test_restricted_test_held_and_spam_reports_and_other_publications_are_left_out(publication):
    article = story(publication)
    reports_of(article, 5)
    reports_of(article, 5, visibility="restricted")
    reports_of(article, 5, test=True)
    reports_of(article, 5, "held")
    reports_of(article, 5, "spam")
    reports_of(story(make_publication()), 5)

    assert statistics.of(publication, now=NOW)["totals"]["received"] == 5


def test_median_and_p90_are_nearest_rank_from_arrival(publication):
    reports_of(story(publication), 10, hours=[1, 2, 3, 4, 5, 6, 7, 8, 9, 100])

    hours = statistics.of(publication, now=NOW)["totals"]["hours"]

    assert hours["acknowledge"] == {"median": 5.0, "p90": 9.0}
    assert hours["decide"] == {"median": 5.0, "p90": 9.0}
    assert hours["publish"] == {"median": None, "p90": None}


def test_the_time_to_a_correction_ends_when_it_is_published(publication):
    article = story(publication)
    correction = make_correction(article=article, status="published")
    Correction.objects.filter(pk=correction.pk).update(published_at=NOW - timedelta(days=8))
    reports_of(article, 5, "resolved", correction=correction)

    assert statistics.of(publication, now=NOW)["totals"]["hours"]["publish"] == {"median": 48.0, "p90": 48.0}


def test_kept_promises_are_those_kept_in_time_of_those_that_fell_due(publication):
    made = reports_of(story(publication), 10)
    Promise.objects.all().update(given_at=NOW - timedelta(days=10), due_at=NOW - timedelta(days=8))
    kept = Promise.objects.filter(kind="decide", subject_reference__in=[row.reference for row in made[:6]])
    kept.update(kept_at=NOW - timedelta(days=9))
    late = Promise.objects.filter(kind="decide", subject_reference=made[6].reference)
    late.update(kept_at=NOW - timedelta(days=7))
    paused = Promise.objects.filter(kind="decide", subject_reference=made[7].reference)
    paused.update(paused_at=NOW - timedelta(days=9))
    dropped = Promise.objects.filter(kind="decide", subject_reference=made[8].reference)
    dropped.update(dropped_at=NOW - timedelta(days=9))
    too_late = Promise.objects.filter(kind="decide", subject_reference=made[9].reference)
    too_late.update(dropped_at=NOW)

    rows = {row["promise"]: row for row in statistics.of(publication, now=NOW)["promises"]}

    assert rows["decide"] == {"promise": "decide", "due": 8, "kept_share": 0.75}
    assert rows["publish"] == {"promise": "publish", "due": 10, "kept_share": 0.0}


def test_corrections_per_thousand_articles_and_the_share_found_by_readers(publication):
    stories = [story(publication) for _ in range(10)]
    for index in range(8):
        make_correction(article=stories[index], status="published")
    make_correction(article=stories[0], status="published", kind="update")
    make_correction(article=stories[0], status="published", kind="minor_fix")
    Correction.objects.update(published_at=NOW - timedelta(days=1))
    readers = Correction.objects.filter(kind="correction").order_by("pk").values("pk")[:6]
    Correction.objects.filter(pk__in=list(readers.values_list("pk", flat=True))).update(reader_reported=True)

    totals = statistics.of(publication, now=NOW)["totals"]

    assert (totals["corrections"], totals["articles"]) == (8, 10)
    assert totals["corrections_per_1000_articles"] == 800.0
    assert (totals["found_by_readers"], totals["found_by_readers_share"]) == (6, 0.75)


def test_fewer_than_five_readers_are_not_told_nor_can_they_be_worked_out(publication):
    for section, number in (("a", 9), ("b", 3), ("c", 6), ("d", 0)):
        reports_of(story(publication, section), number)

    figures = statistics.of(publication, now=NOW)

    rows = {row["section"]: row["received"] for row in figures["by_section"]}
    assert (figures["totals"]["received"], rows) == (18, {"a": 9, "b": None, "c": None, "d": 0})
    assert {row["received"] for row in figures["by_month"]} == {0, 18}


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((9, 1, 1, 6), (9, None, None, None)),  # 1 + 1 is the only way to make 2
        ((9, 4, 4, 6), (9, None, None, None)),  # and 4 + 4 the only way to make 8 of what is below 5
        ((9, 1, 3, 6), (9, None, None, 6)),
        ((0, 2, 3, 0), (0, None, None, 0)),
    ],
)
def test_of_several_that_are_left_out_the_sum_does_not_tell_each(publication, numbers, shown):
    for section, number in zip("abcd", numbers, strict=True):
        reports_of(story(publication, section), number)

    rows = statistics.of(publication, now=NOW)["by_section"]

    assert tuple(row["received"] for row in rows) == shown


def test_the_number_of_queries_does_not_grow(publication):
    article = story(publication)
    counts = []
    for number in (1, 9):
        reports_of(article, number, "declined", hours=[3] * number)
        make_correction(article=story(publication, f"section {number}"), status="published")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            statistics.of(publication, now=NOW)
        counts.append(len(asked))

    assert counts == [4, 4]


def open_to_all(publication, days=91):
    publication.settings = {"statistics_open": True}
    publication.save()
    reports_of(story(publication), 5)
    first = Report.objects.order_by("pk").first()
    Report.objects.filter(pk=first.pk).update(created_at=datetime.now(UTC) - timedelta(days=days))


def test_nobody_but_the_desk_sees_them_before_they_are_opened(publication):
    reports_of(story(publication), 5)
    desk, licensing = make_staff(publication, "desk_editor"), make_staff(publication, "licensing_editor")
    elsewhere = make_staff(make_publication(), "desk_editor")

    assert Client().get(PAGE).status_code == 404
    assert APIClient().get(API).status_code == 404
    for person, expected in ((desk, 200), (licensing, 404), (elsewhere, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(PAGE).status_code == expected
    client.force_login(desk)
    shown = client.get(PAGE)
    assert (shown["Cache-Control"], shown["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    assert "Only the desk sees this page" in shown.content.decode()


def test_opened_figures_stay_closed_until_there_are_ninety_days_of_them(publication):
    open_to_all(publication, days=89)
    assert (Client().get(PAGE).status_code, APIClient().get(API).status_code) == (404, 404)

    Report.objects.update(created_at=datetime.now(UTC) - timedelta(days=90, minutes=1))
    answer = Client().get(PAGE)
    assert (answer.status_code, APIClient().get(API).status_code) == (200, 200)
    assert (answer["Cache-Control"], "Set-Cookie" in answer) == ("public, max-age=60", False)


def test_the_page_draws_what_its_tables_say(publication):
    open_to_all(publication)
    text = Client().get(PAGE).content.decode()

    assert re.findall(r"<figcaption>(.*?)</figcaption>", text) == [
        "Promises kept in time",
        "Reports received, by month",
        "Corrections published, by month",
        "Reports received, by section",
        "Corrections published, by section",
    ]
    months = len(since_the_first(statistics.of(publication)["by_month"]))
    assert text.count("<rect") == 3 + months + months + 1 + 1
    assert '<bdi dir="auto">politics</bdi><svg' in text
    assert "style=" not in text.split("<main", 1)[1]
    assert '<th scope="row"><bdi dir="auto">politics</bdi></th><td class="number" data-label="Received">5</td>' in text


def test_the_page_begins_with_the_first_month_of_which_there_is_anything_to_tell():
    nothing = {"received": 0, "corrections": 0, "articles": 0}
    rows = [nothing, nothing, {**nothing, "received": None}, nothing, {**nothing, "articles": 4}]

    assert since_the_first(rows) == rows[2:]
    assert since_the_first([nothing, nothing]) == [nothing]


def test_figures_are_words_and_not_fractions():
    assert [lasting(hours) for hours in (None, 0.0, 0.9, 1, 5.4, 35.4, 36, 80)] == [
        "—",
        "under an hour",
        "under an hour",
        "1 hour",
        "5 hours",
        "35 hours",
        "2 days",
        "3 days",
    ]
    assert [percent(share) for share in (None, 0.0, 0.857)] == ["—", "0 %", "86 %"]
    few, many = {"articles": 19, "corrections": 10}, {"articles": 2400, "corrections": 10}
    assert rate({**few, "corrections_per_1000_articles": 526.3}) == "10 in 19"
    assert rate({**many, "corrections_per_1000_articles": 4.2}) == "4.2 in 1,000"
    assert rate({"articles": 0, "corrections": 1, "corrections_per_1000_articles": None}) == "—"


def test_page_csv_json_and_api_tell_the_same(publication):
    open_to_all(publication)
    as_json = Client().get(PAGE, {"format": "json"}).json()
    api = APIClient().get(API).json()
    lines = list(csv.DictReader(io.StringIO(Client().get(PAGE, {"format": "csv"}).content.decode())))

    for figures in (as_json, api):
        figures.pop("as_of")
    assert as_json == api
    assert [line["group"] for line in lines] == ["total", *["month"] * 12, "section"]
    assert lines[0]["received"] == str(api["totals"]["received"])
    assert lines[-1]["name"] == "politics"
    assert Client().get(PAGE, {"format": "xml"}).status_code == 404
    assert APIClient().get(API, {"months": "3"}).status_code == 422


def test_a_section_that_would_be_a_formula_is_harmless(publication):
    for section in ("=1+1", "+1", "-1", "@x", "\tx", " =1"):
        assert harmless(section) == f"'{section}"
    assert harmless("arts & culture") == "arts & culture"
    reports_of(story(publication, '=HYPERLINK("x")'), 5)
    line = list(csv.reader(io.StringIO(as_csv(statistics.of(publication, now=NOW)))))[-1]
    assert line[:3] == ["section", '\'=HYPERLINK("x")', "5"]


def test_the_cms_of_the_publication_reads_them_before_they_are_open(publication):
    def client_of(*publications, test=False):
        _key, text = issue_key(
            label="CMS", scopes=("events:read",), organization=None, publications=publications, test=test
        )
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return client

    assert client_of(publication).get(API).status_code == 200
    assert client_of(publication, test=True).get(API).status_code == 404
    assert client_of(make_publication()).get(API).status_code == 404


DESK = "/admin/corrections/report/statistics/"


def test_the_desk_sees_every_figure_however_few_readers_it_counts(publication):
    client = Client()
    client.force_login(make_staff(publication, "desk_editor"))
    reports_of(story(publication), 2, "declined", came=datetime.now(UTC) - timedelta(days=10), hours=[3, 5])

    public, desk = client.get(PAGE).content.decode(), client.get(DESK).content.decode()

    row = '<th scope="row">Reports received</th><td class="number">{}</td>'
    assert (row.format("—") in public, row.format("2") in desk) == (True, True)
    assert "3 hours" in desk
    assert DESK in public
    lines = list(csv.DictReader(io.StringIO(client.get(DESK, {"format": "csv"}).content.decode())))
    assert (lines[0]["received"], lines[0]["decide_median_hours"]) == ("2", "3.0")


def test_staff_choose_among_the_publications_they_have_rights_at(publication):
    other, foreign = make_publication(), make_publication()
    editor = make_staff(publication, "desk_editor")
    editor.memberships.create(publication=other, role="legal")
    editor.memberships.create(publication=foreign, role="licensing_editor")
    client = Client()
    client.force_login(editor)
    reports_of(story(other), 3, came=datetime.now(UTC) - timedelta(days=10))

    first, second = client.get(DESK), client.get(DESK, {"publication": other.slug})

    assert first.context_data["publication"] == publication
    assert set(first.context_data["publications"]) == {publication, other}
    assert second.context_data["figures"]["totals"]["received"] == 3
    for wrong in ({"publication": foreign.slug}, {"publication": "nonsense"}, {"format": "xml"}):
        assert client.get(DESK, wrong).status_code == 404
    assert client.post(DESK).status_code == 405


def test_the_queue_leads_those_to_the_figures_who_may_see_them(publication):
    queue = "/admin/corrections/report/"
    for role, expected in (("desk_editor", 200), ("legal", 200), ("licensing_editor", 403)):
        client = Client()
        client.force_login(make_staff(publication, role))
        assert client.get(DESK).status_code == expected
        assert (f'href="{DESK}"' in client.get(queue).content.decode()) == (expected == 200)


@pytest.mark.parametrize(
    ("opened", "days", "sentence"),
    [
        (False, 5, "Readers do not see them: the publication has not opened them."),
        (True, 5, "Readers see them once there are 90 days of reports."),
        (True, 91, "Readers see these figures, without those that count fewer than five of them."),
    ],
)
def test_the_desk_is_told_whether_readers_see_the_figures(publication, opened, days, sentence):
    open_to_all(publication, days=days)
    publication.settings = {"statistics_open": opened}
    publication.save()
    client = Client()
    client.force_login(make_staff(publication, "desk_editor"))

    assert sentence in client.get(DESK).content.decode()
