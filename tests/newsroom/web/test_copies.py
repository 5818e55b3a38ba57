"""Pages that anyone may keep: sent once, and again only when they changed."""

import pytest

from newsroom.accounts.models import Guideline
from tests.factories import make_publication

pytestmark = pytest.mark.django_db
KEPT = {
    "/": 60,
    "/guidelines/": 300,
    "/robots.txt": 3600,
    "/license.xml": 3600,
    "/favicon.ico": 86_400,
    "/.well-known/security.txt": 86_400,
    "/.well-known/tdmrep.json": 3600,
    "/.well-known/jwks.json": 3600,
    "/ns/licensing": 3600,
}


@pytest.fixture
def daily():
    return make_publication(hosts=["daily.example"], is_default=True)


@pytest.mark.parametrize("path", KEPT)
def test_who_has_the_page_already_is_sent_nothing(client, daily, path):
    first = client.get(path)
    assert (first.status_code, first["Cache-Control"]) == (200, f"public, max-age={KEPT[path]}")
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]


def test_a_page_that_changed_is_sent_anew(client, daily):
    before = client.get("/guidelines/")
    Guideline.objects.create(publication=daily, kind="editorial", number=9, body="Twice.", effective_on="2020-01-01")
    after = client.get("/guidelines/", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, b"Twice." in after.content) == (200, True)
    assert after["ETag"] != before["ETag"]


def test_what_is_not_there_has_no_mark(client, daily):
    response = client.get("/corrections/C-22222222-2/")
    assert (response.status_code, response.has_header("ETag")) == (404, False)


def test_a_head_request_is_marked_as_the_page_is(client, daily):
    assert client.head("/")["ETag"] == client.get("/")["ETag"]
