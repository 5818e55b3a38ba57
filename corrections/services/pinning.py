"""Copies of the signed checkpoint where nobody here can take them back: hooks, a daily mail, files for a public git.

Whoever holds one finds out when the log is rewritten. Each copy is made at most once a checkpoint, and nothing is
copied that the signer refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from corrections.events import REPORTED, SIGNED
from corrections.ledger import reading
from corrections.models import LedgerCheckpoint, LedgerHead
from corrections.services import checkpoints
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import THE_LOG

logger = logging.getLogger(__name__)

NEWEST = "checkpoint.txt"
HISTORY = "history.jsonl"
KEY = "key.txt"
LONGEST_LINE = 1 << 20


def pin(*, now: datetime) -> None:
    """Copy the newest checkpoint wherever that is due. Twice in a row does nothing more."""
    newest = reading.newest_checkpoint()
    if newest is None:
        return
    try:
        write_files(newest)
    except OSError as error:
        logger.error("the checkpoint was not written to CHECKPOINT_FOLDER: %s", error)  # noqa: TRY400 -- no fault of the code
    post(newest, now=now)
    mail(newest, now=now)


def post(newest: LedgerCheckpoint, *, now: datetime) -> Event | None:
    """Owe the checkpoint to the endpoints that ask for it, when its tree is another one than the last they were told,
    at most every `CHECKPOINT_HOOK_SECONDS`.
    """
    with _alone():
        last = _last(SIGNED)
        if last is not None:
            told = (last.data["size"], last.data["root"])
            too_soon = last.happened_at > now - timedelta(seconds=settings.CHECKPOINT_HOOK_SECONDS)
            if too_soon or told == (newest.size, newest.root):
                return None
        return record(SIGNED, newest, by=THE_LOG, data=_data(newest))


def mail(newest: LedgerCheckpoint, *, now: datetime) -> Event | None:
    """Owe the day's mail to `CHECKPOINT_MAIL_TO`, once a day (UTC), whether the log has grown or not: a mail that stays
    away says something too.
    """
    if not settings.CHECKPOINT_MAIL_TO:
        return None
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with _alone():
        last = _last(REPORTED)
        if last is not None and last.happened_at >= today:
            return None
        return record(REPORTED, newest, by=THE_LOG, data=_data(newest))


def write_files(newest: LedgerCheckpoint) -> bool:
    """Write the checkpoint into `CHECKPOINT_FOLDER`: a line more in `history.jsonl`, then `checkpoint.txt` as a whole.

    A line holds `signed_at`, `size`, `root` and the signed `note`. False when there is no such folder in the settings,
    or the checkpoint was there. Safe between processes; a line that a crash cut off is taken away. Raises OSError.
    """
    if not settings.CHECKPOINT_FOLDER:
        return False
    folder = Path(settings.CHECKPOINT_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / HISTORY).open("a+b") as history:
        fcntl.flock(history, fcntl.LOCK_EX)
        if _last_note(history) != newest.text:
            signed_at = newest.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            line = {"signed_at": signed_at, "size": newest.size, "root": newest.root, "note": newest.text}
            history.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            history.flush()
            os.fsync(history.fileno())
        wrote = _replace(folder / NEWEST, newest.text)
        _replace(folder / KEY, "".join(f"{key}\n" for key in checkpoints.verifier_keys()))
    return wrote


def witness_key(email: str) -> str:
    """What stands for an address of `CHECKPOINT_MAIL_TO` in the rows: they hold no addresses."""
    return hashlib.sha256(email.casefold().encode()).hexdigest()[:32]


def _data(newest: LedgerCheckpoint) -> dict[str, Any]:
    return {"checkpoint": newest.pk, "size": newest.size, "root": newest.root}


def _last(kind: Kind) -> Event | None:
    return Event.objects.filter(kind=kind.name).order_by("-pk").first()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time decides what is due: several may run the clock."""
    with transaction.atomic():
        LedgerHead.objects.select_for_update().filter(pk=1).first()
        yield


def _last_note(history: BinaryIO) -> str:
    """The note of the last line; what stands after the last line's end is cut off."""
    end = history.seek(0, os.SEEK_END)
    history.seek(max(end - LONGEST_LINE, 0))
    tail = history.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        history.truncate(end - len(tail) + len(whole))
    lines = whole.splitlines()
    return str(json.loads(lines[-1])["note"]) if lines else ""


def _replace(path: Path, text: str) -> bool:
    """Replace the file as a whole; False when it says so already."""
    if path.exists() and path.read_bytes() == text.encode():
        return False
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True
