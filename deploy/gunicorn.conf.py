"""gunicorn in production: `gunicorn --config deploy/gunicorn.conf.py newsroom.wsgi:application`.

WEB_WORKERS (2) processes of WEB_THREADS (4) threads. On SIGTERM a request in flight has 30 s to finish.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any

from gunicorn import glogging, util

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newsroom.backups import holders
from newsroom.web.requests import JsonFormatter

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104 -- inside a container or behind a firewall
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30
keepalive = 5  # nginx.conf lets go of idle connections earlier, or it would send a form into one that closes
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- gunicorn's heartbeat file: a slow disk would get healthy workers killed
max_requests = 10_000  # a leak in a library is then only a slow one
max_requests_jitter = 1_000
limit_request_line = 8190  # a quoted passage in an address, each of its characters in nine
control_socket_disable = True  # it would lie in the home folder, for whoever runs as the same user
os.environ.setdefault("DATABASE_MUST_EXIST", "1")  # a missing SQLite file is a volume that is not mounted

MOST_READ = 1_048_576
"""Bytes of a body that the service reads, or reads past: `BodiesMiddleware`."""


class JsonLogger(glogging.Logger):
    """gunicorn's own lines like all others: one JSON object each, without a token of the address they quote."""

    def _set_handler(self, log: Any, output: Any, fmt: logging.Formatter, stream: Any = None) -> None:
        super()._set_handler(log, output, JsonFormatter(), stream)


logger_class = JsonLogger

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Content-Type": "text/plain; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def refuse(sock: Any, status: int, reason: str, _said: str) -> None:
    """Answer what never becomes a request of ours, such as a line that is too long, and repeat nothing of it."""
    text = f"{status} {reason}\n"
    headers = {"Connection": "close", "Content-Length": str(len(text)), **SAFE_HEADERS}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    util.write_nonblock(sock, f"HTTP/1.1 {text.strip()}\r\n{head}\r\n{text}".encode("latin-1"))


util.write_error = refuse  # gunicorn has no setting for it


def post_worker_init(worker: Any) -> None:
    """Say that somebody serves, so that `manage.py restore` refuses."""
    worker.holds = holders.hold()


def pre_request(worker: Any, req: Any) -> None:
    """Say that a connection ends where the rest of a body is left unread: what follows would be taken for a request."""
    headers = dict(req.headers)
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or not length.isdecimal() or int(length) > MOST_READ:
        req.force_close()
