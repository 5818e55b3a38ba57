"""The desk's pages: who sees what, which buttons there are, and what a press does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import Correction, Report
from corrections.services import report as reports
from newsroom.events.models import Event
from tests.factories import (
    force_status,
    make_article,
    make_correction,
    make_desk,
    make_publication,
    make_report,
    make_staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")
        standards = make_staff(publication, "standards_editor")
        legal = make_staff(publication, "legal")

        def as_(self, person):
            client.force_login(person)
            return client

    return Desk()


def page(report):
    return reverse(f"admin:corrections_{report.noun}_change", args=[report.pk])


def button(record, name):
    return reverse(f"admin:corrections_{record.noun}_do", args=[record.pk, name])


def buttons_on(response):
    return [drawn["name"] for drawn in response.context_data["buttons"]]


def test_an_editor_sees_the_moves_of_the_table_and_nothing_to_edit_in_place(desk):
    report = make_report(desk.publication)
    response = desk.as_(desk.editor).get(page(report))

    assert buttons_on(response) == [
        "take_up",
        "decline",
        "join",
        "mark_spam",
        "split",
        "weigh",
        "assign",
        "refile",
        "ask_colleague",
        "write_to_reader",
        "note",
        "reveal_contact",
        "refer",
        "export",
        "list_sender",
    ]
    assert b'name="_save"' not in response.content


def test_legal_reads_reports_but_moves_none(desk):
    report = make_report(desk.publication)

    assert buttons_on(desk.as_(desk.legal).get(page(report))) == ["reveal_contact", "restrict", "place_hold", "export"]
    assert desk.as_(desk.legal).post(button(report, "take_up"), {"seen": 1}).status_code == 409
    assert Report.objects.get(pk=report.pk).status == "new"


def test_a_report_of_another_publication_is_not_found(desk):
    elsewhere = make_report(make_publication())

    assert desk.as_(desk.editor).get(page(elsewhere)).status_code == 404
    assert desk.as_(desk.editor).post(button(elsewhere, "take_up"), {"seen": 1}).status_code == 404
    listed = desk.as_(desk.editor).get(reverse("admin:corrections_report_changelist"))
    assert elsewhere.reference not in listed.content.decode()


def test_a_restricted_report_is_for_legal_only(desk):
    report = make_report(desk.publication)
    Report.objects.filter(pk=report.pk).update(visibility="restricted")

    assert desk.as_(desk.editor).get(page(report)).status_code == 404
    assert desk.as_(desk.legal).get(page(report)).status_code == 200


@pytest.mark.parametrize("role", ["licensing_editor", "licensing_manager"])
def test_the_licensing_desk_does_not_see_reports(desk, role):
    report = make_report(desk.publication)

    assert desk.as_(make_staff(desk.publication, role)).get(page(report)).status_code in {403, 404}


def test_pressing_a_button_moves_and_returns_to_the_page(desk):
    report = make_report(desk.publication)
    response = desk.as_(desk.editor).post(button(report, "take_up"), {"seen": report.version})

    assert (response.status_code, response["Location"]) == (302, page(report))
    report.refresh_from_db()
    assert (report.status, report.assignee) == ("in_review", desk.editor)


def test_getting_a_button_changes_nothing(desk):
    report = make_report(desk.publication)

    assert desk.as_(desk.editor).get(button(report, "take_up")).status_code == 302
    assert Report.objects.get(pk=report.pk).status == "new"


def test_a_stale_page_is_refused_with_the_words_kept(desk):
    report = reports.take_up(make_report(desk.publication), by=desk.standards)
    response = desk.as_(desk.editor).post(
        button(report, "decline"), {"seen": 1, "code": "opinion", "words": "A long careful answer."}
    )

    assert response.status_code == 409
    assert "Someone changed this since you opened it" in response.content.decode()
    assert "A long careful answer." in response.content.decode()
    assert Report.objects.get(pk=report.pk).status == "in_review"


@pytest.mark.parametrize(
    "data",
    [
        {"seen": 1},
        {"seen": 1, "code": "nonsense", "words": "No."},
        {"seen": "x", "code": "opinion", "words": "No."},
        {"seen": 1, "code": "opinion", "words": "a\x00b"},
        {"seen": 1, "code": "opinion", "words": "x" * 5001},
        {"code": "opinion", "words": "No."},
    ],
)
def test_bad_input_is_a_sentence_and_changes_nothing(desk, data):
    report = make_report(desk.publication)
    before = Event.objects.count()

    assert desk.as_(desk.editor).post(button(report, "decline"), data).status_code == 422
    assert Report.objects.get(pk=report.pk).status == "new"
    assert Event.objects.count() == before


def test_an_unknown_button_or_record_is_not_found(desk):
    report = make_report(desk.publication)
    client = desk.as_(desk.editor)

    assert client.post(button(report, "destroy"), {"seen": 1}).status_code == 404
    assert client.get("/admin/corrections/report/99999999999999999999999/change/").status_code == 404
    assert client.get("/admin/corrections/report/1%27/change/").status_code == 404


def test_readers_words_are_never_markup(desk):
    report = make_report(desk.publication, claim="<script>alert(1)</script> {{ 7|add:1 }}", name="<b>Rita</b>")
    text = desk.as_(desk.editor).get(page(report)).content.decode()

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:1 }}" in text
    assert "<b>Rita</b>" not in text


def test_writing_and_publishing_a_notice_by_two_people(desk):
    report = reports.accept(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor)
    correction = report.correction
    words = {
        "kind": "correction",
        "severity": "low",
        "text": "An earlier version misstated the cost. It was 1.45 million.",
        "not_fixed_reason": "The page is archived.",
    }
    editor = desk.as_(desk.editor)
    assert editor.post(button(correction, "edit"), {"seen": 1, **words}).status_code == 302
    assert editor.post(button(correction, "send_for_approval"), {"seen": 2}).status_code == 302
    assert editor.post(button(correction, "publish"), {"seen": 3}).status_code == 409
    shown = desk.as_(desk.standards).get(page(correction))
    assert "publish" in buttons_on(shown)
    assert desk.as_(desk.standards).post(button(correction, "publish"), {"seen": 3}).status_code == 302

    assert Correction.objects.get(pk=correction.pk).status == "published"
    assert Report.objects.get(pk=report.pk).status == "resolved"


def test_a_correction_without_a_report_is_started_from_an_address(desk):
    article = make_article(desk.publication)
    client = desk.as_(desk.editor)
    url = reverse("admin:corrections_correction_start", args=["correction"])

    assert client.get(url).status_code == 200
    assert (
        client.post(url, {"seen": 1, "article": "https://nowhere.example/x", "kind": "correction"}).status_code == 422
    )
    response = client.post(url, {"seen": 1, "article": article.url + "?utm_source=mail", "kind": "update"})

    correction = Correction.objects.get()
    assert response["Location"] == page(correction)
    assert (correction.kind, correction.author_ids()) == ("update", {desk.editor.pk})


def test_nothing_is_added_or_deleted_by_django_itself(desk):
    report = make_report(desk.publication)
    superuser = make_staff(None, is_superuser=True)
    client = desk.as_(superuser)

    assert client.get("/admin/corrections/report/add/").status_code == 403
    assert client.post(f"/admin/corrections/report/{report.pk}/delete/", {"post": "yes"}).status_code in {403, 404}
    assert client.post(page(report), {"claim": "changed"}).status_code == 403


@pytest.mark.parametrize("noun", ["report", "correction"])
def test_queues_ask_the_same_number_of_queries_for_one_and_thirty_rows(desk, noun):
    url = reverse(f"admin:corrections_{noun}_changelist")
    client = desk.as_(desk.standards)

    def rows(number):
        for _ in range(number):
            report = make_report(desk.publication)
            Report.objects.filter(pk=report.pk).update(
                assignee=make_staff(desk.publication, "desk_editor"), desk=make_desk(desk.publication)
            )
            make_correction(article=make_article(desk.publication))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    rows(1)
    queries()
    one = queries()
    rows(29)

    assert queries() == one


def test_the_first_page_says_what_waits(desk):
    make_report(desk.publication)
    force_status(make_report(desk.publication), "in_review", assignee=desk.editor)
    text = desk.as_(desk.editor).get("/admin/")

    counts = {str(card.label): card.count for card in text.context_data["now"]}
    assert counts == {"new reports": 1, "reports assigned to you": 1}


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get("/admin/login/").status_code == 200
    assert client.get(reverse("admin:corrections_report_changelist")).status_code == 302


def test_somebody_without_a_role_finds_an_empty_desk(desk):
    nobody = make_staff()
    client = desk.as_(nobody)

    assert client.get("/admin/").context_data["cards"] == []
    assert client.get(reverse("admin:corrections_report_changelist")).status_code == 403
