"""Corrections follow the copy."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import planning
from newsroom.events.models import Event
from newsroom.workflow import THE_PARTNER
from reprints import duties
from reprints.models import License, UpdateNotice
from reprints.services import clock, licenses, updates
from reprints.vocabulary import Action, answer_choices
from tests.kept import again, made_once
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A publication, an article, and its only license."""

    def build():
        publication = make.make_publication()
        article = make.make_article(publication)
        return publication, article, make.make_license(publication, article)

    yield from made_once(django_db_blocker, build)


@pytest.fixture(autouse=True)
def publication(built, db):
    return again(built[0])


@pytest.fixture
def article(built, publication):
    return again(built[1])


@pytest.fixture
def held(built, publication):
    return again(built[2])


@pytest.fixture
def unlicensed(publication):
    return make.make_article(publication)


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


def tell(name, article, /, *, subject=None, **data):
    """Record the other desk's event and let the planner do what follows; the notices that this opened."""
    with transaction.atomic():
        event = make.happened(name, article, subject=subject, **data)
    planning.plan(event.pk)
    return list(UpdateNotice.objects.filter(origin_event=event).order_by("pk"))


DUTIES = [
    ("correction.published", {"kind": "correction"}, "correction", "replace_or_append", 72),
    ("correction.published", {"kind": "clarification"}, "clarification", "inform", None),
    ("correction.published", {"kind": "editors_note"}, "clarification", "inform", None),
    ("correction.published", {"kind": "update"}, "update", "inform", None),
    ("correction.published", {"kind": "reply"}, "update", "inform", None),
    ("correction.published", {"kind": "retraction"}, "retraction", "take_down", 24),
    ("correction.superseded", {"kind": "correction"}, "update", "inform", None),
    ("correction.withdrawn", {"kind": "correction"}, "update", "inform", None),
    ("correction.withdrawn", {"kind": "retraction"}, "release", "inform", None),
    ("correction.reinstated", {"kind": "retraction"}, "retraction", "take_down", 24),
    ("article.withheld", {}, "hold", "take_down", 24),
    ("article.canceled", {}, "legal_removal", "take_down", 24),
    ("article.released", {}, "release", "inform", None),
]


@pytest.mark.parametrize(("event", "data", "kind", "duty", "hours"), DUTIES)
def test_each_event_opens_a_notice_with_the_duty_of_the_terms(held, article, event, data, kind, duty, hours):
    [notice] = tell(event, article, **data)
    due = notice.origin_event.happened_at + timedelta(hours=hours) if hours else None
    assert (notice.license, notice.kind, notice.duty, notice.due_at, notice.status) == (
        held,
        kind,
        duty,
        due,
        "open",
    )
    assert notice.correction_reference == (
        "" if event.startswith("article.") else notice.origin_event.subject_reference
    )


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("correction.published", {"kind": "minor_fix"}),
        ("correction.withdrawn", {"kind": "minor_fix"}),
        ("correction.published", {"kind": "something_new"}),
        ("article.canceled", {"correction": "C-22222222-2"}),
    ],
)
def test_what_notifies_nobody(held, article, event, data):
    assert tell(event, article, **data) == []
    assert held.update_notices.count() == 0


def test_a_correction_of_another_article_is_nothing_to_this_license(publication, held, article):
    assert tell("correction.published", make.make_article(publication)) == []


def test_the_duty_is_the_one_in_the_licenses_own_snapshot(publication, unlicensed):
    make.make_terms(publication, duties={"correction": {"duty": "purge", "within_hours": 1}})
    old = make.make_license(publication, unlicensed)
    make.make_terms(publication, duties={})
    new = make.make_license(publication, unlicensed)
    notices = {notice.license_id: notice for notice in tell("correction.published", unlicensed)}
    assert (notices[old.pk].duty, notices[new.pk].duty, notices[new.pk].due_at) == ("purge", "requested", None)


def test_the_same_event_twice_opens_nothing_twice(held, article):
    [notice] = tell("correction.published", article)
    assert updates.open_for(notice.origin_event) == []
    assert UpdateNotice.objects.count() == 1
    assert Event.objects.filter(kind="update_notice.opened").count() == 1


def test_a_newer_notice_supersedes_the_open_one(held, article):
    [first] = tell("correction.published", article)
    [second] = tell("correction.published", article, kind="retraction")
    first.refresh_from_db()
    assert (first.status, second.status, second.duty) == ("superseded", "open", "take_down")


def test_a_milder_notice_does_not_forget_what_is_still_owed(held, article):
    [first] = tell("correction.published", article)
    [second] = tell("correction.published", article, kind="update")
    assert (second.kind, second.duty, second.due_at) == ("update", "replace_or_append", first.due_at)


def withdraw(old, article, /, *, kind="correction", by_kind="editors_note"):
    """The notice `old` is withdrawn by one of its own; what this opened."""
    new = make.Notice(article.publication)
    tell("correction.withdrawn", article, subject=old, kind=kind, by_notice=new.reference)
    return tell("correction.published", article, subject=new, kind=by_kind)


def past(notice):
    UpdateNotice.objects.filter(pk=notice.pk).update(due_at=timezone.now() - timedelta(hours=1))


def test_a_milder_notice_demands_nothing_by_a_date_that_has_passed(held, article):
    [first] = tell("correction.published", article)
    past(first)
    before = timezone.now()
    [second] = tell("correction.published", article, kind="update")
    assert second.duty == "replace_or_append"
    assert before + timedelta(hours=72) <= second.due_at <= timezone.now() + timedelta(hours=72)
    assert clock.tick(timezone.now())["overdue"] == 0


def test_a_demand_without_a_date_gets_none_from_another_kind(publication, unlicensed):
    terms = {"update": {"duty": "replace_or_append"}, "correction": {"duty": "replace_or_append", "within_hours": 72}}
    make.make_terms(publication, duties={**terms, "clarification": {"duty": "inform"}})
    make.make_license(publication, unlicensed)
    tell("correction.published", unlicensed, kind="update")
    [notice] = tell("correction.published", unlicensed, kind="clarification")
    assert (notice.duty, notice.due_at) == ("replace_or_append", None)


def test_what_took_over_a_withdrawn_demand_still_demands_its_own(publication, unlicensed):
    terms = {"correction": {"duty": "take_down"}, "update": {"duty": "replace_or_append", "within_hours": 5}}
    make.make_terms(publication, duties={**terms, "clarification": {"duty": "inform"}})
    make.make_license(publication, unlicensed)
    old = make.Notice(publication)
    tell("correction.published", unlicensed, subject=old)
    [later] = tell("correction.published", unlicensed, kind="update")
    before = timezone.now()
    tell("correction.withdrawn", unlicensed, subject=old, kind="clarification")
    notice = UpdateNotice.objects.get(status="open")
    assert (later.duty, notice.duty) == ("take_down", "replace_or_append")
    assert before + timedelta(hours=5) <= notice.due_at <= timezone.now() + timedelta(hours=5)


@pytest.mark.parametrize("late", [False, True])
def test_what_a_withdrawn_correction_demanded_is_owed_no_more(held, article, late):
    old = make.Notice(article.publication)
    [first] = tell("correction.published", article, subject=old)
    if late:
        past(first)
    [notice] = withdraw(old, article)
    first.refresh_from_db()
    assert (first.status, notice.kind, notice.duty, notice.due_at) == ("superseded", "update", "inform", None)
    assert clock.tick(timezone.now())["overdue"] == 0


def test_a_withdrawal_leaves_what_another_correction_still_demands(held, article):
    [first] = tell("correction.published", article)
    old = make.Notice(article.publication)
    tell("correction.published", article, subject=old, kind="clarification")
    [notice] = withdraw(old, article, kind="clarification")
    assert (notice.duty, notice.due_at > timezone.now()) == ("replace_or_append", True)
    assert notice.due_at == first.due_at


def test_a_withdrawal_does_not_pass_on_what_a_later_notice_took_over(held, article):
    old = make.Notice(article.publication)
    tell("correction.published", article, subject=old)
    [later] = tell("correction.published", article, kind="update")
    [notice] = withdraw(old, article)
    assert (later.duty, notice.duty, notice.due_at) == ("replace_or_append", "inform", None)


def test_what_the_withdrawn_correction_had_replaced_is_owed_no_more_either(held, article):
    first, old = make.Notice(article.publication), make.Notice(article.publication)
    tell("correction.published", article, subject=first)
    tell("correction.superseded", article, subject=first, by_notice=old.reference)
    tell("correction.published", article, subject=old)
    [notice] = withdraw(old, article)
    assert (notice.duty, notice.due_at) == ("inform", None)


@pytest.mark.parametrize(
    ("terms", "task"),
    [
        (
            {"update": {"duty": "inform"}},
            "A correction was withdrawn. For your information: nothing has to be done.",
        ),
        (
            {"update": {"duty": "replace_or_append", "within_hours": 5}},
            "A correction was withdrawn: replace the text by the one that holds now, or append the notice to it.",
        ),
        (
            {},
            "A correction was withdrawn. Please bring your copy up to date, if you can.",
        ),
    ],
)
def test_a_withdrawal_is_told_as_one(publication, unlicensed, terms, task):
    make.make_terms(publication, duties=terms)
    make.make_license(publication, unlicensed)
    old = make.Notice(publication)
    [told] = tell("correction.published", unlicensed, subject=old, kind="update")
    [withdrawn] = withdraw(old, unlicensed, kind="update")
    assert (told.tells_withdrawal(), withdrawn.tells_withdrawal()) == (False, True)
    assert duties.task_of(withdrawn) == task


def test_a_release_lifts_the_hold(held, article):
    tell("article.withheld", article)
    [release] = tell("article.released", article)
    assert (release.duty, held.update_notices.filter(status="open").count()) == ("inform", 1)


def test_a_correction_that_supersedes_another_is_told_once(held, article):
    old, new = make.Notice(article.publication), make.Notice(article.publication)
    [first] = tell("correction.published", article, subject=old)
    assert tell("correction.superseded", article, subject=old, by_notice=new.reference) == []
    [second] = tell("correction.published", article, subject=new)
    first.refresh_from_db()
    assert (first.status, second.kind, second.correction_reference) == ("superseded", "correction", new.reference)


def test_withdrawing_a_retraction_by_its_own_notice_is_a_release(held, article):
    old, new = make.Notice(article.publication), make.Notice(article.publication)
    tell("correction.published", article, subject=old, kind="retraction")
    assert tell("article.released", article, correction=old.reference) == []
    assert tell("correction.withdrawn", article, subject=old, kind="retraction", by_notice=new.reference) == []
    [notice] = tell("correction.published", article, subject=new, kind="retraction")
    assert (notice.kind, notice.duty, notice.correction_reference) == ("release", "inform", new.reference)


def test_one_correction_of_two_articles_reaches_both_licenses(publication, held, article):
    other = make.make_article(publication)
    second = make.make_license(publication, other)
    notices = tell("correction.published", article, articles=[article.pk, other.pk])
    assert [notice.license for notice in notices] == [held, second]


def _suspend(held, editor):
    licenses.suspend(held, by=editor, reason="suspected_breach", words="Explain.")


def _terminate(held, editor):
    licenses.terminate(held, words="No longer needed.")


def _end(held, editor):
    License.objects.filter(pk=held.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")


def _end_archival(held, editor):
    License.objects.filter(pk=held.pk).update(starts_on="2020-01-01", ends_on="2020-12-31", archival=True)


def _leave(held, editor):
    """Active."""


@pytest.mark.parametrize(
    ("change", "told"),
    [(_leave, 1), (_suspend, 1), (_end_archival, 1), (_end, 0), (_terminate, 0)],
)
def test_who_is_told(held, article, editor, change, told):
    change(held, editor)
    assert len(tell("correction.published", article)) == told


def test_the_last_day_still_hears_and_the_day_after_does_not(publication, held, article):
    day = held.ends_on
    assert list(License.objects.holding(article).owed_updates(day)) == [held]
    assert list(License.objects.holding(article).owed_updates(day + timedelta(days=1))) == []


def test_a_license_is_never_revoked_by_a_correction(held, article):
    tell("correction.published", article, kind="retraction")
    held.refresh_from_db()
    assert held.status == "active"


def test_the_corrected_revision_is_named_when_it_is_there(held, article):
    [with_it] = tell("correction.published", article, revision_after={str(article.pk): 3})
    assert with_it.revision == 3
    [without] = tell("correction.published", article)
    with pytest.raises(Conflict) as refused:
        updates.acknowledge(without, action="replaced")
    assert refused.value.code == "no_revision"
    tell("article.revised", article, revision=4)
    without.refresh_from_db()
    assert without.revision == 4
    assert updates.acknowledge(without, action="replaced").status == "acknowledged"


def test_acknowledging_keeps_what_was_done_and_where(held, article):
    [notice] = tell("correction.published", article)
    notice = updates.acknowledge(
        notice, by=THE_PARTNER, action="appended", url="https://partner.example/story", note="At the foot.", seen=1
    )
    assert (notice.status, notice.action, notice.action_url, notice.action_note) == (
        "acknowledged",
        "appended",
        "https://partner.example/story",
        "At the foot.",
    )
    assert notice.acknowledged_at is not None
    assert Event.objects.filter(subject_reference=notice.reference).last().data["action"] == "appended"


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"action": "ignored"}, "/action", "unknown_value"),
        ({"action": "appended", "url": "ftp://x"}, "/url", "bad_url"),
        *(
            ({"action": "appended", "url": f"https://{host}/story"}, "/url", "not_public")
            for host in ("127.0.0.1", "[::1]", "10.0.0.8:8000", "localhost", "cms.internal", "0x7f000001")
        ),
    ],
)
def test_a_bad_answer_changes_nothing(held, article, given, pointer, code):
    [notice] = tell("correction.published", article)
    before = make.rows()
    with pytest.raises(Invalid) as refused:
        updates.acknowledge(notice, **given)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    assert make.rows() == before


def test_an_answered_notice_cannot_be_answered_again(held, article):
    [notice] = tell("correction.published", article)
    notice = updates.acknowledge(notice, action="removed")
    before = make.rows()
    with pytest.raises(Conflict):
        updates.acknowledge(notice, action="removed")
    assert make.rows() == before


def test_waiving_is_the_desks_and_needs_words(held, article, editor):
    [notice] = tell("correction.published", article)
    with pytest.raises(NotAllowed):
        updates.waive(notice, by=THE_PARTNER, words="Never mind.")
    with pytest.raises(Invalid):
        updates.waive(notice, by=editor, words="")
    notice = updates.waive(notice, by=editor, words="They never used it.")
    assert (notice.status, notice.waived_reason) == ("waived", "They never used it.")


def test_an_unanswered_notice_is_overdue_once_and_then_escalates_once(held, article):
    [notice] = tell("correction.published", article)
    counts = []
    for hours in [71, 73, 74, 95, 97, 98]:
        done = clock.tick(notice.origin_event.happened_at + timedelta(hours=hours))
        counts.append((done["overdue"], done["escalated"]))
    assert counts == [(0, 0), (1, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    notice.refresh_from_db()
    assert (notice.status, notice.is_overdue(notice.due_at)) == ("escalated", False)
    assert notice.is_overdue(notice.due_at + timedelta(seconds=1)) is True


def test_the_desk_sees_how_many_answered(publication, held, article):
    make.make_license(publication, article)
    first, _second = tell("correction.published", article)
    updates.acknowledge(first, action="removed")
    assert updates.counts_for(first.correction_reference) == {"told": 2, "confirmed": 1}


def test_open_quotes_are_read_again_and_open_requests_show_the_change(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    tell("correction.published", article)
    fresh = request.quotes.get()
    request.refresh_from_db()
    assert (fresh.version, fresh.reconfirm_since is not None) == (quote.version + 1, True)
    assert request.article_changed_at is not None


def test_ending_a_license_cancels_what_it_still_owed(held, article):
    [notice] = tell("correction.published", article)
    licenses.terminate(held, words="Done.")
    notice.refresh_from_db()
    assert notice.status == "canceled"


def test_test_licenses_get_test_notices(publication, unlicensed):
    organization = make.make_organization()
    make.make_license(publication, unlicensed, organization=organization, by=make.make_key(organization, test=True))
    [notice] = tell("correction.published", unlicensed)
    opened = Event.objects.get(subject_reference=notice.reference)
    assert (notice.test, opened.test) == (True, True)


def test_the_database_allows_one_open_notice_a_license(held, article):
    [notice] = tell("correction.published", article)
    other = Event.objects.exclude(pk=notice.origin_event_id).first()
    notice.pk, notice.reference, notice.origin_event = None, "UN-22222222-2", other
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


def test_notices_are_judged_by_the_day_of_the_publication(publication, held):
    late = timezone.datetime(2026, 3, 1, 3, 0, tzinfo=timezone.get_fixed_timezone(0))
    assert held.day(late).isoformat() == "2026-02-28"


EVERYTHING = {action.value for action in Action}
OF_TEXT = {"replaced", "appended", "next_edition"}
GONE = {"removed", "purged"}
ELSEWHERE = {"already_printed", "not_published", "passed_on"}
TAKEN = [
    ("correction", "replace_or_append", OF_TEXT | GONE | ELSEWHERE),
    ("correction", "take_down", GONE | ELSEWHERE),
    ("correction", "purge", {"purged"} | ELSEWHERE),
    ("correction", "requested", EVERYTHING - {"noted"}),
    ("correction", "inform", EVERYTHING),
    ("update", "inform", EVERYTHING),
    ("update", "requested", EVERYTHING),
    ("clarification", "requested", EVERYTHING),
    ("hold", "take_down", GONE | ELSEWHERE),
    ("hold", "requested", EVERYTHING - {"noted", "replaced"}),
    ("retraction", "take_down", GONE | ELSEWHERE),
    ("retraction", "replace_or_append", {"appended", "next_edition"} | GONE | ELSEWHERE),
    ("retraction", "inform", EVERYTHING - {"replaced"}),
    ("legal_removal", "purge", {"purged"} | ELSEWHERE),
    ("release", "inform", EVERYTHING),
    ("release", "take_down", {"noted"} | GONE | ELSEWHERE),
]


@pytest.mark.parametrize(("kind", "duty", "taken"), TAKEN)
def test_each_duty_takes_its_own_answers_and_no_other(held, article, kind, duty, taken):
    [notice] = tell("correction.published", article, revision_after={str(article.pk): 2})
    UpdateNotice.objects.filter(pk=notice.pk).update(kind=kind, duty=duty)
    found, codes = set(), set()
    for action in EVERYTHING:
        with transaction.atomic():
            try:
                updates.acknowledge(notice, action=action)
                found.add(action)
            except Invalid as error:
                codes.update((fault.pointer, fault.code) for fault in error.faults)
            transaction.set_rollback(True)
    assert (found, codes) == (taken, {("/action", "wrong_action")} if taken != EVERYTHING else set())
    assert {code for code, _words in answer_choices(duty, kind)} == taken


REMINDED = [
    # kind, hours: silent, reminded, reminded and overdue, escalated
    ("correction", [(35, 0, 0, 0), (37, 1, 0, 0), (40, 0, 0, 0), (73, 0, 1, 0), (97, 0, 0, 1), (999, 0, 0, 0)]),
    ("retraction", [(11, 0, 0, 0), (13, 1, 0, 0), (25, 0, 1, 0), (49, 0, 0, 1), (999, 0, 0, 0)]),
    ("update", [(999, 0, 0, 0), (9999, 0, 0, 0)]),
]


@pytest.mark.parametrize(("kind", "steps"), REMINDED)
def test_a_notice_is_reminded_at_half_time_once(held, article, kind, steps):
    [notice] = tell("correction.published", article, kind=kind)
    found = []
    for hours, *_counts in steps:
        done = clock.tick(notice.origin_event.happened_at + timedelta(hours=hours))
        found.append((hours, done["notices_reminded"], done["overdue"], done["escalated"]))
    assert found == steps


def test_what_the_terms_give_no_date_for_is_reminded_and_escalated_once(publication, unlicensed):
    make.make_terms(publication, duties={})
    held = make.make_license(publication, unlicensed)
    [notice] = tell("correction.published", unlicensed)
    found = []
    for days in (6, 7, 8, 13, 14, 15, 99):
        done = clock.tick(notice.origin_event.happened_at + timedelta(days=days))
        found.append((done["notices_reminded"], done["overdue"], done["escalated"]))
    assert found == [(0, 0, 0), (1, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0)]
    assert (held.update_notices.get().duty, held.update_notices.get().due_at) == ("requested", None)


def test_the_desk_reminds_whenever_it_likes_but_only_of_what_is_unanswered(held, article, editor):
    [notice] = tell("correction.published", article)
    with pytest.raises(NotAllowed):
        updates.remind(notice, by=THE_PARTNER)
    notice = updates.remind(notice, by=editor, seen=notice.version)
    notice = updates.remind(notice, by=editor)
    assert Event.objects.filter(kind="update_notice.reminded", subject_reference=notice.reference).count() == 2
    assert clock.tick(notice.origin_event.happened_at + timedelta(hours=40))["notices_reminded"] == 0
    notice = updates.acknowledge(notice, action="removed")
    with pytest.raises(Conflict):
        updates.remind(notice, by=editor)
