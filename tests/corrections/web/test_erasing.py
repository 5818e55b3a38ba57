"""The reader's own hand on what we hold: everything in one file, and two buttons that erase."""

import io
import json

import pytest
from django.core.management import call_command

from corrections.models import Report, ReporterContact
from corrections.services import checkpoints, contacts, erasing
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom.errors import Conflict
from newsroom.events import planning
from newsroom.events.models import Delivery, Event
from newsroom.web import form_token
from newsroom.workflow import THE_READER
from tests.factories import answer_warnings, confirm, force_status, make_article, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SECRETS = ["rita@reader.example", "Rita Reader", "1.45 million, my own bill", "I live at number 9"]


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


@pytest.fixture
def declined(daily, editor):
    """A report with a thread, a note and an answer, that is closed."""
    report = confirm(make_report(daily, claim="It was 1.45 million, my own bill says."))
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which bill?")
    reports.reply(report, words="I live at number 9.")
    reports.note(report, by=editor, words="A neighbor of the mayor.")
    planning.plan_due()
    return reports.decline(report, by=editor, code="opinion", words="That is an opinion.", turn_to="The council")


def press(client, report, name, *, sure="on", seen=None):
    report.refresh_from_db()
    token = form_token.issue(name, about=report.reference)
    address = f"{private_path(report)}{name.replace('_', '-')}/"
    return client.post(address, {"seen": seen or report.version, "form_token": token, "sure": sure})


def page(client, report):
    return client.get(f"{private_path(report)}?stay=1").content.decode()


def everything_stored():
    rows = [Report, ReporterContact, Event, Delivery]
    return str([list(model.objects.values()) for model in rows]) + str(list(reports.Message.objects.values()))


def test_the_file_holds_everything_and_nobody_keeps_it(client, declined):
    answer = client.get(f"{private_path(declined)}download/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert answer["Content-Disposition"] == f'attachment; filename="{declined.reference}.json"'
    held = json.loads(answer.content)
    assert (held["reference"], held["status"], held["report"]["claim"]) == (
        declined.reference,
        "declined",
        "It was 1.45 million, my own bill says.",
    )
    assert (held["contact"]["name"], held["contact"]["email"]) == ("Rita Reader", "rita@reader.example")
    assert [(row["from"], row["text"]) for row in held["messages"]] == [
        ("desk", "Which bill?"),
        ("you", "I live at number 9."),
    ]
    assert [row["text"] for row in held["answers"]] == ["That is an opinion."]
    assert [row["mail"] for row in held["mails"]] == [
        "corrections/mail/report_submitted",
        "corrections/mail/report_asked",
    ]
    assert "A neighbor of the mayor" not in answer.content.decode()


def test_the_file_says_when_somebody_looked_and_not_what_the_gate_thought(client, daily, editor):
    report = make_report(daily, held_reasons=["too_fast"])
    reports.release(report, by=editor)
    contacts.reveal_contact(report, by=editor, reason="To call back")
    held = json.loads(client.get(f"{private_path(report)}download/").content)
    assert len(held["contact_looked_at"]) == 1
    assert [row["what"] for row in held["what_happened"]] == ["report.submitted", "report.contact_revealed"]
    assert "too_fast" not in str(held)


def test_the_file_opens_by_link_or_cookie_only(client, declined, daily):
    other = make_report(daily)
    assert client.get(f"/corrections/reports/{declined.reference}/download/").status_code == 404
    assert client.get("/corrections/reports/forged/download/").status_code == 404
    client.get(private_path(declined))
    assert client.get(f"/corrections/reports/{declined.reference}/download/").status_code == 200
    assert client.get(f"/corrections/reports/{other.reference}/download/").status_code == 404
    assert client.post(f"/corrections/reports/{declined.reference}/download/").status_code == 405


def test_the_contact_goes_by_a_button_and_the_page_goes_on(client, declined):
    planning.plan_due()
    owed = Delivery.objects.filter(recipient_kind="reader")
    assert set(owed.values_list("state", flat=True)) == {"pending"}
    assert press(client, declined, "erase_contact").status_code == 303
    assert ReporterContact.objects.count() == 0
    assert set(owed.values_list("state", flat=True)) == {"canceled"}
    text = page(client, declined)
    assert ("We have no address of yours." in text, "erase-contact/" in text, "Which bill?" in text) == (
        True,
        False,
        True,
    )
    assert press(client, declined, "erase_contact").status_code == 303
    assert Event.objects.filter(kind="report.contact_erased").count() == 1


def test_the_words_go_by_a_button_and_ours_stay(client, declined):
    assert press(client, declined, "erase_text").status_code == 303
    declined.refresh_from_db()
    assert (declined.claim, declined.suggestion, declined.status) == ("", "", "declined")
    text = page(client, declined)
    assert ("What you wrote was erased on" in text, "That is an opinion." in text, "(erased)" in text) == (
        True,
        True,
        True,
    )
    assert ("erase-text/" in text, "appeal/" in text) == (False, False)
    event = Event.objects.get(kind="report.erased")
    assert (event.actor_kind, event.data) == ("reader", {"why": "asked", "messages": 1})


def test_after_both_nothing_of_the_reader_is_stored(client, declined):
    assert [word for word in SECRETS if word in everything_stored()] == [
        "1.45 million, my own bill",
        "I live at number 9",
    ]
    press(client, declined, "erase_text")
    press(client, declined, "erase_contact")
    assert [word for word in SECRETS if word in everything_stored()] == []
    held = json.loads(client.get(f"{private_path(declined)}download/").content)
    assert (held["contact"], held["report"]["claim"], held["messages"][1]["text"]) == (None, "", "")


@pytest.mark.parametrize("name", ["erase_contact", "erase_text"])
def test_without_the_tick_or_with_a_foreign_token_nothing_goes(client, declined, name):
    before = everything_stored()
    assert press(client, declined, name, sure="").status_code == 422
    address = f"{private_path(declined)}{name.replace('_', '-')}/"
    fields = {"seen": declined.version, "sure": "on", "form_token": form_token.issue(name, about="R-OTHER")}
    assert client.post(address, fields).status_code == 422
    assert client.get(address).status_code == 303
    assert everything_stored() == before


@pytest.mark.parametrize("name", ["erase_contact", "erase_text"])
def test_a_legal_hold_keeps_it_and_says_so(client, declined, name):
    Report.objects.update(legal_hold=True)
    before = everything_stored()
    answer = press(client, declined, name)
    assert (answer.status_code, "A legal matter obliges us to keep this for now." in answer.content.decode()) == (
        409,
        True,
    )
    assert everything_stored() == before


def test_an_open_report_keeps_its_words_but_not_the_contact(client, daily):
    report = make_report(daily)
    assert "erase-text/" not in page(client, report)
    assert press(client, report, "erase_text").status_code == 409
    assert press(client, report, "erase_contact").status_code == 303
    report.refresh_from_db()
    assert (report.claim, ReporterContact.objects.count()) == ("It was 1.45 million.", 0)


def test_an_erased_report_is_neither_appealed_nor_restored(declined, editor):
    erasing.erase_text(declined, by=THE_READER, why="asked")
    with pytest.raises(Conflict):
        reports.appeal(declined, words="Look again.")
    spam = force_status(declined, "spam")
    with pytest.raises(Conflict):
        reports.restore(spam, by=editor)


def test_the_public_correction_and_the_log_stay_valid(client, daily, editor, settings, tmp_path):
    settings.VAR = tmp_path
    report = make_report(daily, make_article(daily), claim="It was 1.45 million, my own bill says.")
    reports.take_up(report, by=editor)
    report = reports.accept(report, by=editor)
    notice = notices.edit(
        report.correction,
        by=editor,
        text="An earlier version misstated the cost. It was 1.45 million.",
        not_fixed_reason="Print only.",
    )
    notice = answer_warnings(notice, by=editor)
    notices.publish(notices.send_for_approval(notice, by=editor), by=make_staff(daily, "standards_editor"))
    checkpoints.sign()
    address = f"/corrections/{notice.reference}/"
    before = client.get(address)
    assert before.status_code == 200

    report.refresh_from_db()
    assert report.status == "resolved"
    assert press(client, report, "erase_text").status_code == 303
    assert press(client, report, "erase_contact").status_code == 303

    after = client.get(address)
    assert (after.status_code, after.content) == (200, before.content)
    out = io.StringIO()
    call_command("ledger", "verify", stdout=out)
    assert out.getvalue() == "The public log of 1 entries is whole; the newest checkpoint covers 1.\n"
