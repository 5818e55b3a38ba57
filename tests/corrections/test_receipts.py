"""The receipt: nobody can have us write to a stranger again and again, or at all while a person has not looked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.models import Report
from corrections.services import contacts, links
from corrections.services import report as reports
from corrections.vocabulary import Channel
from newsroom.events import planning
from newsroom.events.models import Delivery
from newsroom.web import form_token
from tests.factories import confirm, make_article, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.both]
RECEIPT = "corrections/mail/report_submitted"


@pytest.fixture(autouse=True)
def one_hour(time_machine):
    """The hour of the throttle does not end meanwhile."""
    time_machine.move_to(timezone.now().replace(minute=5), tick=False)


def receipts():
    """The reports whose receipt is owed, the oldest first."""
    while planning.plan_due():
        pass
    return list(Delivery.objects.filter(template=RECEIPT).order_by("pk").values_list("recipient_key", flat=True))


def test_the_receipt_of_a_held_report_waits_until_it_is_released(daily, editor):
    held = make_report(daily, held_reasons=["trap"])
    links.send_again(email="rita@reader.example")
    links.send_again(reference=held.reference)
    assert receipts() == []
    reports.release(held, by=editor)
    assert receipts() == [held.reference]


def test_what_was_held_and_thought_spam_gets_it_when_it_is_restored_and_what_had_it_gets_no_second(daily, editor):
    held, fresh = make_report(daily, held_reasons=["trap"]), make_report(daily)
    assert receipts() == [fresh.reference]
    for report in (held, fresh):
        report = reports.mark_spam(report, by=editor)
        links.send_again(reference=report.reference)
        reports.restore(report, by=editor)
    assert receipts() == [fresh.reference, held.reference]


def test_an_address_given_while_it_is_held_gets_the_receipt_when_it_is_released(daily, editor):
    held = make_report(daily, email="", name="", held_reasons=["trap"])
    held = contacts.give_address(held, email="rita@reader.example")
    assert receipts() == []
    reports.release(held, by=editor)
    assert receipts() == [held.reference]


def test_a_report_that_is_released_for_a_confirmed_address_or_without_one_brings_no_receipt(daily, editor):
    known, anonymous = make_report(daily), make_report(daily, email="", name="", held_reasons=["trap"])
    known = reports.mark_spam(confirm(known), by=editor)
    Delivery.objects.all().delete()
    reports.restore(known, by=editor)
    reports.release(anonymous, by=editor)
    assert receipts() == [known.reference]
    assert Delivery.objects.filter(template=RECEIPT).get().event.kind == "report.submitted"


def by_form(client, article, email):
    token = form_token.issue("report", head_start=60)
    filled = {"article_url": article.url, "claim": f"Number {Report.objects.count()} is wrong.", "form_token": token}
    return client.post("/corrections/new/", {**filled, "email": email}).status_code


def by_api(client, article, email):
    body = {"article_url": article.url, "claim": f"Number {Report.objects.count()} is wrong.", "email": email}
    return client.post("/api/v1/reports/", body, content_type="application/json").status_code


def test_one_address_gets_five_receipts_an_hour_and_every_report_is_taken(client, daily, time_machine):
    article = make_article(daily)
    answers = [by_form(client, article, "victim@other.example") for _ in range(4)]
    answers += [by_api(client, article, "Victim@Other.example") for _ in range(4)]
    assert answers == [303] * 4 + [201] * 4
    taken = list(Report.objects.order_by("pk").values_list("reference", flat=True))
    assert receipts() == taken[:5]
    assert set(Report.objects.values_list("channel", flat=True)) == {Channel.FORM, Channel.API}
    assert by_form(client, article, "somebody@other.example") == 303
    assert len(receipts()) == 6
    time_machine.shift(timedelta(hours=1))
    assert by_form(client, article, "victim@other.example") == 303
    assert len(receipts()) == 7


def test_an_address_given_on_the_page_and_a_link_asked_for_count_as_well(client, daily):
    article = make_article(daily)
    for _ in range(5):
        by_form(client, article, "victim@other.example")
    other = make_report(daily, article, email="rita@reader.example")
    contacts.give_address(other, email="victim@other.example")
    links.send_again(email="victim@other.example")
    links.send_again(reference=other.reference)
    assert receipts() == list(Report.objects.order_by("pk").values_list("reference", flat=True)[:5])
    assert Delivery.objects.filter(dedupe_key__startswith="link:").count() == 0
