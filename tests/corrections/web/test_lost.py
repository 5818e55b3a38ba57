"""A lost link comes again, to the address that was given with the report; the answer never says whether one was."""

import importlib

import pytest
from django.apps import apps
from django.utils import timezone

from corrections.models import Report, ReporterContact
from corrections.services import contacts
from corrections.services import report as reports
from corrections.services.splitting import split
from newsroom.events.models import Delivery
from newsroom.workflow import THE_READER
from tests.factories import confirm, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def report(daily):
    return make_report(daily)


def owed():
    return list(Delivery.objects.values_list("template", "recipient_kind", "recipient_key"))


def test_a_lost_link_is_sent_once_a_day_and_the_answer_is_always_the_same(client, report, daily):
    anonymous = make_report(daily, email="", name="")
    Delivery.objects.all().delete()
    texts = {
        client.post("/corrections/lost/", {"reference": text}).content
        for text in ("R-22222222-R", anonymous.reference, "nonsense")
    }
    assert owed() == []
    texts |= {
        client.post("/corrections/lost/", {"reference": f" {report.reference.lower()} "}).content for _ in range(2)
    }
    assert len(texts) == 1
    assert owed() == [("corrections/mail/report_submitted", "unconfirmed_reader", report.reference)]


def test_a_confirmed_reader_gets_the_link_and_not_the_receipt(client, report):
    confirm(report)
    client.post("/corrections/lost/", {"reference": report.reference})
    assert owed() == [("corrections/mail/report_link", "reader", report.reference)]


def test_links_are_not_sent_without_end(client, report, settings):
    settings.THROTTLES = {**settings.THROTTLES, "link-request": (1, 3600)}
    assert client.post("/corrections/lost/", {"reference": report.reference}).status_code == 200
    answer = client.post("/corrections/lost/", {"reference": report.reference})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert client.post("/corrections/lost/", {"reference": ""}).status_code == 422


def ask(client, **fields):
    Delivery.objects.all().delete()
    answer = client.post("/corrections/lost/", fields)
    return answer.status_code, answer.content, owed()


def test_an_address_gets_the_links_of_its_reports_and_the_answer_is_the_same_for_every_address(client, daily):
    first, second = confirm(make_report(daily)), confirm(make_report(daily))
    confirm(make_report(daily, email="somebody@else.example"))
    known = ask(client, email=" RITA@reader.example")
    unknown = ask(client, email="nobody@reader.example")
    assert known[2] == [
        ("corrections/mail/report_link", "reader", second.reference),
        ("corrections/mail/report_link", "reader", first.reference),
    ]
    assert (unknown[:2], unknown[2]) == (known[:2], [])


def test_five_links_at_most_and_of_what_was_never_confirmed_the_newest_receipt_alone(client, daily, settings):
    settings.THROTTLES = {**settings.THROTTLES, "link-request": (50, 3600)}
    confirmed = [confirm(make_report(daily)).reference for _ in range(6)]
    unconfirmed = [make_report(daily).reference for _ in range(3)]
    assert ask(client, email="rita@reader.example")[2] == [
        *(("corrections/mail/report_link", "reader", reference) for reference in reversed(confirmed[1:])),
        ("corrections/mail/report_submitted", "unconfirmed_reader", unconfirmed[-1]),
    ]


def test_twice_a_day_is_once(client, report):
    confirm(report)
    Delivery.objects.all().delete()
    for _ in range(2):
        client.post("/corrections/lost/", {"email": "rita@reader.example"})
    assert owed() == [("corrections/mail/report_link", "reader", report.reference)]


def test_what_bounced_is_restricted_was_erased_or_was_replaced_gets_nothing(client, daily):
    bounced, restricted, erased, replaced = (confirm(make_report(daily)) for _ in range(4))
    ReporterContact.objects.filter(report=bounced).update(bounced_at=timezone.now(), confirmed_at=None)
    Report.objects.filter(pk=restricted.pk).update(visibility="restricted")
    contacts.erase_contact(erased, by=THE_READER, why="asked")
    ReporterContact.objects.filter(report=replaced).update(confirmed_at=None)
    contacts.give_address(replaced, email="other@reader.example")
    assert ask(client, email="rita@reader.example")[2] == []
    receipt = ("corrections/mail/report_submitted", "unconfirmed_reader", replaced.reference)
    assert ask(client, email="other@reader.example")[2] == [receipt]
    assert ReporterContact.objects.exclude(email_mark="").filter(report=erased).count() == 0


def test_both_halves_of_a_split_report_are_found(client, daily, report):
    editor = make_staff(daily, "desk_editor")
    confirm(report)
    split(reports.take_up(report, by=editor), by=editor, claim="The name is wrong as well.")
    assert len(ask(client, email="rita@reader.example")[2]) == 2


def test_a_mark_under_an_earlier_key_is_still_found(client, report, settings):
    confirm(report)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "k" * 60, [settings.SECRET_KEY]
    assert len(ask(client, email="rita@reader.example")[2]) == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert ask(client, email="rita@reader.example")[2] == []


def test_the_mark_is_no_address_and_two_addresses_have_two(daily, report):
    other = make_report(daily, email="ritb@reader.example")
    marks = {report.contact.email_mark, other.contact.email_mark, make_report(daily).contact.email_mark}
    assert {len(mark) for mark in marks} == {64}
    assert len(marks) == 2
    assert make_report(daily, email="").contact.email_mark == ""


@pytest.mark.parametrize(
    "typed", [{}, {"email": "  "}, {"email": "rita"}, {"email": "a\x00b@c.example"}, {"reference": "x" * 41}]
)
def test_what_is_neither_an_address_nor_a_reference_comes_back(client, db, typed):
    answer = client.post("/corrections/lost/", typed)
    assert answer.status_code == 422
    assert answer.context["form"].data.get("email", "") == typed.get("email", "")


def test_addresses_given_before_there_were_marks_are_marked_and_found(client, daily):
    reports_before = [confirm(make_report(daily)) for _ in range(3)]
    ReporterContact.objects.update(email_mark="")
    ReporterContact.objects.filter(report=reports_before[0]).update(email_sealed="nothing that opens")
    migration = importlib.import_module("corrections.migrations.0020_fill_marks_of_addresses")
    migration.fill(apps, None)
    assert len(ask(client, email="rita@reader.example")[2]) == 2
    migration.empty(apps, None)
    assert set(ReporterContact.objects.values_list("email_mark", flat=True)) == {""}
