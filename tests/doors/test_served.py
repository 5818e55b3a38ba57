"""The service as gunicorn serves it, over real connections: bodies, long addresses, logs; and nginx in front of it."""

from __future__ import annotations

import base64
import http.client
import importlib.util
import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.faults.place import ROOT, Place, sqlite_place
from tests.journeys.stack import free_port, wait

pytestmark = pytest.mark.slow
FOLDERS = (
    *("/.git/config", "/.git/", "/.env", "/static/", "/static/masthead/", "/newsroom/", "/faults.sqlite3"),
    *("/static/../faults.sqlite3", "/static/%2e%2e/faults.sqlite3", "/static//etc/passwd", "/secret_key"),
)
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()


class Served:
    """gunicorn with the configuration of production, on an SQLite database, with a home of its own."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.folder = folder
        self.port = free_port()
        env = {**place.env, "HOST": "127.0.0.1", "PORT": str(self.port), "HOME": str(folder), "WEB_WORKERS": "1"}
        env |= {"LOG_LEVEL": "INFO", "PYTHONWARNINGS": "ignore"}
        command = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            wait(self.answers, "gunicorn")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> int:
        """Ask it to end; the code it ended with."""
        self.process.terminate()
        return self.process.wait(40)

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method, path, body=None, *, on=None, **headers):
        """Status, `Connection` and text of one request."""
        there = on or self.connection()
        there.request(method, path, body, headers)
        answer = there.getresponse()
        return answer.status, answer.headers["Connection"], answer.read().decode()

    def browse(self, method, path, fields=None, *, secure=True, **headers):
        """Status, headers and text, as through the proxy of production."""
        there = self.connection()
        proxied = {"Host": "desk.example.com", "X-Forwarded-Proto": "https" if secure else "http"}
        proxied |= {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        there.request(method, path, urlencode(fields) if fields else None, {**proxied, **headers})
        answer = there.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def raw(self, text: bytes) -> str:
        """What is answered to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as there:
            there.sendall(text)
            return b"".join(iter(lambda: there.recv(65_536), b"")).decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    running = Served(folder, sqlite_place(folder, settings="newsroom.settings"))
    yield running
    assert running.stop() == 0


PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="module")
def in_production(tmp_path_factory):
    """With the settings of production, behind one proxy that ends TLS; with one title and one administrator."""
    folder = tmp_path_factory.mktemp("production")
    key = base64.urlsafe_b64encode(b"k" * 32).decode()
    place = sqlite_place(folder, settings="tests.doors.production").with_env(
        MASTHEAD_ENV="production",
        BASE_URL="https://desk.example.com",
        ALLOWED_HOSTS="desk.example.com",
        FIELD_KEYS=key,
        LEDGER_KEY=key,
        LICENSE_KEYS=key,
        EMAIL_URL="smtp://127.0.0.1:1",
        TRUSTED_PROXIES="1",
        FORM_MIN_SECONDS="0",
        PASSWORD=PASSWORD,
        METRICS_TOKEN="m",
    )
    who = ("--admin-username", "ada", "--admin-email", "ada@mail.example", "--admin-password-env", "PASSWORD")
    place.run("manage.py", "setup", "--publication", "The Daily", "--host", "daily.example", *who)
    running = Served(folder, place)
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("path", ["/api/v1/reports/", "/", "/corrections/new/", "/nowhere/"])
def test_what_is_refused_unread_does_not_spoil_the_next_request_on_its_connection(served, path):
    there = served.connection()
    status, kept, _text = served.ask("POST", path, b"x" * 300_000, on=there, **{"Content-Type": "application/json"})
    assert (400 <= status < 500, kept) == (True, "keep-alive")
    assert [served.ask("GET", "/healthz", on=there)[0] for _ in range(3)] == [200, 200, 200]


def test_a_connection_ends_where_a_body_is_not_read_to_its_end(served):
    status, kept, text = served.ask(
        "POST", "/api/v1/reports/", b"x" * 1_048_577, **{"Content-Type": "application/json"}
    )
    assert (status, kept, json.loads(text)["code"]) == (413, "close", "too_large")


@pytest.mark.parametrize("path", ["/api/v1/reports/", "/corrections/new/"])
def test_a_body_in_pieces_is_411_and_its_connection_ends(served, path):
    pieces = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = served.raw(f"POST {path} HTTP/1.1\r\nHost: testserver\r\n".encode() + pieces)
    assert answer.startswith("HTTP/1.1 411 ")
    assert "\r\nConnection: close\r\n" in answer
    assert answer.count("HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /corrections/?q=" + b"<b>" * 3_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414 URI Too Long"),
        (b"<script>alert(1)</script>\r\n\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n<b>: 1\r\n\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"<" * 9_000 + b"\r\n\r\n", "431 Request Header Fields Too Large"),
    ],
)
def test_what_never_becomes_a_request_is_refused_with_safe_headers_and_not_repeated(served, sent, status):
    head, _, text = served.raw(sent).partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    found = dict(line.split(": ", 1) for line in headers)
    assert (first, text) == (f"HTTP/1.1 {status}", f"{status}\n")
    assert found == {
        "Connection": "close",
        "Content-Length": str(len(text)),
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def test_a_passage_of_five_hundred_chinese_characters_fits_into_the_address_of_the_form(served):
    status, _kept, page = served.ask("GET", f"/corrections/new/?quote={quote('漢' * 500)}")
    assert (status, "漢" * 500 in page) == (200, True)


def test_a_charset_that_nobody_can_read_is_answered_by_a_page_of_ours(served):
    there = served.connection()
    there.request("GET", "/corrections/?q=%ff", headers={"Content-Type": "text/plain; charset=idna"})
    answer = there.getresponse()
    assert (answer.status, "frame-ancestors" in answer.headers["Content-Security-Policy"]) == (422, True)


@pytest.mark.parametrize("path", FOLDERS)
def test_no_folder_and_no_file_of_the_house_is_handed_out(served, path):
    assert served.ask("GET", path)[0] == 404


def test_a_browser_that_asks_for_an_icon_gets_one(served):
    there = served.connection()
    there.request("GET", "/favicon.ico")
    answer = there.getresponse()
    assert (answer.status, answer.headers["Content-Type"], answer.read()[:4]) == (200, "image/x-icon", b"\0\0\1\0")


def test_it_leaves_nothing_in_the_home_folder_and_logs_json_without_warnings(served):
    for path in ("/", "/corrections/", "/api/v1/corrections/", "/nowhere/"):
        assert served.ask("HEAD", path)[2] == ""
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    refused = "Invalid request from ip="  # another test sends such
    assert {line["level"] for line in lines if not line["message"].startswith(refused)} == {"info"}
    assert {"gunicorn.error", "masthead.access"} <= {line["logger"] for line in lines}
    assert not (served.folder / ".gunicorn").exists()


def test_a_database_that_is_missing_is_not_begun_and_the_service_is_not_ready(served, tmp_path):
    # As after a start without the volume: each request opens the file anew.
    database = served.folder / "faults.sqlite3"
    moved = [(path, tmp_path / path.name) for path in served.folder.glob("faults.sqlite3*")]
    for path, away in moved:
        path.rename(away)
    try:
        assert [served.ask("GET", path)[0] for path in ("/healthz", "/readyz", "/corrections/")] == [200, 503, 503]
        assert not database.exists()
    finally:
        for path, away in moved:
            away.rename(path)
    assert served.ask("GET", "/readyz")[0] == 200


def cookies_of(headers) -> dict[str, tuple[str, set[str]]]:
    """Name → value and attributes of each cookie that was set."""
    found = {}
    for row in headers.get_all("Set-Cookie") or []:
        pair, *attributes = row.split("; ")
        name, _, value = pair.partition("=")
        found[name] = value, {part for part in attributes if not part.startswith(("expires=", "Max-Age="))}
    return found


HOST_ONLY = {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_in_production_the_cookies_of_staff_are_bound_to_the_host_and_to_https(in_production):
    status, headers, page = in_production.browse("GET", "/admin/login/")
    [(name, (csrf, attributes))] = cookies_of(headers).items()
    assert (status, name, attributes) == (200, "__Host-csrf", HOST_ONLY)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"username": "ada", "password": PASSWORD, "csrfmiddlewaretoken": token}
    own = {"Cookie": f"__Host-csrf={csrf}", "Origin": "https://desk.example.com"}
    status, headers, _page = in_production.browse("POST", "/admin/login/", form, **own)
    found = cookies_of(headers)
    assert (status, headers["Location"]) == (302, "/admin/second-step/?next=/admin/")
    assert {name: attributes for name, (_value, attributes) in found.items()} == {
        "__Host-desk": HOST_ONLY,
        "__Host-csrf": HOST_ONLY,
    }
    foreign = {**own, "Origin": "https://evil.example"}
    assert in_production.browse("POST", "/admin/login/", form, **foreign)[0] == 403


def test_in_production_the_cookie_of_a_private_page_is_secure_and_no_public_page_sets_one(in_production):
    status, headers, page = in_production.browse("GET", "/corrections/new/?url=https://daily.example/a")
    assert (status, cookies_of(headers)) == (200, {})
    form = {"form_token": re.search(r'name="form_token" value="([^"]+)"', page)[1], "claim": "It was 1.45 million."}
    form |= {"article_url": "https://daily.example/a", "medium": "web"}
    status, headers, _page = in_production.browse("POST", "/corrections/new/", form)
    assert (status, cookies_of(headers)) == (303, {})
    status, headers, _page = in_production.browse("GET", headers["Location"])
    [(name, (_value, attributes))] = cookies_of(headers).items()
    assert (status, re.fullmatch(r"__Secure-report_R-[0-9A-Z]{8}-[0-9A-Z]", name) is not None) == (303, True)
    assert attributes >= {"HttpOnly", "SameSite=Lax", "Secure"}


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/v1/corrections/", "/nowhere/", "/static/none.css"])
def test_in_production_browsers_are_told_to_come_by_https_only(in_production, path):
    _status, headers, _page = in_production.browse("GET", path)
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_in_production_http_leads_pages_to_https_and_refuses_programs(in_production):
    status, headers, _page = in_production.browse("GET", "/corrections/", secure=False)
    assert (status, headers["Location"]) == (301, "https://desk.example.com/corrections/")
    status, headers, text = in_production.browse("GET", "/api/v1/corrections/", secure=False)
    assert (status, json.loads(text)["status"], headers["Content-Type"]) == (403, 403, "application/problem+json")


def test_in_production_probes_are_answered_over_http_and_by_address(in_production):
    # As the containers' health check and a scraper on the machine ask.
    assert [in_production.ask("GET", path)[0] for path in ("/healthz", "/readyz", "/")] == [200, 200, 400]
    assert in_production.ask("GET", "/metrics") == (403, "keep-alive", "forbidden\n")
    assert in_production.ask("GET", "/metrics", Authorization="Bearer m")[0] == 200
    assert in_production.ask("POST", "/healthz")[0] == 400


def test_in_production_another_host_gets_a_refusal_that_does_not_repeat_it(in_production):
    status, _headers, page = in_production.browse("GET", "/", Host="evil.example")
    assert (status, "evil" in page) == (400, False)


@pytest.mark.parametrize("path", FOLDERS)
def test_in_production_no_folder_and_no_file_of_the_house_is_handed_out(in_production, path):
    assert in_production.browse("GET", path)[0] == 404


def configured() -> object:
    """The variables of the configuration."""
    spec = importlib.util.spec_from_file_location("gunicorn_configuration", ROOT / "deploy" / "gunicorn.conf.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_nginx_lets_an_idle_connection_go_before_gunicorn_closes_it(monkeypatch):
    monkeypatch.setenv("DATABASE_MUST_EXIST", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))
    kept = int(re.search(r"^\s+keepalive_timeout (\d+)s;", NGINX, re.MULTILINE)[1])
    assert 0 < kept < configured().keepalive


def test_nginx_takes_no_more_than_the_service_reads_and_gives_headers_to_what_has_none():
    assert "client_max_body_size 1m;" in NGINX
    added = re.findall(r"^\s+add_header (\S+) \$missing_\w+ always;", NGINX, re.MULTILINE)
    assert added == ["Content-Security-Policy", "X-Content-Type-Options"]
    # A location with headers of its own would have none of these.
    assert "add_header" not in NGINX.partition("location")[2]
