"""What a request says of itself (charset, length, host, token) leads to an answer of ours, with our headers.

Every address meets one of the strange charsets by each method on each run, the next address the next one; all of them
with MASTHEAD_CHAOS=1.
"""

from __future__ import annotations

import io
import json
import os
import re

import pytest
from django.conf import settings as current
from django.contrib import admin
from django.core.signals import request_started
from django.db import close_old_connections, connection

from newsroom.wsgi import application
from tests.doors.browsers import Browser, Stranger
from tests.doors.test_admin_matrix import record_of
from tests.doors.test_headers import EXPECTED, faults_of
from tests.doors.test_matrix import API, address, described
from tests.doors.test_pages import PAGES, keys_of, path_of
from tests.doors.world import undone

pytestmark = pytest.mark.django_db
FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
CHARSETS = ("idna", "punycode", "rot13", "base64", "hex", "undefined", "unicode_escape", "raw_unicode_escape", "utf-16")
QUERY = "q=%5Cud800&url=a%ff.b%2e"
MEGABYTE = 1_048_576
PAGE_NAMES = ("", "add/", "{pk}/change/", "{pk}/history/")


def everywhere(world):
    """Every address that can be asked for, each with a query."""
    for pattern, page in PAGES.items():
        key = keys_of(world, page.link)[0] if page.link else ""
        yield f"{path_of(world, pattern, key)}?{QUERY}"
    for operation in described():
        path = address(world, operation.split(" ")[1])
        yield f"{path}{'&' if '?' in path else '?'}{QUERY}"
    for model in admin.site._registry:
        kind = model._meta.label_lower.replace(".", "/")
        for name in PAGE_NAMES:
            yield f"/admin/{kind}/{name.format(pk=record_of(world, kind).pk)}?{QUERY}"


def in_words(types):
    return [f"{kind}; charset={charset}" for kind in types for charset in CHARSETS] + [
        *(f"{types[0]}; x*=idna''%ff", f"{types[0]}; x*=no-such''y", 'x/y; charset="', ";;;=", "charset=hex")
    ]


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_charset_stops_an_address_or_brings_in_what_cannot_be_stored(world, settings, method):
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**6, 3600))
    people = Browser(), Browser()
    people[1].force_login(world.staff["superuser"])
    types = in_words(["application/x-www-form-urlencoded", "application/json"])
    wrong = []
    shift = 7 * (method == "POST") + 11 * (connection.vendor == "postgresql")
    for number, path in enumerate(everywhere(world), shift):
        # Each address meets one of them, and another one by the other method and on the other database.
        for content_type in types if FULL else [types[number % len(types)]]:
            body = "" if method == "GET" else '{"q": "\\ud800"}' if "json" in content_type else "claim=%5Cud800&seen=1"
            with undone():
                client = people[path.startswith("/admin/")]
                answer = client.generic(method, path, body, CONTENT_TYPE=content_type)
            if answer.status_code >= 500 or faults_of(answer):
                wrong.append((path, content_type, answer.status_code, faults_of(answer)))
    assert wrong == []


@pytest.mark.parametrize("charset", CHARSETS)
def test_the_api_reads_json_in_utf_8_only(world, charset):
    answer = Stranger().generic("POST", "/api/v1/reports/", "{}", content_type=f"application/json; charset={charset}")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_form_is_utf_8_whatever_it_says(world):
    path = f"/admin/corrections/report/{world.report.pk}/do/note/"
    editor = Browser()
    editor.force_login(world.staff["desk_editor"])
    sent = f"seen={world.report.version}&words=Caf%C3%A9"
    editor.generic("POST", path, sent, CONTENT_TYPE="application/x-www-form-urlencoded; charset=unicode_escape")
    assert world.report.messages.order_by("-pk").first().body == "Café"


def served(method, path, query="", **environ):
    """Status, headers and body of the application that gunicorn serves, which leaves the test's connection open."""
    told = {}
    request_started.disconnect(close_old_connections)
    try:
        parts = application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "testserver",
                "SERVER_PORT": "80",
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(),
                **environ,
            },
            lambda status, headers: told.update(status=int(status[:3]), headers=dict(headers)),
        )
        return told["status"], told["headers"], b"".join(parts)
    finally:
        request_started.connect(close_old_connections)


def test_the_served_application_reads_requests_the_same_way(world):
    status, headers, body = served("GET", "/api/v1/corrections/", QUERY, CONTENT_TYPE="text/plain; charset=idna")
    assert (status, json.loads(body)["code"]) == (422, "validation")  # `url` is no filter: it was read
    assert headers["Content-Security-Policy"] == EXPECTED["Content-Security-Policy"]


def test_what_stands_twice_in_the_query_of_the_api_is_pointed_out(world):
    wrong, tried = [], 0
    for name, operation in described().items():
        method, path = name.split(" ")
        given = [row["name"] for row in operation.get("parameters", []) if row["in"] == "query"]
        if method != "GET" or not given or "format" in given:
            continue
        tried += 1
        where = address(world, path).partition("?")[0]
        who = Stranger(
            headers={"Authorization": f"Bearer {world.keys[API[name].who if API[name].who == 'cms' else 'owner']}"}
        )
        answer = who.get(f"{where}?{given[0]}=1&{given[0]}=2")
        faults = [(row["pointer"], row["code"]) for row in answer.json()["errors"]]
        if answer.status_code != 422 or (f"/{given[0]}", "repeated_parameter") not in faults:
            wrong.append((name, given[0], answer.status_code, faults))
    assert (wrong, tried >= 10) == ([], True)


def test_what_stands_twice_in_a_form_counts_once_and_breaks_nothing(world):
    world.report.refresh_from_db()
    editor = Browser()
    editor.force_login(world.staff["desk_editor"])
    path, before = f"/admin/corrections/report/{world.report.pk}/do/note/", world.report.messages.count()
    answer = editor.post(path, {"seen": [99, world.report.version], "words": ["First.", "Last."]})
    assert (answer.status_code, world.report.messages.count()) == (302, before + 1)
    assert world.report.messages.order_by("-pk").first().body == "Last."
    with undone():
        names = ("form_token", "claim", "article_url", "medium", "category", "email")
        assert Stranger().post("/corrections/new/", {name: ["a", "b"] for name in names}).status_code == 422
        pages = ("/corrections/", "/reprints/", "/licenses/verify/", "/embed/article/", "/corrections/new/")
        doubled = "kind=x&kind=y&q=a&q=b&url=u&url=v&number=1&number=2&cursor=c&cursor=d"
        assert [page for page in pages if Stranger().get(f"{page}?{doubled}").status_code >= 500] == []


# --- bodies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/reports/", "json"), ("/corrections/new/", "html"), ("/", "html")])
def test_a_body_without_a_length_is_411_and_not_taken_for_an_empty_one(world, path, kind):
    answer = Stranger().generic("POST", path, "", headers={"Transfer-Encoding": "chunked"})
    assert (answer.status_code, kind in answer["Content-Type"], faults_of(answer)) == (411, True, {})
    assert "Content-Length" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "media_type"), [("/api/v1/reports/", "application/problem+json"), ("/corrections/new/", "text/html")]
)
def test_more_than_a_megabyte_is_413_before_it_is_read(world, path, media_type):
    answer = Stranger().post(path, {"claim": "x" * (MEGABYTE + 1)})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (413, media_type)
    assert (answer["Cache-Control"], faults_of(answer)) == ("no-store", {})


@pytest.mark.parametrize("path", ["/corrections/new/", "/admin/login/"])
def test_more_fields_than_a_form_has_are_413_with_a_page_of_ours(world, path):
    answer = Browser().post(path, {f"n{number}": "" for number in range(current.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)})
    page = answer.content.decode()
    assert (answer.status_code, faults_of(answer)) == (413, {})
    assert "Too much at once" in page
    assert "go back with your browser" in page


@pytest.mark.parametrize(
    "path", ["/", "/corrections/new/", "/api/v1/reports/", "/api/v1/articles/", "/nowhere/", "/admin/login/"]
)
def test_nothing_is_left_unread_for_the_next_request_to_stumble_over(world, path):
    left = io.BytesIO(b"x" * 300_000)
    Stranger().generic("POST", path, CONTENT_LENGTH="300000", **{"wsgi.input": left})
    assert left.read() == b""


@pytest.mark.parametrize("path", ["/", "/corrections/", "/embed.js", "/api/v1/corrections/", "/nowhere/", "/healthz"])
def test_an_answer_to_head_has_the_length_of_the_page_and_no_body(world, path):
    length = Stranger().get(path)["Content-Length"]
    _status, headers, body = served("HEAD", path)
    assert (body, headers["Content-Length"]) == (b"", length)


# --- names and schemes ---------------------------------------------------------------------------------------------


def test_a_host_that_is_not_ours_is_refused_in_the_words_of_whoever_asked(world, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    page, program = (Stranger().get(path, headers={"Host": "evil.example"}) for path in ("/", "/api/v1/corrections/"))
    assert (page.status_code, program.status_code) == (400, 400)
    assert program.json()["code"] == "malformed"
    assert "This could not be understood" in page.content.decode()
    assert [faults_of(page), faults_of(program)] == [{}, {}]
    assert "evil" not in page.content.decode() + program.content.decode()


def test_the_api_over_http_is_refused_and_a_page_is_led_to_https(world, settings):
    settings.SECURE_SSL_REDIRECT = True
    program = Stranger().get("/api/v1/corrections/", headers={"Authorization": f"Bearer {world.keys['owner']}"})
    assert (program.status_code, program.json()["code"]) == (403, "not_allowed")
    page = Stranger().get("/corrections/")
    assert (page.status_code, page["Location"]) == (301, "https://testserver/corrections/")
    assert Stranger().get("/api/v1/corrections/", secure=True).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/corrections/new/", "/reprints/partner/", "/admin/login/", "/admin/"])
def test_a_method_that_no_page_has_is_405_before_any_token_is_asked_for(world, path, method):
    strict = Stranger()
    answer = strict.generic(method, path, "x=1", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, method in answer["Allow"]) == (405, False)


# --- forms whose token or session is gone --------------------------------------------------------------------------

WORDS = "The figure was <checked> twice.\nSee the minutes."
PASSWORD = "a long enough passphrase"


def fields_of(page: str) -> dict[str, str]:
    """What the page's hidden fields say, but for its token."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page, re.DOTALL)
    plain = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&"}
    for sign, meant in plain.items():
        found = [(name, value.replace(sign, meant)) for name, value in found]
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def note(world):
    return f"/admin/corrections/report/{world.report.pk}/do/note/", {"seen": world.report.version, "words": WORDS}


@pytest.fixture
def editor(world):
    browser = Browser()
    browser.force_login(world.staff["desk_editor"])
    return browser


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_a_form_with_an_old_token_comes_back_with_a_fresh_one(world, editor, said):
    path, data = note(world)
    answer = editor.post(path, data, headers={"X-CSRFToken": "wrong", **said})
    page = answer.content.decode()
    assert (answer.status_code, faults_of(answer), answer["Cache-Control"]) == (403, {}, "no-store")
    assert fields_of(page) == {"seen": str(world.report.version), "words": WORDS}
    assert f'action="{path}"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    again = editor.post(path, {**fields_of(page), "csrfmiddlewaretoken": token}, headers={"X-CSRFToken": ""})
    assert (again.status_code, world.report.messages.order_by("-pk").first().body) == (302, WORDS)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, True),
    ],
)
def test_nobody_is_given_a_button_for_what_another_page_sent(world, editor, said, shown):
    path, data = note(world)
    answer = editor.post(path, data, headers={"X-CSRFToken": "wrong", **said})
    page = answer.content.decode()
    assert (answer.status_code, fields_of(page), "<form" in page) == (403, {}, False)
    assert ("See the minutes." in page) == shown


def test_a_sign_in_with_an_old_token_gives_no_password_back(world):
    data = {"username": "ada", "password": PASSWORD}
    headers = {"X-CSRFToken": "wrong", "Sec-Fetch-Site": "same-origin"}
    answer = Browser().post("/admin/login/", data, headers=headers)
    assert (answer.status_code, fields_of(answer.content.decode())) == (403, {})
    assert not {"ada", PASSWORD} & set(re.findall(r"[\w ]+", answer.content.decode()))


def sign_in(browser, page, person):
    """Fill in the sign-in page that is shown, with what it holds."""
    hidden = re.findall(r'<input type="hidden" (?:form="login-form" )?name="([^"]*)" value="([^"]*)">', page)
    return browser.post("/admin/login/", {**dict(hidden), "username": person.username, "password": PASSWORD})


def test_what_was_typed_after_the_session_ended_goes_through_the_sign_in(world):
    path, data = note(world)
    browser = Browser()
    answer = browser.post(path, data)
    page = answer.content.decode()
    assert (answer.status_code, "no-store" in answer["Cache-Control"], faults_of(answer)) == (403, True, {})
    assert "What you typed is kept in this page" in page
    assert "See the minutes." not in page  # it travels sealed
    wrong = browser.post("/admin/login/", {**dict(re.findall(r'name="(kept)" value="([^"]*)"', page)), "username": "x"})
    assert wrong.status_code == 200
    entered = sign_in(browser, wrong.content.decode(), world.staff["desk_editor"])
    assert entered["Location"] == "/admin/kept/"
    kept = browser.get("/admin/kept/")
    assert fields_of(kept.content.decode()) == {"seen": str(world.report.version), "words": WORDS}
    assert browser.get("/admin/kept/").content.decode().count("See the minutes.") == 2  # opened again: still there
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', kept.content.decode())[1]
    sent = {**fields_of(kept.content.decode()), "csrfmiddlewaretoken": token}
    assert browser.post(path, sent, headers={"X-CSRFToken": ""}).status_code == 302
    assert world.report.messages.order_by("-pk").first().body == WORDS
    assert browser.get("/admin/kept/")["Location"] == "/admin/"


def test_it_waits_behind_the_second_step(world, settings):
    settings.STAFF_MFA = "required"
    path, data = note(world)
    browser = Browser()
    entered = sign_in(browser, browser.post(path, data).content.decode(), world.staff["desk_editor"])
    assert entered["Location"] == "/admin/second-step/?next=/admin/kept/"
    assert browser.get("/admin/kept/")["Location"].startswith("/admin/login/")


def test_only_what_we_sealed_is_kept_through_a_sign_in(world):
    person = world.staff["desk_editor"]
    data = {"kept": '["/admin/", []]', "username": person.username, "password": PASSWORD}
    browser = Browser()
    assert browser.post("/admin/login/", data)["Location"] == "/admin/"
    assert browser.get("/admin/kept/")["Location"] == "/admin/"


@pytest.mark.parametrize(
    "data", [{"seen": "1"}, {"words": "x" * 20_001}, {f"words{n}": "y " * 9000 for n in range(6)}, {"password": WORDS}]
)
def test_without_words_or_with_too_many_the_sign_in_is_as_ever(world, data):
    answer = Browser().post(note(world)[0], data)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
