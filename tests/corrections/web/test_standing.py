"""What the private page says: by when, who was told, what was published, and what the reader gave us."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import adding, clock, writing
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.same import say_same
from corrections.services.submitting import private_path
from corrections.views.said import masked_email, masked_phone
from corrections.vocabulary import DECLINE_CODES, DECLINED_AS
from newsroom.errors import Conflict, Invalid
from newsroom.events import kinds, mail, planning
from newsroom.events.models import Delivery, Event
from newsroom.web import form_token
from tests.factories import confirm, force_status, make_article, make_correction, make_follower, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


def shows(client, report):
    page = client.get(private_path(report), follow=True)
    return page, " ".join(page.content.decode().partition("<main")[2].partition("<footer")[0].split())


def letter(template):
    """The newest mail of that template."""
    while planning.plan_due():
        pass
    delivery = Delivery.objects.filter(template=f"corrections/mail/{template}").latest("pk")
    return mail.compose(delivery, kinds.ADDRESS_BOOKS[delivery.recipient_kind](delivery.recipient_key))


def asked(daily, editor, **over):
    report = reports.take_up(confirm(make_report(daily, **over)), by=editor)
    return reports.ask(report, by=editor, words="Which year?")


def test_a_question_names_the_day_until_which_we_wait_on_the_page_and_in_both_mails(client, daily, editor):
    with time_machine.travel(datetime(2026, 11, 12, 20, tzinfo=UTC), tick=False) as now:
        report = asked(daily, editor)
        page, text = shows(client, report)
        assert "Please answer by <time" in text
        assert "Friday, Nov. 27, 2026</time>, or we close it." in text
        assert 'href="#reply"' in text
        assert text.index("Which year?") < text.index('class="steps')
        assert "Please answer by Friday, 27 November 2026, or we close the report." in letter("report_asked").text
        now.shift(timedelta(days=5))
        clock.tick()
        assert "Please answer by Friday, 27 November 2026, or we close the report." in letter("report_reminded").text
        now.shift(timedelta(days=5))
        clock.tick()
        now.move_to(page.context["answer_by"])
        clock.tick()
        assert Report.objects.get(pk=report.pk).status == "needs_info"
        now.shift(timedelta(seconds=1))
        clock.tick()
        assert Report.objects.get(pk=report.pk).status == "lapsed"


def test_what_is_asked_stays_the_question_whatever_the_desk_writes_after_it(client, daily, editor):
    with time_machine.travel(datetime(2026, 11, 12, 20, tzinfo=UTC), tick=False) as now:
        report = asked(daily, editor)
        until = shows(client, report)[0].context["answer_by"]
        now.shift(timedelta(days=4))
        writing.write_to_reader(report, by=editor, words="Your contact details are safe with us.")
        page, text = shows(client, report)
        assert (page.context["asked"], page.context["answer_by"]) == ("Which year?", until)
        assert 'id="reply">Answer the editor</h2> <blockquote class="words" dir="auto"><p>Which year?</p>' in text
        now.shift(timedelta(days=1))
        clock.tick()
        assert "The question:\n\nWhich year?\n" in letter("report_reminded").text
        report = reports.ask(
            reports.resume(Report.objects.get(pk=report.pk), by=editor), by=editor, words="Which page?"
        )
        assert shows(client, report)[0].context["asked"] == "Which page?"


@pytest.mark.parametrize("over", [{"about_me": True}, {"urgent": True, "urgent_reason": "child"}])
def test_no_day_is_named_where_none_is_kept(client, daily, editor, over):
    report = asked(daily, editor, **over)
    _page, text = shows(client, report)
    assert "or we close it" not in text
    assert "We keep it open until you answer." in letter("report_asked").text
    assert "or we close" not in letter("report_asked").text


def test_an_urgent_receipt_says_who_was_told_whom_to_call_and_by_which_hour(client, daily):
    type(daily).objects.filter(pk=daily.pk).update(time_zone="America/New_York")
    with time_machine.travel(datetime(2026, 11, 27, 15, tzinfo=UTC), tick=False):
        report = make_report(daily, urgent=True, urgent_reason="child")
        _page, text = shows(client, report)
        assert "The editor on duty was told at once." in text
        assert text.index("+1 555 0100") < text.index('class="promise"')
        assert "Friday, Nov. 27, 2026, noon EST" in text
        receipt = letter("report_submitted").text
        assert "An editor takes it up by Friday, 27 November 2026, 12:00 EST." in receipt
        assert "You have our answer by Saturday, 28 November 2026, 10:00 EST." in receipt
        held = make_report(daily, urgent=True, urgent_reason="child", held_reasons=["trap"])
        assert "The editor on duty was told" not in shows(client, held)[1]
        _page, plain = shows(client, make_report(daily))
    assert "EST</time>" not in plain.partition('id="said"')[0]
    assert "on duty" not in plain


def test_page_and_mail_name_the_same_last_day_where_it_ends_on_the_next_day_of_utc(client, daily, editor):
    type(daily).objects.filter(pk=daily.pk).update(time_zone="America/Los_Angeles")
    with time_machine.travel(datetime(2026, 11, 28, 6, 30, tzinfo=UTC), tick=False):
        report = confirm(make_report(daily))
        reports.decline(report, by=editor, code="opinion", words="It is an opinion.")
        assert "until Friday, Dec. 25, 2026. Another editor decides." in shows(client, report)[1]
        assert "on your private page, until Friday, Dec. 25, 2026." in letter("report_declined").text


def test_who_was_joined_sees_the_other_reports_date_and_no_answer_before_there_is_one(client, daily, editor):
    article = make_article(daily)
    first = make_report(article=article, passage_exact="1.2 million")
    second = say_same(make_report(article=article, passage_exact="spent 1.2 million"), yes=True)
    page, text = shows(client, second)
    assert "Answered on" not in text
    assert "promise--kept" not in text
    assert page.context["due"].subject_reference == first.reference
    assert "What happens next" in text
    assert "on this page and by mail" not in text
    confirm(second)
    assert "on this page and by mail" in shows(client, second)[1]
    reports.decline(first, by=editor, code="opinion", words="It is an opinion.")
    assert "Answered on" in shows(client, second)[1]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("correction", "The correction is published."),
        ("clarification", "We have published a clarification."),
        ("retraction", "We have retracted the article: nobody should rely on it any more."),
    ],
)
def test_a_settled_report_prints_what_was_published_and_says_what_it_is(client, daily, kind, words):
    article = make_article(daily)
    report = confirm(make_report(article=article))
    notice = make_correction(article=article, status="published", kind=kind)
    Report.objects.filter(pk=report.pk).update(status="resolved", closed_at=timezone.now(), correction=notice)
    _page, text = shows(client, report)
    assert words in text
    assert notice.text in text
    assert "Published on" in text
    assert "Answered on" not in text
    Report.objects.filter(pk=report.pk).update(correction=force_status(notice, "suppressed"))
    page, text = shows(client, report)
    assert (page.context["notice"], notice.text in text) == (None, False)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("supersede", "What we published was replaced since by a newer notice, which is named below."),
        (
            "withdraw",
            "What we published was withdrawn since, and no longer stands. The notice that says why is named below.",
        ),
    ],
)
def test_what_no_longer_stands_is_not_said_to_settle_the_report(client, daily, effect, words):
    report = make_report(daily)
    notice = make_correction(article=report.article, status="published")
    Report.objects.filter(pk=report.pk).update(status="resolved", closed_at=timezone.now(), correction=notice)
    assert shows(client, report)[0].context["next"] == "The correction is published. Thank you for telling us."
    later = make_follower(notice, effect)
    page, text = shows(client, report)
    assert page.context["next"] == words
    assert later.reference in text
    if effect == "withdraw":
        make_follower(Correction.objects.get(pk=notice.pk), "reinstate")
        assert shows(client, report)[0].context["next"] == "The correction is published. Thank you for telling us."


def test_whose_report_a_withdrawal_settled_is_not_told_of_a_retraction(client, daily, editor):
    retraction = make_correction(daily, status="published", kind="retraction")
    report = reports.take_up(make_report(article=retraction.main_article), by=editor)
    draft = notices.start(daily, by=editor, articles=[], kind="retraction", target=retraction, effect="withdraw")
    report = reports.accept(report, by=editor, correction=draft)
    draft = notices.edit(report.correction, by=editor, text="The retraction was made in error.")
    notices.publish(notices.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))
    report.refresh_from_db()
    assert report.resolution_code == "corrected"
    words = "We have withdrawn the notice that was wrong, and say so in public. Thank you for telling us."
    assert shows(client, report)[0].context["next"] == words


def test_the_page_of_a_closed_report_says_where_it_stands_not_what_happens_next(client, daily, editor):
    report = make_report(daily)
    spam = reports.mark_spam(make_report(daily), by=editor)
    assert "Where this stands" in shows(client, spam)[1]
    assert "What happens next" not in shows(client, spam)[1]
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which year?")
    Report.objects.filter(pk=report.pk).update(reminders_sent=2)
    lapsed = reports.lapse(Report.objects.get(pk=report.pk))
    _page, text = shows(client, lapsed)
    assert "Still want us to look? Answer here." in text
    assert "We had asked:</p> <blockquote" in text
    assert "What should the second editor look at?" not in text
    assert 'id="answers"' not in text
    assert "Not convinced?" not in text


@pytest.mark.parametrize("code", DECLINE_CODES)
def test_what_a_declined_report_is_said_to_be_fits_the_reason(client, daily, editor, code):
    report = make_report(article=make_article(daily, source_agency="Coastal Wire"))
    report = reports.decline(report, by=editor, code=code, words="Our words.")
    other = force_status(make_report(daily), "duplicate", joined_to=report)

    for row in (report, other):
        page, text = shows(client, row)
        assert (page.context["next"], page.context["standing"].label) == (DECLINED_AS[code], "Answered")
        assert ("We did not find an error" in text) == (code == "no_error_found")


def test_the_mail_of_an_answer_offers_a_second_look_once_and_names_its_last_day(daily, editor):
    with time_machine.travel(datetime(2026, 11, 12, 20, tzinfo=UTC), tick=False):
        report = confirm(make_report(daily))
        reports.decline(report, by=editor, code="opinion", words="An opinion.")
        first = letter("report_declined").text
        reports.appeal(Report.objects.get(pk=report.pk), words="It is not.")
        second_editor = make_staff(daily, "desk_editor")
        reports.decline(Report.objects.get(pk=report.pk), by=second_editor, code="opinion", words="It is.")
        second = letter("report_declined").text

        asked_once = reports.take_up(confirm(make_report(daily)), by=editor)
        reports.ask(asked_once, by=editor, words="Which year?")
        Report.objects.filter(pk=asked_once.pk).update(reminders_sent=2)
        reports.lapse(Report.objects.get(pk=asked_once.pk))
        lapsed = letter("report_lapsed").text

    assert "on your private page, until Thursday, Dec. 10, 2026. Another editor decides." in first
    assert "ask for a second look on your private page, until Thursday, Dec. 10, 2026." in lapsed
    assert ("It is." in second, "second look" in second) == (True, False)


def test_what_the_reader_gave_is_shown_back_masked_so_that_a_slip_can_be_seen(client, daily):
    report = make_report(
        daily, phone="+1 555 0199", acting_for="my client", about_me=True, urgent_reason="child", urgent=True
    )
    _page, text = shows(client, report)
    for shown in ("Rita Reader", "ri•a@reader.example", "+1 ••• •199", "my client", "The story is about you"):
        assert shown in text, shown
    assert "It concerns a child" in text
    assert "rita@reader.example" not in text
    assert "555 0199" not in text
    only_phone = make_report(daily, name="", email="", phone="+1 555 0199")
    _page, text = shows(client, only_phone)
    assert "We have your number, and no mail address." in text
    assert "We have no address of yours" not in text
    assert "We have no address of yours" in shows(client, make_report(daily, name="", email=""))[1]


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("", ""),
        ("a@b.example", "a•@b.example"),
        ("rit@b.example", "r•@b.example"),
        ("rita.r@b.example", "ri•••r@b.example"),
    ],
)
def test_a_masked_address_keeps_its_host(full, shown):
    assert masked_email(full) == shown


def test_a_masked_number_keeps_its_ends():
    assert [masked_phone(number) for number in ("", "112", "+49 30 1234567")] == ["", "•••", "+4• •• ••••567"]


def add(client, report, words, **over):
    token = form_token.issue("add", about=report.reference)
    return client.post(f"{private_path(report)}add/", {"form_token": token, "words": words, **over})


def test_a_reader_adds_something_that_moves_nothing_and_whoever_works_on_it_is_told(client, daily, editor):
    report = make_report(daily)
    assert add(client, report, "Page 3 of the budget: https://budget.example/").status_code == 303
    report.refresh_from_db()
    assert (report.status, report.version, report.messages.get().author_kind) == ("new", 2, "reader")
    while planning.plan_due():
        pass
    assert not Delivery.objects.filter(template="corrections/mail/report_added_to_desk").exists()
    reports.take_up(report, by=editor)
    due = [row.due_at for row in reports.promises.running(report)]
    assert add(client, report, "I meant page 4.").status_code == 303
    while planning.plan_due():
        pass
    told = Delivery.objects.get(template="corrections/mail/report_added_to_desk")
    assert (told.recipient_kind, told.recipient_key) == ("user", str(editor.pk))
    assert [row.due_at for row in reports.promises.running(report)] == due
    assert "I meant page 4." in shows(client, report)[1]


def test_what_is_added_is_limited_said_once_and_only_while_nothing_is_decided(client, daily, editor):
    report = make_report(daily)
    assert [add(client, report, words).status_code for words in ("", "a\x00b", "x" * 2001)] == [422, 422, 422]
    assert [add(client, report, "The same.").status_code for _ in range(2)] == [303, 303]
    for number in range(4):
        add(client, report, f"Number {number}.")
    refused = add(client, report, "One too many.")
    assert (refused.status_code, report.messages.count()) == (409, 5)
    assert "Nothing more can be added to this report." in refused.content.decode()
    assert "One too many." in refused.content.decode()
    with pytest.raises(Invalid):
        adding.add(make_report(daily), words="x" * 2001)
    decided = reports.decline(make_report(daily), by=editor, code="opinion", words="An opinion.")
    with pytest.raises(Conflict):
        adding.add(decided, words="Late.")
    assert "add" not in shows(client, decided)[0].context["forms"]


def test_a_reply_that_nobody_waits_for_any_more_can_be_added(client, daily, editor):
    report = asked(daily, editor)
    reports.resume(report, by=editor)
    token = form_token.issue("reply", about=report.reference)
    answer = client.post(f"{private_path(report)}reply/", {"form_token": token, "words": "Page three."})
    assert (answer.status_code, answer.context["kept_words"]) == (409, "")
    form = answer.context["forms"]["add"]
    assert form["words"].value() == "Page three."
    assert add(client, report, form["words"].value(), form_token=form["form_token"].value()).status_code == 303


def test_thirty_messages_and_answers_cost_the_page_no_more_queries_than_one(client, daily, editor):
    report = make_report(daily)
    counted = []
    for more in (1, 29):
        for number in range(more):
            writing.write_to_reader(report, by=editor, words=f"Message {more} {number}.")
            Event.objects.count()
        with CaptureQueriesContext(connection) as queries:
            client.get(private_path(report) + "?stay=1")
        counted.append(len(queries))
    assert counted[0] == counted[1]
