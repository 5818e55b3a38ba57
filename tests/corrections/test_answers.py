"""Templates of answers: checked when written, filled in for a report, never sent with a brace."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.models import AnswerTemplate, Report
from corrections.models.answers import Purpose
from corrections.placeholders import NAMES, fault_of
from corrections.services import answers
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.views import wording
from corrections.vocabulary import DECLINE_CODES, Resolution
from newsroom.errors import Invalid
from newsroom.events import kinds, mail, planning
from newsroom.events.models import Delivery
from tests.factories import confirm, make_article, make_correction, make_publication, make_report, make_staff

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


def test_every_outcome_can_have_a_template_and_none_that_does_not_fit_its_purpose():
    declined = {code.value for code in DECLINE_CODES}
    fitting = {"decline": declined, "appeal": declined, "close": set(Resolution.values) - declined}

    assert set().union(*fitting.values()) == set(Resolution.values)
    for purpose in Purpose.values:
        for code in Resolution.values:
            row = AnswerTemplate(title="T", body="Hello", purpose=purpose, code=code)
            if code in fitting.get(purpose, ()):
                row.full_clean()
                continue
            with pytest.raises(ValidationError) as refusal:
                row.full_clean()
            assert set(refusal.value.error_dict) == {"code"}


@pytest.mark.parametrize("name", ["editor", "answer_by"])
def test_a_text_that_goes_out_by_itself_names_no_editor_and_no_promise(name):
    with pytest.raises(ValidationError) as refusal:
        AnswerTemplate(title="T", body=f"Yours, {{{name}}}", purpose="close").full_clean()
    assert set(refusal.value.error_dict) == {"body"}


def test_after_an_appeal_the_texts_for_a_second_look_come_first_and_before_it_not_at_all(daily):
    report = make_report(daily)
    usual, again = template("No", purpose="decline"), template("Again", purpose="appeal")
    coded = template("Still no", purpose="appeal", code="opinion")
    agreed = template("Yes", purpose="accept")

    assert list(AnswerTemplate.objects.for_report(report, "decline")) == [usual]
    report.appealed_at = timezone.now()
    assert list(AnswerTemplate.objects.for_report(report, "decline")) == [again, coded, usual]
    assert list(AnswerTemplate.objects.for_report(report, "accept")) == [again, agreed]


def test_words_to_an_accepted_reader_are_on_the_page_and_in_the_mail(client, daily, editor):
    report = confirm(make_report(daily))
    report = reports.take_up(report, by=editor)
    chosen = template("The council gave us “{headline}”.", purpose="accept")
    client.force_login(editor)

    filled = drawn(press(client, report, "accept", fill="1", template=chosen.pk), "accept")["form"]["words"].value()
    assert press(client, report, "accept", words=filled).status_code == 302

    decision = report.decisions.get()
    assert (decision.move, decision.answer) == ("accept", f"The council gave us “{report.article.headline}”.")
    assert [answer["text"] for answer in wording.answers_of(report)] == [decision.answer]
    assert decision.answer in mail_of(report, "report_accepted")
    with pytest.raises(Invalid):
        reports.accept(reports.take_up(make_report(daily), by=editor), by=editor, words="See {notice_url}")


def settled(daily, **over):
    """A report that a correction settled."""
    editor = make_staff(daily, "desk_editor")
    report = reports.accept(reports.take_up(confirm(make_report(daily, **over)), by=editor), by=editor)
    draft = notices.edit(report.correction, by=editor, text="The cost was wrong. It was 1.45 million, not 1.2.")
    draft = notices.edit(draft, by=editor, kind="correction", not_fixed_reason="Print only.")
    notices.publish(notices.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))
    report.refresh_from_db()
    return report


def test_when_a_notice_is_out_the_newsroom_s_own_words_go_to_the_reader(daily):
    template("Any outcome.", purpose="close")
    template("Clarified.", purpose="close", code="clarified", publication=daily)
    template("Für alle.", purpose="close", code="corrected", language="de", publication=daily)
    template("Of all houses.", purpose="close", code="corrected")
    template("Not in use.", purpose="close", code="corrected", publication=daily, active=False)
    own = template("Corrected here: {notice_url}", purpose="close", code="corrected", publication=daily)

    report = settled(daily)

    words = report.decisions.get(move="resolve").answer
    assert words == f"Corrected here: http://testserver/corrections/{report.correction.reference}/"
    assert words in mail_of(report, "report_resolved")
    own.delete()
    assert settled(daily).decisions.get(move="resolve").answer == "Of all houses."
    assert settled(daily, language="de-AT").decisions.get(move="resolve").answer == "Für alle."


def test_without_such_words_or_what_they_need_the_standard_sentence_goes_out(daily):
    standard = "The correction is published. Thank you for telling us."
    for language, body in (("fr", "Publié."), ("en", "From {agency}")):
        template(body, purpose="close", language=language)
        report = settled(daily)
        assert report.decisions.get(move="resolve").answer == ""
        assert standard in mail_of(report, "report_resolved")


def test_who_joined_gets_the_standard_sentence_and_not_words_about_another_s_report(daily, editor):
    template("Your report {reference} is settled.", purpose="close", code="corrected")
    first, second = make_report(daily), confirm(make_report(daily, email="jo@reader.example"))
    second = reports.join(second, by=editor, other=first, words="The same.")
    report = reports.accept(reports.take_up(first, by=editor), by=editor)
    draft = notices.edit(
        report.correction, by=editor, text="The cost was wrong. It was 1.45 million.", not_fixed_reason="Print only."
    )
    notices.publish(notices.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))

    mail = mail_of(second, "report_resolved")
    assert "The correction is published." in mail
    assert first.reference not in mail


def mail_of(report, name):
    """The mail of this kind to the reader of this report."""
    while planning.plan_due():
        pass
    row = Delivery.objects.get(template=f"corrections/mail/{name}", recipient_key=report.reference)
    address = kinds.ADDRESS_BOOKS[row.recipient_kind](row.recipient_key)
    return mail.compose(row, address).text


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
