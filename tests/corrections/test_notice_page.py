"""The desk's page of a notice: written in its place, each finding beside its answer, and changed by notices alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.promises import running
from tests.factories import (
    answer_warnings,
    make_article,
    make_correction,
    make_publication,
    make_report,
    make_staff,
)

pytestmark = pytest.mark.django_db
VAGUE = "An earlier version of this article misstated the cost of the bridge."


@pytest.fixture
def publication():
    return make_publication()


@pytest.fixture
def editor(client, publication):
    person = make_staff(publication, "desk_editor")
    client.force_login(person)
    return person


def page_of(notice):
    return reverse("admin:corrections_correction_change", args=[notice.pk])


def press(notice, name):
    return reverse("admin:corrections_correction_do", args=[notice.pk, name])


def draft(publication, editor, text=VAGUE):
    notice = notices.start(publication, by=editor, articles=[make_article(publication)])
    return notices.edit(notice, by=editor, text=text) if text else notice


def html(client, notice):
    response = client.get(page_of(notice))
    assert response.status_code == 200
    return response.content.decode()


def leads(client, notice):
    return [str(label) for label, _url in client.get(page_of(notice)).context_data["leads"]]


def test_a_draft_is_written_in_the_record_s_part_of_the_page(client, editor, publication):
    page = html(client, draft(publication, editor))
    assert page.index('id="notice"') < page.index('name="text"') < page.index('id="moves"')
    assert '<a href="#do-edit">Write the notice</a>' in page


def test_a_draft_without_words_says_so_and_what_to_write(client, editor, publication):
    page = html(client, draft(publication, editor, text=""))
    assert "No words yet. Say what was wrong and what is right" in page


def test_each_finding_is_answered_where_it_stands(client, editor, publication):
    notice = draft(publication, editor)
    code = notice.unanswered()[0].code
    page = html(client, notice)
    assert page.count('name="code"') == 1
    assert f'name="code" value="{code}"' in page
    sent = {"seen": notice.version, "code": code, "words": "The sum is secret."}
    assert client.post(press(notice, "answer_warning"), sent).status_code == 302
    page = html(client, notice)
    assert "The sum is secret." in page
    assert 'name="code"' not in page


@pytest.mark.parametrize(("seen", "status"), [(1, 409), ("", 422)])
def test_an_answer_that_could_not_be_taken_stays_in_its_field(client, editor, publication, seen, status):
    notice = draft(publication, editor)
    sent = {"seen": seen, "code": notice.unanswered()[0].code, "words": "Because </textarea>"}
    response = client.post(press(notice, "answer_warning"), sent)
    assert response.status_code == status
    assert "Because &lt;/textarea&gt;</textarea>" in response.content.decode()


def test_who_may_not_write_is_shown_the_findings_without_a_form(client, editor, publication):
    notice = draft(publication, editor)
    client.force_login(make_staff(publication, "legal"))
    page = html(client, notice)
    assert "Needs an answer" in page
    assert 'name="code"' not in page
    assert 'name="text"' not in page


def test_a_public_notice_leads_to_the_notices_that_may_change_it(client, editor, publication):
    notice = make_correction(publication, status="published")
    assert leads(client, notice) == ["Write a notice that replaces it", "Write a notice that withdraws it"]
    assert f'href="/corrections/{notice.reference}/"' in html(client, notice)
    Correction.objects.filter(pk=notice.pk).update(status="withdrawn")
    assert leads(client, notice) == ["Write a notice that reinstates it"]
    Correction.objects.filter(pk=notice.pk).update(status="superseded")
    assert leads(client, notice) == []
    client.force_login(make_staff(publication, "legal"))
    Correction.objects.filter(pk=notice.pk).update(status="published")
    assert leads(client, notice) == []


def test_such_a_lead_opens_a_form_that_knows_the_notice_and_sending_it_begins_the_other(client, editor, publication):
    notice = make_correction(publication, status="published")
    _label, url = client.get(page_of(notice)).context_data["leads"][1]
    form = client.get(url).context_data["form"]
    assert (form["target"].value(), form["effect"].value()) == (notice.reference, "withdraw")
    begun = {"seen": 1, "kind": "correction", "target": notice.reference, "effect": "withdraw", "article": ""}
    assert client.post(url, begun).status_code == 302
    other = Correction.objects.get(target=notice)
    page = html(client, notice)
    assert "another notice is being written about this one" in page
    assert page_of(other) in page


def test_the_page_of_a_draft_says_by_when_its_readers_were_promised_it(client, editor, publication):
    article = make_article(publication)
    report = reports.accept(reports.take_up(make_report(article=article), by=editor), by=editor)
    later = reports.take_up(make_report(article=article), by=editor)
    later = reports.accept(later, by=editor, correction=report.correction)
    hidden = reports.take_up(make_report(article=article), by=editor)
    hidden = reports.accept(hidden, by=editor, correction=report.correction)
    Report.objects.filter(pk=hidden.pk).update(visibility="restricted")
    due = timezone.now() + timedelta(days=9)
    for row, days in ((report, 0), (later, 5), (hidden, -5)):
        running(row).update(due_at=due + timedelta(days=days))
    notice = report.correction

    owed = client.get(page_of(notice)).context_data["promises"]

    assert [(row.kind, row.due_at) for row in owed] == [("publish", due)]
    assert "Publish the correction</strong> by <time" in html(client, notice)
    text = {"text": "An earlier version misstated the cost of the bridge. It was 1.45 million."}
    publish_by_two(notice, editor, text)
    assert client.get(page_of(notice)).context_data["promises"] == []


def test_nobody_is_named_as_author_or_approver_before_there_is_one(client, editor, publication):
    report = reports.accept(reports.take_up(make_report(publication), by=editor), by=editor)
    assert "Who wrote it, who approves it" not in html(client, report.correction)
    notices.edit(report.correction, by=editor, text=VAGUE)
    assert "Who wrote it, who approves it" in html(client, report.correction)


def publish_by_two(notice, editor, words):
    notice = notices.edit(notice, by=editor, not_fixed_reason="Print only.", **words)
    notice = notices.send_for_approval(answer_warnings(notice, by=editor), by=editor)
    return notices.publish(notice, by=make_staff(notice.publication, "standards_editor"))


def test_a_draft_can_be_saved_whose_error_appeared_in_the_hour_that_came_twice(client, editor, publication):
    publication.time_zone = "America/New_York"
    publication.save()
    second_time = datetime(2025, 11, 2, 6, 30, tzinfo=UTC)  # 1:30 for the second time, on the night of winter time
    article = make_article(publication, published_at=second_time)
    report = reports.accept(reports.take_up(make_report(article=article), by=editor), by=editor)
    form = next(
        row["form"] for row in client.get(page_of(report.correction)).context_data["buttons"] if row["name"] == "edit"
    )
    began = {name: form[name].value() or "" for name in form.fields}

    answer = client.post(press(report.correction, "edit"), {**began, "text": VAGUE})

    assert (answer.status_code, began["error_published_at"]) == (302, "2025-11-02 01:30-05:00")
    assert Correction.objects.get().error_published_at == second_time


def test_a_refusal_on_an_older_draft_says_who_wrote_words_since_and_when(client, editor, publication):
    notice = draft(publication, editor)
    colleague = make_staff(publication, "desk_editor", first_name="Ann", last_name="Writer")
    notices.edit(notice, by=colleague, text="The bridge cost 1.45 million, not 1.2 million as this article said.")
    sent = {"seen": notice.version, "kind": notice.kind, "severity": notice.severity, "text": "Mine."}
    response = client.post(press(notice, "edit"), sent)
    assert response.status_code == 409
    assert f"Last here: {colleague}, “Words written”, just now." in response.content.decode()
    assert "Mine." in response.content.decode()


def answered_by(notice, person):
    return notices.answer_warning(notice, by=person, code=notice.unanswered()[0].code, words="The sum is secret.")


def test_who_answers_a_warning_does_not_publish_the_notice_alone(client, editor, publication):
    first, second = (make_staff(publication, "standards_editor") for _ in range(2))
    notice = draft(publication, editor)
    notices.leave_unchanged(notice, by=editor, article=notice.main_article, reason="Print only.")
    waiting = answered_by(notices.send_for_approval(Correction.objects.get(pk=notice.pk), by=editor), first)

    assert "publish" not in notices.available(waiting, first)
    with pytest.raises(Conflict, match="You answered a warning"):
        notices.publish(waiting, by=first)
    assert notices.publish(waiting, by=second).status == "published"


def test_an_answer_that_another_gave_anew_or_that_was_dropped_binds_nobody(client, editor, publication):
    first, second = (make_staff(publication, "standards_editor") for _ in range(2))
    notice = draft(publication, editor)
    notices.leave_unchanged(notice, by=editor, article=notice.main_article, reason="Print only.")
    notice = answered_by(Correction.objects.get(pk=notice.pk), first)
    [code] = notice.lint_answers
    notice = notices.answer_warning(notice, by=editor, code=code, words="The sum is secret, says the council.")
    assert notice.answerer_ids() == {editor.pk}
    notice = notices.edit(notice, by=editor, text=VAGUE.replace("bridge", "pier"))
    assert notice.answerer_ids() == set()
    waiting = answered_by(notices.send_for_approval(notice, by=editor), second)
    assert notices.publish(waiting, by=first).status == "published"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A-7K3QX2MW-5", "This reference is mistyped. It looks like A-7K3QX2MW-4."),
        ("a-7k3qx2mw", "This reference is mistyped. It looks like A-7K3QX2MW-4."),
        ("https://daily.example/nowhere", "No article is known under that reference or address."),
    ],
)
def test_an_article_that_is_not_found_is_refused_for_what_is_wrong(client, editor, publication, typed, said):
    url = reverse("admin:corrections_correction_start", args=["correction"])
    response = client.post(url, {"seen": 1, "article": typed, "kind": "correction"})
    assert response.status_code == 422
    assert said in response.content.decode()


def test_of_a_publication_where_one_does_not_work_no_notice_is_begun_and_that_is_what_is_said(client, editor):
    other = make_publication(name="The Weekly", slug="weekly", hosts=["weekly.example"])
    url = reverse("admin:corrections_correction_start", args=["correction"])
    response = client.post(url, {"seen": 1, "article": make_article(other).reference, "kind": "correction"})
    assert "You do not work for The Weekly, whose article this is." in response.content.decode()
    assert Correction.objects.count() == 0
    with pytest.raises(NotAllowed, match="Your role does not include drafting corrections"):
        notices.start(other, by=make_staff(other, "licensing_editor"), articles=[])
