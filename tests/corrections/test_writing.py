"""The desk writes to a reader without moving the report; to an address that nobody confirmed by hand, with a reason."""

import pytest
from django.core import mail
from django.urls import reverse

from corrections.models import Report, ReporterContact
from corrections.services import erasing, legal, writing
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events import delivery, planning
from newsroom.events.models import Event
from newsroom.workflow import THE_READER
from tests.factories import confirm, force_status, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db

WORDS = "We have asked the ministry for the minutes."
WHY = "They telephoned and wait."


@pytest.fixture
def report(daily):
    return make_report(daily)


def sent():
    """The mails to the reader since the receipt: subject and text."""
    while planning.plan_due():
        pass
    delivery.drain()
    mails = [letter for letter in mail.outbox if letter.to == ["Rita Reader <rita@reader.example>"]]
    mails += [letter for letter in mail.outbox if letter.to == ["rita@reader.example"]]
    return [letter for letter in mails if "We have your report" not in letter.subject]


def press(client, report, **fields):
    report.refresh_from_db()
    url = reverse("admin:corrections_report_do", args=[report.pk, "write_to_reader"])
    return client.post(url, {"seen": report.version, "words": WORDS, **fields})


def test_the_words_stand_on_the_private_page_and_in_the_mail_and_nothing_moves(client, daily, editor, report):
    confirm(report)
    client.force_login(editor)
    report.refresh_from_db()
    before = (report.status, report.assignee, report.first_answered_at)

    assert press(client, report).status_code == 302

    report.refresh_from_db()
    assert (report.status, report.assignee, report.first_answered_at) == before
    message = report.messages.get()
    assert (message.author_kind, message.author, message.internal, message.body) == ("staff", editor, False, WORDS)
    assert Event.objects.get(kind="report.written_to").data == {"message": message.pk}
    assert WORDS in client.get(private_path(report), follow=True).content.decode()
    [letter] = sent()
    assert (WORDS in letter.body, private_path(report) in letter.body) == (True, True)


def test_an_address_that_nobody_confirmed_gets_nothing_by_itself(client, editor, report):
    client.force_login(editor)
    assert press(client, report).status_code == 302
    assert sent() == []
    assert WORDS in client.get(private_path(report), follow=True).content.decode()


def test_by_hand_and_with_a_reason_it_gets_the_words_but_no_key_to_the_page(client, editor, report):
    client.force_login(editor)

    assert press(client, report, unconfirmed="on", reason=WHY).status_code == 302

    [letter] = sent()
    assert WORDS in letter.body
    assert "/corrections/confirm/" in letter.body
    assert private_path(report) not in letter.body
    [_message, note] = report.messages.order_by("pk")
    assert (note.internal, note.body) == (True, f"Mailed to an address that is not confirmed: {WHY}")
    assert Event.objects.get(kind="report.written_to").data == {"message": _message.pk, "unconfirmed": note.pk}
    assert WHY not in client.get(private_path(report), follow=True).content.decode()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_is_written_anywhere(client, editor, report, reason):
    client.force_login(editor)
    answer = press(client, report, unconfirmed="on", reason=reason)
    assert (answer.status_code, WORDS in answer.content.decode()) == (422, True)
    with pytest.raises(Invalid):
        writing.write_to_reader(report, by=editor, words=WORDS, unconfirmed=True, reason=reason)
    assert (report.messages.count(), sent()) == (0, [])


@pytest.mark.parametrize("address", ["none", "confirmed", "refused"])
def test_where_no_unconfirmed_address_is_the_form_asks_for_nothing(client, daily, editor, report, address):
    if address == "none":
        report = make_report(daily, email="")
    elif address == "confirmed":
        confirm(report)
    else:
        ReporterContact.objects.filter(report=report).update(bounced_at="2026-01-01T00:00:00Z")
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk]))
    form = next(row["form"] for row in page.context_data["buttons"] if row["name"] == "write_to_reader")
    assert list(form.fields) == ["seen", "words"]
    with pytest.raises(Conflict):
        writing.write_to_reader(report, by=editor, words=WORDS, unconfirmed=True, reason=WHY)
    assert report.messages.count() == 0


@pytest.mark.parametrize("words", ["", "   ", "x" * 5001, "Dear {name}, {answer_by}."])
def test_a_message_needs_words_that_are_whole(editor, report, words):
    with pytest.raises(Invalid):
        writing.write_to_reader(report, by=editor, words=words)
    assert report.messages.count() == 0


def test_whoever_sent_spam_or_was_forgotten_is_written_to_no_more(daily, editor, report):
    spam = reports.mark_spam(make_report(daily), by=editor)
    reports.withdraw(report)
    erasing.erase_text(report, by=THE_READER, why="asked")
    for silent in (spam, Report.objects.get(pk=report.pk)):
        assert not writing.may_write(silent, editor)
        with pytest.raises(Conflict):
            writing.write_to_reader(silent, by=editor, words=WORDS)
        assert not silent.messages.filter(body=WORDS).exists()


@pytest.mark.parametrize("status", ["held", "new", "needs_info", "accepted", "declined", "resolved", "lapsed"])
def test_in_every_other_state_the_desk_may_write_and_the_state_stays(editor, report, status):
    report = force_status(report, status)
    writing.write_to_reader(report, by=editor, words=WORDS)
    assert Report.objects.get(pk=report.pk).status == status


def test_of_a_restricted_report_legal_writes_on_the_page_alone(client, daily, editor, report):
    lawyer = make_staff(daily, "legal")
    restricted = legal.restrict(report, by=lawyer, reason="A claim is before the court.")
    assert (writing.may_write(restricted, lawyer), writing.may_write(restricted, editor)) == (True, False)
    with pytest.raises(Conflict):
        writing.write_to_reader(restricted, by=lawyer, words=WORDS, unconfirmed=True, reason=WHY)
    writing.write_to_reader(restricted, by=lawyer, words=WORDS)
    assert sent() == []
    assert WORDS in client.get(private_path(report), follow=True).content.decode()


def test_others_may_not_and_an_old_page_does_not(daily, editor, report):
    for person in (make_staff(daily, "legal"), make_staff(make_publication(), "desk_editor")):
        with pytest.raises(NotAllowed):
            writing.write_to_reader(report, by=person, words=WORDS)
    seen = report.version
    reports.take_up(report, by=editor)
    with pytest.raises(Stale):
        writing.write_to_reader(report, by=editor, words=WORDS, seen=seen)
    assert report.messages.count() == 0
