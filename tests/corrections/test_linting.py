"""The linter in the life of a notice: what blocks, what must be answered, and what the desk sees."""

import pytest
from django.urls import reverse

from corrections.models import Correction
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import history_of
from tests.factories import make_article, make_correction, make_publication, make_report, make_staff, revise

pytestmark = pytest.mark.django_db
VAGUE = "An earlier version of this article gave the wrong sum for the prize."


@pytest.fixture
def desk():
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")
        standards = make_staff(publication, "standards_editor")
        licensing = make_staff(publication, "licensing_editor")
        article = make_article(publication)

        def draft(self, text, **over):
            draft = notices.start(self.publication, by=self.editor, articles=[self.article])
            return notices.edit(draft, by=self.editor, text=text, not_fixed_reason="Print only.", **over)

    return Desk()


def test_what_blocks_keeps_it_from_being_published_with_its_sentence(desk):
    report = make_report(article=desk.article, email="a@b.example")
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)
    words = "The sum was wrong: the prize is 500 dollars, not 50. Write to a@b.example."
    draft = notices.edit(report.correction, by=desk.editor, text=words, not_fixed_reason="Print only.")

    with pytest.raises(Invalid):
        notices.send_for_approval(draft, by=desk.editor)
    with pytest.raises(Conflict) as refusal:
        notices.publish_urgent(draft, by=desk.standards, words="It is online.")

    assert str(refusal.value) == ("Take “a@b.example” out: a notice holds no mail address and no telephone number.")
    with pytest.raises(Invalid):
        notices.answer_warning(draft, by=desk.editor, code="personal_data", words="It is ours.")


def test_a_warning_must_be_answered_and_then_it_is_published(desk):
    draft = notices.send_for_approval(desk.draft(VAGUE), by=desk.editor)

    with pytest.raises(Conflict, match="Answer the warning, or change the words: Say what is right"):
        notices.publish(draft, by=desk.standards)
    draft = notices.answer_warning(draft, by=desk.editor, code="no_fact_named", words=" The sum is secret. ")

    assert draft.lint_answers == {"no_fact_named": "The sum is secret."}
    assert notices.publish(draft, by=desk.standards).status == "published"


def test_the_original_passage_stood_in_the_revision_that_had_the_error(desk):
    words = "An earlier version misstated the cost. It was 1.45 million."
    draft = desk.draft(words, original_text="1.2 million")
    desk.draft(words)  # of the same article, and another revision
    revise(desk.article, body="The council spent 1.45 million on the bridge.")
    later = desk.draft(words, original_text="1.2 million")

    assert [[finding.code for finding in row.lint()] for row in (draft, later)] == [[], ["passage_not_found"]]
    later = notices.edit(later, by=desk.editor, original_text="")
    assert later.lint() == []


def test_of_a_text_that_is_not_kept_nothing_is_said(desk):
    bare = make_article(desk.publication, revisions=0)
    draft = notices.start(desk.publication, by=desk.editor, articles=[bare])
    words = "An earlier version misstated the cost. It was 1.45 million."
    assert notices.edit(draft, by=desk.editor, text=words, original_text="1.2 million").lint() == []


def test_publishing_alone_is_linted_too(desk):
    with pytest.raises(Conflict, match="Say what is right"):
        notices.publish_urgent(desk.draft(VAGUE), by=desk.standards, words="Front page.")


def test_an_answer_is_for_the_words_as_they_stood(desk):
    draft = notices.answer_warning(desk.draft(VAGUE), by=desk.editor, code="no_fact_named", words="Secret.")

    kept = notices.edit(draft, by=desk.editor, severity="high")
    assert kept.lint_answers == {"no_fact_named": "Secret."}
    assert notices.edit(kept, by=desk.editor, text=f"{VAGUE} We regret the error.").lint_answers == {}


def test_only_the_desk_answers_with_words_and_only_what_is_warned_of(desk):
    draft = desk.draft(VAGUE)

    with pytest.raises(NotAllowed):
        notices.answer_warning(draft, by=desk.licensing, code="no_fact_named", words="Fine.")
    for code, words in (("euphemism", "Fine."), ("nonsense", "Fine."), ("no_fact_named", "  ")):
        with pytest.raises(Invalid):
            notices.answer_warning(draft, by=desk.editor, code=code, words=words)
    published = make_correction(article=desk.article, status="published")
    with pytest.raises(Conflict, match="no longer"):
        notices.answer_warning(published, by=desk.editor, code="no_fact_named", words="Fine.")
    assert Correction.objects.get(pk=draft.pk).lint_answers == {}


def test_answering_makes_nobody_an_author(desk):
    draft = notices.answer_warning(desk.draft(VAGUE), by=desk.standards, code="no_fact_named", words="Secret.")
    draft = notices.send_for_approval(draft, by=desk.editor)

    assert draft.author_ids() == {desk.editor.pk}
    second = make_staff(draft.publication, "standards_editor")
    assert notices.publish(draft, by=second).status == "published"


def test_a_publication_sets_its_own_levels_and_nonsense_in_them_is_harmless(desk):
    draft = desk.draft(VAGUE)
    for levels, found in (
        ({"no_fact_named": "block"}, [("no_fact_named", "block")]),
        ({"no_fact_named": "off"}, []),
        (["no_fact_named"], [("no_fact_named", "warn")]),
    ):
        draft.publication.settings = {"lint_levels": levels}
        assert [(row.code, row.level) for row in draft.lint()] == found


def test_the_number_a_reader_left_blocks_however_it_is_written(desk):
    report = make_report(article=desk.article, name="", phone="+1 (555) 010-7781")
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)
    words = "The cost was wrong. It was 1.45 million. Ask 555 010 77 81."

    assert [(row.code, row.level) for row in notices.edit(report.correction, by=desk.editor, text=words).lint()] == [
        ("personal_data", "block")
    ]


def test_whose_name_is_what_should_be_put_right_may_be_named(desk):
    report = make_report(article=desk.article, name="Rita Reader", suggestion="Her name is Rita Reader, not Ryder.")
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)
    words = "An earlier version misspelled the name of the diver. She is Rita Reader, not Ryder."

    assert notices.edit(report.correction, by=desk.editor, text=words).lint() == []


def test_an_answer_is_in_the_history_with_who_and_when_and_on_the_page_of_the_notice(desk, client):
    draft = notices.answer_warning(desk.draft(VAGUE), by=desk.editor, code="no_fact_named", words="The sum is secret.")
    client.force_login(desk.standards)

    event = history_of(draft).get(kind="correction.warning_answered")
    assert (event.actor, event.data) == (desk.editor, {"code": "no_fact_named"})
    page = client.get(reverse("admin:corrections_correction_change", args=[draft.pk]))
    assert page.context_data["findings"][0][1:] == ("The sum is secret.", event)
    assert f"<bdi>{desk.editor}</bdi>" in page.content.decode()


def test_readers_who_reported_or_joined_are_not_named_but_the_subject_of_the_story_is(desk):
    report = make_report(article=desk.article, name="Rita Reader")
    joined = make_report(article=desk.article, name="Jo Joiner", email="jo@reader.example")
    reports.join(joined, by=desk.editor, other=report, words="The same.")
    report = reports.accept(reports.take_up(report, by=desk.editor), by=desk.editor)
    words = "The cost was wrong. It was 1.45 million, as Rita Reader and Jo Joiner said."
    draft = notices.edit(report.correction, by=desk.editor, text=words)

    assert [row.code for row in draft.lint()] == ["names_reader"]
    type(report).objects.update(about_me=True)
    assert [row.code for row in draft.lint()] == []


def test_the_work_page_shows_findings_and_the_button_answers_one(desk, client):
    client.force_login(desk.editor)
    draft = desk.draft(VAGUE)
    page = reverse("admin:corrections_correction_change", args=[draft.pk])
    press = reverse("admin:corrections_correction_do", args=[draft.pk, "answer_warning"])

    shown = client.get(page)
    assert [(row.code, answer) for row, answer, _event in shown.context_data["findings"]] == [("no_fact_named", "")]
    assert "Say what is right, not only that something was wrong." in shown.content.decode()
    answer = {"seen": draft.version, "code": "no_fact_named", "words": "The sum is secret."}
    assert client.post(press, {**answer, "code": "blames"}).status_code == 422
    assert client.post(press, answer).status_code == 302

    after = client.get(page)
    assert [(row.code, words) for row, words, _event in after.context_data["findings"]] == [
        ("no_fact_named", "The sum is secret.")
    ]
    assert not after.context_data["may_answer"]
    assert client.post(press, answer).status_code == 409
