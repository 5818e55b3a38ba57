"""What went wrong on the wire, in plain words: whoever the address belongs to reads them, and learns nothing of this
machine or its network. What exactly it was is for the log.
"""

from __future__ import annotations

import http.client
import logging
import socket
import ssl

logger = logging.getLogger(__name__)

_WORDS: list[tuple[type[Exception], str]] = [
    (socket.gaierror, "The name cannot be resolved."),
    (TimeoutError, "Nothing came within the time we wait."),
    (ssl.SSLError, "No secure connection could be made."),
    (ConnectionRefusedError, "The connection was refused."),
    (ConnectionError, "The connection was closed before an answer came."),
    (http.client.HTTPException, "What came is no answer of a web server."),
]
OURS = "Something went wrong on our side."


def in_words(error: Exception, *, host: str) -> str:
    """One sentence; the log has the rest."""
    logger.info("no exchange with %s: %s: %s", host, type(error).__name__, error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not valid: {error.verify_message}."
    return next((words for kind, words in _WORDS if isinstance(error, kind)), "No connection could be made.")
