"""Versions on the wire."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.newsroom.api.probe")]
MATCHING = "/api/v1/matching/"
CURRENT = '"Q-22222222-2.3"'


@pytest.mark.parametrize("header", [CURRENT, f"W/{CURRENT}", f'"other", {CURRENT}'])
def test_the_current_version_matches(anyone, header):
    assert anyone.post(MATCHING, {}, HTTP_IF_MATCH=header).json() == {"seen": 3}


@pytest.mark.parametrize("header", ['"Q-22222222-2.2"', '"3"', "3", "Q-22222222-2.3"])
def test_an_older_version_is_412(anyone, header):
    answer = anyone.post(MATCHING, {}, HTTP_IF_MATCH=header)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


@pytest.mark.parametrize("headers", [{}, {"HTTP_IF_MATCH": ""}, {"HTTP_IF_MATCH": "*"}])
def test_no_version_is_428(anyone, headers):
    answer = anyone.post(MATCHING, {}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


def test_a_read_is_confirmed_with_304(anyone):
    answer = anyone.get(MATCHING)
    assert (answer["ETag"], answer["Cache-Control"]) == (CURRENT, "public, max-age=60")
    same = anyone.get(MATCHING, HTTP_IF_NONE_MATCH=f'"x", {CURRENT}')
    assert (same.status_code, same.content, same["Cache-Control"]) == (304, b"", "public, max-age=60")
    assert anyone.get(MATCHING, HTTP_IF_NONE_MATCH='"x"').status_code == 200


def test_a_refusal_is_not_cached(anyone):
    answer = anyone.get("/api/v1/partners/?nonsense=1")
    assert (answer.status_code, answer["Cache-Control"]) == (422, "no-store")
    assert not answer.has_header("ETag")


def test_the_holder_of_a_key_gets_a_private_answer(partner):
    answer = partner.get(MATCHING)
    assert (answer["Cache-Control"], answer["ETag"]) == ("private, no-store", CURRENT)
    assert not answer.has_header("Access-Control-Allow-Origin")


def test_the_holder_of_a_key_is_spared_what_did_not_change_too(partner):
    same = partner.get(MATCHING, HTTP_IF_NONE_MATCH=CURRENT)
    assert (same.status_code, same.content, same["Cache-Control"]) == (304, b"", "private, no-store")
    assert not same.has_header("Access-Control-Allow-Origin")
    assert partner.get(MATCHING, HTTP_IF_NONE_MATCH='"x"').status_code == 200
    listed = partner.get("/api/v1/partners/")
    assert partner.get("/api/v1/partners/", HTTP_IF_NONE_MATCH=listed["ETag"]).status_code == 304
