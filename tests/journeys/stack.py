"""The service, really started: embedded as `make run` does, or on PostgreSQL with Redis and Celery."""

from __future__ import annotations

import email
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from tests import databases, services
from tests.receivers import HttpReceiver, http_receiver, smtp_sink

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0


class Stack:
    """A running service: its address, the demo's logins, the mails that arrived, the partner's webhook receiver."""

    def __init__(
        self, base: str, var: Path, hooks: HttpReceiver, mails: Callable[[], list], env: dict[str, str]
    ) -> None:
        self.base = base
        self.var = var
        self.hooks = hooks
        self.mails = mails
        self.env = env
        self.sessions: dict[str, requests.Session] = {}
        self.children: dict[str, subprocess.Popen] = {}
        self.redis: subprocess.Popen | None = None

    @property
    def demo(self) -> dict:
        """The logins and keys of the demo newsroom."""
        return json.loads((self.var / "demo.json").read_text())

    def wait_for_mail(self, to: str, *, saying: str = "", count: int = 1) -> list:
        """The mails to that address with that text, once there are so many."""

        def found() -> list:
            return [mail for mail in self.mails() if to in str(mail["To"]) and saying in text_of(mail)]

        return wait(lambda: found() if len(found()) >= count else None, f"{count} mail(s) to {to} saying {saying!r}")

    def wait_for_hook(self, kind: str, *, having: str = "") -> object:
        """The first hook of that type whose body holds that text."""

        def found() -> object:
            for request in self.hooks.requests:
                body = json.loads(request.body)
                if body["type"] == kind and having in json.dumps(body):
                    return request
            return None

        return wait(found, f"hook {kind} {having}")

    def start(self, name: str, *command: str, **env: str) -> subprocess.Popen:
        """Start a process of the service; its output goes to a file in the data folder."""
        with (self.var / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                command, cwd=ROOT, env=self.env | env, stdout=log, stderr=log, start_new_session=True
            )
        self.children[name] = child
        return child

    def stop(self) -> None:
        """Stop everything this started."""
        for child in self.children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait(timeout=5)


def wait(probe: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> object:
    """What the probe answers once it is true; AssertionError with what was waited for otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := probe():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def text_of(mail: email.message.Message) -> str:
    """The plain text of a mail, subject included."""
    part = mail.get_body(("plain",))
    return f"{mail['Subject']}\n{part.get_content() if part else ''}"


@contextmanager
def embedded() -> Iterator[Stack]:
    """`make run`: SQLite, no Redis, mail as files."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-journey-")))
        hooks = stack.enter_context(http_receiver())
        port = free_port()
        env = _environment(var, port) | {"MASTHEAD_DEMO_WEBHOOK_URL": f"{hooks.url}/hooks", "MASTHEAD_DEMO": "1"}

        read: dict[Path, email.message.EmailMessage] = {}

        def mails() -> list:
            for path in sorted((var / "mail").glob("*.eml")):
                if path not in read:
                    read[path] = parse(path.read_bytes())
            return list(read.values())

        databases.copied(var / "masthead.sqlite3")
        running = Stack(f"http://127.0.0.1:{port}", var, hooks, mails, env)
        stack.callback(running.stop)
        running.start("run", sys.executable, "deploy/run.py")
        wait(lambda: answers(running), "the first page", seconds=240)
        yield running


@contextmanager
def full() -> Iterator[Stack]:
    """PostgreSQL, Redis, gunicorn, Celery worker and beat, and one `deliver` loop; mail to a real SMTP sink."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="masthead-journey-")))
        database = stack.enter_context(services.postgres())
        broker = stack.enter_context(services.redis())
        sink = stack.enter_context(smtp_sink())
        hooks = stack.enter_context(http_receiver())
        port = free_port()
        env = _environment(var, port) | {
            "MASTHEAD_DEMO_WEBHOOK_URL": f"{hooks.url}/hooks",
            "MASTHEAD_DEMO": "1",
            "ALLOW_LOOPBACK_ENDPOINTS": "1",
            "FORM_MIN_SECONDS": "0",
            "THROTTLE_FORMS": "1000",
            "THROTTLE_REPORT_FLOOD": "20000",
            "THROTTLE_ARTICLE_REPORTS": "1000",
            "DATABASE_URL": database.url,
            "REDIS_URL": broker.url,
            "EMAIL_URL": sink.url,
        }

        def mails() -> list:
            return [mail.message for mail in sink.mails]

        running = Stack(f"http://127.0.0.1:{port}", var, hooks, mails, env)
        running.redis = broker.process
        stack.callback(running.stop)
        python = sys.executable
        for command in (["migrate", "-v0"], ["demo"]):
            subprocess.run([python, "manage.py", *command], cwd=ROOT, env=env, check=True, capture_output=True)
        running.start(
            "web",
            python,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            "newsroom.wsgi:application",
            HOST="127.0.0.1",
            WEB_WORKERS="1",
        )
        worker = [python, "-m", "celery", "-A", "newsroom"]
        running.start("worker", *worker, "worker", "-c", "2", "-l", "warning")
        beat = ["beat", "-l", "warning", "-s", str(var / "beat"), "--pidfile="]
        running.start("beat", *worker, *beat)
        running.start("deliver", python, "manage.py", "deliver")
        wait(lambda: answers(running), "the first page", seconds=240)
        yield running


def parse(raw: bytes) -> email.message.EmailMessage:
    """A mail as it lies in its file."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def answers(stack: Stack) -> bool:
    """Whether the first page is there, and the demo with it."""
    try:
        return requests.get(f"{stack.base}/", timeout=5).status_code == 200 and (stack.var / "demo.json").exists()
    except requests.RequestException:
        return False


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(var: Path, port: int) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PORT": str(port),
        "MASTHEAD_VAR": str(var),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "PYTHONWARNINGS": "ignore",
    }
