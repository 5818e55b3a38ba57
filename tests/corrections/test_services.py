"""The story of a report and of the notice that settles it, by the services alone."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from corrections.ledger.canonical import canonical
from corrections.ledger.commitments import commit
from corrections.models import Correction, LedgerEntry, LedgerHead, Report
from corrections.services import clock, destroying, legal, submitting, writing
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from newsroom.accounts.models import Approval
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events import promises
from newsroom.events.log import history_of
from newsroom.events.models import Event, Promise
from tests.factories import (
    make_article,
    make_correction,
    make_destroyed,
    make_publication,
    make_report,
    make_staff,
    reader_email,
    revise,
)

pytestmark = pytest.mark.django_db
WORDS = "An earlier version misstated the cost of the bridge. It was 1.45 million."


@pytest.fixture
def desk():
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")
        other = make_staff(publication, "desk_editor")
        standards = make_staff(publication, "standards_editor")
        legal = make_staff(publication, "legal")
        second_legal = make_staff(publication, "legal")

    return Desk


def kinds(record):
    return [event.kind for event in history_of(record)]


def drafted(desk, report):
    report = reports.take_up(report, by=desk.editor)
    report = reports.accept(report, by=desk.editor)
    return notices.edit(report.correction, by=desk.editor, text=WORDS, not_fixed_reason="The page is archived.")


def test_a_submitted_report_promises_three_dates_and_seals_the_contact(desk):
    report = make_report(desk.publication)

    assert [(row.kind, row.subject_reference) for row in promises.running(report)] == [
        ("acknowledge", report.reference),
        ("decide", report.reference),
        ("publish", report.reference),
    ]
    assert "rita" not in report.contact.email_sealed
    assert reader_email(report) == "rita@reader.example"
    assert kinds(report) == ["report.submitted"]
    assert Event.objects.get().data == {"status": "new", "category": "number_or_date", "receipt": 0}


def test_an_anonymous_report_has_no_contact_row(desk):
    report = make_report(desk.publication, name="", email="")

    assert not hasattr(Report.objects.get(pk=report.pk), "contact")


def test_the_same_form_sent_twice_is_one_report(desk):
    draft = Draft(claim="Wrong.", publication=desk.publication, article=make_article(desk.publication))

    first = submit(draft, form_token="t" * 20)
    second = submit(draft, form_token="t" * 20)

    assert first.pk == second.pk
    assert Event.objects.count() == 1


def test_a_web_report_without_an_address_is_refused(desk):
    with pytest.raises(Invalid) as refusal:
        submit(Draft(claim="Wrong.", publication=desk.publication))

    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/article_url", "required")]
    assert Report.objects.count() == 0


def test_the_private_link_opens_its_own_report_only(desk):
    mine, other = make_report(desk.publication), make_report(desk.publication)
    token = submitting.private_path(mine).split("/")[3]

    assert submitting.find_by_token(token) == mine
    assert submitting.find_by_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert submitting.find_by_token(other.token_nonce + token[22:]) is None
    assert submitting.find_by_token("") is None


def test_asking_stops_the_clocks_and_the_reply_runs_them_on(desk):
    report = reports.take_up(make_report(desk.publication), by=desk.editor)
    report = reports.ask(report, by=desk.editor, words="Which table?")
    paused = Promise.objects.get(subject_reference=report.reference, kind="decide")
    due = paused.due_at
    Promise.objects.filter(pk=paused.pk).update(paused_at=timezone.now() - timedelta(days=7))

    report = reports.reply(report, words="Table 2.")

    running = Promise.objects.get(pk=paused.pk)
    assert running.paused_at is None
    assert timedelta(days=6) < running.due_at - due < timedelta(days=8)
    assert [row.body for row in report.messages.all()] == ["Which table?", "Table 2."]
    assert report.status == "in_review"


def test_accepting_starts_a_draft_with_the_passage_and_no_author(desk):
    report = make_report(desk.publication, passage_exact="1.2 million")
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)

    assert report.correction.original_text == "1.2 million"
    assert report.correction.author_ids() == set()
    assert [row.article for row in report.correction.articles.all()] == [report.article]


def test_two_reports_can_join_one_draft(desk):
    first = reports.accept(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor)
    second = reports.take_up(make_report(desk.publication), by=desk.other)
    second = reports.accept(second, by=desk.other, correction=first.correction)

    assert second.correction == first.correction


def test_a_published_correction_cannot_be_joined(desk):
    done = make_correction(desk.publication, status="published")
    report = reports.take_up(make_report(desk.publication), by=desk.editor)

    with pytest.raises(Conflict, match="can no longer be joined"):
        reports.accept(report, by=desk.editor, correction=done)
    assert Report.objects.get(pk=report.pk).status == "in_review"


def test_publishing_needs_a_second_person_who_wrote_none_of_the_words(desk):
    correction = notices.send_for_approval(
        notices.edit(drafted(desk, make_report(desk.publication)), by=desk.standards, text=WORDS),
        by=desk.editor,
    )

    with pytest.raises(Conflict, match="You wrote words"):
        notices.publish(correction, by=desk.standards)
    with pytest.raises(NotAllowed):
        notices.publish(correction, by=desk.other)
    second = make_staff(desk.publication, "standards_editor")
    published = notices.publish(correction, by=second)

    assert published.status == "published"
    approval = Approval.objects.get(subject_reference=correction.reference)
    assert approval.approved_by == second
    assert approval.proposed_by in {desk.editor, desk.standards}


def test_publishing_settles_the_reports_and_appends_the_leaf(desk):
    report = make_report(desk.publication)
    correction = notices.send_for_approval(drafted(desk, report), by=desk.editor)
    correction = notices.publish(correction, by=desk.standards)
    report.refresh_from_db()

    assert (report.status, report.resolution_code) == ("resolved", "corrected")
    assert kinds(report)[-1] == "report.resolved"
    assert correction.reader_reported is True
    entry = LedgerEntry.objects.get()
    leaf = json.loads(entry.leaf)
    assert sorted(leaf) == ["at", "commitment", "kind", "publication", "reference", "type"]
    assert (leaf["type"], leaf["reference"], leaf["publication"]) == (
        "correction.published",
        correction.reference,
        desk.publication.slug,
    )
    assert leaf["commitment"] == commit(bytes.fromhex(entry.opening.salt), entry.opening.content)
    assert entry.opening.content["text"] == WORDS
    assert canonical(leaf).decode() == entry.leaf
    assert LedgerHead.objects.get().size == 1
    article = Article.objects.get(pk=report.article_id)
    assert (article.corrections_count, article.latest_correction_at) == (1, correction.published_at)


def test_a_page_that_is_twenty_minutes_old_cannot_publish_words_its_reader_has_not_seen(desk):
    correction = notices.send_for_approval(drafted(desk, make_report(desk.publication)), by=desk.editor)
    seen = correction.version
    correction = notices.return_to_draft(correction, by=desk.other, words="One word.")
    correction = notices.edit(
        correction, by=desk.editor, text="We misstated the cost of the bridge. It was 1.46 million."
    )
    correction = notices.send_for_approval(correction, by=desk.editor)

    with pytest.raises(Stale):
        notices.publish(correction, by=desk.standards, seen=seen)
    assert Correction.objects.get(pk=correction.pk).status == "awaiting_approval"
    assert LedgerEntry.objects.count() == 0


def test_publishing_waits_for_the_fixed_revision_or_a_stated_reason(desk):
    article = make_article(desk.publication)
    correction = make_correction(article=article, by=desk.editor, not_fixed_reason="")
    correction = notices.send_for_approval(correction, by=desk.editor)

    with pytest.raises(Conflict, match="fixed text of"):
        notices.publish(correction, by=desk.standards)
    revise(article, body="The council spent 1.45 million.")
    notices.see_fix(correction, by=desk.editor, article=article, revision=2)
    published = notices.publish(correction, by=desk.standards)

    row = published.articles.get()
    assert (row.revision_before, row.revision_after) == (1, 2)


def test_frozen_words_cannot_be_edited(desk):
    correction = make_correction(desk.publication, by=desk.editor, status="awaiting_approval")

    with pytest.raises(Conflict, match="frozen"):
        notices.edit(correction, by=desk.editor, text="Sneaky.")


def test_a_retraction_cancels_the_article_and_only_its_withdrawal_lifts_it(desk):
    article = make_article(desk.publication)
    retraction = make_correction(article=article, status="published", kind="retraction")
    assert Article.objects.get(pk=article.pk).status == "canceled"

    update = make_correction(article=article, status="published", kind="update")
    assert Article.objects.get(pk=article.pk).status == "canceled"

    notice = notices.start(
        desk.publication,
        by=desk.editor,
        articles=[],
        kind="editors_note",
        target=retraction,
        effect="withdraw",
    )
    notice = notices.edit(notice, by=desk.editor, text="The retraction was made in error.")
    notices.publish(notices.send_for_approval(notice, by=desk.editor), by=desk.standards)

    assert Article.objects.get(pk=article.pk).status == "usable"
    assert Correction.objects.get(pk=retraction.pk).status == "withdrawn"
    assert Correction.objects.get(pk=update.pk).status == "published"
    assert [json.loads(row.leaf)["type"] for row in LedgerEntry.objects.all()] == [
        "correction.published",
        "correction.published",
        "correction.published",
        "correction.withdrawn",
    ]


def test_a_correction_of_a_correction_supersedes_it(desk):
    article = make_article(desk.publication)
    first = make_correction(article=article, status="published")
    second = notices.start(desk.publication, by=desk.editor, articles=[article], target=first, effect="supersede")
    second = notices.edit(
        second, by=desk.editor, text="The corrected cost was wrong too. It was 1.46 million.", not_fixed_reason="-"
    )
    notices.publish(notices.send_for_approval(second, by=desk.editor), by=desk.standards)

    first.refresh_from_db()
    assert first.status == "superseded"
    assert kinds(first)[-1] == "correction.superseded"


def test_publishing_alone_is_reviewed_by_another_within_a_day(desk):
    correction = make_correction(desk.publication, by=desk.editor)
    correction = notices.publish_urgent(correction, by=desk.standards, words="A name is wrong on the front page.")
    promise = promises.running(correction).get()

    assert promise.kind == "second_review"
    assert promise.due_at - correction.published_at <= timedelta(hours=24)
    with pytest.raises(NotAllowed, match="second person"):
        notices.review(correction, by=desk.standards)
    notices.review(correction, by=make_staff(desk.publication, "standards_editor"))
    assert not promises.running(correction).exists()


def test_publishing_alone_can_be_forbidden(desk):
    desk.publication.settings = {"allow_publish_urgent": False}
    desk.publication.save()
    correction = make_correction(desk.publication, by=desk.editor)

    with pytest.raises(Conflict, match="does not allow"):
        notices.publish_urgent(correction, by=desk.standards, words="Quick.")


def test_suppression_hides_and_can_destroy_while_the_leaf_stays(desk):
    correction = make_correction(desk.publication, status="published", anchor="council-cost")
    leaf = LedgerEntry.objects.get().leaf
    suppressed = make_destroyed(correction)

    kept = Correction.objects.get(pk=correction.pk)
    words = [getattr(kept, name) for name in destroying.DESTROYED]
    assert (suppressed.status, words, kept.lint_answers) == ("suppressed", [""] * 6, {})
    assert LedgerEntry.objects.filter(opening__isnull=False).count() == 0
    assert LedgerEntry.objects.get(correction=correction).leaf == leaf
    with pytest.raises(Conflict, match="destroyed"):
        notices.unsuppress(suppressed, by=desk.legal, words="Lifted.")


def test_a_lifted_suppression_restores_the_status_from_before(desk):
    article = make_article(desk.publication)
    first = make_correction(article=article, status="published")
    second = notices.start(desk.publication, by=desk.editor, articles=[article], target=first, effect="supersede")
    second = notices.edit(
        second, by=desk.editor, text="The cost was wrong again. It was 1.46 million.", not_fixed_reason="-"
    )
    notices.publish(notices.send_for_approval(second, by=desk.editor), by=desk.standards)
    first.refresh_from_db()

    first = notices.suppress(first, by=desk.legal, words="Order")
    first = notices.unsuppress(first, by=desk.legal, words="Lifted")

    assert first.status == "superseded"


def test_declining_needs_a_code_and_words_and_says_where_else_to_turn(desk):
    desk.publication.settings = {"complaints_body": "The Press Council, within 3 months."}
    desk.publication.save()
    report = make_report(desk.publication)

    for code, words in (("corrected", "No."), ("opinion", "  "), ("nonsense", "No.")):
        with pytest.raises(Invalid), transaction.atomic():
            reports.decline(report, by=desk.editor, code=code, words=words)
    report = reports.decline(report, by=desk.editor, code="opinion", words="It is marked as opinion.")

    decision = report.decisions.get()
    assert (decision.answer, decision.turn_to) == (
        "It is marked as opinion.",
        "The Press Council, within 3 months.",
    )
    assert not promises.running(report).exists()


def test_an_appeal_comes_once_within_28_days_and_another_editor_decides(desk):
    report = reports.decline(make_report(desk.publication), by=desk.editor, code="opinion", words="Opinion.")
    report = reports.appeal(report, words="It states a number.")

    assert (report.status, report.assignee, report.resolution_code) == ("in_review", None, "")
    with pytest.raises(Conflict, match="another editor"):
        reports.decline(report, by=desk.editor, code="opinion", words="Still.")
    report = reports.decline(report, by=desk.other, code="no_error_found", words="We checked again.")
    assert report.decisions.count() == 2
    with pytest.raises(Conflict, match="second time"):
        reports.appeal(report, words="Again!")


@pytest.mark.parametrize(
    ("zone", "closed", "last", "first_too_late"),
    [
        # The clocks of New York go back on 1 November 2026, those of Berlin on 25 October: the last day has 25 hours.
        ("America/New_York", "2026-10-04T14:03:00Z", "2026-11-02T04:59:59Z", "2026-11-02T05:00:00Z"),
        ("Europe/Berlin", "2026-09-27T08:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
        # In spring the window is an hour shorter.
        ("America/New_York", "2026-02-20T03:00:00Z", "2026-03-20T03:59:59Z", "2026-03-20T04:00:00Z"),
    ],
)
def test_an_appeal_is_taken_until_the_last_day_ends_where_the_publication_is(zone, closed, last, first_too_late):
    publication = make_publication(time_zone=zone)
    editor = make_staff(publication, "desk_editor")
    report = reports.decline(make_report(publication), by=editor, code="opinion", words="Opinion.")
    Report.objects.filter(pk=report.pk).update(closed_at=datetime.fromisoformat(closed))
    too_late = time_machine.travel(datetime.fromisoformat(first_too_late), tick=False)
    with too_late, pytest.raises(Conflict, match="is over"):
        reports.appeal(report, words="Late.")
    with time_machine.travel(datetime.fromisoformat(last), tick=False):
        assert reports.appeal(report, words="In time.").status == "in_review"


def test_accepting_after_an_appeal_promises_the_correction_again(desk):
    report = reports.take_up(make_report(desk.publication), by=desk.editor)
    report = reports.decline(report, by=desk.editor, code="opinion", words="Opinion.")
    report = reports.appeal(report, words="It states a number.")
    assert [row.kind for row in promises.running(report)] == ["decide"]

    report = reports.accept(report, by=desk.other)

    assert [row.kind for row in promises.running(report)] == ["publish"]


def test_accepting_leaves_the_date_that_was_given_for_the_correction(desk):
    report = reports.take_up(make_report(desk.publication), by=desk.editor)
    given = promises.running(report).get(kind="publish").due_at
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        report = reports.accept(report, by=desk.editor)
    assert promises.running(report).get(kind="publish").due_at == given


def test_joined_readers_follow_the_first_report_to_its_end(desk):
    first, second, third = (make_report(desk.publication) for _ in range(3))
    second = reports.join(second, by=desk.editor, other=first, words="Already reported.")
    third = reports.join(third, by=desk.editor, other=second, words="Already reported.")

    assert (second.status, third.joined_to) == ("duplicate", first)
    with pytest.raises(Invalid):
        reports.join(first, by=desk.editor, other=second, words="Circle.")
    with pytest.raises(Invalid):
        reports.join(first, by=desk.editor, other=first, words="Itself.")


def test_a_withdrawn_report_closes_without_stopping_the_draft(desk):
    report = reports.withdraw(make_report(desk.publication))

    assert (report.status, report.resolution_code) == ("withdrawn", "withdrawn_by_reader")


def test_reopening_leaves_the_draft_and_the_note_internal(desk):
    report = reports.accept(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor)
    draft = report.correction
    report = reports.reopen(report, by=desk.editor, words="The source is weak.")

    assert (report.status, report.correction) == ("in_review", None)
    assert [message.internal for message in report.messages.all()] == [True]
    assert Correction.objects.get(pk=draft.pk).status == "draft"


def test_a_draft_that_reports_wait_for_is_not_discarded(desk):
    report = reports.accept(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor)

    with pytest.raises(Conflict, match="wait for this correction"):
        notices.discard(report.correction, by=desk.editor)
    reports.reopen(report, by=desk.editor, words="No.")
    assert notices.discard(report.correction, by=desk.editor).status == "discarded"


def test_a_silent_reader_is_reminded_twice_then_the_report_lapses(desk):
    report = reports.ask(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor, words="Where?")
    start = timezone.now()
    seen = []
    for day in (4, 5, 9, 10, 14, 15, 16, 17):
        clock.tick(start + timedelta(days=day))
        report.refresh_from_db()
        seen.append((report.reminders_sent, report.status))

    assert seen == [
        (0, "needs_info"),
        (1, "needs_info"),
        (1, "needs_info"),
        (2, "needs_info"),
        (2, "needs_info"),
        (2, "needs_info"),  # the fifteenth day was named to the reader: it is theirs until it ends
        (2, "lapsed"),
        (2, "lapsed"),
    ]


@pytest.mark.parametrize("meanwhile", ["reply", "ask again", "write", "restrict"])
def test_the_clock_does_not_overrun_what_somebody_did_while_it_waited(desk, monkeypatch, meanwhile):
    report = reports.ask(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor, words="Where?")
    asked, closes_at = timezone.now(), clock._closes_at
    for day in (6, 11):
        clock.tick(asked + timedelta(days=day))

    def done_first(read):
        monkeypatch.setattr(clock, "_closes_at", closes_at)
        if meanwhile == "restrict":
            legal.restrict(report, by=desk.legal, reason="Court.")
        elif meanwhile == "write":
            writing.write_to_reader(report, by=desk.editor, words="We found the minutes.", unconfirmed=True, reason="-")
        else:
            answered = reports.reply(report, words="There.")
            if meanwhile == "ask again":
                reports.ask(answered, by=desk.editor, words="And when?")
        return closes_at(read)

    monkeypatch.setattr(clock, "_closes_at", done_first)
    assert clock.lapse(asked + timedelta(days=17)) == 0
    stands = {"reply": "in_review"}.get(meanwhile, "needs_info")
    assert (Report.objects.get(pk=report.pk).status, clock._closes_at is closes_at) == (stands, True)


def test_a_question_that_was_asked_again_while_the_clock_waited_brings_no_reminder_yet(desk, monkeypatch):
    report = reports.ask(reports.take_up(make_report(desk.publication), by=desk.editor), by=desk.editor, words="Where?")
    asked, lock = timezone.now(), clock.lock

    def asked_again_first(read, **seen):
        reports.ask(reports.reply(report, words="There."), by=desk.editor, words="And when?")
        return lock(read, **seen)

    monkeypatch.setattr(clock, "lock", asked_again_first)
    assert clock.remind(asked + timedelta(days=6)) == 0
    assert Report.objects.get(pk=report.pk).reminders_sent == 0


def test_a_report_that_cannot_be_closed_holds_up_no_other_and_no_promise(desk):
    broken = make_publication()
    everywhere = make_staff(None, "desk_editor")
    silent = [reports.take_up(make_report(house), by=everywhere) for house in (broken, desk.publication)]
    for report in silent:
        reports.ask(report, by=everywhere, words="Which year?")
    owed = make_report(desk.publication)
    Report.objects.filter(pk__in=[report.pk for report in silent]).update(reminders_sent=2)
    type(broken).objects.filter(pk=broken.pk).update(time_zone="Europe/Atlantis")
    with pytest.raises(KeyError, match="Europe/Atlantis"):
        clock.tick(timezone.now() + timedelta(days=30))
    stand = [Report.objects.get(pk=report.pk).status for report in silent]
    assert stand == ["needs_info", "lapsed"]
    assert "report.overdue" in [event.kind for event in history_of(owed)]


@pytest.mark.parametrize("field", ["about_me", "urgent"])
def test_a_report_by_the_subject_or_an_urgent_one_never_lapses(desk, field):
    report = make_report(desk.publication, **{field: True})
    report = reports.ask(reports.take_up(report, by=desk.editor), by=desk.editor, words="Where?")
    for day in (6, 11, 40):
        clock.tick(timezone.now() + timedelta(days=day))

    assert Report.objects.get(pk=report.pk).status == "needs_info"


def test_a_broken_promise_is_noted_once(desk):
    report = make_report(desk.publication)
    late = timezone.now() + timedelta(days=5)

    clock.tick(late)
    clock.tick(late)

    assert [kind for kind in kinds(report) if kind == "report.overdue"] == ["report.overdue"]


def test_the_database_itself_refuses_a_published_notice_without_words(desk):
    correction = make_correction(desk.publication, status="published")

    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(text="")


def test_an_event_and_a_leaf_are_never_changed_or_deleted(desk):
    make_correction(desk.publication, status="published")
    event, entry = Event.objects.first(), LedgerEntry.objects.first()

    for row in (event, entry):
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()


def test_a_report_joined_to_itself_is_refused_as_that():
    report = make_report()
    editor = make_staff(report.publication, "desk_editor")
    elsewhere = make_report(make_publication())
    for other, sentence in (
        (report, "A report cannot be joined to itself."),
        (elsewhere, "Join it to another report of the same publication."),
    ):
        with pytest.raises(Invalid) as refused:
            reports.join(report, by=editor, other=other, words="The same.")
        assert refused.value.message == sentence
