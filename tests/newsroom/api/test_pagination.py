"""Pages that neither repeat nor skip a row, and filters that refuse what they do not know."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.accounts.models import Organization

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.newsroom.api.probe")]
PARTNERS = "/api/v1/partners/"
START = datetime(2026, 11, 1, tzinfo=UTC)


def make(name, minutes):
    row = Organization.objects.create(name=name, slug=name)
    Organization.objects.filter(pk=row.pk).update(created_at=START + timedelta(minutes=minutes))
    return name


@pytest.fixture
def seven():
    """Newest first: g f e d c b a; c, d and e were made in the same moment."""
    for name, minutes in zip("abcdefg", (0, 1, 2, 2, 2, 3, 4), strict=True):
        make(name, minutes)


def walk(client, address, direction="next"):
    pages = []
    while address:
        body = client.get(address).json()
        pages.append("".join(body["results"]))
        address = body[direction]
    return pages


def test_a_walk_sees_every_row_once_even_those_of_the_same_moment(anyone, seven):
    assert walk(anyone, f"{PARTNERS}?page_size=2") == ["gf", "ed", "cb", "a"]
    assert walk(anyone, PARTNERS) == ["gfedcba"]


def test_the_way_back_is_the_way_there(anyone, seven):
    last = f"{PARTNERS}?page_size=2"
    while following := anyone.get(last).json()["next"]:
        last = following
    assert walk(anyone, last, "previous") == ["a", "cb", "ed", "gf"]


def test_rows_that_come_late_are_not_skipped_and_none_comes_twice(anyone, seven):
    first = anyone.get(f"{PARTNERS}?page_size=3").json()
    make("late", 2)
    make("new", 9)
    Organization.objects.filter(slug="f").delete()
    assert "".join(first["results"]) == "gfe"
    rest = walk(anyone, first["next"])
    assert "".join(rest) == "dcba"
    make("deep", 1)
    assert "".join(walk(anyone, first["next"])) == "dcdeepba"


def test_a_late_commit_before_the_cursor_is_on_the_way_back(anyone, seven):
    second = anyone.get(anyone.get(f"{PARTNERS}?page_size=3").json()["next"]).json()
    make("late", 3)
    assert anyone.get(second["previous"]).json()["results"] == ["late", "f", "e"]


def test_the_link_header_says_the_same(anyone, seven):
    second = anyone.get(anyone.get(f"{PARTNERS}?page_size=2").json()["next"])
    body = second.json()
    assert second["Link"] == f'<{body["next"]}>; rel="next", <{body["previous"]}>; rel="prev"'
    assert not anyone.get(PARTNERS).has_header("Link")


def test_a_cursor_hides_the_primary_key_and_is_the_same_for_the_same_place(anyone, seven):
    links = {anyone.get(f"{PARTNERS}?page_size=2").json()["next"] for _ in range(2)}
    token = links.pop().partition("cursor=")[2].partition("&")[0]
    assert links == set()
    assert b"2026" not in urlsafe_b64decode(token + "===")


def test_a_cursor_that_is_not_of_this_list_is_refused(anyone, seven):
    good = anyone.get(f"{PARTNERS}?page_size=2").json()["next"].partition("cursor=")[2].partition("&")[0]
    others = anyone.get("/api/v1/others/?page_size=2").json()["next"].partition("cursor=")[2].partition("&")[0]
    for cursor in (good[:-2] + "AA", others, "", "x", "é", "A" * 5000, "\x00"):
        answer = anyone.get(PARTNERS, {"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "bad_cursor")


def test_a_cursor_outlives_the_change_of_the_secret_key(anyone, seven, settings):
    following = anyone.get(f"{PARTNERS}?page_size=2").json()["next"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 8
    assert anyone.get(following).json()["results"] == ["e", "d"]
    settings.SECRET_KEY_FALLBACKS = []
    assert anyone.get(following).status_code == 422


@pytest.mark.parametrize("size", ["0", "101", "-1", "", "1.5", "ten", "1e1", "９"])
def test_a_page_has_1_to_100_rows(anyone, seven, size):
    answer = anyone.get(PARTNERS, {"page_size": size})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/page_size")
    assert [anyone.get(PARTNERS, {"page_size": fine}).status_code for fine in ("1", "100")] == [200, 200]


def test_an_unknown_parameter_is_refused(anyone, seven):
    answer = anyone.get(PARTNERS, {"pagesize": "2", "ordering": "name"})
    assert (answer.status_code, [(f["pointer"], f["code"]) for f in answer.json()["errors"]]) == (
        422,
        [("/pagesize", "unknown_parameter"), ("/ordering", "unknown_parameter")],
    )


@pytest.mark.parametrize("name", ["json", "csv"])
def test_the_representation_is_chosen_by_the_accept_header_alone(anyone, seven, name):
    answer = anyone.get(PARTNERS, {"format": name})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/format")


def test_a_page_costs_the_same_for_1_and_for_30_rows(anyone, django_assert_num_queries):
    make("first", 0)
    for rows in (1, 30):
        for number in range(1, rows):
            make(f"row-{number}", number)
        with django_assert_num_queries(1):
            assert len(anyone.get(f"{PARTNERS}?page_size=100").json()["results"]) == rows
