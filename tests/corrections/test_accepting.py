"""Accepting a report: what the draft begins with, which draft may be joined, and whose article it is about."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid
from tests.factories import make_article, make_correction, make_publication, make_report, make_staff, revise

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")

        def press(self, record, name, **data):
            client.force_login(self.editor)
            url = reverse(f"admin:corrections_{record.noun}_do", args=[record.pk, name])
            return client.post(url, {"seen": record.version, **data})

        def page(self, record):
            client.force_login(self.editor)
            return client.get(reverse(f"admin:corrections_{record.noun}_change", args=[record.pk]))

        def taken_up(self, **over):
            return reports.take_up(make_report(self.publication, **over), by=self.editor)

    return Desk()


def drafts_offered(response):
    form = next(row["form"] for row in response.context_data["buttons"] if row["name"] == "accept")
    return [label for _value, label in form.fields["correction"].choices]


@pytest.mark.parametrize("effect", ["supersede", "withdraw"])
def test_a_notice_begins_as_grave_as_the_one_that_it_acts_on(desk, effect):
    grave = make_correction(desk.publication, status="published", severity="high")
    slight = make_correction(desk.publication, status="published")
    begun = [
        notices.start(desk.publication, by=desk.editor, articles=[], target=target, effect=effect)
        for target in (grave, slight)
    ]
    assert [draft.severity for draft in begun] == ["high", "low"]


def test_a_retraction_begins_as_grave(desk):
    article = make_article(desk.publication)
    drafts = [
        notices.start(desk.publication, by=desk.editor, articles=[article], kind=kind)
        for kind in ("retraction", "correction")
    ]
    assert [draft.severity for draft in drafts] == ["high", "low"]


# --- joining a draft -------------------------------------------------------------------------------------------------


def test_a_report_joins_the_draft_that_was_chosen_on_the_page(desk):
    draft = make_correction(desk.publication, by=desk.editor)
    report = desk.taken_up()

    assert desk.press(report, "accept", correction=draft.pk).status_code == 302

    report.refresh_from_db()
    assert (report.status, report.correction) == ("accepted", draft)
    assert Correction.objects.count() == 1
    assert list(draft.articles.values_list("article", flat=True))[-1] == report.article_id


def test_a_draft_is_named_by_its_article_and_first_words_those_of_the_same_article_first(desk):
    report = desk.taken_up()
    same = make_correction(article=report.article, by=desk.editor, text="The mayor is Robin Vale, not Robyn Vale.")
    other = make_correction(desk.publication, by=desk.editor)
    make_correction(make_publication())
    headline = other.main_article.headline

    assert drafts_offered(desk.page(report)) == [
        "Start a new correction",
        f"{report.article.headline} · The mayor is Robin Vale, not Robyn Vale. · {same.reference}",
        f"{headline} · An earlier version misstated the cost. It was 1.45 million. · {other.reference}",
    ]


def test_a_hundred_drafts_are_shown_and_the_oldest_may_still_be_joined(desk):
    oldest = make_correction(desk.publication, by=desk.editor)
    for _ in range(100):
        notices.start(desk.publication, by=desk.editor, articles=[])
    report = desk.taken_up()

    assert len(drafts_offered(desk.page(report))) == 101
    assert desk.press(report, "accept", correction=oldest.pk).status_code == 302


def test_a_draft_of_another_publication_or_a_published_one_cannot_be_chosen(desk):
    for draft in (make_correction(make_publication()), make_correction(desk.publication, status="published")):
        report = desk.taken_up()
        assert desk.press(report, "accept", correction=draft.pk).status_code == 422
        assert Report.objects.get(pk=report.pk).status == "in_review"


def test_frozen_words_are_joined_only_when_they_name_the_article(desk):
    frozen = make_correction(desk.publication, status="awaiting_approval")
    same = desk.taken_up(article=frozen.main_article)
    other = desk.taken_up()

    assert reports.accept(same, by=desk.editor, correction=frozen).correction == frozen
    with pytest.raises(Conflict, match="its words are frozen"):
        reports.accept(other, by=desk.editor, correction=frozen)


# --- whose article ---------------------------------------------------------------------------------------------------


def test_a_report_is_not_entered_for_an_article_of_another_publication(desk, client):
    foreign = make_article(make_publication())
    draft = Draft(claim="Wrong.", publication=desk.publication, article=foreign)

    with pytest.raises(Invalid) as refused:
        submit(draft, by=desk.editor)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/article", "other_publication")]

    client.force_login(make_staff(None, "desk_editor"))
    data = {"medium": "web", "channel": "phone", "origin": "reader", "category": "other", "claim": "Wrong."}
    answer = client.post(
        reverse("admin:corrections_report_start", args=["enter"]),
        {"seen": 1, "publication": desk.publication.pk, "article": foreign.reference, **data},
    )
    assert (answer.status_code, "belongs to another publication" in answer.content.decode()) == (422, True)
    assert Report.objects.count() == 0


def test_no_notice_names_an_article_of_another_publication(desk):
    """A row that says otherwise, however it came about, is not accepted, and no notice is begun from it."""
    foreign = make_article(make_publication())
    report = desk.taken_up()
    draft = make_correction(desk.publication, by=desk.editor)
    Report.objects.filter(pk=report.pk).update(article=foreign)
    report.refresh_from_db()

    for joined in (None, draft):
        with pytest.raises(Invalid, match="articles of one publication"):
            reports.accept(report, by=desk.editor, correction=joined)
    with pytest.raises(Invalid, match="articles of one publication"):
        notices.start(desk.publication, by=desk.editor, articles=[foreign])
    with pytest.raises(Invalid, match="articles of one publication"):
        notices.name_article(draft, by=desk.editor, article=foreign)
    assert Report.objects.get(pk=report.pk).status == "in_review"
    assert Correction.objects.count() == 1


# --- what the draft begins with --------------------------------------------------------------------------------------


def test_the_draft_begins_with_what_the_report_says(desk):
    report = desk.taken_up(passage_exact="1.2 million", suggestion="1.45 million")
    reports.weigh(report, by=desk.editor, severity="high")
    draft = reports.accept(report, by=desk.editor).correction

    assert (draft.original_text, draft.corrected_text, draft.severity) == ("1.2 million", "1.45 million", "high")
    assert draft.error_published_at == report.article.published_at
    assert draft.text == ""
    shown = desk.page(draft).content.decode()
    assert ("1.45 million" in shown, draft.author_ids()) == (True, set())


def test_the_subject_of_the_story_makes_it_grave_unless_the_desk_judged_otherwise(desk):
    plain, judged = desk.taken_up(about_me=True), desk.taken_up(about_me=True)
    judged = reports.weigh(judged, by=desk.editor, severity="low")
    assert [reports.accept(row, by=desk.editor).correction.severity for row in (plain, judged)] == ["high", "low"]


def test_an_error_that_came_with_a_later_revision_appeared_then(desk):
    article = make_article(desk.publication)
    late = revise(article, body="The council spent 1.3 million.")
    report = desk.taken_up(article=article, passage_exact="1.3 million")
    assert reports.accept(report, by=desk.editor).correction.error_published_at == late.seen_at


def test_what_was_revised_before_the_article_came_out_appeared_with_it(desk):
    article = make_article(desk.publication)
    revise(article, body="The council spent 1.3 million.")
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now())
    article.refresh_from_db()
    report = desk.taken_up(article=article, passage_exact="1.3 million")
    assert reports.accept(report, by=desk.editor).correction.error_published_at == article.published_at


def test_an_error_did_not_appear_before_the_first_of_its_articles(desk):
    first, second = make_article(desk.publication), make_article(desk.publication)
    came = timezone.now().replace(second=30, microsecond=0) - timedelta(days=3)
    Article.objects.filter(pk=first.pk).update(published_at=came)
    Article.objects.filter(pk=second.pk).update(published_at=came + timedelta(days=1))
    draft = notices.name_article(make_correction(article=second, by=desk.editor), by=desk.editor, article=first)

    with pytest.raises(Invalid) as refused:
        notices.edit(draft, by=desk.editor, error_published_at=came - timedelta(minutes=1))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/error_published_at", "before_article")
    ]
    to_the_minute = came.replace(second=0)
    assert notices.edit(draft, by=desk.editor, error_published_at=to_the_minute).error_published_at == to_the_minute
    Article.objects.filter(pk=first.pk).update(published_at=None)
    assert notices.edit(draft, by=desk.editor, error_published_at=came - timedelta(days=9)).version == draft.version + 2


def test_a_moment_before_the_article_comes_back_with_what_was_typed(desk):
    draft = make_correction(desk.publication, by=desk.editor)
    answer = desk.press(
        draft, "edit", kind="correction", severity="low", text="Words.", error_published_at="2001-01-01 08:30"
    )
    page = answer.content.decode()
    assert ("the error cannot have appeared before" in page, 'value="2001-01-01 08:30"' in page) == (True, True)


def test_nothing_is_invented_for_a_report_without_passage_or_date(desk):
    article = make_article(desk.publication, published_at=None)
    report = desk.taken_up(article=article, suggestion="It was 1.45 million.")
    draft = reports.accept(report, by=desk.editor).correction
    assert (draft.original_text, draft.corrected_text, draft.error_published_at) == ("", "", None)
