"""How to reach a reader: not on the desk's pages, shown once with a reason, and erased without breaking anything."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import Report, ReporterContact
from corrections.services import contacts
from corrections.services import report as reports
from newsroom.accounts.models import ContactReveal
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import delivery, planning
from newsroom.events.models import Attempt, Delivery, Event
from newsroom.workflow import THE_READER
from tests.factories import confirm, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db


def make(daily, **over):
    return make_report(daily, name="Rita Reader", email="rita@reader.example", phone="+1 555 0134", **over)


def page(report):
    return reverse("admin:corrections_report_change", args=[report.pk])


def press(client, report, reason="To ask for the document by telephone"):
    report.refresh_from_db()
    url = reverse("admin:corrections_report_do", args=[report.pk, "reveal_contact"])
    return client.post(url, {"seen": report.version, "reason": reason})


def shows(response):
    text = response.content.decode()
    return [word for word in ("Rita Reader", "rita@reader.example", "+1 555 0134") if word in text]


def test_neither_the_page_nor_the_queue_shows_contact_details(client, daily, editor):
    report = make(daily)
    client.force_login(editor)
    assert shows(client.get(page(report))) == []
    assert shows(client.get(reverse("admin:corrections_report_changelist"))) == []


def test_a_reveal_with_a_reason_shows_them_on_that_response_only_and_is_kept(client, daily, editor):
    report = make(daily)
    client.force_login(editor)
    answer = press(client, report)
    assert (answer.status_code, shows(answer)) == (200, ["Rita Reader", "rita@reader.example", "+1 555 0134"])
    assert "no-store" in answer["Cache-Control"]
    again = client.get(page(report))
    assert (shows(again), "To ask for the document by telephone" in again.content.decode()) == ([], True)

    row = ContactReveal.objects.get()
    assert (row.subject_kind, row.subject_reference, row.by, row.reason) == (
        "report",
        report.reference,
        editor,
        "To ask for the document by telephone",
    )
    event = Event.objects.get(kind="report.contact_revealed")
    assert (event.actor, event.data, event.audience) == (editor, {"reveal": row.pk}, "staff")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(client, daily, editor, reason):
    report = make(daily)
    client.force_login(editor)
    answer = press(client, report, reason)
    assert (answer.status_code, shows(answer)) == (422, [])
    assert (ContactReveal.objects.count(), Event.objects.filter(kind="report.contact_revealed").count()) == (0, 0)
    with pytest.raises(Invalid):
        contacts.reveal_contact(report, by=editor, reason=reason)


def test_opening_the_address_of_the_button_reveals_nothing(client, daily, editor):
    report = make(daily)
    client.force_login(editor)
    answer = client.get(reverse("admin:corrections_report_do", args=[report.pk, "reveal_contact"]), follow=True)
    assert (shows(answer), ContactReveal.objects.count()) == ([], 0)


@pytest.mark.parametrize("role", ["licensing_editor", "licensing_manager"])
def test_other_desks_and_other_publications_learn_nothing(client, daily, role):
    report = make(daily)
    for person in (make_staff(daily, role), make_staff(make_publication(), "desk_editor")):
        client.force_login(person)
        answer = press(client, report)
        assert (answer.status_code in {403, 404}, shows(answer)) == (True, [])
        with pytest.raises(NotAllowed):
            contacts.reveal_contact(report, by=person, reason="Curiosity")
    assert ContactReveal.objects.count() == 0


def test_of_a_restricted_report_only_legal_sees_them(daily, editor):
    report = make(daily)
    Report.objects.filter(pk=report.pk).update(visibility="restricted")
    legal = make_staff(daily, "legal")
    with pytest.raises(NotAllowed):
        contacts.reveal_contact(report, by=editor, reason="To call back")
    assert contacts.reveal_contact(report, by=legal, reason="To call back")[0] == ("Name", "Rita Reader")


def test_an_anonymous_report_has_no_such_button(client, daily, editor):
    report = make_report(daily, name="", email="")
    client.force_login(editor)
    names = [drawn["name"] for drawn in client.get(page(report)).context_data["buttons"]]
    assert "reveal_contact" not in names
    assert press(client, report).status_code == 409


def test_ten_reveals_cost_the_page_no_more_queries_than_one(client, daily, editor):
    report = make(daily)
    client.force_login(editor)
    client.get(page(report))  # whoever looks for the first time leaves a mark
    counted = []
    for more in (1, 9):
        for _ in range(more):
            contacts.reveal_contact(report, by=editor, reason="To call back")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page(report))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_erasing_takes_the_details_and_cancels_what_was_owed_there(daily, editor):
    report = confirm(make(daily))
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which page?")
    planning.plan_due()
    owed = Delivery.objects.filter(recipient_kind__in=contacts.READER_KINDS)
    assert set(owed.values_list("state", flat=True)) == {"pending"}
    Attempt.objects.create(delivery=owed.first(), number=1, started_at=report.created_at, excerpt="550 <Rita> unknown")

    assert contacts.erase_contact(report, by=THE_READER, why="asked") is True
    assert ReporterContact.objects.count() == 0
    assert set(owed.values_list("state", "last_error")) == {("canceled", "the address was erased")}
    assert list(Attempt.objects.values_list("excerpt", flat=True)) == [""]
    event = Event.objects.get(kind="report.contact_erased")
    assert (event.actor_kind, event.data) == ("reader", {"why": "asked", "canceled": 2})
    assert contacts.erase_contact(report, by=THE_READER, why="asked") is False
    assert Event.objects.filter(kind="report.contact_erased").count() == 1

    delivery.drain()
    assert [letter for letter in mail.outbox if "rita@reader.example" in letter.to] == []


def test_a_legal_hold_keeps_them(daily):
    report = make(daily)
    Report.objects.filter(pk=report.pk).update(legal_hold=True)
    with pytest.raises(Conflict):
        contacts.erase_contact(report, by=THE_READER, why="asked")
    assert ReporterContact.objects.count() == 1


def test_a_mail_servers_refusal_is_kept_without_the_address(daily):
    stored = delivery._storable("550 5.1.1 <rita@reader.example>: unknown user rita@reader.example", 500)
    assert stored == "550 5.1.1 <…@…>: unknown user …@…"
