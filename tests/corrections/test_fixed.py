"""“Is it fixed?”: asked once, four weeks after the correction, and what the answer does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.models import Report
from corrections.services import fixed
from corrections.services import report as reports
from corrections.services.same import say_same
from corrections.services.submitting import private_path
from newsroom.events.models import Delivery, Event
from newsroom.events.planning import plan_due
from newsroom.web import form_token
from tests.factories import confirm, make_article, make_correction, make_publication, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = timedelta(days=1)


@pytest.fixture
def settled(db):
    publication = make_publication()
    article = make_article(publication)
    report = confirm(make_report(article=article, passage_exact="1.2 million"))
    joined = say_same(make_report(article=article, passage_exact="1.2 million"), yes=True)
    notice = make_correction(article=article, status="published")
    values = {"status": "resolved", "correction": notice, "resolution_code": "corrected"}
    Report.objects.filter(pk=report.pk).update(**values, closed_at=timezone.now())
    return Report.objects.get(pk=report.pk), joined


def later(report, days):
    Report.objects.filter(pk=report.pk).update(closed_at=timezone.now() - days * DAY)
    return Report.objects.get(pk=report.pk)


def answer(client, report, **fields):
    report.refresh_from_db()
    token = form_token.issue("fixed", about=report.reference)
    return client.post(f"{private_path(report)}fixed/", {"seen": report.version, "form_token": token, **fields})


def mails(template):
    plan_due()
    rows = Delivery.objects.filter(template=f"corrections/mail/{template}").order_by("pk")
    return list(rows.values_list("recipient_kind", "recipient_key"))


def test_everyone_who_waited_is_asked_once_after_four_weeks_and_never_much_later(settled):
    report, joined = settled

    assert [fixed.ask(timezone.now() + days * DAY) for days in (27, 29, 29)] == [0, 2, 0]
    assert mails("report_fix_asked") == [("reader", report.reference), ("reader", joined.reference)]
    assert make_report(report.publication).fix_asked_at is None


def test_what_was_settled_long_before_is_not_asked_about(settled):
    later(settled[0], 60)

    assert fixed.ask() == 0


def test_a_publication_can_ask_at_another_time_or_not_at_all(settled):
    publication = settled[0].publication
    for days, asked in ((0, 0), (3, 2)):
        publication.settings = {"ask_fixed_after_days": days}
        publication.save()
        assert fixed.ask(timezone.now() + 4 * DAY) == asked


def test_the_page_asks_from_then_on_and_a_yes_is_kept(settled, client):
    report = settled[0]
    assert list(client.get(private_path(report), follow=True).context["questions"]) == []
    assert answer(client, report, answer="yes", words="").status_code == 409
    report = later(report, 29)
    assert list(client.get(private_path(report), follow=True).context["questions"]) == ["fixed"]

    assert [answer(client, report, answer="yes", words="").status_code for _ in range(2)] == [303, 303]

    report.refresh_from_db()
    assert (report.status, report.fixed_answer) == ("resolved", "yes")
    assert Event.objects.filter(kind="report.question_answered", subject_reference=report.reference).count() == 1
    assert (fixed.ask(), mails("report_question_answered_desk")) == (1, [])


def test_a_no_tells_the_editor_and_reopens_nothing(settled, client):
    report = later(settled[0], 29)
    editor = make_staff(report.publication, "desk_editor")
    Report.objects.filter(pk=report.pk).update(assignee=editor)

    assert answer(client, report, answer="no", words="The caption still says so.").status_code == 303

    report.refresh_from_db()
    assert (report.status, report.fixed_answer) == ("resolved", "no")
    assert report.messages.get(author_kind="reader").body == "The caption still says so."
    assert mails("report_question_answered_desk") == [("user", str(editor.pk))]
    text = client.get(private_path(report), follow=True).content.decode()
    assert "Report what is still wrong" in text


def test_a_no_leads_to_the_second_look_while_its_window_is_open(settled, client):
    report = later(settled[0], 29)
    report.publication.settings = {"appeal_within_days": 60}
    report.publication.save()

    answer(client, report, answer="no")

    page = client.get(private_path(report), follow=True)
    assert '<a href="#appeal">' in page.content.decode()
    assert reports.appeal(Report.objects.get(pk=report.pk), words="The caption.").status == "in_review"


@pytest.mark.parametrize("given", [{}, {"answer": "maybe"}, {"answer": "no", "words": "x" * 5001}])
def test_an_answer_that_is_none_changes_nothing_and_keeps_the_words(settled, client, given):
    report = later(settled[0], 29)

    page = answer(client, report, **given)

    assert page.status_code == 422
    assert page.context["questions"]["fixed"]["words"].value() == given.get("words")
    report.refresh_from_db()
    assert report.fixed_answer == ""
