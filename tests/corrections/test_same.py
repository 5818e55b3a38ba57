"""“Same thing” and “already corrected”: asked after a report came in, and what the answers do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from corrections.admin.waiting import appealed
from corrections.models import Report
from corrections.services import report as reports
from corrections.services.same import question_for, say_same, say_settled
from corrections.services.splitting import split
from corrections.services.submitting import private_path
from newsroom.errors import Conflict, Invalid
from newsroom.events import promises
from newsroom.events.models import Delivery, Event
from newsroom.events.planning import plan_due
from tests.factories import force_status, make_article, make_correction, make_publication, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def desk(db):
    class Desk:
        publication = make_publication()
        article = make_article(publication)
        editor = make_staff(publication, "desk_editor")
        legal = make_staff(publication, "legal")

        def report(self, claim="The cost was 1.45 million.", passage="1.2 million", **over):
            return make_report(article=self.article, claim=claim, passage_exact=passage, **over)

    return Desk()


def said(report):
    rows = Event.objects.filter(kind="report.question_answered", subject_reference=report.reference)
    return [row.data for row in rows.order_by("pk")]


def told(template):
    plan_due()
    rows = Delivery.objects.filter(template=f"corrections/mail/{template}").order_by("pk")
    return list(rows.values_list("recipient_kind", "recipient_key"))


def test_the_second_reader_of_a_sentence_is_asked_and_joined_by_saying_the_same(desk):
    first, second = desk.report(), desk.report("It was 1.45 million, I have the bill.", "spent 1.2 million on")

    assert question_for(first) is None
    assert (question_for(second).other.pk, question_for(second).certain) == (first.pk, True)
    second = say_same(second, yes=True)

    assert (second.status, second.joined_to_id, second.same_as_id) == ("duplicate", first.pk, first.pk)
    assert said(second) == [{"question": "same", "other": first.reference, "joined": True, "answer": "yes"}]
    assert (list(promises.running(second)), second.first_answered_at) == ([], None)
    assert question_for(second) is None


@pytest.mark.parametrize(
    "over",
    [{"claim": "The mayor is called Robyn Vail."}, {"about_me": True}, {"urgent": True, "urgent_reason": "danger"}],
)
def test_where_it_is_not_certain_the_desk_is_shown_what_the_reader_says(desk, client, over):
    first, second = desk.report(), desk.report(**over)

    assert (question_for(second).other.pk, question_for(second).certain) == (first.pk, False)
    second = say_same(second, yes=True)

    assert (second.status, second.joined_to_id, second.same_as_id) == ("new", None, first.pk)
    assert question_for(second) is None
    client.force_login(desk.editor)
    page = client.get(f"/admin/corrections/report/{second.pk}/change/").content.decode()
    assert f"It is the same as report {first.reference}." in page
    words = {"seen": second.version, "other": first.reference, "words": "The same error."}
    assert client.post(f"/admin/corrections/report/{second.pk}/do/join/", words).status_code == 302
    assert Report.objects.get(pk=second.pk).joined_to_id == first.pk


def test_a_no_is_kept_and_not_asked_again(desk):
    _first, second = desk.report(), desk.report()

    second = say_same(second, yes=False)

    assert (second.status, second.same_answer, second.same_as_id, question_for(second)) == ("new", "no", None, None)
    with pytest.raises(Conflict, match="no longer open"):
        say_same(second, yes=True)


def test_nobody_is_asked_about_other_words_other_articles_or_what_the_desk_keeps_to_itself(desk):
    desk.report(passage="Robin Vale")
    desk.report(passage="")
    make_report(publication=desk.publication, passage_exact="1.2 million")
    for status in ("held", "spam", "declined", "withdrawn"):
        force_status(desk.report(), status)
    Report.objects.filter(pk=desk.report().pk).update(visibility="restricted")

    assert question_for(desk.report()) is None
    assert question_for(desk.report(passage="")) is None
    desk.report()
    assert question_for(desk.report(held_reasons=["many_links"])) is None


def test_a_selector_that_is_nowhere_in_the_article_meets_only_the_same_words(desk):
    desk.report(passage="a sentence nobody wrote")

    assert question_for(desk.report(passage="another sentence nobody wrote at all")) is None
    found = question_for(desk.report(passage="A sentence  nobody wrote"))
    assert found.certain is False


def test_the_question_closes_with_the_other_report(desk):
    first, second = desk.report(), desk.report()
    reports.withdraw(first)

    with pytest.raises(Conflict, match="no longer open"):
        say_same(second, yes=True)
    second.refresh_from_db()
    assert (second.status, second.same_answer) == ("new", "")


@pytest.mark.parametrize("move", ["withdraw", "mark_spam"])
def test_when_the_first_report_ends_without_an_answer_the_next_goes_on_for_all_who_joined(desk, move):
    first, second, third = desk.report(), desk.report(), desk.report()
    for report in (second, third):
        say_same(report, yes=True)
    getattr(reports, move)(first, by=desk.editor) if move == "mark_spam" else reports.withdraw(first)

    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.status, second.joined_to_id, second.closed_at) == ("new", None, None)
    assert (third.status, third.joined_to_id) == ("duplicate", second.pk)
    assert [row.kind for row in promises.running(second)] == ["acknowledge", "decide", "publish"]
    assert "readers:2" in second.priority_reasons
    assert told("report_carried_on") == [("reader", second.reference)]


def test_nothing_is_joined_to_a_report_that_ended_without_an_answer(desk):
    for end in ("withdrawn", "lapsed", "spam"):
        ended = force_status(desk.report(), end)
        with pytest.raises(Invalid, match="closed without an answer"):
            reports.join(desk.report(), by=desk.editor, other=ended, words="The same.")


def test_the_halves_of_a_report_that_was_split_are_no_other_readers(desk):
    report = desk.report()
    split(report, by=desk.editor, claim="And the year.", passage="1.2 million", category="other")

    part = Report.objects.get(split_from=report)
    assert question_for(part) is None


def test_a_joined_report_cannot_be_taken_back_any_more(desk):
    _first, second = desk.report(), desk.report()
    second = say_same(second, yes=True)

    with pytest.raises(Conflict):
        reports.withdraw(second)


def test_joined_readers_get_the_answer_and_its_own_time_for_a_second_look(desk, client):
    first, second = desk.report(), say_same_of(desk)
    Report.objects.filter(pk=second.pk).update(closed_at=timezone.now() - timedelta(days=40))
    reports.decline(first, by=desk.editor, code="opinion", words="It is marked as an opinion.", turn_to="The Council")

    assert set(told("report_declined")) == {("reader", first.reference), ("reader", second.reference)}
    page = client.get(private_path(second), follow=True)
    assert page.context["standing"].label == "Answered"
    assert [row["text"] for row in page.context["answers"]][1:] == ["It is marked as an opinion."]
    assert list(page.context["forms"]) == ["appeal"]
    second.refresh_from_db()
    assert reports.appeal(second, words="It states a number.").status == "in_review"


def test_whoever_declined_the_other_report_does_not_decide_the_appeal_of_a_reader_who_joined_it(desk, client):
    first, second = desk.report(), say_same_of(desk)
    reports.decline(first, by=desk.editor, code="opinion", words="It is marked as an opinion.", turn_to="The Council")
    second = reports.appeal(second, words="It states a number.")

    page = client.get(private_path(second), follow=True)
    assert [(row["text"], row["turn_to"]) for row in page.context["answers"]][1:] == [
        ("It is marked as an opinion.", "The Council")
    ]
    with pytest.raises(Conflict, match="another editor decides the appeal"):
        reports.decline(second, by=desk.editor, code="opinion", words="Still.")
    assert (appealed(Report.objects.all(), desk.editor).count(), second.first_answered_at) == (0, None)
    another = make_staff(desk.publication, "desk_editor")
    assert appealed(Report.objects.all(), another).get() == second
    assert reports.accept(second, by=another).status == "accepted"


def test_words_that_went_to_the_other_reader_alone_are_not_taken_along(desk, client):
    first, second = desk.report(), say_same_of(desk)
    first = reports.accept(reports.take_up(first, by=desk.editor), by=desk.editor, words="Dear Rita, you are right.")
    reports.appeal(Report.objects.get(pk=second.pk), words="Nobody asked me.")
    assert second.decisions.count() == 1  # nothing was decided yet that it could be about
    third = say_same_of(desk)
    force_status(first, "resolved")
    third = reports.appeal(Report.objects.get(pk=third.pk), words="It says feet now.")

    assert list(third.decisions.values_list("move", "answer", "by")) == [
        ("join", "You told us that it is the same error. You hear how the other report ends.", None),
        ("accept", "", desk.editor.pk),
    ]
    assert "Dear Rita" not in client.get(private_path(third), follow=True).content.decode()


def test_what_legal_decided_of_a_restricted_report_is_not_taken_along(desk):
    first, second = desk.report(), say_same_of(desk)
    reports.decline(first, by=desk.editor, code="opinion", words="It is marked as an opinion.")
    Report.objects.filter(pk=first.pk).update(visibility="restricted")

    second = reports.appeal(Report.objects.get(pk=second.pk), words="It states a number.")

    assert list(second.decisions.values_list("move", flat=True)) == ["join"]


def say_same_of(desk):
    return say_same(desk.report(), yes=True)


def test_words_that_a_published_notice_corrects_show_it_first_and_may_be_settled_by_it(desk, client):
    notice = make_correction(
        article=desk.article, status="published", original_text="1.2 million", corrected_text="1.45 million"
    )
    desk.report(passage="Robin Vale")
    report = desk.report()

    page = client.get(private_path(report), follow=True)
    assert list(page.context["questions"]) == ["settled"]
    assert page.context["asked_about"]["url"] == f"/corrections/{notice.reference}/"
    text = page.content.decode()
    for shown in (notice.text, "1.2 million</del>", "1.45 million</ins>", "<strong>Correction</strong>"):
        assert shown in text
    report = say_settled(report, yes=True, notice=notice.reference)
    assert (report.status, report.resolution_code, report.settled_answer) == ("withdrawn", "already_corrected", "yes")
    assert client.get(private_path(report), follow=True).context["standing"].label == "Settled before"


def test_something_else_goes_on_to_the_next_question(desk):
    first = desk.report()
    notice = make_correction(article=desk.article, status="published", original_text="1.2 million")
    report = desk.report()

    report = say_settled(report, yes=False, notice=notice.reference)

    assert (report.status, report.settled_answer) == ("new", "no")
    assert question_for(report).other.pk == first.pk
    with pytest.raises(Conflict):
        say_settled(report, yes=True, notice=notice.reference)


def test_a_yes_to_one_notice_does_not_settle_by_the_one_that_took_its_place(desk):
    first = make_correction(article=desk.article, status="published", original_text="1.2 million")
    report = desk.report()
    make_correction(article=desk.article, status="published", original_text="1.2 million")

    with pytest.raises(Conflict, match="no longer open"):
        say_settled(report, yes=True, notice=first.reference)
    report.refresh_from_db()
    assert (report.status, report.settled_answer) == ("new", "")


def test_a_notice_without_quotes_is_known_by_the_reports_that_it_settled(desk):
    report = desk.report()
    notice = make_correction(article=desk.article, status="published")
    Report.objects.filter(pk=report.pk).update(status="resolved", closed_at=timezone.now(), correction=notice)

    assert question_for(desk.report(passage="spent 1.2 million")).notice.pk == notice.pk
    assert question_for(desk.report(passage="Robin Vale")) is None


def test_the_page_never_says_whose_words_they_are_or_how_many(desk, client):
    others = [desk.report(f"It was 1.45 million, says reader number {n}.") for n in range(3)]
    report = desk.report()

    text = client.get(private_path(report), follow=True).content.decode()

    assert "Someone has already told us about these words" in text
    assert [other.reference in text or other.claim in text for other in others] == [False] * 3


def test_three_hundred_reports_cost_the_private_page_and_the_article_nothing_more(desk, client):
    first = desk.report()
    row = Report.objects.filter(pk=first.pk).values().get()
    counts = []
    for number in (0, 298):
        more = [
            Report(**{**row, "id": None, "reference": f"R-{n}", "token_nonce": f"n{n}", "form_token": None})
            for n in range(number)
        ]
        Report.objects.bulk_create(more)
        report = desk.report()
        for page in (private_path(report) + "?stay=1", f"/articles/{desk.article.reference}/", "/corrections/"):
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
