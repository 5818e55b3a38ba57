"""The service as gunicorn serves it, over real connections: bodies, long addresses, logs; and nginx in front of it."""

from __future__ import annotations

import http.client
import importlib.util
import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.faults.place import ROOT, sqlite_place
from tests.journeys.stack import free_port, wait

pytestmark = pytest.mark.slow
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()


class Served:
    """gunicorn with the configuration of production, on an SQLite database, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        place = sqlite_place(folder, settings="newsroom.settings")
        env = {**place.env, "HOST": "127.0.0.1", "PORT": str(self.port), "HOME": str(folder), "WEB_WORKERS": "1"}
        env |= {"LOG_LEVEL": "INFO", "PYTHONWARNINGS": "ignore"}
        command = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "newsroom.wsgi:application"]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=log, stderr=log)
        wait(self.answers, "gunicorn")

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

    def raw(self, text: bytes) -> str:
        """What is answered to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as there:
            there.sendall(text)
            return b"".join(iter(lambda: there.recv(65_536), b"")).decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    running = Served(tmp_path_factory.mktemp("served"))
    yield running
    running.process.terminate()
    assert running.process.wait(40) == 0


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


def test_a_passage_of_five_hundred_chinese_characters_fits_into_the_address_of_the_form(served):
    status, _kept, page = served.ask("GET", f"/corrections/new/?quote={quote('漢' * 500)}")
    assert (status, "漢" * 500 in page) == (200, True)


def test_a_charset_that_nobody_can_read_is_answered_by_a_page_of_ours(served):
    there = served.connection()
    there.request("GET", "/corrections/?q=%ff", headers={"Content-Type": "text/plain; charset=idna"})
    answer = there.getresponse()
    assert (answer.status, "frame-ancestors" in answer.headers["Content-Security-Policy"]) == (422, True)


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/static/", "/static/masthead/", "/newsroom/", "/db.sqlite3"]
)
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
    assert {line["level"] for line in lines} == {"info"}
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
