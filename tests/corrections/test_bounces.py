"""A reader whose address takes no mail: who sees it, what is no longer sent, and how mail begins again."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from corrections.models import Report, ReporterContact
from corrections.notices import confirm_path
from corrections.services import contacts, links
from corrections.services import report as reports
from corrections.services.splitting import split
from corrections.services.submitting import private_path
from newsroom.errors import Conflict
from newsroom.events import sealed
from newsroom.events.delivery import drain
from newsroom.events.models import Delivery, Event
from newsroom.web import form_token
from newsroom.workflow import THE_READER
from tests.factories import confirm, make_publication, make_report, make_staff, reader_email

pytestmark = [pytest.mark.django_db, pytest.mark.both]

RETURNED = """From: Mail Delivery Subsystem <mailer-daemon@mx.example>
To: desk@masthead.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: {subject}

--b--
"""


@pytest.fixture
def mail_server(smtp, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp


@pytest.fixture
def report(db):
    return confirm(make_report(make_publication()))


@pytest.fixture
def bounced(report):
    contacts.note_refusal(report.reference, owed_at=timezone.now())
    return Report.objects.get(pk=report.pk)


def give(client, report, **fields):
    report.refresh_from_db()
    token = form_token.issue("address", about=report.reference)
    return client.post(f"{private_path(report)}address/", {"seen": report.version, "form_token": token, **fields})


def owed(report):
    rows = Delivery.objects.filter(recipient_key=report.reference).order_by("pk")
    return [(row.template.removeprefix("corrections/mail/"), row.recipient_kind, row.state) for row in rows]


@pytest.mark.parametrize("fault", ["refuse", "refuse_recipient"])
def test_a_refused_address_is_shown_to_the_desk_and_the_reader_and_gets_nothing_more(
    client, report, mail_server, fault
):
    mail_server.fault = fault
    editor = make_staff(report.publication, "desk_editor")
    drain()
    mail_server.fault = "none"

    report = Report.objects.get(pk=report.pk)
    assert (report.contact.confirmed_at, report.contact.bounced_at is None) == (None, False)
    assert Event.objects.filter(kind="report.mail_refused").count() == 1
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which year?")
    links.send_again(reference=report.reference)
    drain()
    assert owed(report) == [("report_submitted", "unconfirmed_reader", "dead")]
    assert "Mail to your address did not arrive" in client.get(private_path(report), follow=True).content.decode()
    client.force_login(editor)
    page = client.get(f"/admin/corrections/report/{report.pk}/change/").content.decode()
    assert "mail did not arrive: the reader sees answers on the private page only" in page


def test_a_mail_that_comes_back_later_is_shown_in_the_same_places(client, report, mail_server, monkeypatch):
    drain()
    [sent] = [mail.message for mail in mail_server.mails if mail.recipients == (reader_email(report),)]
    note = RETURNED.format(message_id=sent["Message-ID"], subject=sent["Subject"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(note.encode())))
    said = io.StringIO()
    call_command("bounce", stdout=said)

    assert said.getvalue().endswith("did not arrive: its address takes no mail\n")
    assert "Mail to your address did not arrive" in client.get(private_path(report), follow=True).content.decode()
    client.force_login(make_staff(report.publication, "desk_editor"))
    page = client.get(f"/admin/corrections/report/{report.pk}/change/").content.decode()
    assert "mail did not arrive: the reader sees answers on the private page only" in page


def test_a_mail_server_that_is_merely_away_or_refuses_us_says_nothing_about_the_address(report, mail_server):
    mail_server.fault = "refuse_temporarily"
    drain()

    assert Report.objects.get(pk=report.pk).contact.bounced_at is None


def test_another_address_gets_the_receipt_and_only_its_own_button_confirms_it(client, bounced):
    old_button = confirm_path(bounced)
    assert give(client, bounced, email="rita@new.example").status_code == 303
    bounced = Report.objects.get(pk=bounced.pk)
    drain()

    assert reader_email(bounced) == "rita@new.example"
    assert owed(bounced) == [("report_submitted", "unconfirmed_reader", "sent")]
    assert client.post(old_button).status_code == 404
    assert client.post(confirm_path(bounced)).context["standing"] == "confirmed"
    assert contacts.may_give_address(Report.objects.get(pk=bounced.pk)) is False


def test_the_button_of_an_earlier_address_is_dead_in_every_half_that_has_the_new_one(client):
    report = make_report(make_publication())
    split(report, by=make_staff(report.publication, "desk_editor"), claim="The name is wrong as well.")
    part = Report.objects.get(split_from=report)
    old_buttons = [confirm_path(row) for row in (report, part)]
    give(client, report, email="rita@new.example")

    assert [client.post(button).status_code for button in old_buttons] == [404, 404]
    assert [reader_email(row) for row in Report.objects.order_by("pk")] == ["rita@new.example"] * 2
    assert list(ReporterContact.objects.values_list("address_number", "confirmed_at")) == [(1, None)] * 2
    second_button = confirm_path(Report.objects.get(pk=report.pk))
    give(client, part, email="rita@newer.example")
    assert client.post(second_button).status_code == 404
    contacts.erase_contact(report, by=THE_READER, why="asked")
    give(client, report, email="rita@newest.example")
    assert list(ReporterContact.objects.values_list("address_number", flat=True)) == [3]
    assert client.post(second_button).status_code == 404


def test_a_late_bounce_of_an_earlier_address_says_nothing_about_this_one(client, bounced):
    give(client, bounced, email="rita@new.example")

    assert contacts.note_refusal(bounced.reference, owed_at=timezone.now() - timedelta(days=1)) is False
    assert contacts.note_refusal(bounced.reference, owed_at=timezone.now()) is True
    assert contacts.note_refusal(bounced.reference, owed_at=timezone.now()) is False


def test_the_button_of_an_earlier_mail_begins_mail_again(client, bounced):
    assert client.post(confirm_path(bounced)).context["standing"] == "confirmed"

    contact = Report.objects.get(pk=bounced.pk).contact
    assert (contact.bounced_at, contact.confirmed_at is None) == (None, False)


def test_nobody_makes_us_write_to_many_addresses(client, bounced):
    for number in range(contacts.MAX_ADDRESSES):
        assert give(client, bounced, email=f"victim{number}@other.example").status_code == 303
        contacts.erase_contact(bounced, by=THE_READER, why="asked")
    assert give(client, bounced, email="victim9@other.example").status_code == 409
    with pytest.raises(Conflict):
        contacts.give_address(bounced, email="victim9@other.example")


def test_the_halves_of_a_split_report_share_the_address_and_its_fate(client, report):
    split(report, by=make_staff(report.publication, "desk_editor"), claim="And the year.", category="other")
    part = Report.objects.get(split_from=report)
    # As a key rotation leaves it: each row sealed by itself.
    copy = ReporterContact.objects.get(report=part)
    ReporterContact.objects.filter(pk=copy.pk).update(email_sealed=sealed.seal(sealed.open_text(copy.email_sealed)))
    contacts.note_refusal(report.reference, owed_at=timezone.now())
    assert Report.objects.get(pk=part.pk).contact.bounced_at is not None

    give(client, report, email="rita@new.example")
    confirm(report)

    contact = Report.objects.get(pk=part.pk).contact
    assert (contact.bounced_at, contact.confirmed_at is None) == (None, False)
    assert reader_email(Report.objects.get(pk=part.pk)) == "rita@new.example"


@pytest.mark.parametrize("email", ["", "rita", "rita@[127.0.0.1]", "a" * 250 + "@x.example", "a\x00@b.example"])
def test_an_address_that_is_none_comes_back_and_changes_nothing(client, bounced, email):
    page = give(client, bounced, email=email)

    assert page.status_code == 422
    assert page.context["address"]["email"].value() == email
    assert reader_email(Report.objects.get(pk=bounced.pk)) == "rita@reader.example"
