"""The only way out by HTTP: to addresses that other people chose, so every one is judged before a byte is sent.

The name is resolved once, every answer is judged, and the connection goes to a judged address and to no other. No
redirects, no proxies from the environment, no cookies; a deadline for the whole exchange and a cap on what is read.
"""

from __future__ import annotations

import base64
import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

from newsroom.events import failures

HOOK_BYTES = 64 * 1024
EXCERPT = 1000
MAX_URL = 2000
MAX_TRIED = 3
HTTPS_PORTS = frozenset({443, 8443})
LOOPBACK = "127.0.0.1"
USER_AGENT = "Masthead/1"

# The special-purpose registries of IANA. `ipaddress.is_global` calls a dozen of these global.
_BAD_V4 = [
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_GOOD_V6 = ipaddress.IPv6Network("2000::/3")
_BAD_V6 = [ipaddress.IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_PRIVATE_SUFFIXES = (".local", ".internal", ".localhost", ".arpa", ".onion", ".home", ".lan")
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])\Z")
_SAFE_PATH = "/:@!$&'()*+,;=~-._%"


class Refused(Exception):
    """Never sent: the URL or the address behind it is one we do not talk to."""


class Unreachable(Exception):
    """Not sent: no address, no connection, or no trusted TLS."""


class Unanswered(Exception):
    """Sent, wholly or in part, and the answer did not come: it may have arrived."""


@dataclass(frozen=True)
class Answer:
    """What came back. `headers` have lower-case names; `body` is cut at the cap, and `truncated` says so."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    excerpt: str
    retry_after: timedelta | None = None
    truncated: bool = False


@dataclass(frozen=True)
class Target:
    """A URL that may be talked to, in parts. `path` includes the query and is ASCII."""

    scheme: str
    host: str
    port: int
    path: str
    loopback: bool = False


def post(
    url: str, *, body: bytes, headers: Mapping[str, str], deadline: timedelta, max_bytes: int = HOOK_BYTES
) -> Answer:
    """Post the body and read the answer, all within the deadline.

    Once the status line has come the answer counts, however slowly its body drips: what was read until the deadline is
    returned, and marked as truncated. Raises `Refused`, `Unreachable` or `Unanswered`.
    """
    target = judge_url(url)
    return _exchange("POST", target, body=body, headers=headers, deadline=deadline, max_bytes=max_bytes)


def get(url: str, *, deadline: timedelta, max_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Fetch a page, by https or by http on port 80. A redirect is an answer like any other: it is not followed.

    A body that does not end before the deadline is `Unanswered`; one larger than `max_bytes` is cut and marked.
    """
    target = judge_url(url, plain_http=True)
    answer = _exchange("GET", target, body=None, headers=headers or {}, deadline=deadline, max_bytes=max_bytes)
    if answer.truncated and len(answer.body) < max_bytes:
        raise Unanswered("The page did not end before the deadline.")
    return answer


def judge_url(url: str, *, plain_http: bool = False) -> Target:
    """The URL in parts, if it is one we may talk to; raises `Refused`. The name is not resolved here."""
    if not url or len(url) > MAX_URL or any(c.isspace() or ord(c) < 0x20 or ord(c) == 0x7F or c == "\\" for c in url):
        raise Refused("The address is empty, too long, or has blanks, control characters or a backslash.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("The address cannot be read.") from error
    if parts.username is not None or parts.password is not None:
        raise Refused("The address must not carry a name or a password.")
    path = quote(parts.path or "/", safe=_SAFE_PATH) + (
        f"?{quote(parts.query, safe=_SAFE_PATH + '?')}" if parts.query else ""
    )
    host = (parts.hostname or "").lower()
    if settings.ALLOW_LOOPBACK_ENDPOINTS and parts.scheme == "http" and host in {LOOPBACK, "localhost"}:
        return Target("http", host, port or 80, path, loopback=True)
    if parts.scheme == "https":
        allowed, standard = HTTPS_PORTS, 443
    elif parts.scheme == "http" and plain_http:
        allowed, standard = frozenset({80}), 80
    else:
        raise Refused("The address must begin with https://.")
    if (standard if port is None else port) not in allowed:
        raise Refused(f"The port must be {' or '.join(map(str, sorted(allowed)))}.")
    return Target(parts.scheme, judge_host(host), port or standard, path)


def judge_address(text: str) -> None:
    """Raises `Refused` unless the address is an ordinary public one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise Refused("The name leads to something that is no address.") from error
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, ipaddress.IPv4Address):
        bad = any(address in block for block in _BAD_V4)
    else:
        bad = address not in _GOOD_V6 or any(address in block for block in _BAD_V6)
    if bad:
        raise Refused("The name leads to an address that is not on the public internet.")


def judge_host(host: str) -> str:
    """The name in ASCII, if it is a full one of the public internet; raises `Refused`. It is not resolved here."""
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise Refused("The host name cannot be read.") from error
    last = name.rpartition(".")[2]
    # A last label that is a number makes the whole name an IPv4 address in some notation (WHATWG URL Standard).
    if not _HOST.match(name) or last.isdigit() or re.match(r"0x[0-9a-f]*\Z", last):
        raise Refused("The host must be a full name, not a number and not a single word.")
    if name.endswith(_PRIVATE_SUFFIXES):
        raise Refused("The host name belongs to a private network.")
    return name


class _Clock:
    """The one deadline of an exchange."""

    def __init__(self, deadline: timedelta) -> None:
        self._end = time.monotonic() + deadline.total_seconds()

    def left(self) -> float:
        """Seconds left, for a socket timeout; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return left


class _Reader(io.RawIOBase):
    """Reads a socket with what is left of the deadline, however often the other side sends a single byte."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._clock.left())
        return self._sock.recv_into(buffer)


class _Line:
    """What `http.client` needs of a socket, under the deadline."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._sock.settimeout(self._clock.left())
            view = view[self._sock.send(view) :]

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._clock))

    def close(self) -> None:
        """Nothing: `http.client` says this before the body is read; whoever connected hangs up."""


def _exchange(
    method: str, target: Target, *, body: bytes | None, headers: Mapping[str, str], deadline: timedelta, max_bytes: int
) -> Answer:
    clock = _Clock(deadline)
    sock = _connect(target, clock)
    try:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.default_port = 443 if target.scheme == "https" else 80  # so that `Host` omits the usual port
        connection.sock = _Line(sock, clock)
        try:
            connection.request(
                method, target.path, body=body, headers={"User-Agent": USER_AGENT, **headers, "Connection": "close"}
            )
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(failures.in_words(error, host=target.host)) from error
        return _read(response, max_bytes)
    finally:
        sock.close()


def _read(response: http.client.HTTPResponse, max_bytes: int) -> Answer:
    pieces: list[bytes] = []
    size, truncated = 0, False
    try:
        while piece := response.read1(max_bytes - size + 1):
            pieces.append(piece)
            size += len(piece)
            if size > max_bytes:
                truncated = True
                break
    except (OSError, http.client.HTTPException, ValueError):
        truncated = True
    truncated = truncated or bool(response.length)  # hung up before the promised length
    body = b"".join(pieces)[:max_bytes]
    headers = {name.lower(): value for name, value in response.getheaders()}
    excerpt = "".join(c if c.isprintable() else " " for c in body[: EXCERPT * 4].decode("utf-8", "replace"))
    return Answer(
        response.status,
        body,
        headers,
        excerpt[:EXCERPT].strip(),
        _retry_after(headers.get("retry-after", "")),
        truncated,
    )


def _retry_after(value: str) -> timedelta | None:
    """Seconds or an HTTP date (RFC 9110 §10.2.3), as a wait from now; None when absent or unreadable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - datetime.now(UTC), timedelta(0))


def _connect(target: Target, clock: _Clock) -> socket.socket:
    try:
        if target.loopback:
            return _open(LOOPBACK, target.port, clock)
        addresses = _resolve(target, clock)
        for address in addresses:
            judge_address(address)
        sock = _reach(addresses, target, clock)
        return sock if target.scheme == "http" else _secure(sock, target, clock)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(failures.in_words(error, host=target.host)) from error


def _resolve(target: Target, clock: _Clock) -> list[str]:
    """Ask the resolver once. In a thread of its own, because the system's resolver knows no deadline."""
    outcome: list[Any] = []

    def ask() -> None:
        try:
            outcome.append(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="resolver")
    thread.start()
    thread.join(clock.left())
    if not outcome:
        raise Unreachable("The name was not resolved before the deadline.")
    if isinstance(outcome[0], Exception):
        raise Unreachable(failures.in_words(outcome[0], host=target.host)) from outcome[0]
    return list(dict.fromkeys(str(row[4][0]) for row in outcome[0]))


def _reach(addresses: list[str], target: Target, clock: _Clock) -> socket.socket:
    failure = OSError("the name has no address")
    for address in addresses[:MAX_TRIED]:
        try:
            if settings.EGRESS_PROXY:
                return _tunnel(address, target, clock)
            sock = _open(address, target.port, clock)
        except OSError as error:
            # The proxy is the operator's: that it refused or hung up must not be taken for the other side's doing.
            failure = OSError(f"the egress proxy: {error}") if settings.EGRESS_PROXY else error
            continue
        try:
            _check_other_end(sock, address)
        except BaseException:
            sock.close()
            raise
        return sock
    raise failure


def _check_other_end(sock: socket.socket, address: str) -> None:
    """Belt and braces: whatever the network did, the other end is the address that was judged."""
    other = sock.getpeername()[0].partition("%")[0]
    if ipaddress.ip_address(other) != ipaddress.ip_address(address):
        raise Refused("The connection leads elsewhere.")
    judge_address(other)


def _open(host: str, port: int, clock: _Clock) -> socket.socket:
    return socket.create_connection((host, port), timeout=clock.left())


def _tunnel(address: str, target: Target, clock: _Clock) -> socket.socket:
    """Through the operator's egress proxy (RFC 9110 §9.3.6), to the judged address and not to the name.

    The proxy's own address is the operator's word and is not judged.
    """
    proxy = urlsplit(settings.EGRESS_PROXY)
    sock = _open(proxy.hostname or LOOPBACK, proxy.port or 3128, clock)
    try:
        authority = f"[{address}]:{target.port}" if ":" in address else f"{address}:{target.port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if proxy.username:
            pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        _Line(sock, clock).sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        _await_tunnel(sock, clock)
    except BaseException:
        sock.close()
        raise
    return sock


def _await_tunnel(sock: socket.socket, clock: _Clock) -> None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        sock.settimeout(clock.left())
        piece = sock.recv(1)  # byte by byte: what follows the head is the other end's
        if not piece or len(head) > HOOK_BYTES:
            raise ConnectionError("it hung up")
        head += piece
    if head.split(b" ", 2)[1:2] != [b"200"]:
        said = head.splitlines()[0].decode("ascii", "replace")[:200]
        raise ConnectionError(f"it refused: {said}")


def _secure(sock: socket.socket, target: Target, clock: _Clock) -> socket.socket:
    context = ssl.create_default_context()
    sock.settimeout(clock.left())
    try:
        return context.wrap_socket(sock, server_hostname=target.host)
    except BaseException:
        sock.close()
        raise
