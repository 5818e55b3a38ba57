"""A passage is counted, and looked up in the article as it stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.articles.models import Revision
from reprints.services import asking, excerpts
from tests.reprints import factories as make

TEXT = "The council met on Monday.\n\nIt spent 1.2 million on the well-known bridge, the mayor’s pride."


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        ("", 0),
        ("— … !", 0),
        ("It spent 1.2 million.", 4),
        ("1,200,000.50", 1),
        ("the mayor’s pride", 3),
        ("well-known", 2),
        ("the/council/met", 3),
        ("the.council.met", 3),
        ("the\u00a0council\u2009met", 3),
        ("the_council_met", 3),
        ("東京の橋", 4),
        ("東京 bridge", 3),
        ("Ёлка і їжак", 3),
        ("جسر المدينة", 2),
    ],
)
def test_words_are_counted_whatever_stands_between_them(passage, words):
    assert excerpts.count_words(passage) == words


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("It spent 1.2 million", True),
        ("it  spent\n1.2 MILLION!", True),
        ("“The mayor's pride”", True),
        ("Monday. It spent", True),
        ("The council … on the well-known bridge", True),
        ("The council [...] the mayor’s", True),
        ("on the bridge ... The council", False),
        ("It spent 1.3 million", False),
        ("Thecouncilmet", False),
        ("ouncil met", False),
        ("spent on the bridge", False),
        ("", False),
        ("…", False),
    ],
)
def test_a_passage_stands_in_the_text_word_for_word_or_not(passage, found):
    assert excerpts.is_in(TEXT, passage) is found


def test_scripts_without_spaces_are_looked_up_by_letter():
    assert excerpts.is_in("市議会は月曜日に開かれた。", "月曜日に") is True
    assert excerpts.is_in("市議会は月曜日に開かれた。", "火曜日") is False


@pytest.fixture
def publication(db):
    return make.make_publication()


@pytest.fixture
def article(publication):
    return make.make_article(publication)


def quoting(article, text, **values):
    return make.item(article, use="excerpt_quote", portion="quote", excerpt_text=text, **values)


def estimate(publication, *items):
    return asking.estimate({"items": list(items)}, publication=publication)[0]


def test_a_passage_that_stands_there_is_free_and_counted(publication, article):
    found = estimate(publication, quoting(article, "It spent 1.2 million on the bridge."))
    assert (found.lane, found.reasons, found.lines[0].words, found.lines[0].found) == ("free", [], 7, True)


def test_words_that_do_not_stand_there_go_to_a_person(publication, article):
    found = estimate(publication, quoting(article, "It wasted 1.2 million on the bridge."))
    assert (found.lane, found.reasons) == ("manual", [{"item": 0, "code": "passage_not_found"}])
    assert found.lines[0].found is False


def test_the_headline_may_be_quoted_too(publication, article):
    assert estimate(publication, quoting(article, article.headline)).lane == "free"


def test_the_text_as_it_stands_now_counts(publication, article):
    Revision.objects.create(
        article=article,
        number=2,
        headline="New",
        body="It spent 1.45 million.",
        sha256="b" * 64,
        seen_at=timezone.now(),
    )
    article.revision = 2
    article.save(update_fields=["revision"])
    assert [estimate(publication, quoting(article, text)).lane for text in ("spent 1.45 million", "1.2 million")] == [
        "free",
        "manual",
    ]


@pytest.mark.parametrize(
    "closed", [{"desk_status": "withheld"}, {"embargoed_until": timezone.now() + timedelta(days=1)}]
)
def test_nobody_guesses_at_a_text_that_is_not_for_everybody(publication, closed):
    hidden = make.make_article(publication, **closed)
    texts = ("It spent 1.2 million on the bridge.", "It spent 9 million.")
    assert [estimate(publication, quoting(hidden, text)).lines[0].found for text in texts] == [None, None]


def test_the_price_follows_the_words_that_were_counted(publication, article):
    long = " ".join(["bridge"] * 120)
    Revision.objects.filter(article=article).update(body=f"{long} {long} {long} {long} {long}")
    short, longer = (estimate(publication, quoting(article, " ".join([long] * times))) for times in (1, 5))
    assert [row.lines[0].words for row in (short, longer)] == [120, 600]
    assert short.lane == longer.lane == "priced"
    assert short.total <= longer.total


def test_looking_up_ten_passages_takes_one_query_more_than_none(publication, django_assert_num_queries):
    articles = [make.make_article(publication) for _ in range(10)]
    with django_assert_num_queries(1):
        assert len(excerpts.texts_of(articles)) == 10
