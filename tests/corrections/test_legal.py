"""The legal desk closes a report to everybody else, and keeps what would be forgotten."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from corrections import statistics
from corrections.models import LegalAct, Report
from corrections.services import clock, contacts, drafting, erasing, legal, links, retention, splitting, writing
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom.accounts.models import ApiKey
from newsroom.errors import Conflict, Invalid, NotAllowed, NotFound
from newsroom.events import planning, promises, upkeep
from newsroom.events.api.streams import events_of
from newsroom.events.models import Audience, Delivery, Endpoint, Event
from newsroom.workflow import THE_READER
from tests.factories import answer_warnings, confirm, make_article, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def lawyer(daily):
    return make_staff(daily, "legal")


def lawyer_and_editor(daily):
    return make_staff(daily, "legal", "desk_editor")


def restricted(report, lawyer):
    return legal.restrict(report, by=lawyer, reason="A claim is before the court.")


def told(report):
    planning.plan_due()
    return {
        (row.template.rpartition("/")[2], row.recipient_kind, row.recipient_key)
        for row in Delivery.objects.filter(event__subject_reference=report.reference, state="pending")
    }


def test_only_legal_restricts_and_only_with_a_reason(daily, editor, lawyer):
    report = make_report(daily)

    with pytest.raises(NotAllowed):
        legal.restrict(report, by=editor, reason="I would rather not.")
    with pytest.raises(Invalid):
        legal.restrict(report, by=lawyer, reason="  ")
    with pytest.raises(Invalid):
        legal.restrict(report, by=lawyer, reason="x" * 501)
    report = restricted(report, lawyer)
    with pytest.raises(Conflict):
        restricted(report, lawyer)
    with pytest.raises(Conflict):
        legal.lift_hold(report, by=lawyer, reason="There is none.")
    assert (report.visibility, report.version) == ("restricted", 2)
    assert list(LegalAct.objects.values_list("act", "reason", "by")) == [
        ("restrict", "A claim is before the court.", lawyer.pk)
    ]


def test_whoever_is_not_legal_can_do_nothing_to_it_even_with_an_old_page(daily, editor, lawyer):
    report = reports.take_up(make_report(daily), by=editor)
    report = restricted(report, lawyer)

    for attempt in (
        lambda: reports.ask(report, by=editor, words="Which one?"),
        lambda: reports.decline(report, by=editor, code="opinion", words="No."),
        lambda: reports.assign(report, by=editor, to=editor),
        lambda: reports.note(report, by=editor, words="Seen."),
        lambda: writing.write_to_reader(report, by=editor, words="Hello."),
    ):
        with pytest.raises(NotFound):
            attempt()
    both = make_staff(daily, "legal", "desk_editor")
    with pytest.raises(Invalid):
        reports.assign(report, by=both, to=editor)
    assert reports.note(report, by=lawyer, words="With counsel.").internal
    assert reports.decline(report, by=both, code="opinion", words="No.").status == "declined"


def test_no_mail_about_it_leaves_but_to_legal(daily, editor, lawyer):
    report = confirm(make_report(daily))
    reports.take_up(report, by=editor)
    report.refresh_from_db()
    reports.ask(report, by=editor, words="Which one?")
    assert told(report) >= {("report_asked", "reader", report.reference)}
    report = restricted(Report.objects.get(pk=report.pk), lawyer)

    second = make_staff(daily, "legal")
    legal.place_hold(report, by=second, reason="Keep it.")
    for promise in promises.running(report):
        promise.due_at = timezone.now() - timedelta(hours=1)
        promise.paused_at = None
        promise.save()
    clock.tick(timezone.now() + timedelta(days=20))
    links.send_again(reference=report.reference)
    reports.reply(report, words="The one in June.", by=THE_READER)

    assert told(report) == {
        ("report_restricted_left", "user", str(editor.pk)),
        ("report_restricted_desk", "user", str(second.pk)),
        *(("report_overdue_desk", "user", str(person.pk)) for person in (lawyer, second)),
        *(("report_replied_desk", "user", str(person.pk)) for person in (lawyer, second)),
    }
    report.refresh_from_db()
    assert (report.status, report.reminders_sent) == ("in_review", 0)


def test_what_happened_before_and_was_not_planned_yet_goes_out_no_longer(daily, editor, lawyer):
    Endpoint.objects.create(publication=daily, url="https://cms.example/hook", state="active")
    report = reports.take_up(confirm(make_report(daily)), by=editor)
    other = reports.assign(make_report(daily), by=lawyer_and_editor(daily), to=editor)
    report = reports.assign(report, by=lawyer_and_editor(daily), to=editor)
    report = restricted(report, lawyer)

    while planning.plan_due():
        pass
    assert {template for template, _kind, _key in told(report)} == {"report_restricted_left", "report_restricted_desk"}
    assert not Delivery.objects.filter(event__subject_reference=report.reference).exclude(endpoint=None).exists()
    assert ("report_assigned", "user", str(editor.pk)) in told(other)
    hooks = Delivery.objects.exclude(endpoint=None).values_list("event__kind", "event__subject_reference")
    assert set(hooks) == {(kind, other.reference) for kind in ("report.submitted", "report.assigned")}
    assert upkeep.reconcile() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_being_planned_at_this_moment_is_canceled(transactional_db, monkeypatch):
    daily = make_publication()
    lawyer, editor = make_staff(daily, "legal"), make_staff(daily, "desk_editor")
    report = confirm(make_report(daily))
    half_way, go_on = threading.Event(), threading.Event()

    def pause(_event, *_rows):
        half_way.set()
        go_on.wait(10)

    def plan():
        planning.plan(Event.objects.get(kind="report.submitted").pk)
        connection.close()

    def close():
        restricted(report, lawyer)
        connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(planning, "_give_position", pause)
        threads = [threading.Thread(target=work) for work in (plan, close)]
        threads[0].start()
        assert half_way.wait(10)
        threads[1].start()
        threads[1].join(0.5)
        go_on.set()
        for thread in threads:
            thread.join(10)

    states = Delivery.objects.filter(event__kind="report.submitted").values_list("recipient_key", "state")
    assert (str(editor.pk), "canceled") in states
    assert {state for _key, state in states} == {"canceled"}


def test_it_is_in_no_stream_and_no_figure(daily, lawyer):
    report = make_report(daily)
    cms = ApiKey.objects.create(key_id="cms", secret_sha256="0" * 64, label="CMS")
    planning.plan_due()
    seen = events_of(cms, {daily.pk}).count()
    assert statistics.counted(daily).count() == 1
    report = restricted(report, lawyer)
    reports.withdraw(report, by=THE_READER)
    planning.plan_due()

    assert events_of(cms, {daily.pk}).count() == seen
    assert set(
        Event.objects.filter(kind__in=["report.restricted", "report.withdrawn"]).values_list("audience", flat=True)
    ) == {Audience.NOBODY}
    assert statistics.counted(daily).count() == 0


def test_a_notice_does_not_tell_that_it_settles_a_restricted_report(daily, lawyer):
    both = make_staff(daily, "desk_editor", "legal")
    found = []
    for close in (False, True):
        report = reports.accept(reports.take_up(make_report(daily), by=both), by=both)
        if close:
            restricted(report, lawyer)
        words = {"text": "An earlier version misstated the cost. It was 1.45 million.", "not_fixed_reason": "Print."}
        notice = answer_warnings(notices.edit(report.correction, by=both, **words), by=both)
        notice = notices.publish(notices.send_for_approval(notice, by=both), by=make_staff(daily, "standards_editor"))
        found.append((Report.objects.get(pk=report.pk).status, notice.reader_reported))

    assert found == [("resolved", True), ("resolved", False)]
    assert statistics.of(daily, few=1)["totals"]["found_by_readers"] == 1


def test_no_page_of_the_desk_names_it(client, daily, editor, lawyer):
    article = make_article(daily)
    report, twin = make_report(article=article), make_report(article=article)
    other = make_report(article=article, claim="Something else entirely is wrong here.")
    accepted = reports.accept(reports.take_up(report, by=editor), by=editor)
    reports.join(twin, by=editor, other=other, words="The same.")
    restricted(accepted, lawyer)
    restricted(Report.objects.get(pk=twin.pk), lawyer)

    client.force_login(editor)
    pages = [
        "/admin/",
        reverse("admin:corrections_report_changelist") + "?open=all",
        reverse("admin:corrections_report_change", args=[other.pk]),
        reverse("admin:corrections_correction_change", args=[accepted.correction_id]),
    ]
    texts = [client.get(path).content.decode() for path in pages]
    assert [report.reference in text or twin.reference in text for text in texts] == [False] * 4
    client.force_login(lawyer)
    assert {str(card.label): card.count for card in client.get("/admin/").context_data["cards"]}[
        "restricted reports"
    ] == 1
    assert report.reference in client.get(pages[1]).content.decode()


def test_the_buttons_of_legal_restrict_and_hold_and_the_page_says_so(client, daily, lawyer, editor):
    report = make_report(daily)
    client.force_login(lawyer)

    def press(name, reason):
        report.refresh_from_db()
        url = reverse("admin:corrections_report_do", args=[report.pk, name])
        return client.post(url, {"seen": report.version, "reason": reason}, follow=True)

    assert press("restrict", "").status_code == 422
    page = press("restrict", "A claim is before the court.").content.decode()
    assert "Only the legal desk sees this report" in page
    assert "A claim is before the court." in page
    page = press("place_hold", "Evidence for the hearing.").content.decode()
    assert "Nothing of this report is erased" in page
    press("unrestrict", "The claim was withdrawn.")
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk])).content.decode()
    assert "Evidence for the hearing." in page
    assert "A claim is before the court." not in page
    assert told(report) >= {("report_unrestricted_desk", "user", str(editor.pk))}


def test_a_draft_begun_for_a_restricted_report_holds_none_of_its_words(daily, lawyer):
    both = make_staff(daily, "desk_editor", "legal")
    said = {"passage_exact": "1.2 million", "suggestion": "1.45 million"}
    drafted = []
    for close in (False, True):
        report = make_report(daily, **said)
        if close:
            report = restricted(report, lawyer)
        report = reports.accept(reports.take_up(report, by=both), by=both)
        drafted.append((report.correction.original_text, report.correction.corrected_text))

    assert drafted == [("1.2 million", "1.45 million"), ("", "")]


def test_legal_reads_before_and_after_that_a_notice_in_the_making_holds_words_of_the_report(
    client, daily, editor, lawyer
):
    report = make_report(daily, passage_exact="1.2 million", suggestion="1.45 million")
    report = reports.accept(reports.take_up(report, by=editor), by=editor)
    notice, page = report.correction, reverse("admin:corrections_report_change", args=[report.pk])
    warning = f"Words of this report stand in a notice that the desk writes: {notice.reference}."
    client.force_login(lawyer)

    assert warning in client.get(page).content.decode()
    restricted(report, lawyer)
    assert warning in client.get(page).content.decode()
    notices.edit(notice, by=editor, original_text="", corrected_text="", text="We mean the 1.45 million.")
    assert warning in client.get(page).content.decode()
    notices.edit(notice, by=editor, text="An earlier version misstated the cost.")
    assert "Words of this report stand in" not in client.get(page).content.decode()


def test_a_draft_that_was_left_when_the_report_was_reopened_is_named_as_well(daily, editor):
    report = make_report(daily, passage_exact="1.2 million")
    report = reports.accept(reports.take_up(report, by=editor), by=editor)
    notice = report.correction
    report = reports.reopen(report, by=editor, words="Not sure.")
    assert drafting.unpublished_with_words_of(report) == [notice]
    notices.discard(notice, by=editor)
    assert drafting.unpublished_with_words_of(report) == []


def test_a_page_that_the_desk_may_hand_out_does_not_lead_to_a_restricted_half(client, daily, editor, lawyer):
    report = make_report(daily)
    for claim in ("The name is wrong.", "The date is wrong."):
        report = splitting.split(report, by=editor, claim=claim)
    second, third = Report.objects.filter(split_from=report).order_by("pk")
    restricted(second, lawyer)

    def leads_to(shown):
        text = client.get(private_path(shown), follow=True).content.decode()
        return [private_path(row) in text or row.reference in text for row in (report, second, third) if row != shown]

    assert (leads_to(report), leads_to(third)) == ([False, True], [True, False])
    assert leads_to(second) == [True, True]
    restricted(third, lawyer)
    assert (leads_to(second), leads_to(third)) == ([True, True], [True, True])


def test_a_hold_keeps_what_is_due_to_be_forgotten_until_it_is_lifted(daily, lawyer):
    report = confirm(make_report(daily))
    report = legal.place_hold(report, by=lawyer, reason="Evidence for the hearing.")
    reports.withdraw(report, by=THE_READER)
    Report.objects.update(closed_at=timezone.now() - timedelta(days=5000))
    now = timezone.now()

    def forgotten():
        return {name: count for name, count in retention.retain(now=now, dry_run=False).items() if count}

    assert forgotten() == {}
    with pytest.raises(Conflict):
        contacts.erase_contact(report, by=THE_READER, why="asked")
    legal.lift_hold(Report.objects.get(pk=report.pk), by=lawyer, reason="The case is over.")
    assert forgotten() == {"contacts": 1, "texts": 1}


def test_the_reader_s_file_does_not_tell_what_legal_did(daily, lawyer):
    report = legal.place_hold(restricted(make_report(daily), lawyer), by=lawyer, reason="Keep it.")

    assert [row["what"] for row in erasing.held_on(report)["what_happened"]] == ["report.submitted"]


def test_the_desk_refers_a_report_and_legal_answers_with_a_note(client, daily, editor, lawyer):
    report = reports.take_up(make_report(daily), by=editor)
    due = {row.kind: row.due_at for row in promises.running(report)}
    report = legal.refer(report, by=editor, reason="They threaten to sue.")
    assert report.referred_at is not None
    assert not legal.may_refer(report, editor)
    with pytest.raises(Conflict):
        legal.refer(report, by=editor, reason="They threaten to sue.")
    assert {row.kind: row.due_at for row in promises.running(report)} == due
    assert told(report) >= {("report_referred_desk", "user", str(lawyer.pk))}

    client.force_login(lawyer)
    waiting = f"{reverse('admin:corrections_report_changelist')}?referred_at__isempty=0"
    assert waiting in client.get(reverse("admin:index")).content.decode()
    assert report.reference in client.get(waiting).content.decode()
    press = reverse("admin:corrections_report_do", args=[report.pk, "advise"])
    assert client.post(press, {"seen": report.version, "words": "Do not repeat the name."}).status_code == 302

    report.refresh_from_db()
    assert (report.referred_at, report.status) == (None, "in_review")
    note = report.messages.get()
    assert (note.internal, note.author, note.body) == (True, lawyer, "Do not repeat the name.")
    assert ("report_advised_desk", "user", str(editor.pk)) in told(report)
    client.force_login(editor)
    text = client.get(reverse("admin:corrections_report_change", args=[report.pk])).content.decode()
    assert ("Do not repeat the name." in text, "They threaten to sue." in text) == (True, True)
    assert waiting not in client.get(reverse("admin:index")).content.decode()


def test_nothing_is_referred_where_nobody_answers_and_nobody_advises_unasked(daily, editor):
    report = make_report(daily)
    with pytest.raises(Conflict, match="Nobody holds the legal role"):
        legal.refer(report, by=editor, reason="They threaten to sue.")
    lawyer = make_staff(daily, "legal")
    for reason in ("", " ", "x" * 501):
        with pytest.raises(Invalid):
            legal.refer(report, by=editor, reason=reason)
    with pytest.raises(NotAllowed):
        legal.refer(report, by=lawyer, reason="They threaten to sue.")
    with pytest.raises(Conflict):
        legal.advise(report, by=lawyer, words="Careful.")
    report = legal.refer(report, by=editor, reason="They threaten to sue.")
    with pytest.raises(NotAllowed):
        legal.advise(report, by=editor, words="Careful.")
    with pytest.raises(Invalid):
        legal.advise(report, by=lawyer, words=" ")
    assert Report.objects.get(pk=report.pk).referred_at == report.referred_at


def test_restricting_a_referred_report_answers_the_desk(daily, editor, lawyer):
    report = legal.refer(make_report(daily), by=editor, reason="They threaten to sue.")
    report = restricted(report, lawyer)
    assert (report.referred_at, legal.may_advise(report, lawyer)) == (None, False)
