"""What the signer remembers: its last checkpoint, in a file outside the database.

"A log MUST not sign any checkpoint which is inconsistent with any checkpoint it previously signed" (C2SP
tlog-checkpoint). A database that was restored, rewound or rewritten cannot keep that promise by itself, so
the memory lies in a file of its own: the text of the last signed checkpoint, written before the checkpoint
is handed out.

When the tree no longer extends that checkpoint, signing stops until the operator chooses a way out:

* `adopt`: the lost leaves were imported again from a mirror. The tree is checked against the remembered
  checkpoint and every published one that is at hand; if it extends them all, signing goes on in the same log.
* `start_new_log`: the leaves are gone. A log with a new origin starts, and each of its checkpoints carries two
  C2SP extension lines that name the last checkpoint of the old log, and how many of its first leaves are there:

      previous-log <origin> <size> <base64 root> <base64 SHA-256 of the text of that checkpoint>
      previous-log-kept <number>

  The lines that the old log carried itself come after them, so that a loss stays said however often it happens.
  The old log is closed: its last checkpoint is kept beside the memory, its origin is never signed for again.
"""

import base64
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corrections.ledger import merkle
from corrections.ledger.checkpoint import (
    Checkpoint,
    NoteError,
    Signer,
    VerifierKey,
    open_checkpoint,
    parse,
    sign,
    split_note,
)

PREVIOUS_LOG = "previous-log"
KEPT = "previous-log-kept"

Prove = Callable[[int, int], Sequence[bytes]]
"""From an old and a new size to the hashes of the consistency proof (RFC 6962 §2.1.2), read from the tree."""


class InconsistentLog(Exception):
    """The tree is not an extension of what was signed or published before; nothing was signed."""


class MemoryLost(InconsistentLog):
    """The signer has no readable memory although checkpoints have been published; nothing was signed."""


@dataclass(frozen=True)
class PreviousLog:
    """The last checkpoint of the log that a new log follows, and how many of its first leaves the new one begins with.

    Fewer than `size` were kept: the rest was lost, and the new log says so.
    """

    origin: str
    size: int
    root: bytes
    text_sha256: bytes
    kept: int

    @classmethod
    def of(cls, last: Checkpoint, *, kept: int) -> "PreviousLog":
        digest = hashlib.sha256(last.body().encode("utf-8")).digest()
        return cls(last.origin, last.size, last.root, digest, min(kept, last.size))

    def lines(self) -> tuple[str, str]:
        """The extension lines of the new log's first checkpoint."""
        root, digest = (base64.b64encode(value).decode("ascii") for value in (self.root, self.text_sha256))
        return f"{PREVIOUS_LOG} {self.origin} {self.size} {root} {digest}", f"{KEPT} {self.kept}"

    @classmethod
    def all_named_in(cls, checkpoint: Checkpoint) -> "list[PreviousLog]":
        """The log that this checkpoint says it follows, the one that followed, and so on. Raises NoteError for a
        malformed line.

        Without the second line a log says of nothing that it was lost.
        """
        lines = [line.split(" ") for line in checkpoint.extensions]
        found = []
        for place, (word, *fields) in enumerate(lines):
            if word != PREVIOUS_LOG:
                continue
            if len(fields) != 4:
                raise NoteError("a previous-log line has four fields")
            origin, size, root, digest = fields
            last = parse(f"{origin}\n{size}\n{root}\n")
            text_sha256 = parse(f"{origin}\n0\n{digest}\n").root
            after = lines[place + 1] if place + 1 < len(lines) else []
            kept = after[1:] if after[:1] == [KEPT] else [size]
            if len(kept) != 1:
                raise NoteError("a previous-log-kept line has one field")
            number = parse(f"{origin}\n{kept[0]}\n{root}\n").size
            found.append(cls(last.origin, last.size, last.root, text_sha256, number))
        return found


class SignerState:
    """The memory of one signer in the file `path`. Safe between processes: a lock file stands beside it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def last_note(self) -> str | None:
        """The signed checkpoint remembered, or None before the first."""
        try:
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise MemoryLost("the memory of the signer cannot be read") from error

    def last(self) -> Checkpoint | None:
        """The checkpoint remembered, or None before the first. Raises MemoryLost when the file is damaged."""
        note = self.last_note()
        if note is None:
            return None
        try:
            return parse(split_note(note)[0])
        except NoteError as error:
            raise MemoryLost("the memory of the signer cannot be read") from error

    def remembered(self) -> tuple[Checkpoint, str] | None:
        """The memory and its note; None when it is missing or damaged.

        It is the signer's own file, so it counts even when the key that signed it has been rotated away.
        """
        try:
            last, note = self.last(), self.last_note()
        except MemoryLost:
            return None
        return None if last is None or note is None else (last, note)

    def sign_next(
        self, *, origin: str, size: int, root: bytes, prove: Prove, signers: Sequence[Signer], published: bool = False
    ) -> str:
        """Sign the tree of `size` leaves under `root` if it extends the last one signed, and remember it.

        Returns the note, with a line of each signer; for an unchanged tree and unchanged keys, the very note signed
        before. `prove` is asked for the consistency proof from the last size to this one. `published` says that the
        caller knows of a checkpoint handed out before, so that a missing memory is a loss and not a first start.

        Raises InconsistentLog when the tree is smaller, differs, has another origin or a closed one, or the
        proof fails; MemoryLost when there is no readable memory and `published`. Nothing is signed then.
        """
        with self._locked():
            last = self.last()
            self._refuse_closed(origin)
            extensions: tuple[str, ...] = ()
            if last is None:
                if published:
                    raise MemoryLost("checkpoints were published, and the signer remembers none")
            else:
                _require_extension(last, origin=origin, size=size, root=root, prove=prove)
                extensions = last.extensions
            return self._sign(Checkpoint(origin, size, root, extensions), signers)

    def adopt(
        self,
        *,
        hashes: Sequence[bytes],
        verifier_keys: Iterable[VerifierKey],
        published: Iterable[str] = (),
    ) -> Checkpoint:
        """Check re-imported leaves against everything signed before, and remember the largest checkpoint
        again.

        `published` are signed checkpoints brought back from outside (webhooks, mail, a public repository).
        With them a lost or damaged memory can be rebuilt. Returns the checkpoint from which signing goes
        on.

        Raises InconsistentLog when the leaves are not an extension of the memory and of each published
        checkpoint, when those disagree on the origin, or when there is neither; NoteError for a note that
        no given key signed.
        """
        keys = list(verifier_keys)
        with self._locked():
            seen = [(open_checkpoint(note, keys), note) for note in published]
            remembered = self.remembered()
            if remembered is not None:
                seen.insert(0, remembered)
            if not seen:
                raise InconsistentLog("there is no earlier checkpoint to check the leaves against")
            roots = merkle.prefix_roots(hashes, {checkpoint.size for checkpoint, _ in seen})
            for checkpoint, _ in seen:
                self._refuse_closed(checkpoint.origin)
                if checkpoint.origin != seen[0][0].origin:
                    raise InconsistentLog("the checkpoints are of different logs")
                if checkpoint.size > len(hashes):
                    raise InconsistentLog(f"{len(hashes)} leaves, but {checkpoint.size} were signed")
                if roots[checkpoint.size] != checkpoint.root:
                    raise InconsistentLog(f"the first {checkpoint.size} leaves are not those that were signed")
            largest, note = max(seen, key=lambda pair: pair[0].size)
            self._remember(note)
            return largest

    def start_new_log(self, *, size: int, root: bytes, kept: int, signers: Sequence[Signer]) -> str:
        """Close the remembered log and sign the first checkpoint of a new one, over the leaves that are left.

        The new origin is the name of the signers. The checkpoint carries the lines described above: `kept` is how many
        of the leaves are known to be the first of the old log. Doing it again after a crash finishes what was begun.

        Raises MemoryLost without a memory to link to, InconsistentLog when the new origin is the old or a
        closed one.
        """
        with self._locked():
            last, note = self.last(), self.last_note()
            if last is None or note is None:
                raise MemoryLost("there is no last checkpoint that a new log could name")
            origin = signers[0].name
            if last.origin == origin:
                raise InconsistentLog("a new log needs a new origin")
            self._refuse_closed(origin)
            self._write(self._closed_path(last.origin), note)
            lines = (*PreviousLog.of(last, kept=kept).lines(), *last.extensions)
            return self._sign(Checkpoint(origin, size, root, lines), signers)

    def _sign(self, checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
        # Ed25519 signs the same text the same way each time: an unchanged head under unchanged keys is the same note.
        note = sign(checkpoint, *signers)
        return note if note == self.last_note() else self._remember(note)

    def _remember(self, note: str) -> str:
        self._write(self.path, note)
        return note

    def _closed_path(self, origin: str) -> Path:
        digest = hashlib.sha256(origin.encode("utf-8")).hexdigest()[:16]
        return self.path.with_name(f"{self.path.name}.closed-{digest}")

    def _refuse_closed(self, origin: str) -> None:
        # A crash between closing the old log and opening the new one leaves both files: the memory decides.
        remembered = self.remembered()
        if self._closed_path(origin).exists() and (remembered is None or remembered[0].origin != origin):
            raise InconsistentLog(f"the log {origin} has been closed")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(self.path.with_name(self.path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, path: Path, text: str) -> None:
        """Replace the file as a whole, on the disk when this returns."""
        temporary = path.with_name(path.name + ".new")
        with open(temporary, "wb", opener=_private) as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _require_extension(last: Checkpoint, *, origin: str, size: int, root: bytes, prove: Prove) -> None:
    if origin != last.origin:
        raise InconsistentLog(f"the signer remembers the log {last.origin}, not {origin}")
    if size < last.size:
        raise InconsistentLog(f"the tree has {size} leaves, {last.size} were signed")
    proof = [] if size == last.size else list(prove(last.size, size))
    if not merkle.verify_consistency(old=last.size, new=size, old_root=last.root, new_root=root, proof=proof):
        raise InconsistentLog(f"the tree of {size} leaves does not extend the {last.size} that were signed")
