"""Reports that say the same: what the desk is told, and joining them with one press."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import Report
from corrections.services.similar import similar_to
from tests.corrections.near_duplicates import measured, pairs
from tests.factories import force_status, make_article, make_publication, make_report, make_staff

MIN_PRECISION, MIN_RECALL = 0.94, 0.90


def test_two_hundred_near_duplicates_are_found_and_hard_negatives_are_not_taken_for_them():
    result = measured(seed=7, number=200)

    assert result.precision >= MIN_PRECISION
    assert result.recall >= MIN_RECALL


def test_the_pairs_are_the_same_for_the_same_seed_and_half_of_them_are_negatives():
    assert pairs(7) == pairs(7) != pairs(8)
    assert [same for _one, _other, same in pairs(7)].count(True) == 200
    assert len(pairs(7)) == 400


@pytest.fixture
def desk(db):
    class Desk:
        publication = make_publication()
        article = make_article(publication)
        editor = make_staff(publication, "desk_editor")
        legal = make_staff(publication, "legal")

        def report(self, claim="The cost was 1.45 million.", passage="1.2 million", **over):
            words = {"name": "", "email": "", **over}
            return make_report(article=self.article, claim=claim, passage_exact=passage, **words)

    return Desk()


def test_reports_on_the_same_sentence_are_similar_whoever_marked_more_of_it(desk):
    mine = desk.report()
    same = desk.report("It was 1.45 million, I have the bill.", "The council spent 1.2 million on the bridge.")
    desk.report("His name is Robyn Vail.", "Robin Vale")
    desk.report("The year is missing.", "")

    assert [(row.pk, reason) for row, _score, reason in similar_to(mine)] == [(same.pk, "same_passage")]


def test_without_a_passage_the_words_decide_and_different_figures_set_apart(desk):
    mine = desk.report("The cost of the bridge was 1.45 million.", "")
    same = desk.report("hello, cost of the bridge was 1.45 million, please check", "")
    desk.report("The cost of the bridge was 300 less.", "")

    assert [(row.pk, reason) for row, _score, reason in similar_to(mine)] == [(same.pk, "same_words")]


def test_closed_held_foreign_and_restricted_reports_are_not_offered(desk):
    mine = desk.report()
    for status in ("declined", "held", "spam", "withdrawn"):
        force_status(desk.report(), status)
    make_report(make_article(make_publication()).publication, claim="The cost was 1.45 million.")
    restricted = desk.report()
    Report.objects.filter(pk=restricted.pk).update(visibility="restricted")

    assert similar_to(mine) == []
    among = Report.objects.visible_to(desk.legal)
    assert [row.pk for row, _score, _reason in similar_to(mine, among=among)] == [restricted.pk]


def test_the_work_page_counts_readers_and_one_press_joins_each(desk, client):
    client.force_login(desk.editor)
    mine, first, second = desk.report(), desk.report(), desk.report()
    page = reverse("admin:corrections_report_change", args=[mine.pk])
    press = reverse("admin:corrections_report_do", args=[mine.pk, "join_here"])

    text = client.get(page).content.decode()
    assert "3 readers reported this sentence" in text
    assert text.count(f'action="{press}"') == 2
    sent = {"seen": mine.version, "other": first.reference, "theirs": first.version, "words": "The same error."}
    assert client.post(press, sent).headers["Location"] == page
    first.refresh_from_db()
    assert (first.status, first.joined_to_id) == ("duplicate", mine.pk)
    text = client.get(page).content.decode()
    assert "3 readers reported this sentence" in text
    assert text.count(f'action="{press}"') == 1

    stale = {**sent, "other": second.reference, "theirs": second.version + 1}
    assert client.post(press, stale).status_code == 409
    assert Report.objects.get(pk=second.pk).status == "new"


def test_the_work_page_asks_as_many_queries_for_one_similar_report_as_for_five(desk, client):
    client.force_login(desk.editor)
    mine = desk.report()
    page = reverse("admin:corrections_report_change", args=[mine.pk])
    counts = []
    for number in (1, 4):
        for _index in range(number):
            desk.report()
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counts.append(len(asked))

    assert counts[0] == counts[1]
