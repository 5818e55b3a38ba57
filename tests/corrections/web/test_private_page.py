"""The reader's private page: one link opens it, nothing else does, and opening it changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.models import Report
from corrections.services import report as reports
from corrections.services import writing
from corrections.services.moving import shown
from corrections.services.submitting import private_path
from corrections.views.wording import STANDINGS
from corrections.workflow import ReportStatus
from newsroom import links, references
from newsroom.events.models import Delivery, Event
from newsroom.web import form_token
from tests.factories import force_status, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def report(daily):
    return make_report(daily)


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


@pytest.fixture
def asked(report, editor):
    reports.take_up(report, by=editor)
    return reports.ask(report, by=editor, words="Which page do you mean?")


@pytest.fixture
def declined(report, editor):
    reports.take_up(report, by=editor)
    return reports.decline(report, by=editor, code="opinion", words="That is an opinion.", turn_to="The press council")


def send(client, report, name, **fields):
    report.refresh_from_db()
    base = private_path(report)
    token = form_token.issue(name, about=report.reference)
    return client.post(f"{base}{name}/", {"seen": shown(report), "form_token": token, **fields})


def state():
    return list(Report.objects.values()), Event.objects.count(), Delivery.objects.count()


def test_the_link_is_exchanged_for_a_cookie_of_that_page_and_a_clean_address(client, report, settings):
    answer = client.get(private_path(report))
    assert answer.status_code == 303
    cookie = answer.cookies[f"report_{report.reference}"]
    assert cookie["path"] == f"/corrections/reports/{report.reference}/"
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    page = client.get(private_path(report), follow=True)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == f"/corrections/reports/{report.reference}/"
    assert page.request["QUERY_STRING"] == ""


def test_under_https_the_cookie_is_one_that_only_https_can_set_and_an_older_one_still_opens(client, report, settings):
    settings.SECURE_COOKIES = True
    name = f"__Secure-report_{report.reference}"
    answer = client.get(private_path(report))
    assert list(answer.cookies) == [name]
    assert (answer.cookies[name]["secure"], answer.cookies[name]["path"]) == (
        True,
        f"/corrections/reports/{report.reference}/",
    )
    assert client.get(f"/corrections/reports/{report.reference}/").status_code == 200
    client.cookies[f"report_{report.reference}"] = client.cookies.pop(name).value
    assert client.get(f"/corrections/reports/{report.reference}/").status_code == 200


def test_a_browser_without_cookies_ends_on_the_page_as_well(client, report):
    first = client.get(private_path(report))
    client.cookies.clear()
    second = client.get(first["Location"])
    assert second.status_code == 303
    assert second["Location"] == f"{private_path(report)}?stay=1"
    page = client.get(second["Location"])
    assert page.status_code == 200
    assert page.cookies == {}
    assert f'action="{private_path(report)}withdraw/"' in page.content.decode()


def test_the_hop_is_good_for_a_minute_and_for_its_report_only(client, report, daily, monkeypatch):
    hop = client.get(private_path(report))["Location"]
    other = make_report(daily)
    client.cookies.clear()
    assert client.get(hop.replace(report.reference, other.reference, 1)).status_code == 404
    monkeypatch.setattr("newsroom.web.private.HOP_SECONDS", -1)
    assert client.get(hop).status_code == 404


def test_nothing_keeps_finds_or_leaks_the_page(client, report):
    for path in (
        private_path(report),
        f"{private_path(report)}?stay=1",
        f"/corrections/reports/{report.reference}/",
        "/corrections/reports/x/",
    ):
        answer = client.get(path)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_without_its_cookie_a_reference_tells_nothing(client, report):
    known = client.get(f"/corrections/reports/{report.reference}/")
    unknown = client.get(f"/corrections/reports/{references.new('report')}/")
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known.content == unknown.content


def test_forged_and_foreign_tokens_open_nothing(client, report, daily):
    other = make_report(daily)
    token = links.token("report", report.reference, report.token_nonce)
    wrong = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        report.token_nonce + "A" * 22,
        other.token_nonce + token[22:],
        links.token("confirm", report.reference, report.token_nonce),
        "x",
        "é" * 44,
        "%00" * 44,
    ]
    for text in wrong:
        assert client.get(f"/corrections/reports/{text}/").status_code == 404
        assert client.post(f"/corrections/reports/{text}/withdraw/", {"sure": "on", "seen": 1}).status_code == 404
    client.cookies[f"report_{report.reference}"] = links.token("report", other.reference, other.token_nonce)
    assert client.get(f"/corrections/reports/{report.reference}/").status_code == 404
    report.refresh_from_db()
    assert report.status == "new"


def test_opening_changes_nothing(client, asked):
    before = state()
    for path in ("", "?stay=1", "reply/", "withdraw/", "appeal/"):
        assert client.get(private_path(asked) + path).status_code in {200, 303}
        assert client.head(private_path(asked) + path).status_code in {200, 303}
    assert client.put(private_path(asked) + "withdraw/").status_code == 405
    assert state() == before


def test_the_reader_answers_a_question(client, asked):
    page = client.get(private_path(asked), follow=True)
    assert "Which page do you mean?" in page.content.decode()
    assert list(page.context["forms"]) == ["reply", "withdraw"]
    answer = send(client, asked, "reply", words="Page three.")
    assert answer.status_code == 303
    asked.refresh_from_db()
    assert asked.status == "in_review"
    assert asked.messages.last().body == "Page three."


def test_an_answer_sent_twice_is_said_once(client, asked):
    token = form_token.issue("reply", about=asked.reference)
    fields = {"seen": shown(asked), "form_token": token, "words": "Page three."}
    path = f"{private_path(asked)}reply/"
    assert [client.post(path, fields).status_code for _ in range(2)] == [303, 303]
    assert asked.messages.filter(author_kind="reader").count() == 1


def test_a_reply_that_nobody_waits_for_any_more_keeps_its_words_and_says_how_the_report_stands(client, asked, editor):
    seen = shown(asked)
    reports.resume(asked, by=editor)
    token = form_token.issue("reply", about=asked.reference)
    fields = {"seen": seen, "form_token": token, "words": "Too late, but typed."}
    answer = client.post(f"{private_path(asked)}reply/", fields)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Too late, but typed." in text
    assert "This is no longer possible: “Being looked at”." in text
    assert "you saw" not in text
    assert asked.messages.filter(author_kind="reader").count() == 0


def test_what_the_desk_does_among_itself_refuses_no_move_of_the_reader(client, asked, editor, daily):
    old = shown(asked)
    reports.assign(asked, to=editor, by=editor)
    reports.weigh(asked, by=editor, severity="high")
    reports.note(asked, by=editor, words="Careful, our lawyer reads this.")
    token = form_token.issue("reply", about=asked.reference)
    answer = client.post(f"{private_path(asked)}reply/", {"seen": old, "form_token": token, "words": "Page three."})
    assert answer.status_code == 303
    fresh = make_report(daily)
    page = client.get(private_path(fresh), follow=True)
    reports.take_up(fresh, by=editor)
    form = page.context["forms"]["withdraw"]
    fields = {"seen": form["seen"].value(), "form_token": form["form_token"].value(), "sure": "on"}
    assert client.post(f"{private_path(fresh)}withdraw/", fields).status_code == 303


def test_a_reply_to_a_question_that_another_one_followed_comes_back_to_be_read_again(client, asked, editor):
    old = shown(asked)
    writing.write_to_reader(asked, by=editor, words="We mean the caption, sorry.")
    token = form_token.issue("reply", about=asked.reference)
    answer = client.post(f"{private_path(asked)}reply/", {"seen": old, "form_token": token, "words": "Page three."})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Please read it below and send again." in text
    assert "We mean the caption, sorry." in text
    form = answer.context["forms"]["reply"]
    again = {name: form[name].value() for name in ("seen", "form_token", "words")}
    assert client.post(f"{private_path(asked)}reply/", again).status_code == 303


@pytest.mark.parametrize("words", ["", "  ", "a\x00b", "x" * 5001])
def test_words_that_cannot_be_taken_come_back(client, asked, words):
    answer = send(client, asked, "reply", words=words)
    assert answer.status_code == 422
    assert list(answer.context["errors"].errors) == ["words"]
    assert answer.context["forms"]["reply"]["words"].value() == words
    asked.refresh_from_db()
    assert asked.status == "needs_info"


@pytest.mark.parametrize("token", ["", "forged", "of another report", "of another move"])
def test_a_form_that_is_not_this_reports_own_does_nothing(client, asked, daily, token):
    other = make_report(daily)
    made = {
        "of another report": form_token.issue("reply", about=other.reference),
        "of another move": form_token.issue("appeal", about=asked.reference),
    }
    fields = {"seen": asked.version, "form_token": made.get(token, token), "words": "Page three."}
    answer = client.post(f"{private_path(asked)}reply/", fields)
    assert answer.status_code == 422
    assert "Page three." in answer.content.decode()
    again = {name: answer.context["forms"]["reply"][name].value() for name in ("seen", "form_token", "words")}
    assert client.post(f"{private_path(asked)}reply/", again).status_code == 303


@pytest.mark.parametrize("seen", ["x", "-1", "3", "9" * 5000, "a\x00b"])
def test_a_page_that_never_was_is_no_crash(client, asked, seen):
    answer = send(client, asked, "reply", words="Page three.", seen=seen)
    assert answer.status_code in {409, 422}
    again = {name: answer.context["forms"]["reply"][name].value() for name in ("seen", "form_token", "words")}
    assert client.post(f"{private_path(asked)}reply/", again).status_code == 303


def test_taking_back_needs_a_second_step(client, report):
    assert send(client, report, "withdraw").status_code == 422
    report.refresh_from_db()
    assert report.status == "new"
    assert send(client, report, "withdraw", sure="on").status_code == 303
    report.refresh_from_db()
    assert report.status == "withdrawn"
    assert send(client, report, "withdraw", sure="on").status_code == 303
    assert Event.objects.filter(kind="report.withdrawn").count() == 1


def test_a_refusal_does_not_tell_what_the_desk_thinks(client, report):
    spam = force_status(report, "spam")
    answer = send(client, spam, "withdraw", sure="on")
    assert answer.status_code == 409
    assert "“Closed”" in answer.content.decode()
    assert "Spam" not in answer.content.decode()


def test_a_decline_names_where_else_to_turn_and_can_be_appealed_once(client, declined, editor, daily):
    page = client.get(private_path(declined), follow=True)
    text = page.content.decode()
    assert "That is an opinion." in text
    assert "The press council" in text
    assert list(page.context["forms"]) == ["appeal"]
    assert send(client, declined, "appeal", words="It is a fact: see the budget.").status_code == 303
    declined.refresh_from_db()
    assert declined.status == "in_review"
    second = make_staff(daily, "desk_editor")
    reports.decline(declined, by=second, code="opinion", words="Still an opinion.")
    assert client.get(private_path(declined), follow=True).context["forms"] == {}
    assert send(client, declined, "appeal", words="Once more.").status_code == 409


def test_an_appeal_after_the_window_is_refused_with_its_words_kept(client, declined):
    Report.objects.filter(pk=declined.pk).update(closed_at=timezone.now() - timedelta(days=29))
    answer = send(client, declined, "appeal", words="I was on a boat.")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "The time to ask for a second look is over." in text
    assert "I was on a boat." in text


def test_internal_notes_never_reach_the_reader(client, report, editor):
    reports.note(report, by=editor, words="Careful, our lawyer reads this.")
    assert "our lawyer" not in client.get(private_path(report), follow=True).content.decode()


def test_a_correction_that_is_still_a_draft_is_not_shown(client, report, editor):
    reports.take_up(report, by=editor)
    accepted = reports.accept(report, by=editor)
    page = client.get(private_path(report), follow=True).content.decode()
    assert "You are right" in page
    assert accepted.correction.reference not in page


@pytest.mark.parametrize("status", ReportStatus.values)
def test_every_status_has_a_page_in_plain_words(client, report, status):
    shown = force_status(report, status)
    page = client.get(private_path(shown), follow=True)
    assert page.status_code == 200
    assert str(STANDINGS[shown.outside_status].label) in page.content.decode()
