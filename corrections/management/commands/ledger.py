"""`manage.py ledger verify|checkpoint|export|recover`: the public log from the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from corrections.ledger import audit, reading, verify_corrections
from corrections.ledger.checkpoint import NoteError, VerifierKey
from corrections.ledger.signer_state import InconsistentLog
from corrections.models import LedgerCheckpoint
from corrections.services import checkpoints, recovery

PAGE = 1000


class Command(BaseCommand):
    """Checks, signs, mirrors and repairs the public log."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser(
            "verify", help="recompute everything from the rows; exit 1 when something does not fit"
        )
        verify.add_argument("--key", action="append", default=[], help="an earlier public key (vkey) of this log")
        verify.add_argument(
            "--lost", action="append", default=[], help="entries whose notices a restore lost: 118 or 118-121"
        )
        verify.add_argument(
            "--since", dest="files", nargs="+", type=Path, default=[], help="checkpoints that somebody outside kept"
        )
        verbs.add_parser("checkpoint", help="sign the log as it stands, and print the checkpoint")
        export = verbs.add_parser("export", help="write what a mirror needs: entries, checkpoints, key, verifier")
        export.add_argument("folder", type=Path, help="made when it is not there; what is there already is kept")
        recover = verbs.add_parser("recover", help="go on after a restore, when the signer refuses")
        recover.add_argument(
            "--from", dest="files", nargs="+", type=Path, default=[], help="files of a mirror: entries and checkpoints"
        )
        recover.add_argument("--key", action="append", default=[], help="an earlier public key (vkey) of this log")
        recover.add_argument("--new-log", action="store_true", help="the leaves are gone: open a new log")
        recover.add_argument("--origin", default="", help="the name of the new log, like desk.example/corrections-2")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the verb says."""
        verb = {
            "verify": self._verify,
            "checkpoint": self._checkpoint,
            "export": self._export,
            "recover": self._recover,
        }
        try:
            verb[options["verb"]](options)
        except InconsistentLog as error:
            raise CommandError(f"Nothing was signed: {error}.") from error
        except NoteError as error:
            raise CommandError(f"{error}.") from error

    def _verify(self, options: dict[str, Any]) -> None:
        found = 0
        for sentence in audit.findings(
            keys=[*checkpoints.known_keys(), *_keys(options)],
            memory=checkpoints.memory(),
            origin=checkpoints.origin(),
            lost=_lost(options["lost"]),
            outside=_files(options["files"])[1],
        ):
            found += 1
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{found} findings in the public log of {reading.size()} entries.")
        signed = reading.newest_checkpoint()
        self.stdout.write(
            f"The public log of {reading.size()} entries is whole; "
            + (f"the newest checkpoint covers {signed.size}." if signed else "nothing is signed yet.")
        )

    def _checkpoint(self, options: dict[str, Any]) -> None:
        signed = checkpoints.sign()
        if signed is None:
            raise CommandError("There is nothing to sign: no notice has been published.")
        self.stdout.write(signed.text, ending="")

    def _export(self, options: dict[str, Any]) -> None:
        newest = reading.newest_checkpoint()
        if newest is None:
            raise CommandError("There is nothing to export: no checkpoint was signed yet.")
        folder: Path = options["folder"]
        for name in ("entries", "checkpoints"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for start in range(0, newest.size, PAGE):
            entries = reading.entries(start, min(PAGE, newest.size - start))
            page = {"entries": entries, "next": None}
            (folder / "entries" / f"{start:09}.json").write_text(json.dumps(page, ensure_ascii=False) + "\n")
        for row in LedgerCheckpoint.objects.order_by("pk").iterator():
            (folder / "checkpoints" / f"{row.signed_at:%Y%m%dT%H%M%SZ}-{row.size}.txt").write_text(row.text)
        (folder / "checkpoint.txt").write_text(newest.text)
        (folder / "key.txt").write_text("".join(f"{key}\n" for key in checkpoints.verifier_keys()))
        shutil.copyfile(verify_corrections.__file__, folder / "verify_corrections.py")
        self.stdout.write(f"{newest.size} entries and the checkpoint that covers them are in {folder}.")

    def _recover(self, options: dict[str, Any]) -> None:
        if bool(options["files"]) == options["new_log"]:
            raise CommandError("Give either --from with files of a mirror, or --new-log with --origin.")
        if options["new_log"]:
            self._new_log(options["origin"])
            return
        pages, notes = _files(options["files"])
        try:
            done = recovery.import_leaves(pages, notes, extra_keys=_keys(options))
        except recovery.Unrecoverable as error:
            raise CommandError(str(error)) from error
        signed = checkpoints.sign()
        self.stdout.write(
            f"{done.leaves} entries came back. The log extends the checkpoint of {done.checkpoint.size} entries; "
            f"signing goes on with {signed.size if signed else 0}."
        )
        if done.refused:
            self.stdout.write(f"Refused, because no checkpoint covers them: {_ranges(done.refused)}.")

    def _new_log(self, origin: str) -> None:
        if not origin:
            raise CommandError("Name the new log with --origin.")
        signed = recovery.start_new_log(origin)
        self.stdout.write(signed.text, ending="")
        self.stderr.write(f"Set LEDGER_ORIGIN={origin} for every process now: the old log is closed.")


def _keys(options: dict[str, Any]) -> list[VerifierKey]:
    return [VerifierKey.parse(text) for text in options["key"]]


def _ranges(indexes: list[int]) -> str:
    """`entries 28-30, 33`, of indexes in order."""
    runs: list[list[int]] = []
    for index in indexes:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return "entries " + ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _lost(ranges: list[str]) -> set[int]:
    found: set[int] = set()
    for text in ranges:
        first, _dash, last = text.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            raise CommandError(f"--lost takes an index or a range like 118-121, not {text!r}.")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _files(paths: list[Path]) -> tuple[list[Any], list[str]]:
    """Pages of entries and checkpoints, told apart by what they hold. A history of checkpoints is one of each line."""
    pages, notes = [], []
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if not text.lstrip().startswith("{"):
            notes.append(text)
            continue
        try:
            read = [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else [json.loads(text)]
        except ValueError as error:
            raise CommandError(f"{path} is not JSON: {error}") from error
        for page in read:
            note = page.get("note") if isinstance(page, dict) else None
            if isinstance(note, str):
                notes.append(note)
            else:
                pages.append(page)
    return pages, notes
