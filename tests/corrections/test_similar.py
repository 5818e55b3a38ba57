"""Reports that say the same: what the desk is told, and joining them with one press."""

import os
import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corrections.models import Report
from corrections.services.joining import join_all
from corrections.services.similar import Claim, compare, similar_to
from newsroom.articles.passages import Match
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import history_of
from newsroom.events.models import Event
from tests.corrections.many import many_reports
from tests.corrections.near_duplicates import HELD_OUT, TUNED, measured, pairs
from tests.factories import force_status, make_article, make_publication, make_report, make_staff

# (precision, recall, share of two errors in one sentence that are told apart)
TUNED_FLOOR, HELD_OUT_FLOOR = (0.98, 0.95, 0.95), (0.93, 0.93, 0.82)


@pytest.mark.parametrize(("material", "floor"), [(TUNED, TUNED_FLOOR), (HELD_OUT, HELD_OUT_FLOOR)])
def test_two_hundred_near_duplicates_are_found_and_hard_negatives_are_not_taken_for_them(material, floor):
    for seed in (7, 11):
        result = measured(seed, 200, material)

        assert result.precision >= floor[0]
        assert result.recall >= floor[1]
        assert result.told_apart >= floor[2]


def test_the_pairs_are_the_same_for_the_same_seed_and_a_third_of_the_negatives_is_in_one_sentence():
    assert pairs(7) == pairs(7) != pairs(8)
    kinds = Counter(pair.kind for pair in pairs(7))
    assert sum(number for kind, number in kinds.items() if kind.startswith("same")) == 200
    assert {kind: number for kind, number in kinds.items() if kind.startswith("other")} == {
        "other sentence": 133,
        "other error, both named alone": 17,
        "other error, both with values": 17,
        "other error, one named alone": 17,
        "other error, one marked closely": 16,
    }


SENTENCE = (
    "In May 2011 Mayor Robin Vale opened the 340-meter bridge from Port Anse, which had cost 1.2 million dollars."
)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("The month is wrong.", "The name is wrong.", "same_sentence"),
        ("The month is wrong.", "It was June.", "same_passage"),
        ("It is Robyn Vail.", "The cost is not right.", "same_sentence"),
        ("It is Robyn Vail.", "The mayor’s name is misspelled", "same_passage"),
        ("the year must be 2012", "it was 2012, not 2011", "same_passage"),
        ("340 meters is too long", "The bridge did cost 1.45 million dollars", "same_sentence"),
        ("The harbor is Port Ansel", "the mayor is Robyn Vail", "same_sentence"),
        ("The costt is wrong", "1.2 million cannot be right", "same_passage"),
        ("I read you every day. The name is wrong.", "For years you had the month wrong.", "same_sentence"),
    ],
)
def test_two_readers_of_one_sentence_may_mean_different_errors(one, other, reason):
    place = Match(0, len(SENTENCE), 1.0, "exact")

    assert compare(Claim(one, SENTENCE, place), Claim(other, SENTENCE, place))[1] == reason


def test_whoever_marked_the_words_closely_means_them():
    at = SENTENCE.index("Robin Vale")
    close = Claim("This is wrong.", "Robin Vale", Match(at, at + len("Robin Vale"), 1.0, "exact"))
    whole = Match(0, len(SENTENCE), 1.0, "exact")

    assert compare(close, Claim("The name is wrong.", SENTENCE, whole))[1] == "same_passage"
    assert compare(close, Claim("The month is wrong.", SENTENCE, whole))[1] == "same_sentence"
    assert compare(close, Claim("No such person.", close.passage, close.place))[1] == "same_passage"
    figure, name = (Claim(words, close.passage, close.place) for words in ("It cost 4 dollars.", "She is Robyn Vail."))
    assert compare(figure, name)[1] == "same_sentence"


def test_hostile_words_are_compared_at_once():
    for words in ("A" * 5000, "A " * 2500, "1 " * 2500, "the name " * 500, "1.2 million dollars " * 250):
        claim = Claim(words, words[:500], Match(0, 500, 1.0, "exact"))
        assert compare(claim, claim)[1] in {"same_passage", "same_sentence"}


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


MOST_PER_MOVE = 25
# Fewer on each run, because what every one costs is the same.
READERS = 300 if os.environ.get("MASTHEAD_CHAOS") == "1" else 60
WORDS = "Another reader reported the same error."


def versions(*rows):
    return [(row, row.version) for row in rows]


def test_all_are_joined_in_one_go_each_by_a_move_of_its_own(desk):
    mine, first, second = desk.report(), desk.report(), desk.report()

    join_all(mine, by=desk.editor, others=versions(first, second), words=WORDS, seen=mine.version)

    for other in Report.objects.filter(pk__in=[first.pk, second.pk]):
        assert (other.status, other.joined_to_id) == ("duplicate", mine.pk)
        assert [event.kind for event in history_of(other)][-1] == "report.joined"
        assert [row.answer for row in other.decisions.all()] == [WORDS]
    mine.refresh_from_db()
    assert mine.priority_reasons[0] == "category:number_or_date"
    assert "readers:3" in mine.priority_reasons


def test_when_one_of_them_was_moved_meanwhile_none_is_joined(desk):
    mine, first, second = desk.report(), desk.report(), desk.report()
    ticked = [(first, first.version), (second, second.version + 1)]
    events = Event.objects.count()

    with pytest.raises(Conflict, match=f"{second.reference} was changed meanwhile, so none was joined."):
        join_all(mine, by=desk.editor, others=ticked, words=WORDS)

    assert set(Report.objects.values_list("status", flat=True)) == {"new"}
    assert Event.objects.count() == events


def test_who_may_join_and_how_many_and_that_readers_are_told_something(desk):
    mine, other = desk.report(), desk.report()
    for wrong in ({"others": []}, {"words": " "}, {"others": versions(mine)}, {"others": versions(*[other] * 501)}):
        with pytest.raises(Invalid):
            join_all(mine, **{"by": desk.editor, "others": versions(other), "words": WORDS, **wrong})
    with pytest.raises(NotAllowed):
        join_all(mine, by=make_staff(desk.publication, "licensing_editor"), others=versions(other), words=WORDS)
    assert Report.objects.get(pk=other.pk).status == "new"


def test_one_press_on_the_work_page_joins_what_is_ticked_and_leaves_the_rest(desk, client):
    client.force_login(desk.editor)
    mine, first, second = desk.report(), desk.report(), desk.report()
    else_ = desk.report("The month is wrong.", "The council spent 1.2 million on the bridge.")
    page = reverse("admin:corrections_report_change", args=[mine.pk])
    press = reverse("admin:corrections_report_do", args=[mine.pk, "join_all"])

    text = client.get(page).content.decode()
    ticks = re.findall(r'name="others" value="(\S+)"[^>]*?( checked)?>', text)
    assert sorted(ticks) == sorted(
        [(f"{first.reference}.1", " checked"), (f"{second.reference}.1", " checked"), (f"{else_.reference}.1", "")]
    )
    assert "Same sentence, other error?" in text
    sent = {"seen": mine.version, "words": WORDS, "others": [f"{first.reference}.1", f"{second.reference}.9"]}
    refused = client.post(press, sent)
    assert refused.status_code == 409
    assert f"{second.reference} was changed meanwhile" in refused.content.decode()
    for wrong in (["R-NOSUCH00-0.1"], ["nonsense"], [first.reference], [f"{first.reference}.²"], []):
        assert client.post(press, {**sent, "others": wrong}).status_code == 422
    refused = client.post(press, {**sent, "others": [f"{first.reference}.1"], "words": ""}).content.decode()
    assert re.findall(r'value="(\S+)\.1"[^>]*? checked>', refused) == [first.reference]

    assert client.post(press, {**sent, "others": [f"{first.reference}.1"]}).status_code == 302
    states = Report.objects.values_list("reference", "status")
    assert dict(states) == {
        mine.reference: "new",
        first.reference: "duplicate",
        second.reference: "new",
        else_.reference: "new",
    }


def test_many_readers_are_joined_with_one_press_and_every_one_costs_the_same(desk, client):
    client.force_login(desk.editor)
    mine = desk.report()
    rows = many_reports(desk.publication, desk.article, READERS - 1)
    Report.objects.filter(pk__in=[row.pk for row in rows]).update(
        claim="The cost was 1.45 million.", passage_exact="1.2 million"
    )
    rows = list(Report.objects.exclude(pk=mine.pk).order_by("pk"))

    text = client.get(reverse("admin:corrections_report_change", args=[mine.pk])).content.decode()
    assert f"{READERS} readers reported this sentence" in text
    assert text.count('name="others"') == READERS - 1
    assert f"Join all {READERS - 1}" in text

    def asked(ticked):
        with CaptureQueriesContext(connection) as queries:
            join_all(Report.objects.get(pk=mine.pk), by=desk.editor, others=versions(*ticked), words=WORDS)
        return len(queries)

    asked(rows[:1])  # the first fills what is remembered of the publication and the editor
    few, more, rest = asked(rows[1:6]), asked(rows[6:16]), asked(rows[16:])
    each = (more - few) // 5
    assert rest - more == each * (len(rows[16:]) - 10)
    assert Report.objects.filter(joined_to=mine, status="duplicate").count() == READERS - 1
    assert Event.objects.filter(kind="report.joined").count() == READERS - 1
    assert each <= MOST_PER_MOVE
