"""`make run`: the whole service on one machine, without PostgreSQL, Redis or a mail server.

Prepares the data folder (tables, demo newsroom on first use), starts web, `deliver` and `clock` as
children, waits until the first page answers, prints where to go, and stops all it started on Ctrl-C. A
second start keeps the data.

Environment: PORT (8000), HOST (127.0.0.1), MASTHEAD_VAR (var/), and everything the settings read.
MASTHEAD_DEMO=0 starts without the demo newsroom. Exit: 0 after Ctrl-C, 1 with a sentence when it cannot
start.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
START_SECONDS = 8.0
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """The message is a sentence for the terminal: what is wrong and what to do."""


@dataclass
class Child:
    """One process of ours, restarted when it dies: after 1, 2, 4 … 30 seconds; steady for a minute, it
    starts over.
    """

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    again_at: float = 0.0
    deaths: int = field(default=0)

    def start(self, env: dict[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches this program only, which stops the others in order
            preexec_fn=_end_with_parent,
        )

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def signal(self, number: signal.Signals) -> None:
        """To the whole group, so that gunicorn's own workers go too."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def tend(self, env: dict[str, str]) -> None:
        """Restart it when it is dead and its pause is over. One that gives up at its very start is broken."""
        if self.exit_code is None:
            return
        now = time.monotonic()
        if not self.again_at:
            if not self.deaths and self.exit_code > 0 and now - self.started_at < START_SECONDS:
                raise CannotRun(f"{self.name} {_how_it_ended(self.exit_code)} while starting. Its words are above.")
            self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
            pause = min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)
            self.again_at = now + pause
            self.signal(signal.SIGKILL)  # what it left behind would hold its port
            say(f"{self.name} {_how_it_ended(self.exit_code)}; starting it again in {pause:.0f} s.")
        elif now >= self.again_at:
            self.again_at = 0.0
            self.start(env)


class Stopped(Exception):
    """Someone pressed Ctrl-C or sent SIGTERM."""


class Requests:
    """The signals that ask us to stop: the first raises Stopped, one more after a second means at once.

    Make and the terminal may both pass on the same Ctrl-C, hence the second.
    """

    def __init__(self) -> None:
        self.first_at: float | None = None
        self.insisted = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.first_at is None:
            self.first_at = now
            raise Stopped
        self.insisted = self.insisted or now - self.first_at > 1.0


def main() -> int:
    requests = Requests()
    signal.signal(signal.SIGINT, requests)
    signal.signal(signal.SIGTERM, requests)
    children: list[Child] = []
    try:
        port = _port()
        host = os.environ.get("HOST", "127.0.0.1")
        var = _data_folder()
        env = _environment(port=port, var=var)
        with _only_one(var):
            _refuse_taken_port(host, port)
            prepare(env, var=var)
            children = _children(host, port)
            env["DATABASE_MUST_EXIST"] = "1"  # from here on nobody begins one
            for child in children:
                child.start(env)
            _wait_until_ready(children, host=host, port=port)
            say(greeting(env["BASE_URL"], var=var, env=env))
            while True:
                time.sleep(0.25)
                for child in children:
                    child.tend(env)
    except Stopped:
        say("Stopping.")
        return 0
    except CannotRun as reason:
        say(f"Masthead cannot start: {reason}")
        return 1
    finally:
        stop(children, requests)


def prepare(env: dict[str, str], *, var: Path) -> None:
    """Tables, the demo newsroom once, static files where the settings want them collected."""
    _manage(env, "migrate", "--no-input", "--verbosity", "0", purpose="The tables could not be made")
    if env["MASTHEAD_DEMO"] != "0" and not _demo_is_there(env, var):
        say("Making the demo newsroom.")
        _manage(env, "demo", "--if-empty", purpose="The demo newsroom could not be made")
    if env["MASTHEAD_ENV"] == "production":
        _manage(
            env,
            "collectstatic",
            "--no-input",
            "--verbosity",
            "0",
            purpose="The static files could not be collected",
        )


def stop(children: list[Child], requests: Requests) -> None:
    """SIGTERM to all, ten seconds, SIGKILL to who is left. A second Ctrl-C skips the wait."""
    requests.first_at = requests.first_at or time.monotonic()  # from here on a signal only hurries
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.process and child.exit_code is None for child in children):
        if time.monotonic() > deadline or requests.insisted:
            break
        time.sleep(0.05)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def greeting(base_url: str, *, var: Path, env: dict[str, str]) -> str:
    """Where to go, and who the demo people are."""
    lines = [
        "",
        f"  Masthead is running at {base_url}/",
        f"  the desks       {base_url}/admin/",
        f"  the API         {base_url}/api/docs/",
        f"  mail            {var / 'mail'}/" if not env.get("EMAIL_URL") else "  mail            as EMAIL_URL says",
        "",
    ]
    demo = var / "demo.json"
    if env["MASTHEAD_DEMO"] != "0" and demo.exists():
        told = json.loads(demo.read_text())
        lines.append(f"  Demo logins (also in {demo}):")
        lines += [f"    {role:<12} {who['username']:<16} {who['password']}" for role, who in told["users"].items()]
        lines += [f"  API key of the demo partner: {told['api_keys']['partner']}", ""]
    lines.append("  Ctrl-C stops it. `make reset` drops the data.")
    return "\n".join([*lines, ""])


def say(text: str) -> None:
    print(text, flush=True)


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def _data_folder() -> Path:
    var = Path(os.environ.get("MASTHEAD_VAR") or ROOT / "var").expanduser().resolve()
    if var == ROOT or var in ROOT.parents:
        raise CannotRun(f"MASTHEAD_VAR must be a folder of its own, not {var}.")
    try:
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
        (var / "static").mkdir(exist_ok=True)  # WhiteNoise warns where there is none
        (var / ".masthead").touch()  # how `make reset` knows the folder is ours
    except OSError as error:
        raise CannotRun(f"the data folder {var} cannot be written ({error.strerror}). Set MASTHEAD_VAR.") from error
    return var


def _environment(*, port: int, var: Path) -> dict[str, str]:
    defaults = {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "MASTHEAD_ENV": "development",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    env = {**defaults, **os.environ, "PORT": str(port), "MASTHEAD_VAR": str(var)}
    demo = "0" if env["MASTHEAD_ENV"] == "production" else "1"
    env.setdefault("MASTHEAD_DEMO", demo)
    if env["MASTHEAD_DEMO"] != "0":
        # The demo's partners live on this machine, and whoever tries it out is quicker than a reader.
        tried_out = {"ALLOW_LOOPBACK_ENDPOINTS": "1", "FORM_MIN_SECONDS": "0"}
        tried_out |= {"THROTTLE_FORMS": "120", "THROTTLE_ANONYMOUS_WRITES": "120", "THROTTLE_ARTICLE_REPORTS": "120"}
        env = {**tried_out, **env}
    return env


def _demo_is_there(env: dict[str, str], var: Path) -> bool:
    """Whether logins for this address are on file: otherwise the command makes or mends them."""
    try:
        told = json.loads((var / "demo.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(told.get("base_url") == env["BASE_URL"])


class _only_one:  # noqa: N801 -- reads as a with statement, not as a type
    """A lock on the data folder, let go by the system even after kill -9."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.file: IO[str] | None = None

    def __enter__(self) -> None:
        self.file = (self.var / "run.lock").open("a")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRun(f"another `make run` uses {self.var}. Stop it, or set MASTHEAD_VAR.") from error

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotRun(f"port {port} is taken. Choose another: PORT={port % 65535 + 1} make run") from error
            raise CannotRun(f"{host}:{port} cannot be used ({error.strerror}).") from error


def _children(host: str, port: int) -> list[Child]:
    manage = [sys.executable, str(ROOT / "manage.py")]
    web = [
        *(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py")),
        *("--bind", f"{host}:{port}", "--graceful-timeout", "8", "--log-level", "warning"),
        *("--worker-tmp-dir", _memory_folder(), "newsroom.wsgi:application"),
    ]
    return [
        Child("web", web),
        Child("deliver", [*manage, "deliver"]),
        Child("clock", [*manage, "clock"]),
    ]


def _memory_folder() -> str:
    """gunicorn's heartbeat file on a slow disk can make it kill a healthy worker."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else os.environ.get("TMPDIR", "/tmp")  # noqa: S108 -- only a heartbeat


def _wait_until_ready(children: list[Child], *, host: str, port: int) -> None:
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz"  # noqa: S104 -- compared, not bound
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            if child.exit_code is not None:
                raise CannotRun(f"{child.name} {_how_it_ended(child.exit_code)} while starting. Its words are above.")
        if _answers(address):
            return
        time.sleep(0.1)
    raise CannotRun(f"{address} did not answer within {READY_SECONDS:.0f} s.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 -- our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _manage(env: dict[str, str], *arguments: str, purpose: str) -> None:
    done = subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise CannotRun(f"{purpose} (manage.py {arguments[0]} {_how_it_ended(done.returncode)}).")


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _end_with_parent() -> None:
    """Linux only: when this program is killed outright, its children are asked to stop."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
