"""Django's SMTP backend under a deadline for the whole dialogue, which tells “never taken” from “taken, but unsaid”."""

from __future__ import annotations

import contextlib
import functools
import smtplib
import socket
import threading
from datetime import timedelta
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

DJANGO_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
PATH = "newsroom.events.smtp.DeadlineBackend"


class Unconfirmed(Exception):
    """The text was handed over and the answer to its final dot did not come (RFC 5321 §6.1, RFC 1047)."""


class _Watched:
    """Cuts the line when the time is over. A timeout of the socket alone starts anew with every byte."""

    def __init__(self, seconds: float, *args: Any, **kwargs: Any) -> None:
        self._watchdog = threading.Timer(seconds, self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._watchdog.cancel()
            raise

    def data(self, msg: Any) -> Any:
        """As `smtplib`, but a line that breaks from here on is `Unconfirmed`."""
        try:
            return super().data(msg)  # type: ignore[misc]  # -- the other base is one of smtplib's classes
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if isinstance(error, smtplib.SMTPResponseException):
                raise
            raise Unconfirmed(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Hang up, and call the watchdog off."""
        self._watchdog.cancel()
        super().close()  # type: ignore[misc]  # -- idem

    def _cut(self) -> None:
        line = getattr(self, "sock", None)
        if line is not None:
            with contextlib.suppress(OSError):
                # The plain socket's own method: that of a TLS socket drops its state under the reader's feet.
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # Known to the watchdog at once, so that a greeting that drips is cut as well.
        self.sock = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # -- idem
        return self.sock


class _Plain(_Watched, smtplib.SMTP):
    """SMTP, with or without STARTTLS."""


class _Wrapped(_Watched, smtplib.SMTP_SSL):
    """SMTP inside TLS from the first byte."""


class DeadlineBackend(EmailBackend):
    """One message from the connection to the answer within `deadline`, however the other side spreads its bytes."""

    def __init__(self, *args: Any, deadline: timedelta = timedelta(seconds=60), **kwargs: Any) -> None:
        self._seconds = max(deadline.total_seconds(), 0.1)
        kwargs["timeout"] = self._seconds
        super().__init__(*args, **kwargs)

    @property
    def connection_class(self) -> Any:
        """The class that Django opens its connection with."""
        return functools.partial(_Wrapped if self.use_ssl else _Plain, self._seconds)

    def open(self) -> bool | None:
        """As Django's, but what was half opened is closed again."""
        try:
            return super().open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up. A farewell that goes wrong says nothing about the message."""
        with contextlib.suppress(OSError):
            super().close()
