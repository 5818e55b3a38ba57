"""Mail as files: one `.eml` a message under `var/mail/`, for the embedded service without a mail server."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Writes each message to a file of its own; the name sorts by time and carries the Message-ID."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """The number of messages written. A half-written file is never visible."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            content = message.message()
            name = re.sub(r"[^A-Za-z0-9-]", "", str(content["Message-ID"]).partition("@")[0])
            target = folder / f"{time.time_ns()}-{name}.eml"
            draft = target.with_suffix(".part")
            draft.write_bytes(content.as_bytes())
            draft.replace(target)
        return len(email_messages)
