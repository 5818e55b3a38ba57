"""The first page of the corrections desk: what waits for this person, and what is due next."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from corrections.models import Report
from corrections.services import report as reports
from newsroom.events.models import Promise
from tests.corrections.many import many_reports
from tests.factories import force_status, make_correction, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make_publication()


@pytest.fixture
def start(client):
    def shown(person):
        client.force_login(person)
        response = client.get("/admin/")
        assert response.status_code == 200
        return response

    return shown


def counts(response):
    return {str(card.label): card.count for card in response.context_data["cards"]}


def agenda(response):
    return [row.what for row in response.context_data["agenda"]]


def asked(publication, editor, **over):
    report = reports.take_up(make_report(publication, **over), by=editor)
    return reports.ask(report, by=editor, words="Which year?")


def led_to(client, response, label):
    url = next(card.url for card in response.context_data["cards"] if str(card.label) == label)
    return [row.reference for row in client.get(url).context_data["cl"].result_list]


def test_a_reply_waits_until_the_desk_answers_it(client, start, publication):
    editor = make_staff(publication, "desk_editor")
    label = "replies of readers that wait for you"
    report = asked(publication, editor)
    assert counts(start(editor))[label] == 0
    report = reports.reply(report, words="1999.")
    response = start(editor)
    assert (counts(response)[label], led_to(client, response, label)) == (1, [report.reference])
    reports.ask(report, by=editor, words="And which month?")
    assert counts(start(editor))[label] == 0


def test_an_appeal_waits_for_another_editor_than_the_first(client, start, publication):
    first, second = (make_staff(publication, "desk_editor") for _ in range(2))
    report = reports.take_up(make_report(publication), by=first)
    report = reports.appeal(reports.decline(report, by=first, code="opinion", words="An opinion."), words="It is not.")
    label = "appeals that wait for a second look"
    response = start(second)
    assert (counts(response)[label], led_to(client, response, label)) == (1, [report.reference])
    shown = counts(start(first))
    assert (shown[label], shown["replies of readers that wait for you"]) == (0, 0)


def test_held_reports_drafts_and_the_figures_have_cards_that_lead_there(client, start, publication):
    held = make_report(publication, held_reasons=["links"])
    draft = make_correction(publication)
    response = start(make_staff(publication, "desk_editor"))
    assert led_to(client, response, "held reports to look at") == [held.reference]
    assert led_to(client, response, "drafts of notices") == [draft.reference]
    assert [str(card.label) for card in response.context_data["leads"]] == ["Figures: how we keep our promise"]


def test_what_nobody_waits_for_is_one_quiet_line(start, publication):
    response = start(make_staff(publication, "desk_editor"))
    assert response.context_data["now"] == []
    assert "Nothing waits for you." in response.content.decode()


def test_the_agenda_is_what_is_mine_or_nobody_s_with_the_first_date_first(start, publication):
    editor, other = (make_staff(publication, "desk_editor") for _ in range(2))
    for number, (claim, assignee) in enumerate([("Late", None), ("Mine", editor), ("Hers", other)]):
        report = make_report(publication, claim=claim)
        Report.objects.filter(pk=report.pk).update(assignee=assignee)
        due_at = timezone.now() + timedelta(days=number - 1)
        Promise.objects.filter(subject_reference=report.reference).update(due_at=due_at)
    assert agenda(start(editor)) == ["Late", "Mine"]


def test_legal_has_what_is_restricted_on_its_agenda_and_the_desk_never(start, publication):
    report = make_report(publication, claim="A court sealed it.")
    Report.objects.filter(pk=report.pk).update(visibility="restricted")
    make_report(publication, claim="A typing error.")
    assert agenda(start(make_staff(publication, "legal"))) == ["A court sealed it."]
    assert agenda(start(make_staff(publication, "desk_editor"))) == ["A typing error."]


def test_a_draft_is_on_its_author_s_agenda_and_for_approval_on_another_s(start, publication):
    author, standards = make_staff(publication, "desk_editor"), make_staff(publication, "standards_editor")
    report = reports.accept(reports.take_up(make_report(publication), by=author), by=author)
    assert [str(row.status) for row in start(author).context_data["agenda"]] == ["Draft"]
    force_status(report.correction, "awaiting_approval", text="It was 1.45 million.")
    shown = [str(row.status) for row in start(standards).context_data["agenda"]]
    assert "Awaiting approval" in shown


def test_the_first_page_asks_no_more_for_many_reports(client, start, publication):
    editor = make_staff(publication, "desk_editor")
    report = make_report(publication)
    many_reports(publication, report.article, 12)
    start(editor)
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    many_reports(publication, report.article, 40)
    with CaptureQueriesContext(connection) as more:
        client.get("/admin/")
    assert len(more) == len(few)
