"""A button confirms an address, nothing else; before that it may be a stranger’s, and no mail there opens a page."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from corrections.models import Report, ReporterContact
from corrections.notices import confirm_path
from corrections.services import contacts
from corrections.services import links as lost_links
from corrections.services import report as reports
from corrections.services.splitting import split
from corrections.services.submitting import private_path
from newsroom import links
from newsroom.events import kinds, mail, planning
from newsroom.events.models import Delivery, Event
from tests.factories import make_article, make_publication, make_report, make_staff, reader_email

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def report(daily):
    return make_report(daily)


def standing(answer):
    return answer.context["standing"]


def test_the_button_confirms_and_opening_does_not(client, report):
    path = confirm_path(report)
    for _ in range(3):
        page = client.get(path)
        assert (page.status_code, standing(page)) == (200, "open")
    assert [standing(client.post(path)) for _ in range(2)] == ["confirmed", "confirmed"]
    report.contact.refresh_from_db()
    assert report.contact.confirmed_at is not None
    assert page["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(kind="report.address_confirmed").count() == 1


def test_the_page_names_the_article_but_none_under_embargo(client, daily, report):
    assert report.article.headline in client.get(confirm_path(report)).content.decode()
    later = timezone.now() + timedelta(days=1)
    secret = make_report(daily, make_article(daily, headline="Secret until noon", embargoed_until=later))
    page = client.get(confirm_path(secret)).content.decode()
    assert "On the web" in page
    assert [words in page for words in ("Secret until noon", secret.article_url)] == [False, False]


def test_the_page_shows_nothing_that_the_sender_typed(client, daily):
    report = make_report(daily, medium="podcast", medium_detail="zinnia: win at zinnia.example", name="zinnia")
    Report.objects.filter(pk=report.pk).update(article=None, article_url="https://daily.example/zinnia")
    page = client.get(confirm_path(report)).content.decode()
    assert ("In a podcast" in page, "zinnia" in page) == (True, False)


def test_a_confirmation_is_late_after_thirty_days_and_says_what_to_do(client, report):
    path = confirm_path(report)
    Report.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(days=29))
    assert standing(client.get(path)) == "open"
    Report.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(days=31))
    answer = client.post(path)
    assert standing(answer) == "too_late"
    assert "An address can be confirmed within 30 days" in answer.content.decode()
    assert ReporterContact.objects.get().confirmed_at is None
    assert contacts.confirm_address(report, number=0) == "too_late"


def test_the_private_link_confirms_nothing_and_a_report_without_address_has_nothing_to_confirm(client, report, daily):
    foreign = f"/corrections/confirm/{links.token('report', report.reference, report.token_nonce)}/"
    assert client.post(foreign).status_code == 404
    anonymous = make_report(daily, name="", email="")
    assert standing(client.post(confirm_path(anonymous))) == "nothing_there"


def test_only_the_page_of_a_confirmed_address_leads_on_to_the_report(client, daily, report):
    anonymous, late = make_report(daily, name="", email=""), make_report(daily)
    Report.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=31))
    for shown in (report, anonymous, late):
        assert "/corrections/reports/" not in client.get(confirm_path(shown)).content.decode()
    for shown in (anonymous, late):
        assert "/corrections/reports/" not in client.post(confirm_path(shown)).content.decode()
    assert f'href="{private_path(report)}"' in client.post(confirm_path(report)).content.decode()


def unconfirmed_letters():
    """Every letter owed to an address that nobody has confirmed."""
    while planning.plan_due():
        pass
    rows = Delivery.objects.filter(recipient_kind="unconfirmed_reader").order_by("pk")
    return [mail.compose(row, kinds.ADDRESS_BOOKS[row.recipient_kind](row.recipient_key)) for row in rows]


def test_no_mail_to_an_unconfirmed_address_opens_the_report(daily, report):
    editor = make_staff(daily, "desk_editor")
    planning.plan_due()
    lost_links.send_again(reference=report.reference)
    reports.take_up(report, by=editor)
    split(report, by=editor, claim="The name is wrong as well.")
    reports.ask(report, by=editor, words="Which year?")
    contacts.give_address(report, email="rita@reeder.example")
    lost_links.send_again(reference=report.reference)
    letters = unconfirmed_letters()
    assert len(letters) == 4
    for letter in letters:
        assert "/corrections/reports/" not in letter.text
        assert report.token_nonce not in letter.text.replace(confirm_path(Report.objects.get(pk=report.pk)), "")
        assert "/corrections/confirm/" in letter.text
        assert f"Reference {report.reference}" in letter.text
    assert "You have our answer by" in letters[0].text


def test_a_stale_button_does_not_confirm_the_address_that_was_given_since(client, report):
    old = confirm_path(report)
    contacts.give_address(report, email="other@reader.example")
    assert client.post(old).status_code == 404
    assert contacts.confirm_address(report, number=0) == "replaced"
    contact = ReporterContact.objects.get()
    assert (contact.confirmed_at, reader_email(Report.objects.get())) == (None, "other@reader.example")
    assert contacts.confirm_address(report, number=1) == "confirmed"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_click_that_waits_for_another_address_being_given_confirms_nothing(transactional_db):
    report = make_report(make_publication())
    cached = Report.objects.select_related("contact").get(pk=report.pk)
    said = []

    def click():
        said.append(contacts.confirm_address(cached, number=0))
        connection.close()

    with transaction.atomic():
        contacts.give_address(report, email="other@reader.example")
        clicking = threading.Thread(target=click)
        clicking.start()
        clicking.join(0.5)
        assert said == []
    clicking.join(10)
    assert said == ["replaced"]
    assert ReporterContact.objects.get().confirmed_at is None
