"""Publishing waits for the fix in every article: proposed when an edit looks like it, seen by a person, or not."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.models import Correction, CorrectionArticle
from corrections.services import correction as notices
from corrections.services import destroying
from corrections.services import report as reports
from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import planning
from newsroom.events.log import history_of
from newsroom.events.models import Delivery
from tests.factories import (
    TEXT,
    make_article,
    make_correction,
    make_destroyed,
    make_publication,
    make_report,
    make_staff,
    push,
    revise,
)

pytestmark = pytest.mark.django_db
FIXED = TEXT.replace("1.2 million", "1.45 million")
WORDS = {"original_text": "1.2 million", "corrected_text": "1.45 million", "not_fixed_reason": ""}


@pytest.fixture
def desk(client):
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")
        standards = make_staff(publication, "standards_editor")

        def draft(self, *articles, **words):
            draft = make_correction(article=articles[0], by=self.editor, **{**WORDS, **words})
            for article in articles[1:]:
                draft = notices.name_article(draft, by=self.editor, article=article)
            return draft

        def publish(self, draft):
            return notices.publish(notices.send_for_approval(draft, by=self.editor), by=self.standards)

        def press(self, record, name, **data):
            client.force_login(self.editor)
            url = reverse("admin:corrections_correction_do", args=[record.pk, name])
            return client.post(url, {"seen": Correction.objects.get(pk=record.pk).version, **data})

        def page(self, record):
            client.force_login(self.editor)
            return client.get(reverse("admin:corrections_correction_change", args=[record.pk]))

    return Desk()


def row_of(correction, article):
    return CorrectionArticle.objects.get(correction=correction, article=article)


def kinds(record):
    return [event.kind for event in history_of(record)]


def plan():
    while planning.plan_due():
        pass


# --- every article waits, or says why not ----------------------------------------------------------------------------


def test_the_fix_comes_after_the_revision_with_the_error(desk):
    article = make_article(desk.publication, revisions=2)
    draft = desk.draft(article)
    for revision, code in ((1, "not_after"), (2, "not_after"), (3, "unknown_revision")):
        with pytest.raises(Invalid) as refused:
            notices.see_fix(draft, by=desk.editor, article=article, revision=revision)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/revision", code)]
    waiting = notices.send_for_approval(draft, by=desk.editor)
    with pytest.raises(Conflict, match="has not been seen yet"):
        notices.publish(waiting, by=desk.standards)


def test_an_article_that_was_fixed_before_it_was_named_says_which_revision_held_the_error(desk):
    article = make_article(desk.publication, revisions=2)
    draft = notices.see_fix(desk.draft(article), by=desk.editor, article=article, revision=2, before=1)
    row = row_of(desk.publish(draft), article)
    assert (row.revision_before, row.revision_after) == (1, 2)


def test_the_article_counts_as_fixed_since_the_text_with_the_fix_was_first_seen(desk, client):
    with time_machine.travel(datetime(2026, 11, 3, 9, 14, tzinfo=UTC), tick=False) as clock:
        article = make_article(desk.publication)
        draft = desk.draft(article)
        push(article, body=FIXED)
        clock.shift(timedelta(hours=7))
        published = desk.publish(notices.see_fix(draft, by=desk.editor, article=article, revision=2))
        page = client.get(f"/corrections/{published.reference}/").content.decode()
    assert row_of(published, article).fixed_at == datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
    changed = page.partition("The article was changed")[2].partition("</time>")[0]
    assert 'datetime="2026-11-03T09:14:00+00:00"' in changed


def test_an_earlier_revision_that_was_written_down_as_the_fix_publishes_nothing(desk):
    article = make_article(desk.publication, revisions=2)
    draft = notices.send_for_approval(desk.draft(article), by=desk.editor)
    CorrectionArticle.objects.filter(correction=draft).update(revision_before=2, revision_after=1)
    with pytest.raises(Conflict, match="has not been seen yet"):
        notices.publish(draft, by=desk.standards)


def test_a_reason_for_one_article_frees_no_other(desk):
    first, second = make_article(desk.publication), make_article(desk.publication)
    draft = desk.draft(first, second)
    assert desk.press(draft, "leave_unchanged", article=first.pk, reason="The page is archived.").status_code == 302
    draft = notices.send_for_approval(draft, by=desk.editor)
    with pytest.raises(Conflict, match=second.headline):
        notices.publish(draft, by=desk.standards)
    draft = notices.leave_unchanged(draft, by=desk.editor, article=second, reason="It is in print.")
    published = notices.publish(draft, by=desk.standards)

    assert [row.not_fixed_reason for row in published.articles.all()] == ["The page is archived.", "It is in print."]
    assert kinds(draft).count("correction.fix_waived") == 2


def test_the_reason_may_stand_among_the_words_while_one_article_is_named(desk):
    first, second = make_article(desk.publication), make_article(desk.publication)
    draft = desk.draft(first, not_fixed_reason="The page is archived.")
    assert row_of(draft, first).not_fixed_reason == "The page is archived."
    assert b"not_fixed_reason" in desk.page(draft).content

    draft = notices.name_article(draft, by=desk.editor, article=second)
    assert b"not_fixed_reason" not in desk.page(draft).content
    with pytest.raises(Invalid) as refused:
        notices.edit(draft, by=desk.editor, not_fixed_reason="Both are archived.")
    assert refused.value.faults[0].pointer == "/not_fixed_reason"
    assert row_of(draft, second).not_fixed_reason == ""


@pytest.mark.parametrize("urgent", [False, True])
def test_nothing_is_published_while_an_article_of_the_notice_is_under_embargo(desk, urgent):
    secret = make_article(desk.publication, headline="Out at noon")
    draft = desk.draft(make_article(desk.publication), secret, kind="reply")
    if not urgent:
        draft = notices.send_for_approval(draft, by=desk.editor)
    publish = partial(notices.publish_urgent, words="Now.") if urgent else notices.publish
    Publication.objects.filter(pk=desk.publication.pk).update(settings={"allow_publish_urgent": True})
    Article.objects.filter(pk=secret.pk).update(embargoed_until=timezone.now() + timedelta(hours=1))

    with pytest.raises(Conflict, match="“Out at noon” is under embargo"):
        publish(draft, by=desk.standards)
    assert "“Out at noon” is under embargo" in desk.page(draft).content.decode()
    Article.objects.filter(pk=secret.pk).update(embargoed_until=timezone.now() - timedelta(seconds=1))
    assert publish(draft, by=desk.standards).status == "published"


@pytest.mark.parametrize(("kind", "waits"), [("reply", False), ("retraction", False), ("update", True)])
def test_a_reply_and_a_retraction_wait_for_no_fix(desk, kind, waits):
    draft = desk.draft(make_article(desk.publication), kind=kind, original_text="", corrected_text="")
    assert ("has not been seen yet" in draft.not_ready()) is waits


@pytest.mark.parametrize(("effect", "waits"), [("supersede", True), ("withdraw", False), ("reinstate", False)])
def test_a_notice_that_supersedes_waits_like_any_other(desk, effect, waits):
    target = make_correction(desk.publication, status="published")
    draft = notices.start(desk.publication, by=desk.editor, articles=[], target=target, effect=effect)
    draft = notices.edit(draft, by=desk.editor, text="The cost was wrong again. It was 1.46 million.")
    assert ("has not been seen yet" in draft.not_ready()) is waits


def test_only_the_desk_says_what_is_fixed_and_only_before_publication(desk):
    article = make_article(desk.publication)
    draft = desk.draft(article)
    revise(article, body=FIXED)
    outsider = make_staff(make_publication(), "desk_editor")
    for call in (
        lambda row, by: notices.see_fix(row, by=by, article=article, revision=2),
        lambda row, by: notices.leave_unchanged(row, by=by, article=article, reason="It is in print."),
    ):
        with pytest.raises(NotAllowed):
            call(draft, outsider)
    with pytest.raises(Invalid):
        notices.leave_unchanged(draft, by=desk.editor, article=article, reason=" ")
    with pytest.raises(Invalid):
        notices.see_fix(draft, by=desk.editor, article=make_article(desk.publication), revision=1)
    published = desk.publish(notices.see_fix(draft, by=desk.editor, article=article, revision=2))
    with pytest.raises(Conflict):
        notices.leave_unchanged(published, by=desk.editor, article=article, reason="It is in print.")


def test_what_is_destroyed_takes_its_reasons_along(desk):
    gone = make_destroyed(make_correction(desk.publication, status="published"))
    assert list(gone.articles.values_list("not_fixed_reason", flat=True)) == [""]
    assert "not_fixed_reason" in destroying.DESTROYED


# --- a notice that acts on another one -------------------------------------------------------------------------------


def test_a_notice_names_the_articles_of_the_one_it_acts_on(desk):
    first, second, third = (make_article(desk.publication) for _ in range(3))
    target = desk.publish(
        notices.leave_unchanged(
            desk.draft(first, second, not_fixed_reason="", kind="reply", original_text="", corrected_text=""),
            by=desk.editor,
            article=first,
            reason="-",
        )
    )

    with pytest.raises(Invalid) as refused:
        notices.start(desk.publication, by=desk.editor, articles=[third], target=target, effect="supersede")
    assert refused.value.faults[0].code == "other_article"
    draft = notices.start(desk.publication, by=desk.editor, articles=[second], target=target, effect="supersede")
    assert {row.article for row in draft.articles.all()} == {first, second}
    with pytest.raises(Conflict, match="is about this article"):
        notices.drop_article(draft, by=desk.editor, article=first)
    draft = notices.name_article(draft, by=desk.editor, article=third)
    assert {row.article for row in draft.articles.all()} == {first, second, third}


def test_a_draft_that_lost_an_article_of_its_target_is_not_published(desk):
    target = make_correction(desk.publication, status="published")
    draft = notices.start(desk.publication, by=desk.editor, articles=[], target=target, effect="withdraw")
    draft = notices.edit(draft, by=desk.editor, text="We withdraw the correction: the cost was right.")
    CorrectionArticle.objects.filter(correction=draft).update(article=make_article(desk.publication))
    assert f"The notice it acts on is about “{target.main_article.headline}”" in draft.not_ready()


def test_the_start_page_takes_the_notice_alone_and_refuses_another_article(desk, client):
    target = make_correction(desk.publication, status="published")
    other = make_article(desk.publication)
    client.force_login(desk.editor)
    url = reverse("admin:corrections_correction_start", args=["correction"])
    data = {"seen": 1, "kind": "correction", "target": target.reference, "effect": "supersede"}

    wrong = client.post(url, {**data, "article": other.reference})
    assert (wrong.status_code, "is about another article" in wrong.content.decode()) == (422, True)
    assert client.post(url, {"seen": 1, "kind": "correction"}).status_code == 422
    assert client.post(url, data).status_code == 302
    begun = Correction.objects.get(status="draft")
    assert [row.article for row in begun.articles.all()] == [target.main_article]


# --- the fix is proposed by itself -----------------------------------------------------------------------------------


def test_the_edit_that_takes_the_error_out_is_proposed_and_one_press_confirms_it(desk, client):
    article = make_article(desk.publication)
    draft = desk.draft(article)
    push(article, body=FIXED)
    plan()

    assert row_of(draft, article).proposed_revision == 2
    assert Delivery.objects.filter(template="corrections/mail/correction_fix_proposed").get().recipient_key == str(
        desk.editor.pk
    )
    shown = desk.page(draft).content.decode()
    assert "Is this the fix?" in shown
    assert "1.2</" in shown or "1.2<" in shown
    assert desk.press(draft, "see_fix", article=article.pk, revision=2).status_code == 302
    row = row_of(draft, article)
    assert (row.revision_after, row.proposed_revision, row.fixed_at is not None) == (2, None, True)
    assert kinds(draft) == ["correction.fix_proposed", "correction.fix_seen"]
    assert "Is this the fix?" not in desk.page(draft).content.decode()


@pytest.mark.parametrize(
    ("words", "body", "proposed"),
    [
        ({}, FIXED, 2),
        ({"original_text": ""}, FIXED, 2),
        ({"corrected_text": ""}, FIXED, 2),
        ({"original_text": "", "corrected_text": ""}, FIXED, None),
        ({}, TEXT + "\n\nA third paragraph.", None),
        ({}, TEXT + "\n\nAn earlier version said 1.2 million; it was 1.45 million.", 2),
        ({"original_text": "1.2 million", "corrected_text": "1.2 million dollars"}, TEXT, None),
        ({"corrected_text": "1.2 million dollars"}, TEXT.replace("million", "million dollars"), 2),
        ({"original_text": "1.2\nmillion", "corrected_text": ""}, FIXED, 2),
    ],
)
def test_what_looks_like_the_fix(desk, words, body, proposed):
    article = make_article(desk.publication)
    draft = desk.draft(article, **words)
    push(article, body=body + " ")
    plan()
    assert row_of(draft, article).proposed_revision == proposed


def test_the_first_revision_with_the_fix_is_proposed_until_it_is_taken_back(desk):
    article = make_article(desk.publication)
    draft = desk.draft(article)
    for body, proposed in ((FIXED, 2), (FIXED + " More.", 2), (TEXT, None), (FIXED, 5)):
        push(article, body=body)
        plan()
        assert row_of(draft, article).proposed_revision == proposed


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        (TEXT, True),  # the old text is back
        (FIXED.replace("1.45 million", "a great deal"), True),  # what the notice says it now says, it does not
        (FIXED + "\n\nA third paragraph.", False),
        (FIXED + "\n\nAn earlier version said 1.2 million.", False),
    ],
)
def test_a_notice_waits_again_when_the_fix_is_taken_back_before_it_is_published(desk, body, waits):
    article = make_article(desk.publication)
    push(article, body=FIXED)
    draft = notices.see_fix(desk.draft(article), by=desk.editor, article=article, revision=2, before=1)
    draft = notices.send_for_approval(draft, by=desk.editor)
    push(article, body=body)
    plan()

    row = row_of(draft, article)
    assert (row.revision_after, row.fixed_at is None) == ((None, True) if waits else (2, False))
    told = Delivery.objects.filter(template="corrections/mail/correction_fix_undone").values_list("recipient_key")
    assert list(told) == ([(str(desk.editor.pk),)] if waits else [])
    draft.refresh_from_db()
    if waits:
        with pytest.raises(Conflict, match="has not been seen yet"):
            notices.publish(draft, by=desk.standards)
        push(article, body=FIXED + " For good.")
        plan()
        notices.see_fix(draft, by=desk.editor, article=article, revision=4)
        draft.refresh_from_db()
    assert notices.publish(draft, by=desk.standards).status == "published"
    push(article, body=TEXT + " Once more.")
    plan()
    assert row_of(draft, article).revision_after == (4 if waits else 2)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ({"original_text": "", "corrected_text": ""}, 2),
        ({"corrected_text": ""}, None),
        ({"corrected_text": "nearly one and a half million"}, None),
    ],
)
def test_without_the_right_words_only_the_wrong_ones_can_tell_that_a_fix_is_undone(desk, words, left):
    article = make_article(desk.publication)
    push(article, body=FIXED)
    draft = desk.draft(article, **words)
    notices.see_fix(draft, by=desk.editor, article=article, revision=2, before=1)
    push(article, body=TEXT)
    plan()
    assert row_of(draft, article).revision_after == left


def test_a_fix_that_came_before_the_words_is_found_when_they_are_written(desk):
    article = make_article(desk.publication)
    draft = desk.draft(article, original_text="", corrected_text="")
    revise(article, body=FIXED)
    draft = notices.edit(draft, by=desk.editor, **{**WORDS, "not_fixed_reason": ""})
    assert row_of(draft, article).proposed_revision == 2
    plan()
    assert not Delivery.objects.filter(template="corrections/mail/correction_fix_proposed").exists()


def test_a_report_accepted_after_the_silent_fix_finds_it_at_once(desk):
    report = make_report(desk.publication, passage_exact="1.2 million", suggestion="1.45 million")
    push(report.article, body=FIXED)
    report.refresh_from_db()
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)
    row = row_of(report.correction, report.article)
    assert (row.revision_before, row.proposed_revision, row.revision_after) == (1, 2, None)


def test_what_is_published_is_not_proposed_to(desk):
    article = make_article(desk.publication)
    published = desk.publish(desk.draft(article, not_fixed_reason="The page is archived."))
    push(article, body=FIXED)
    plan()
    assert row_of(published, article).proposed_revision is None


def test_a_page_with_thirty_articles_costs_what_a_page_with_one_costs(desk):
    draft = desk.draft(make_article(desk.publication))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert desk.page(draft).status_code == 200
        return len(seen)

    queries()
    one = queries()
    for _ in range(29):
        notices.name_article(draft, by=desk.editor, article=make_article(desk.publication))
    assert queries() == one
