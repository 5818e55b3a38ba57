"""Refusals as RFC 9457, and the JSON that is refused."""

import io
import json

import pytest

from newsroom.api.explanations import EXPLANATIONS
from newsroom.api.parsers import MAX_BYTES, StrictJSONParser
from newsroom.api.problems import TooLarge

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.newsroom.api.probe")]
PUBLIC = "/api/v1/public/"
JSON = "application/json"


def send(client, body, content_type=JSON, **headers):
    return client.generic("POST", PUBLIC, body, content_type=content_type, **headers)


def outcome(answer):
    return answer.status_code, answer.json()["code"], [(f["pointer"], f["code"]) for f in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("name", "status", "code", "page"),
    [
        ("not-allowed", 403, "not_allowed", "not_allowed"),
        ("conflict", 409, "conflict", "conflict"),
        ("blocked", 409, "blocked", "blocked"),
        ("special", 409, "exclusivity_clash", "exclusivity_clash"),
        ("stale", 412, "stale", "stale"),
        ("not-found", 404, "not_found", "not_found"),
        ("invalid", 422, "validation", "validation"),
    ],
)
def test_every_refusal_of_the_domain_has_its_number(anyone, name, status, code, page):
    answer = anyone.get(f"/api/v1/failing/{name}/")
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"http://testserver/problems/{page}"
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    assert anyone.get(f"/problems/{page}/").status_code == 200


def test_a_bug_is_a_clean_500_that_tells_nothing(anyone, caplog):
    anyone.raise_request_exception = False
    answer = anyone.get("/api/v1/failing/bug/")
    assert outcome(answer) == (500, "error", [])
    assert "secret" not in answer.content.decode()
    assert "a secret detail" in caplog.text


def test_without_the_database_it_is_503_with_a_time_to_come_back(anyone):
    answer = anyone.get("/api/v1/failing/database/")
    assert (outcome(answer), answer["Retry-After"]) == ((503, "unavailable", []), "30")
    assert "secret" not in answer.content.decode()


def test_a_body_that_is_longer_than_it_said_is_413_too():
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(io.BytesIO(b" " * (MAX_BYTES + 1)), JSON, None)


def test_an_address_that_does_not_exist_is_a_problem_too(anyone):
    answer = anyone.get("/api/v1/nothing/")
    assert (outcome(answer), answer["Content-Type"]) == ((404, "not_found", []), "application/problem+json")
    assert "slash" in anyone.post("/api/v1/nothing", {}).json()["detail"]


def test_every_fault_is_pointed_at_at_once(anyone):
    body = {
        "count": 9,
        "urgent": "true",
        "at": "2026-11-20 08:00",
        "lines": [{"name": "A"}, {"name": "", "colour": "red"}, "B"],
        "colour/shade~1": 1,
    }
    status, code, faults = outcome(send(anyone, json.dumps(body)))
    assert (status, code) == (422, "validation")
    assert sorted(faults) == [
        ("/at", "no_offset"),
        ("/colour~1shade~01", "unknown_member"),
        ("/count", "max_value"),
        ("/lines/1/colour", "unknown_member"),
        ("/lines/1/name", "blank"),
        ("/lines/2", "invalid"),
        ("/title", "required"),
        ("/urgent", "not_boolean"),
    ]


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, None])
def test_a_text_is_a_text(anyone, value):
    assert send(anyone, json.dumps({"title": value})).status_code == 422


@pytest.mark.parametrize("value", ["1", 1.0, True, [], {}])
def test_a_whole_number_is_a_number(anyone, value):
    assert outcome(send(anyone, json.dumps({"title": "x", "count": value})))[2] == [("/count", "invalid")]


@pytest.mark.parametrize("value", ["true", "null", 1, 0, "", []])
def test_yes_and_no_are_true_and_false(anyone, value):
    assert outcome(send(anyone, json.dumps({"title": "x", "urgent": value})))[2] == [("/urgent", "not_boolean")]


def test_times_come_back_in_utc(anyone):
    for given in ("2026-11-20T10:30:00+02:30", "2026-11-20T08:00:00Z", "2026-11-20t08:00:00z"):
        assert send(anyone, json.dumps({"title": "x", "at": given})).json()["at"] == "2026-11-20T08:00:00Z"
    for given in ("0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z", "2026-11-20T25:00:00Z", "T", "-"):
        assert send(anyone, json.dumps({"title": "x", "at": given})).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"title": "a", "title": "b"}',
        b'{"title": NaN}',
        b'{"title": -Infinity}',
        b'{"count": 1e999}',
        b'{"count": ' + b"9" * 5000 + b"}",
        b'{"title": "\xff"}',
        b"\xef\xbb\xbf{}",
        '{"title": "x"}'.encode("utf-16"),
        b"[" * 21 + b"]" * 21,
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"title": "' + b'\\"' * 100_000,
    ],
    ids=lambda body: repr(body[:18]),
)
def test_what_is_not_strict_json_is_400(anyone, body):
    assert outcome(send(anyone, body)) == (400, "malformed", [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"title": "a\\u0000b"}', "/title"),
        (b'{"title": "a\\ud800b"}', "/title"),
        (b'{"lines": [{"name": "x"}, {"name": "\\ufdd0"}]}', "/lines/1/name"),
        (b'{"x": {"a\\u0000": 1}}', "/x"),
    ],
)
def test_characters_that_cannot_be_stored_are_pointed_at(anyone, body, pointer):
    assert outcome(send(anyone, body)) == (422, "validation", [(pointer, "not_text")])


def test_a_pair_of_surrogates_is_one_character(anyone):
    assert send(anyone, b'{"title": "\\ud83d\\ude00"}').json() == {"title": "😀"}


def test_twenty_levels_are_read(anyone):
    assert send(anyone, b"[" * 20 + b"]" * 20).status_code == 422


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "7", ""])
def test_only_an_object_is_an_order(anyone, body):
    assert send(anyone, body).status_code == 422


def test_a_body_over_256_kb_is_413_whatever_its_header_says(anyone):
    huge = json.dumps({"title": "x" * 262_144})
    assert outcome(send(anyone, huge)) == (413, "too_large", [])
    assert send(anyone, json.dumps({"title": "x" * 262_000})).status_code == 422


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=latin-1", {}),
        ("application/json", {"HTTP_CONTENT_ENCODING": "gzip"}),
    ],
)
def test_other_media_types_are_415(anyone, content_type, headers):
    assert outcome(send(anyone, '{"title": "x"}', content_type, **headers)) == (415, "unsupported_media_type", [])


def test_json_with_a_charset_is_read(anyone):
    assert send(anyone, '{"title": "x"}', "application/json; charset=UTF-8").json() == {"title": "x"}


def test_wrong_method_and_unacceptable_media_type(anyone):
    answer = anyone.delete(PUBLIC)
    assert (outcome(answer), answer["Allow"]) == ((405, "method_not_allowed", []), "GET, POST, HEAD, OPTIONS")
    assert outcome(anyone.get(PUBLIC, HTTP_ACCEPT="text/html")) == (406, "not_acceptable", [])
    assert anyone.options(PUBLIC).status_code == 405


def test_every_code_has_a_page(client):
    for code, explanation in EXPLANATIONS.items():
        page = client.get(f"/problems/{code}/").content.decode()
        assert str(explanation.status) in page
    assert client.get("/problems/nothing/").status_code == 404
