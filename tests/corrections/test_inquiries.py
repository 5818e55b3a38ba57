"""Asking a colleague without an account: a signed link, one answer, an internal note."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from corrections.models import Inquiry, Message, Report
from corrections.services import clock, erasing, inquiries, legal, retention
from corrections.services import report as reports
from newsroom.accounts.models import Publication
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import mail, planning
from newsroom.events.kinds import ADDRESS_BOOKS
from newsroom.events.models import Delivery, Event
from newsroom.privacy import SHELVES
from newsroom.web import form_token
from tests.factories import make_article, make_report, make_staff

pytestmark = pytest.mark.django_db
ANN = {"name": "Ann Reporter", "email": "ann@daily.example"}


@pytest.fixture
def report(daily, editor):
    article = make_article(daily, headline="Bridge opens late")
    made = make_report(article=article, passage_exact="1.2 million", claim="Your reporter misheard me.")
    return reports.take_up(made, by=editor)


def ask(report, editor, **over):
    words = {**ANN, "words": "What do your notes say?", "reply_by": timezone.localdate() + timedelta(days=2), **over}
    inquiries.ask_colleague(report, by=editor, **words)
    return report.inquiries.latest("pk")


def send(client, path, inquiry, words="My notes say 1.45 million."):
    token = form_token.issue("answer", about=inquiry.reference)
    return client.post(f"{path}answer/", {"words": words, "seen": inquiry.version, "form_token": token})


def mails():
    planning.plan_due()
    return {
        (row.template.rpartition("/")[2], row.recipient_kind, row.recipient_key)
        for row in Delivery.objects.filter(template__contains="inquiry_")
    }


def test_the_mail_has_the_question_and_the_link_and_nothing_of_the_reader(report, editor):
    inquiry = ask(report, editor)
    planning.plan_due()
    delivery = Delivery.objects.get(recipient_kind="colleague")
    address = ADDRESS_BOOKS["colleague"](delivery.recipient_key)
    letter = mail.compose(delivery, address)

    assert (address.email, address.name) == ("ann@daily.example", "Ann Reporter")
    assert "What do your notes say?" in letter.text
    assert f"http://testserver{inquiries.private_path(inquiry)}" in letter.text
    assert letter.subject == "A question from the corrections desk: Bridge opens late"
    for secret in ("Rita", "rita@reader.example", "misheard", "/corrections/reports/"):
        assert secret not in letter.text
    assert Inquiry.objects.get().email_sealed != "ann@daily.example"
    assert "ann@" not in str(list(Event.objects.values_list("data", flat=True)))


def test_the_page_shows_the_question_and_takes_one_answer_as_a_note(report, editor):
    inquiry = ask(report, editor)
    path = inquiries.private_path(inquiry)
    client = Client()
    page = client.get(path, follow=True)
    text = page.content.decode()

    assert page.request["PATH_INFO"] == f"/corrections/inquiries/{inquiry.reference}/"
    assert [word in text for word in ("Bridge opens late", "1.2 million", "What do your notes say?")] == [True] * 3
    assert [word in text for word in ("Rita", "rita@", "misheard", report.reference)] == [False] * 4
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert send(client, path, inquiry).status_code == 303
    note = Message.objects.get()
    assert (note.internal, note.author_kind, note.body) == (True, "colleague", "My notes say 1.45 million.")
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.answer) == ("answered", note)
    assert "What do your notes say?" not in client.get(path, follow=True).content.decode()
    assert send(client, path, inquiry, "Again").status_code == 409
    assert Message.objects.count() == 1
    assert mails() >= {("inquiry_answered_desk", "user", str(editor.pk))}


def test_opening_changes_nothing_and_bad_answers_keep_the_words(report, editor):
    inquiry = ask(report, editor)
    path = inquiries.private_path(inquiry)
    client = Client()
    client.get(path, follow=True)
    assert client.get(f"{path}answer/").status_code == 303
    assert send(client, path, inquiry, "").status_code == 422
    assert send(client, path, inquiry, "x" * 5001).status_code == 422
    kept = client.post(f"{path}answer/", {"words": "KEEP THIS", "seen": 1, "form_token": "forged"})
    assert (kept.status_code, "KEEP THIS" in kept.content.decode()) == (422, True)
    assert (Message.objects.count(), Inquiry.objects.get().version) == (0, 1)


def test_the_reader_s_words_are_shown_only_if_the_desk_chose_so(report, editor):
    inquiry = ask(report, editor, show_claim=True)
    text = Client().get(inquiries.private_path(inquiry), follow=True).content.decode()

    assert ("Your reporter misheard me." in text, "Rita" in text) == (True, False)


@pytest.mark.parametrize("end", ["closed", "expired", "declined", "restricted"])
def test_the_link_dies(report, editor, end):
    inquiry = ask(report, editor)
    path = inquiries.private_path(inquiry)
    if end == "closed":
        inquiries.close(report, by=editor, inquiry=inquiry)
    elif end == "expired":
        Inquiry.objects.update(reply_by=timezone.now() - timedelta(days=8))
    elif end == "declined":
        reports.decline(report, by=editor, code="opinion", words="No.")
    else:
        legal.restrict(report, by=make_staff(report.publication, "legal"), reason="Court.")

    client = Client()
    page = client.get(path, follow=True)
    assert (page.status_code, "What do your notes say?" in page.content.decode()) == (410, False)
    assert send(client, path, inquiry).status_code == 409
    assert Message.objects.count() == 0
    assert ADDRESS_BOOKS["colleague"](inquiry.reference) is None


def test_who_does_not_answer_is_reminded_once_at_the_date(report, editor):
    inquiry = ask(report, editor)
    clock.tick(inquiry.reply_by - timedelta(minutes=1))
    assert Inquiry.objects.get().reminded_at is None
    for _ in range(2):
        clock.tick(inquiry.reply_by)

    assert Event.objects.filter(kind="report.inquiry_reminded").count() == 1
    assert mails() == {
        ("inquiry_opened", "colleague", inquiry.reference),
        ("inquiry_reminded", "colleague", inquiry.reference),
        ("inquiry_reminded_desk", "user", str(editor.pk)),
    }


@pytest.mark.parametrize("meanwhile", ["closed", "answered", "declined", "restricted"])
def test_nobody_is_reminded_of_what_was_settled_while_the_clock_waited(report, editor, monkeypatch, meanwhile):
    inquiry = ask(report, editor)
    lock = inquiries.lock

    def settled_first(record):
        monkeypatch.setattr(inquiries, "lock", lock)
        if meanwhile == "closed":
            inquiries.close(report, by=editor, inquiry=inquiry)
        elif meanwhile == "answered":
            inquiries.answer(inquiry, words="Yes.")
        elif meanwhile == "declined":
            reports.decline(report, by=editor, code="opinion", words="No.")
        else:
            legal.restrict(report, by=make_staff(report.publication, "legal"), reason="Court.")
        return lock(record)

    monkeypatch.setattr(inquiries, "lock", settled_first)
    assert inquiries.remind(inquiry.reply_by) == 0
    assert Inquiry.objects.get().reminded_at is None
    assert not Event.objects.filter(kind="report.inquiry_reminded").exists()


@pytest.mark.parametrize(
    "over",
    [
        {"email": "not an address"},
        {"email": "ann@daily.example\nbcc: x@evil.example"},
        {"name": " "},
        {"words": " "},
        {"words": "x" * 5001},
        {"words": "Is it {headline}?"},
        {"reply_by": timezone.localdate() - timedelta(days=2)},
        {"reply_by": timezone.localdate() + timedelta(days=95)},
    ],
)
def test_bad_questions_are_refused(report, editor, over):
    with pytest.raises(Invalid):
        ask(report, editor, **over)
    assert (Inquiry.objects.count(), Event.objects.filter(kind="report.inquiry_opened").count()) == (0, 0)


def test_the_answer_is_due_from_today_to_the_ninetieth_day_on_the_publications_calendar(report, editor):
    Publication.objects.update(time_zone="Europe/London")
    with time_machine.travel(datetime(2026, 10, 10, 23, 30, tzinfo=UTC), tick=False):  # the 11th in London
        for day in (date(2026, 10, 10), date(2027, 1, 10)):
            with pytest.raises(Invalid):
                ask(report, editor, reply_by=day)
        assert ask(report, editor, reply_by=date(2026, 10, 11)).reply_by == datetime(
            2026, 10, 11, 22, 59, 59, 999999, tzinfo=UTC
        )
        assert ask(report, editor, reply_by=date(2027, 1, 9)).reply_by == datetime(
            2027, 1, 9, 23, 59, 59, 999999, tzinfo=UTC
        )


def test_only_the_desk_asks_about_open_reports_at_most_twenty_times(report, editor):
    with pytest.raises(NotAllowed):
        ask(report, make_staff(report.publication, "legal"))
    for _ in range(20):
        ask(report, editor)
    with pytest.raises(Conflict):
        ask(report, editor)
    reports.decline(report, by=editor, code="opinion", words="No.")
    with pytest.raises(Conflict):
        ask(report, editor)


def test_the_desk_asks_and_closes_on_the_work_page(client, report, editor):
    client.force_login(editor)

    def press(button, **data):
        report.refresh_from_db()
        url = reverse("admin:corrections_report_do", args=[report.pk, button])
        return client.post(url, {"seen": report.version, **data}, follow=True)

    bad = press("ask_colleague", **{**ANN, "email": "nobody"}, words="KEEP THIS", reply_by="soon")
    assert (bad.status_code, "KEEP THIS" in bad.content.decode()) == (422, True)
    day = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = press("ask_colleague", **ANN, words="What do your notes say?", reply_by=day).content.decode()
    assert "Ann Reporter" in page
    assert "ann@daily.example" not in page
    inquiries.answer(Inquiry.objects.get(), words="1.45 million.")
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk])).content.decode()
    assert 'From <bdi dir="auto">Ann Reporter</bdi>' in page
    press("ask_colleague", **ANN, words="And the year?", reply_by=day)
    second = Inquiry.objects.latest("pk")
    other = ask(reports.take_up(make_report(report.publication), by=editor), editor)
    assert press("close_inquiry", inquiry=other.pk).status_code == 422
    press("close_inquiry", inquiry=second.pk)
    assert [row.state for row in Inquiry.objects.order_by("pk")] == ["answered", "closed", "open"]


def test_whom_was_asked_is_found_and_forgotten_with_the_contacts(report, editor):
    inquiry = ask(report, editor)
    inquiries.answer(inquiry, words="1.45 million.")
    shelf = SHELVES["inquiries"]
    assert [(row["reference"], row["answer"]) for row in shelf.find("ANN@daily.example")] == [
        (inquiry.reference, "1.45 million.")
    ]
    assert shelf.erase("ann@daily.example").erased == 0
    reports.decline(report, by=editor, code="opinion", words="No.")
    Report.objects.update(closed_at=timezone.now() - timedelta(days=91))
    Publication.objects.update(settings={"contact_days": 90, "text_days": 0, "unconfirmed_contact_days": 0})
    counts = retention.retain(now=timezone.now(), dry_run=False)

    assert {name: count for name, count in counts.items() if count} == {"colleagues": 1}
    assert Inquiry.objects.values_list("name_sealed", "email_sealed").get() == ("", "")
    assert Message.objects.get().body == "1.45 million."


def test_the_answer_is_no_part_of_what_the_reader_sees(report, editor):
    inquiries.answer(ask(report, editor), words="My notes say 1.45 million.")
    held = str(erasing.held_on(report))

    assert ("My notes say" in held, "inquiry" in held) == (False, False)
