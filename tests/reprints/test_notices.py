"""Who is told, by which mail, and what a hook says."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from newsroom.events import delivery, kinds, planning
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_PARTNER
from reprints import links, notices
from reprints.models import License
from reprints.services import accepting, asking, clock, deciding, licenses, quoting, updates
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db

SECRET_WORDS = "the requester's very own words"


@pytest.fixture
def publication():
    return make.make_publication()


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


def send():
    """Plan and send everything; the mails that left, as (subject, to, body), oldest first."""
    mail.outbox.clear()
    # What a reaction records is planned by the next round.
    while delivery.drain().planned:
        continue
    assert list(Delivery.objects.filter(state="dead").values_list("template", "last_error")) == []
    return [(letter.subject, letter.to[0], letter.body) for letter in mail.outbox]


def subjects():
    return sorted((subject, to.rpartition("<")[2].rstrip(">")) for subject, to, _ in send())


def contact_of(organization):
    return organization.contacts.get(is_requester=True).email


def test_a_manual_request_mails_the_desk_and_not_the_partner(publication, article, editor):
    request = make.make_request(publication, article, exclusivity="full")
    assert subjects() == [(f"License request {request.reference}: {article.headline}", editor.email)]


def test_without_anyone_at_the_desk_its_mailbox_is_told(publication, article):
    make.make_request(publication, article, exclusivity="full")
    assert [to for _, to in subjects()] == [publication.licensing_email]


def test_a_mail_to_the_desk_carries_no_words_of_the_requester(publication, article, editor):
    request = asking.submit(
        {"items": [make.item(article, exclusivity="full")], "note": SECRET_WORDS},
        publication=publication,
        organization=make.make_organization(),
    )
    asking.message(request, words=SECRET_WORDS)
    letters = send()
    assert len(letters) == 2
    assert not any(SECRET_WORDS in body for _, _, body in letters)
    assert all(f"/admin/reprints/licenserequest/{request.pk}/change/" in body for _, _, body in letters)


def test_a_quote_is_mailed_to_those_who_may_ask_or_sign(publication, article):
    organization = make.make_organization()
    request = make.make_request(publication, article, organization=organization)
    quote = request.quotes.get()
    letters = send()
    assert sorted(to.rpartition("<")[2].rstrip(">") for _, to, _ in letters) == sorted(
        organization.contacts.values_list("email", flat=True)
    )
    assert {subject for subject, _, _ in letters} == {f"Your quote {quote.reference}"}
    assert "Total, net: USD 150.00" in letters[0][2]


def test_question_and_reply_go_to_the_other_side(publication, article, editor):
    request = deciding.take_up(make.make_request(publication, article, exclusivity="full"), by=editor)
    send()
    request = deciding.ask(request, by=editor, words="Which edition?")
    [(subject, to, body)] = send()
    assert (subject, contact_of(request.organization) in to) == (
        f"A question about your license request {request.reference}",
        True,
    )
    assert "Which edition?" in body
    asking.reply(request, words="The Sunday one.")
    assert subjects() == [(f"License request {request.reference}: a reply", editor.email)]


def test_the_mail_of_a_quote_says_what_each_article_may_be_used_for(publication, article):
    make.make_request(publication, article)
    bodies = [body for subject, _, body in send() if subject.startswith("Your quote ")]
    assert [f"- Republish on a website: {article.headline}\n" in body for body in bodies] == [True, True]


def test_an_internal_note_is_mailed_to_nobody(publication, article, editor):
    request = make.make_request(publication, article, exclusivity="full")
    send()
    asking.message(request, words="Careful with them.", by=editor, internal=True)
    assert send() == []


@pytest.mark.parametrize(
    ("act", "subject"),
    [
        (lambda r, e: deciding.decline(r, by=e, code="legal", words="Sorry."), "Your license request {} was declined"),
        (
            lambda r, e: deciding.redirect(r, by=e, words="Ask AP."),
            "Your license request {}: the rights are held elsewhere",
        ),
        (lambda r, e: deciding.lapse(deciding.ask(r, by=e, words="?!a")), "Your license request {} was closed"),
    ],
)
def test_every_end_is_told_to_the_requester(publication, article, editor, act, subject):
    request = deciding.take_up(make.make_request(publication, article, exclusivity="full"), by=editor)
    send()
    act(request, editor)
    assert (subject.format(request.reference), contact_of(request.organization)) in subjects()


def web_request(publication, article, **values):
    who = asking.Requester("Wanda Web", "wanda@example.com")
    return make.make_request(publication, article, requester=who, by=THE_PARTNER, **values)


def test_an_unconfirmed_address_gets_the_receipt_and_nothing_else(publication, article):
    request = web_request(publication, article)
    [(subject, to, body)] = send()
    assert (subject, "wanda@example.com" in to) == (
        f"Your license request {request.reference}: please confirm your address",
        True,
    )
    assert links.confirm_path(request) in body
    assert links.token_of(request) not in body
    assert Delivery.objects.get(template="reprints/mail/quote_opened").state == "canceled"


def test_confirming_the_address_sends_what_was_held_back(publication, article):
    request = web_request(publication, article)
    send()
    asking.confirm_contact(request)
    [(subject, to, _)] = send()
    assert (subject, "wanda@example.com" in to) == (f"Your quote {request.quotes.get().reference}", True)


def test_a_free_license_is_mailed_as_a_license_and_not_as_a_quote(publication, article):
    request = make.make_request(
        publication, article, use="excerpt_quote", portion="quote", excerpt_text="It spent 1.2 million."
    )
    number = request.licenses.get().number
    assert {subject for subject, _ in subjects()} == {f"Your license {number}"}


def test_the_life_of_a_license_is_told(publication, article, editor):
    held = make.make_license(publication, article)
    send()
    manager = make.make_staff(publication, "licensing_manager")
    told = []

    def after(row):
        told.append(sorted({subject for subject, _, _ in send()}))
        return License.objects.get(pk=row.pk)

    held = after(licenses.suspend(held, by=editor, reason="payment_overdue", words="Pay."))
    held = after(licenses.reinstate(held, by=editor))
    end = timezone.datetime.combine(held.ends_on, timezone.datetime.min.time(), tzinfo=publication.zone)
    clock.tick(end)
    held = after(held)
    clock.tick(end + timedelta(days=1, hours=1))
    held = after(held)
    licenses.propose_revoke(held, by=editor, reason="breach", words="Sold on.")
    after(licenses.revoke(held, by=manager, reason="breach", words="Sold on.", remove_within=timedelta(days=2)))
    number = held.number
    assert told == [
        [f"Your license {number} is suspended"],
        [f"Your license {number} is in force again"],
        [f"Your license {number} ends soon"],
        [f"Your license {number} has ended: remove or renew"],
        [f"License {number}: a revocation is proposed", f"Your license {number} was revoked"],
    ]


def test_a_withdrawn_correction_reaches_the_licensee_as_that(publication, article):
    make.make_license(publication, article)
    old, new = make.Notice(publication), make.Notice(publication)
    with transaction.atomic():
        make.happened("correction.published", article, subject=old)
    send()
    with transaction.atomic():
        make.happened("correction.withdrawn", article, subject=old, by_notice=new.reference)
        make.happened("correction.published", article, subject=new)
    [(_subject, _to, text), *_] = send()
    assert "\nA correction of the article that you licensed was withdrawn.\n" in text
    assert ("Replace the text by the corrected one" in text, "Please by" in text) == (False, False)


def test_a_correction_reaches_the_licensee_and_silence_reaches_the_desk(publication, article, editor):
    held = make.make_license(publication, article)
    send()
    with transaction.atomic():
        event = make.happened("correction.published", article)
    letters = send()
    assert {subject for subject, _, _ in letters} == {f"Correction: an article of your license {held.number}"}
    assert f"/corrections/{event.subject_reference}/" in letters[0][2]
    assert "Replace the text by the corrected one, or append the notice to it.\nPlease by " in letters[0][2]
    clock.tick(event.happened_at + timedelta(hours=36))
    assert {subject for subject, _, _ in send()} == {f"Reminder: Correction for your license {held.number}"}
    clock.tick(event.happened_at + timedelta(hours=73))
    assert {subject for subject, _, _ in send()} == {f"Overdue: Correction for your license {held.number}"}
    clock.tick(event.happened_at + timedelta(hours=97))
    assert subjects() == [(f"No answer: Correction for license {held.number}", editor.email)]


def test_a_waived_notice_is_told(publication, article, editor):
    held = make.make_license(publication, article)
    with transaction.atomic():
        make.happened("correction.published", article)
    send()
    updates.waive(held.update_notices.get(), by=editor, words="You never used it.")
    letters = send()
    assert {subject for subject, _, _ in letters} == {f"Correction for your license {held.number}: nothing to do"}
    assert "You never used it." in letters[0][2]


def test_reminders_are_mailed_once_each(publication, article, editor):
    request = deciding.take_up(make.make_request(publication, article, exclusivity="full"), by=editor)
    request = deciding.ask(request, by=editor, words="Which?")
    send()
    told = []
    for days in [5, 6, 10, 11]:
        clock.tick(request.waiting_since + timedelta(days=days))
        told.append(subjects())
    reminder = [
        (f"Reminder: a question about your license request {request.reference}", contact_of(request.organization))
    ]
    assert told == [reminder, [], reminder, []]


def test_a_quote_that_is_ending_is_remembered(publication, article):
    request = make.make_request(publication, article)
    send()
    quote = request.quotes.get()
    clock.tick(quote.valid_until - timedelta(days=6))
    assert {subject for subject, _ in subjects()} == {f"Reminder: your quote {quote.reference} ends soon"}


def test_a_quote_taken_back_by_the_desk_is_told(publication, article, editor):
    request = make.make_request(publication, article)
    send()
    quoting.cancel(request.quotes.get(), by=editor, words="The price was wrong.")
    [(subject, _, body)] = send()
    assert subject == f"Your license request {request.reference}: the quote was taken back"
    assert "The price was wrong." in body


def test_test_records_mail_nobody(publication, article, editor):
    organization = make.make_organization()
    make.make_license(publication, article, organization=organization, by=make.make_key(organization, test=True))
    make.make_request(
        publication, article, organization=organization, by=make.make_key(organization, test=True), exclusivity="full"
    )
    assert send() == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("license_request.submitted", {"lane": "priced"}),
        ("quote.opened", {}),
        ("quote.accepted", {"licenses": 1}),
        ("license.issued", {}),
    ],
)
def test_hooks_are_thin(publication, article, kind, data):
    held = make.make_license(publication, article)
    event = Event.objects.get(kind=kind)
    body = json.loads(planning.hook_body(event, kind))
    path = {"license_request": "license-requests", "quote": "quotes", "license": "licenses"}[event.subject_kind]
    expected = {
        "reference": event.subject_reference,
        "url": f"{settings.BASE_URL}/api/v1/{path}/{event.subject_reference}/",
        "status": {
            "license_request.submitted": "submitted",
            "quote.opened": "open",
            "quote.accepted": "accepted",
            "license.issued": "active",
        }[kind],
    }
    if event.subject_kind != "license_request":
        expected["request"] = held.request.reference
    if "licenses" in data:
        expected["licenses"] = [held.number]
    elif data:
        expected |= data
    assert body["data"] == expected
    assert event.organization == held.organization


def test_the_hook_of_an_update_notice_names_what_to_fetch(publication, article):
    held = make.make_license(publication, article)
    with transaction.atomic():
        correction = make.happened("correction.published", article)
    planning.plan(correction.pk)
    notice = held.update_notices.get()
    event = Event.objects.get(kind="update_notice.opened")
    assert json.loads(planning.hook_body(event, event.kind))["data"] == {
        "reference": notice.reference,
        "url": f"{settings.BASE_URL}/api/v1/update-notices/{notice.reference}/",
        "status": "open",
        "license": held.number,
        "article": article.reference,
        "correction": correction.subject_reference,
        "kind": "correction",
        "duty": "replace_or_append",
        "due_at": notice.due_at.isoformat(),
    }


def test_no_event_holds_a_person_or_their_words(publication, article, editor):
    request = web_request(publication, article, exclusivity="full")
    request = deciding.ask(deciding.take_up(request, by=editor), by=editor, words="Whose byline?")
    request = asking.reply(request, words=SECRET_WORDS)
    line = quoting.Line(request.items.get(), granted={"exclusivity": "none"})
    quote = quoting.open(quoting.draft(request, by=editor, lines=[line], taxed=make.UNTAXED), by=editor)
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory="Wanda Web")
    told = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert Event.objects.filter(kind="quote.accepted").count() == 1
    assert [word for word in ("Wanda", "wanda@", SECRET_WORDS, "Whose byline") if word in told] == []


def test_outsiders_hear_exactly_the_closed_list():
    told = sorted(
        name
        for name, kind in kinds.KINDS.items()
        if kind.audience == "organization"
        and name.partition(".")[0] in {"license_request", "quote", "license", "invoice", "update_notice"}
    )
    listed = {
        "license_request": "submitted taken_up asked replied resumed quoted agreed fulfilled declined withdrawn lapsed "
        "reopened redirected",
        "quote": "opened accepted declined superseded canceled",
        "license": "issued suspended reinstated revoked terminated superseded expiring expired",
        "invoice": "issued paid credited",
        "update_notice": "opened revised reminded acknowledged escalated superseded canceled waived overdue",
    }
    assert told == sorted(f"{noun}.{word}" for noun, words in listed.items() for word in words.split())


def test_every_declared_mail_has_its_template_and_every_template_is_used():
    declared = {row.template for row in kinds.NOTICES if row.template.startswith("reprints/")}
    declared |= {f"{notices.MAIL}/{name}_reminder" for name in ("license_request_asked", "quote_opened")}
    folder = Path(settings.BASE_DIR) / "templates"
    found = {str(path.relative_to(folder).with_suffix("")) for path in (folder / notices.MAIL).glob("*.txt")}
    assert declared == found


def test_the_desk_is_told_by_which_clock_an_answer_is_promised(publication, article, editor):
    type(publication).objects.filter(pk=publication.pk).update(time_zone="America/New_York")
    request = make.make_request(publication, article, exclusivity="full")
    deciding.assign(request, by=editor, to=make.make_staff(publication, "licensing_editor"))
    [text] = [body for _subject, _to, body in send() if "Promised by" in body]
    assert re.search(r"Promised by .*, \d\d:\d\d E[SD]T\.", text)
