"""Templates of answers: checked when written, filled in for a report, never sent with a brace."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import AnswerTemplate, Report
from corrections.placeholders import NAMES, fault_of
from corrections.services import answers
from corrections.services import report as reports
from newsroom.errors import Invalid
from tests.factories import make_article, make_correction, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily():
    return make_publication(settings={"complaints_body": "The Press Council"})


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


def template(body, **over):
    return AnswerTemplate.objects.create(**{"title": "T", "body": body, **over})


def test_every_name_has_a_value():
    assert set(answers.VALUES) == set(NAMES)


@pytest.mark.parametrize("body", ["{headlin}", "{", "}", "{Headline}", "{{headline}}", "{headline!r}", "{0}", "{}"])
def test_a_template_with_an_unknown_name_or_a_stray_brace_is_refused(body):
    assert fault_of(body) != ""
    with pytest.raises(ValidationError) as refusal:
        AnswerTemplate(title="T", body=body).full_clean()
    assert set(refusal.value.error_dict) == {"body"}


def test_a_question_has_no_reason_for_declining():
    with pytest.raises(ValidationError) as refusal:
        AnswerTemplate(title="T", body="Hello", purpose="ask", code="opinion").full_clean()
    assert set(refusal.value.error_dict) == {"code"}


def test_every_name_is_filled_in_where_the_report_has_it(daily, editor):
    article = make_article(daily, source_agency="Coastal Wire")
    notice = make_correction(article=article, status="published")
    report = make_report(article=article, passage_exact="1.2 million")
    body = "|".join(f"{{{name}}}" for name in NAMES if name != "answer_by")

    assert answers.fill(template(body), report, by=editor).split("|") == [
        article.headline,
        report.reference,
        article.url,
        "1.2 million",
        f"http://testserver/corrections/{notice.reference}/",
        "Coastal Wire",
        daily.name,
        daily.corrections_email,
        "The Press Council",
        "28",
        str(editor),
    ]
    assert answers.fill(template("{answer_by}"), report, by=editor)[-4:].isdecimal()


def test_what_the_report_does_not_have_is_named_and_refused(daily, editor):
    with pytest.raises(Invalid) as refusal:
        answers.fill(template("{headline} {notice_url} {agency}"), make_report(daily), by=editor)
    assert [fault.pointer for fault in refusal.value.faults] == ["/template"]
    assert "{notice_url}, the address of the newest public notice" in refusal.value.message
    assert "{agency}" in refusal.value.message
    assert "{headline}" not in refusal.value.message


@pytest.mark.parametrize("words", ["See {notice_url}.", "Dear {name}"])
def test_an_open_name_is_never_sent(daily, editor, words):
    report = reports.take_up(make_report(daily), by=editor)
    other = make_report(daily)

    for move in (
        lambda: reports.ask(report, by=editor, words=words),
        lambda: reports.decline(report, by=editor, code="opinion", words=words),
        lambda: reports.join(report, by=editor, other=other, words=words),
    ):
        with pytest.raises(Invalid):
            move()
    report.refresh_from_db()
    assert (report.status, report.messages.count(), report.decisions.count()) == ("in_review", 0, 0)


def test_the_reader_s_language_comes_first_and_other_publications_and_unused_ones_not_at_all(daily):
    report = make_report(daily, language="de-AT")
    english = template("Hello", purpose="ask")
    german = template("Hallo", purpose="ask", language="de", publication=daily)
    for over in ({"active": False}, {"publication": make_publication()}, {"purpose": "decline"}):
        template("No", **{"purpose": "ask", **over})

    assert list(AnswerTemplate.objects.for_report(report, "ask")) == [german, english]


def press(client, report, name, **data):
    return client.post(reverse("admin:corrections_report_do", args=[report.pk, name]), {"seen": report.version, **data})


def drawn(response, name):
    return next(row for row in response.context_data["buttons"] if row["name"] == name)


def test_fill_in_draws_the_page_again_with_the_text_and_sends_nothing(client, daily, editor):
    report = reports.take_up(make_report(daily), by=editor)
    chosen = template("About “{headline}”.", code="opinion")
    client.force_login(editor)

    response = press(client, report, "decline", fill="1", template=chosen.pk, words="Dear Rita,", code="no_error_found")
    button = drawn(response, "decline")
    filled = f"Dear Rita,\n\nAbout “{report.article.headline}”."
    assert (response.status_code, button["open"]) == (200, True)
    assert (button["form"]["words"].value(), button["form"]["code"].value()) == (filled, "opinion")
    assert Report.objects.get(pk=report.pk).status == "in_review"

    sent = press(client, report, "decline", template=chosen.pk, words=filled, code="opinion")
    assert sent.status_code == 302
    assert report.decisions.get().answer == filled


def test_filling_in_twice_does_not_say_it_twice(client, daily, editor):
    report = reports.take_up(make_report(daily), by=editor)
    chosen = template("Which sentence?", purpose="ask")
    client.force_login(editor)
    response = press(client, report, "ask", fill="1", template=chosen.pk, words="Which sentence?")

    assert drawn(response, "ask")["form"]["words"].value() == "Which sentence?"


@pytest.mark.parametrize("which", ["none", "foreign", "missing"])
def test_what_cannot_be_filled_in_is_a_sentence_and_keeps_what_was_typed(client, daily, editor, which):
    report = reports.take_up(make_report(daily), by=editor)
    chosen = {
        "none": lambda: "",
        "foreign": lambda: template("No", publication=make_publication()).pk,
        "missing": lambda: template("{notice_url}").pk,
    }[which]()
    client.force_login(editor)
    response = press(client, report, "decline", fill="1", template=chosen, words="KEEP THIS", code="opinion")

    form = drawn(response, "decline")["form"]
    assert (response.status_code, set(form.errors), form["words"].value()) == (422, {"template"}, "KEEP THIS")


def test_the_work_page_asks_as_much_with_thirty_templates_as_with_one(client, daily, editor):
    report = reports.take_up(make_report(daily), by=editor)
    client.force_login(editor)
    page = reverse("admin:corrections_report_change", args=[report.pk])

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    template("Hello", purpose="ask")
    queries()
    one = queries()
    for number in range(29):
        template(f"Hello {number}", purpose="ask")
    assert queries() == one


def test_a_standards_editor_writes_those_of_their_publication_only(client, daily, editor):
    standards = make_staff(daily, "standards_editor")
    url = reverse("admin:corrections_answertemplate_add")
    words = {"purpose": "decline", "code": "", "language": "en", "title": "T", "active": "on"}
    client.force_login(standards)

    def send(publication, body="Dear {publication} reader"):
        return client.post(url, {**words, "publication": publication, "body": body}).status_code

    assert send("") == 200
    assert send(make_publication().pk) == 200
    assert send(daily.pk, "{nobody}") == 200
    assert AnswerTemplate.objects.count() == 0
    assert send(daily.pk) == 302
    made = AnswerTemplate.objects.get()
    page = reverse("admin:corrections_answertemplate_change", args=[made.pk])
    for_all = reverse("admin:corrections_answertemplate_change", args=[template("For all").pk])
    assert client.post(for_all, {**words, "body": "Mine now"}).status_code == 403
    client.force_login(editor)
    assert client.get(page).status_code == 200
    assert client.post(page, {**words, "publication": daily.pk, "body": "Mine now"}).status_code == 403
