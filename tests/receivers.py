"""What stands outside the service, as real servers on loopback that can be told to misbehave: a mail server
and the endpoint of a partner. Both record what arrived, in order, and tests wait for arrivals instead of
sleeping.
"""

import email
import email.policy
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

WAIT_SECONDS = 15.0


class NothingArrived(AssertionError):
    """Fewer arrivals than the test waited for."""


class _Arrivals:
    """A list that other threads add to and a test waits on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: list = []

    def add(self, item: object) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def all(self) -> list:
        with self._changed:
            return list(self._items)

    def clear(self) -> None:
        with self._changed:
            self._items.clear()

    def wait_for(self, count: int, *, seconds: float) -> list:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._items) >= count, timeout=seconds):
                raise NothingArrived(f"{len(self._items)} of {count} arrived within {seconds} s")
            return list(self._items)


@dataclass(frozen=True)
class Mail:
    """One message as the mail server took it: the envelope and the parsed message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


SMTP_FAULTS = ("none", "refuse_temporarily", "refuse", "refuse_recipient", "slow", "drop_after_data")


class SmtpSink:
    """A mail server that keeps what it is given.

    `fault` is what it does with the next messages: `none`; `refuse_temporarily` answers 451; `refuse`
    answers 550, `refuse_recipient` does so to the address already; `slow` answers after `delay` seconds;
    `drop_after_data` keeps the message and hangs up without an answer, so that the sender cannot know.
    What is refused is not kept. `attempts` counts messages, kept or not.
    """

    def __init__(self) -> None:
        self.attempts = 0
        self.delay = 1.0
        self._fault = "none"
        self._arrivals = _Arrivals()
        self._awake = threading.Event()
        self._controller: Controller | None = None

    @property
    def fault(self) -> str:
        return self._fault

    @fault.setter
    def fault(self, name: str) -> None:
        if name not in SMTP_FAULTS:
            raise ValueError(f"{name} is none of {', '.join(SMTP_FAULTS)}")
        self._fault = name

    @property
    def port(self) -> int:
        return self._controller.server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        return self._arrivals.all()

    def wait_for(self, count: int, *, seconds: float = WAIT_SECONDS) -> list[Mail]:
        """All mails, once there are at least `count`; NothingArrived after `seconds`."""
        return self._arrivals.wait_for(count, seconds=seconds)

    def clear(self) -> None:
        self.attempts = 0
        self._arrivals.clear()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 -- the name aiosmtpd calls
        if self._fault == "refuse_recipient":
            self.attempts += 1
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- idem
        self.attempts += 1
        if self._fault == "refuse_temporarily":
            return "451 4.3.0 Try again later"
        if self._fault == "refuse":
            return "550 5.1.1 No such mailbox"
        if self._fault == "slow":
            await server.loop.run_in_executor(None, self._awake.wait, self.delay)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self._arrivals.add(Mail(envelope.mail_from, tuple(envelope.rcpt_tos), parsed))
        if self._fault == "drop_after_data":
            server.transport.abort()
        return "250 2.0.0 Kept"


class _Loopback(Controller):
    def _trigger_server(self) -> None:
        """Port 0 is a free one: ask the server which it got before knocking."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server on a free loopback port for as long as the block."""
    sink = SmtpSink()
    sink._controller = _Loopback(sink, hostname="127.0.0.1", port=0)
    sink._controller.start()
    try:
        yield sink
    finally:
        sink._awake.set()
        sink._controller.stop()


@dataclass(frozen=True)
class Received:
    """One request as it came in. Header names are lower case; `at` is time.monotonic() of its arrival."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(compare=False)

    def json(self) -> object:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the receiver says to one request.

    `delay` seconds pass before it answers; `hang` never answers; `body_size` streams that many bytes
    instead of `body`, and does not say beforehand how many; `drop` takes the request and hangs up.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    delay: float = 0.0
    hang: bool = False
    drop: bool = False
    body_size: int = 0


class HttpReceiver:
    """A web server that records every request and answers as told: the queued answers first, then the
    standing one.
    """

    def __init__(self) -> None:
        self._standing = Answer()
        self._queued: deque[Answer] = deque()
        self._by_path: dict[str, Answer] = {}
        self._arrivals = _Arrivals()
        self._closing = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Received]:
        return self._arrivals.all()

    def answer(self, **how) -> None:
        """From now on, to every request; the arguments are those of Answer. Forgets what was queued."""
        self._queued.clear()
        self._standing = Answer(**how)

    def answer_once(self, **how) -> None:
        """To the next request that nobody queued for yet."""
        self._queued.append(Answer(**how))

    def answer_at(self, path: str, **how) -> None:
        """Always, to requests for this path."""
        self._by_path[path] = Answer(**how)

    def redirect(self, location: str, *, status: int = 302) -> None:
        self.answer(status=status, headers={"Location": location}, body=b"")

    def wait_for(self, count: int, *, seconds: float = WAIT_SECONDS) -> list[Received]:
        """All requests, once there are at least `count`; NothingArrived after `seconds`."""
        return self._arrivals.wait_for(count, seconds=seconds)

    def clear(self) -> None:
        self._arrivals.clear()

    def _next_answer(self, path: str) -> Answer:
        if path in self._by_path:
            return self._by_path[path]
        try:
            return self._queued.popleft()
        except IndexError:
            return self._standing

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        at = time.monotonic()
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        answer = self._next_answer(request.path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self._arrivals.add(Received(request.command, request.path, headers, body, at))
        if answer.hang:
            self._closing.wait()
        if answer.delay:
            self._closing.wait(answer.delay)
        if answer.hang or answer.drop:
            request.close_connection = True
            return
        try:
            self._write(request, answer)
        except OSError:  # the other side had enough, as it may
            request.close_connection = True

    def _write(self, request: BaseHTTPRequestHandler, answer: Answer) -> None:
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if not answer.body_size:
            request.send_header("Content-Length", str(len(answer.body)))
            request.end_headers()
            request.wfile.write(answer.body)
            return
        request.close_connection = True
        request.send_header("Connection", "close")
        request.end_headers()
        left = answer.body_size
        while left and not self._closing.is_set():
            piece = b"x" * min(left, 65536)
            request.wfile.write(piece)
            left -= len(piece)


@contextmanager
def http_receiver() -> Iterator[HttpReceiver]:
    """A web server on a free loopback port for as long as the block."""
    receiver = HttpReceiver()

    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            receiver._serve(self)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 -- the names http.server calls

        def log_message(self, *args: object) -> None:
            """The requests are recorded; the terminal stays quiet."""

    receiver._server = _QuietServer(("127.0.0.1", 0), Request)
    thread = threading.Thread(target=receiver._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver._closing.set()
        receiver._server.shutdown()
        receiver._server.server_close()
        thread.join(5)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is part of the game."""


@pytest.fixture(name="smtp")
def smtp_fixture() -> Iterator[SmtpSink]:
    with smtp_sink() as sink:
        yield sink


@pytest.fixture(name="receiver")
def receiver_fixture() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver
