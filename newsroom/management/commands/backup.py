"""`manage.py backup [FILE]`: everything this installation cannot do without, in one file, while it runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from newsroom.backups import archive
from newsroom.backups.database import BackupError

NAMED_HERE = re.compile(r"masthead-\d{8}-\d{6}\.tar\.gz")
SHOWN = {
    "accounts_publication": "publications",
    "articles_article": "articles",
    "corrections_report": "reports",
    "corrections_correction": "corrections",
    "corrections_ledgerentry": "entries of the public log",
    "reprints_license": "licenses",
    "events_event": "events",
}


class Command(BaseCommand):
    """Writes a backup. Default: MASTHEAD_VAR/backups/masthead-<time>.tar.gz."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", nargs="?", type=Path, help="the file to write; never overwritten")
        parser.add_argument("--keep", type=int, metavar="N", help="of the default folder, the newest N; older ones go")

    def handle(self, *_args: Any, file: Path | None, keep: int | None, **_options: Any) -> None:
        """Say what is in it, and what is not."""
        if keep is not None and (file is not None or keep < 1):
            raise CommandError("--keep is a number from 1, and for the default folder: leave out the file.")
        path = file or Path(settings.VAR) / "backups" / f"masthead-{timezone.now():%Y%m%d-%H%M%S}.tar.gz"
        try:
            manifest = archive.write(path)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        gone = _prune(path.parent, keep) if keep else []
        self.stdout.write(f"Wrote {path} ({path.stat().st_size / 1_048_576:.1f} MB, {manifest.vendor}).")
        self.stdout.write(rows_of(manifest.counts))
        if manifest.folder_files:
            self.stdout.write(
                f"It holds {', '.join(manifest.folder_files)} of the data folder: whoever has this file can open "
                "private pages and sign in your name. Keep it as you keep a key."
            )
        if named := [name for name in ("SECRET_KEY", "FIELD_KEYS", "LEDGER_KEYS", "LICENSE_KEYS") if _given(name)]:
            self.stdout.write(
                f"Not in it: {', '.join(named)}, which come from the environment. Without them it cannot be used: "
                "keep them in another place."
            )
        if gone:
            self.stdout.write(f"Deleted {len(gone)} older: {', '.join(gone)}.")


def _prune(folder: Path, keep: int) -> list[str]:
    """Delete all but the newest of those that this command named. Their names, oldest first."""
    found = sorted(path for path in folder.iterdir() if NAMED_HERE.fullmatch(path.name) and path.is_file())
    for path in found[:-keep]:
        path.unlink()
    return [path.name for path in found[:-keep]]


def rows_of(counts: dict[str, int]) -> str:
    """One line with the counts that a person can check."""
    return ", ".join(f"{counts[table]} {name}" for table, name in SHOWN.items() if table in counts) + "."


def _given(name: str) -> bool:
    kept = {"SECRET_KEY": "secret_key", "LEDGER_KEYS": "ledger_key", "LICENSE_KEYS": "license_key"}.get(name)
    derived = name == "FIELD_KEYS" and (Path(settings.VAR) / "secret_key").exists()
    return bool(getattr(settings, name)) and not derived and not (kept and (Path(settings.VAR) / kept).exists())
