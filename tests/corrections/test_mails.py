"""Every mail of the corrections desk: a subject, the right link, and nobody's words where they do not belong."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import (
    adding,
    agencies,
    clock,
    destroying,
    filing,
    fixed,
    inquiries,
    legal,
    splitting,
    writing,
)
from corrections.services import correction as drafts
from corrections.services import report as reports
from newsroom.events import kinds, mail, planning, promises
from newsroom.events.log import record
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_CLOCK
from tests.factories import (
    answer_warnings,
    confirm,
    make_article,
    make_correction,
    make_desk,
    make_follower,
    make_publication,
    make_report,
    make_staff,
    push,
)

pytestmark = pytest.mark.django_db
SECRET = "The mayor of Springfield <b>lied</b> & paid."
HEADLINE = "Bridge opens & closes <again>"
ZONES = (" PST", " PDT")
TEMPLATES = sorted(
    {row.template for row in kinds.NOTICES if row.template.startswith("corrections/")}
    | {"corrections/mail/report_link"}
)


@pytest.fixture
def daily(db):
    return make_publication(name="The Daily", time_zone="America/Los_Angeles")


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


@pytest.fixture
def report(daily):
    article = make_article(daily, headline=HEADLINE)
    return confirm(make_report(daily, article, claim=SECRET, urgent=True, urgent_reason="child"))


def letters():
    """Template → what the deliveries planned so far would say, each to whom."""
    while planning.plan_due():
        pass
    composed = {}
    for delivery in Delivery.objects.filter(channel="email").order_by("pk"):
        address = kinds.ADDRESS_BOOKS[delivery.recipient_kind](delivery.recipient_key)
        if address is not None:  # else the delivery is canceled: who has answered is asked no more
            letter = mail.compose(delivery, address)
            composed.setdefault(delivery.template, []).append((delivery.recipient_kind, letter))
    return composed


def whole_life(daily, report, editor):
    """Make every mail of the desk due once."""
    second = make_staff(daily, "desk_editor")
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which year do you mean?")
    record_all(report, "report.reminded", "report.due_soon", "report.overdue", "report.escalated")
    reports.reply(report, words=SECRET)
    reports.decline(report, by=editor, code="opinion", words="That is an opinion.", turn_to="The press council")
    reports.appeal(report, words=SECRET)
    joined = confirm(make_report(daily, report.article, claim=SECRET))
    reports.join(joined, by=second, other=report, words="Two of you saw it.")
    report = reports.accept(report, by=second)
    settle(daily, report.correction, second)
    lapsed = confirm(make_report(daily, report.article, claim=SECRET))
    reports.take_up(lapsed, by=editor)
    reports.ask(lapsed, by=editor, words="Which year do you mean?")
    lapsed.refresh_from_db()
    lapsed.reminders_sent = 2
    lapsed.save(update_fields=["reminders_sent"])
    reports.lapse(lapsed)
    taken_back = make_report(daily, report.article, claim=SECRET)
    follower = confirm(make_report(daily, report.article, claim=SECRET))
    reports.join(follower, by=second, other=taken_back, words="Two of you saw it.")
    reports.withdraw(taken_back)
    ask_whether_it_is_fixed(report)
    for effect in ("withdraw", "reinstate", "supersede"):
        make_follower(Correction.objects.get(reports=report), effect)
    work_on(make_report(daily, report.article, claim=SECRET), editor, second)


def work_on(report, editor, second):
    """What the desk does beside its moves: hand over, split, ask a colleague, wait for an agency."""
    report = reports.take_up(confirm(report), by=editor)
    reports.assign(report, to=second, by=editor)
    reports.take_over(report, by=editor)
    make_staff(report.publication, "desk_editor")
    filed = {"category": report.category, "article": report.article, "urgent": report.urgent}
    filing.refile(report, by=editor, desk=make_desk(report.publication), **filed)
    lawyer = make_staff(report.publication, "legal")
    legal.refer(report, by=editor, reason="They threaten to sue.")
    legal.advise(report, by=lawyer, words=SECRET)
    adding.add(report, words=SECRET)
    writing.write_to_reader(report, by=editor, words="We found the minutes.")
    unconfirmed = make_report(report.publication, report.article, claim=SECRET)
    by_hand = {"unconfirmed": True, "reason": "They telephoned."}
    writing.write_to_reader(unconfirmed, by=editor, words="We found the minutes.", **by_hand)
    splitting.split(report, by=editor, claim="The name is wrong as well.")
    tomorrow = timezone.localdate(timezone=report.publication.zone) + timedelta(days=1)
    for name in ("ann", "ben"):
        inquiries.ask_colleague(
            report, by=editor, name=name, email=f"{name}@daily.example", words="Which figure?", reply_by=tomorrow
        )
    agencies.wait(report, by=editor, agency="Wire", reason="They are asked.", until=tomorrow)
    inquiries.remind(timezone.now() + timedelta(days=2))
    inquiries.answer(report.inquiries.first(), words=SECRET)
    agencies.end_waits(timezone.now() + timedelta(days=2))


def ask_whether_it_is_fixed(report):
    then = timezone.now() - timedelta(days=29)
    Report.objects.filter(pk=report.pk).update(closed_at=then)
    fixed.ask()
    report.refresh_from_db()
    fixed.say_fixed(report, yes=False, words=SECRET)


def settle(daily, correction, editor):
    approver = make_staff(daily, "standards_editor")
    drafts.edit(
        correction,
        by=editor,
        text="The cost was wrong. It was 1.45 million.",
        corrected_text="1.45 million",
        not_fixed_reason="Print only.",
    )
    push(correction.main_article, body="The council spent 1.45 million.")
    record_all(correction, "correction.fix_undone")
    while planning.plan_due():
        pass
    drafts.send_for_approval(correction, by=editor)
    drafts.return_to_draft(correction, by=approver, words="Say the year.")
    drafts.send_for_approval(correction, by=editor)
    drafts.publish(correction, by=approver)
    make_staff(daily, "standards_editor")
    alone = drafts.publish_urgent(make_correction(daily, article=correction.main_article), by=approver, words="Quick.")
    clock.tick(timezone.now() + timedelta(hours=25))
    assert Event.objects.filter(kind="correction.review_overdue", subject_reference=alone.reference).count() == 1
    legal, second = (make_staff(daily, "legal") for _ in range(2))
    gone = drafts.suppress(alone, by=legal, words="Order 7/26")
    destroying.propose_destroy(gone, by=legal, words="Order 7/26")
    destroying.keep(gone, by=second, words="It asks to hide it only.")


def record_all(subject, *names):
    with transaction.atomic():
        for name in names:
            record(name, subject, by=THE_CLOCK)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_has_its_template_and_a_subject_in_one_line(template):
    source = get_template(f"{template}.txt", using="text").template.source
    assert source.startswith("{% load i18n %}{% blocktranslate ")
    assert source.splitlines()[0].endswith("{% endblocktranslate %}")


def test_in_the_life_of_a_report_every_mail_says_its_piece(daily, report, editor):
    whole_life(daily, report, editor)
    composed = letters()
    elsewhere = {name for name in TEMPLATES if "restricted" in name or "ledger" in name}  # they name no article
    assert set(composed) == set(TEMPLATES) - {"corrections/mail/report_link"} - elsewhere
    for template, sent in composed.items():
        for kind, letter in sent:
            assert 10 <= len(letter.subject) <= 200, template
            assert "{" not in letter.subject + letter.text, template
            assert "&lt;" not in letter.text + letter.subject, template
            assert "&amp;" not in letter.text + letter.subject, template
            assert "\n\n\n\n" not in letter.text, template
            links = [line for line in letter.text.splitlines() if line.startswith("http")]
            assert links != [], template
            assert all(link.startswith("http://testserver/") for link in links), template
            private = any("/corrections/reports/" in link for link in links)
            assert private is (kind == "reader"), template
            assert any("/admin/" in link for link in links) is (kind in {"user", "publication"}), template
            assert any("/confirm/" in link for link in links) is (kind == "unconfirmed_reader"), template
            assert HEADLINE in letter.text, template
            assert SECRET not in letter.text, template


def test_the_readers_mails_carry_the_words_meant_for_them(daily, report, editor):
    whole_life(daily, report, editor)
    composed = {template: letter.text for template, sent in letters().items() for _kind, letter in sent[:1]}
    assert "Which year do you mean?" in composed["corrections/mail/report_asked"]
    assert "That is an opinion." in composed["corrections/mail/report_declined"]
    assert "The press council" in composed["corrections/mail/report_declined"]
    assert "We found the minutes." in composed["corrections/mail/report_written_to"]
    assert "We found the minutes." in composed["corrections/mail/report_written_to_unconfirmed"]
    assert "Two of you saw it." in composed["corrections/mail/report_joined"]
    assert "It was 1.45 million." in composed["corrections/mail/report_resolved"]
    assert "/corrections/C-" in composed["corrections/mail/report_resolved"]


def test_everyone_who_joined_hears_the_outcome_on_their_own_page(daily, report, editor):
    whole_life(daily, report, editor)
    sent = [letter for _kind, letter in letters()["corrections/mail/report_resolved"]]
    assert len(sent) == 2
    assert len({letter.subject for letter in sent}) == 2
    assert len({line for letter in sent for line in letter.text.splitlines() if "/corrections/reports/" in line}) == 2


def test_when_what_settled_a_report_no_longer_stands_its_readers_are_told_once_and_why(daily, report, editor):
    joined, unconfirmed, gone = (make_report(daily, report.article) for _ in range(3))
    for row in (report, gone):
        reports.take_up(row, by=editor)
    for row in (joined, unconfirmed):
        reports.join(row, by=editor, other=report, words="The same.")
    confirm(joined)
    draft = reports.accept(Report.objects.get(pk=report.pk), by=editor).correction
    text = {"text": "An earlier version misstated the cost. It was 1.45 million.", "not_fixed_reason": "Print only."}
    draft = answer_warnings(drafts.edit(draft, by=editor, **text), by=editor)
    notice = drafts.publish(drafts.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))
    withdrawal = make_follower(notice, "withdraw", text="Our figure was right at first.")
    again = make_follower(make_correction(daily, status="published"), "withdraw")

    planning.plan(Event.objects.get(kind="correction.withdrawn", subject_reference=notice.reference).pk)
    composed = letters()["corrections/mail/correction_withdrawn"]
    told = Delivery.objects.filter(template="corrections/mail/correction_withdrawn")
    assert sorted(told.values_list("recipient_key", flat=True)) == sorted(
        row.reference for row in (report, joined, unconfirmed)
    )
    assert [row.reference in letter.subject for row, (_to, letter) in zip((report, joined), composed, strict=True)] == [
        True,
        True,
    ]
    for _to, letter in composed:
        assert "Our figure was right at first." in letter.text
        assert f"http://testserver/corrections/{withdrawal.reference}/" in letter.text
        assert "you can ask once for a second look" in letter.text
        assert again.reference not in letter.text


def test_who_was_accepted_into_the_notice_that_replaces_the_first_one_hears_of_the_new_one_alone(daily, report, editor):
    second, approver = make_staff(daily, "desk_editor"), make_staff(daily, "standards_editor")

    def publish(draft):
        text = {"text": "An earlier version misstated the cost. It was 1.45 million.", "not_fixed_reason": "-"}
        draft = answer_warnings(drafts.edit(draft, by=editor, **text), by=editor)
        drafts.publish(drafts.send_for_approval(draft, by=editor), by=approver)

    publish(reports.accept(reports.take_up(report, by=editor), by=editor).correction)
    again = reports.appeal(Report.objects.get(pk=report.pk), words="Still wrong.")
    publish(reports.accept(again, by=second).correction)
    composed = letters()
    assert len(composed["corrections/mail/report_resolved"]) == 2
    assert "corrections/mail/correction_superseded" not in composed


def test_staff_see_the_words_where_the_publication_says_so(daily, report, editor):
    assert SECRET not in letters()["corrections/mail/report_submitted_desk"][0][1].text
    type(daily).objects.filter(pk=daily.pk).update(settings={"mail_words_to_staff": True})
    letter = letters()["corrections/mail/report_submitted_desk"][0][1]
    assert SECRET in letter.text
    assert "URGENT" in letter.text


@pytest.mark.parametrize(
    ("address", "medium", "named"),
    [
        ("https://daily.example/old/story?name=zinnia#zinnia", "web", "daily.example/old/story"),
        ("https://rita:zinnia@daily.example/old/story", "web", "daily.example/old/story"),
        ("https://[zinnia/", "web", "On the web"),
        ("", "print", "In print"),
    ],
)
def test_of_what_a_reader_typed_staff_are_mailed_host_and_path_and_nothing_else(daily, editor, address, medium, named):
    report = make_report(daily, claim=SECRET, passage_exact="zinnia", medium=medium)
    told = {"article": None, "article_url": address, "medium_detail": "zinnia, page 3"}
    Report.objects.filter(pk=report.pk).update(**told)
    report = reports.take_up(confirm(report), by=editor)
    tomorrow = timezone.localdate() + timedelta(days=1)
    inquiries.ask_colleague(
        report, by=editor, name="Carl", email="carl@daily.example", words="Which figure?", reply_by=tomorrow
    )
    composed = letters()
    for template in ("corrections/mail/report_submitted_desk", "corrections/mail/inquiry_opened"):
        for _kind, letter in composed[template]:
            assert named in letter.subject, template
            assert "zinnia" not in letter.subject + letter.text, template
            assert SECRET not in letter.text, template


def test_dates_in_mails_are_the_publications_own(daily):
    report = make_report(daily)
    due = next(row for row in promises.running(report) if row.kind == "decide").due_at.astimezone(daily.zone)
    receipt = letters()["corrections/mail/report_submitted"][0][1]
    assert f"by {due:%A}, {due.day} {due:%B %Y}" in receipt.text


def test_a_time_in_any_mail_names_its_zone(daily, report, editor):
    first = letters()
    whole_life(daily, report, editor)
    times = {
        (template, words)
        for template, sent in [*first.items(), *letters().items()]
        for _kind, letter in sent
        for words in re.findall(r"\b\d\d:\d\d\b.{0,4}", letter.text)
    }
    assert {template.rpartition("/")[2] for template, _words in times} >= {"report_paged", "report_submitted_desk"}
    assert [row for row in times if row[1][5:] not in ZONES] == []


def test_a_headline_with_line_breaks_makes_one_line_of_subject(daily, editor):
    article = make_article(daily, headline="One\r\nBcc: all@daily.example\u2028two")
    make_correction(daily, article=article, by=editor, status="awaiting_approval")
    make_staff(daily, "standards_editor")
    letter = letters()["corrections/mail/correction_sent_for_approval"][0][1]
    assert "\n" not in letter.subject
    assert letter.subject.endswith("One Bcc: all@daily.example two")


@pytest.mark.parametrize("medium", ["web", "newsletter"])
def test_nothing_that_the_sender_typed_is_mailed_to_an_address_that_nobody_confirmed(daily, editor, medium):
    report = make_report(daily, claim=SECRET, name="zinnia", medium=medium)
    address = "https://daily.example/win-a-zinnia?buy=zinnia"
    told = {"article": None, "article_url": address, "medium_detail": "zinnia: win at zinnia.example"}
    Report.objects.filter(pk=report.pk).update(**told)
    writing.write_to_reader(report, by=editor, words="Is it you?", unconfirmed=True, reason="They telephoned.")
    composed = letters()
    for template in ("report_submitted", "report_written_to_unconfirmed"):
        [(_kind, letter)] = composed[f"corrections/mail/{template}"]
        assert "zinnia" not in letter.subject + letter.text
        assert {"web": "On the web", "newsletter": "In a newsletter"}[medium] in letter.text.splitlines()


def test_a_receipt_names_the_article_unless_it_is_under_embargo(daily):
    article = make_article(daily, headline="The bridge")
    make_report(daily, article)
    assert "The bridge" in letters()["corrections/mail/report_submitted"][0][1].text.splitlines()
    type(article).objects.filter(pk=article.pk).update(embargoed_until=timezone.now() + timedelta(days=1))
    text = letters()["corrections/mail/report_submitted"][0][1].text
    assert [word in text for word in ("The bridge", article.url, "On the web")] == [False, False, True]


def test_a_held_report_tells_nobody(daily, editor):
    make_report(daily, held_reasons=["trap"])
    assert letters() == {}
    assert Event.objects.get(kind="report.submitted").data["status"] == "held"


@pytest.mark.parametrize(
    ("origin", "online", "offline"),
    [
        ("reader", "A reader reports an error in this article:", "A reader reports an error here:"),
        ("staff", "A colleague reports an error in this article:", "A colleague reports an error here:"),
        (
            "source",
            "A source or an agency says that this article is wrong:",
            "A source or an agency says that something is wrong here:",
        ),
    ],
)
def test_a_report_about_print_is_not_called_one_about_an_article(daily, editor, origin, online, offline):
    make_report(daily)
    printed = make_report(daily, medium="print")
    Report.objects.update(origin=origin)
    Report.objects.filter(pk=printed.pk).update(article=None, article_url="")
    said = [letter.text.partition("\n")[0] for _kind, letter in letters()["corrections/mail/report_submitted_desk"]]
    assert said == [online, offline]


@pytest.mark.parametrize(("reason", "said"), [("child", True), ("", False)])
def test_the_page_to_the_editor_on_call_says_why_it_cannot_wait(daily, editor, reason, said):
    make_report(daily, urgent=True, urgent_reason=reason)
    text = letters()["corrections/mail/report_paged"][0][1].text
    assert ("Why it cannot wait: It concerns a child\n" in text, "Why it cannot wait" in text) == (said, said)
