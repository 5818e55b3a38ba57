"""`manage.py restore FILE`: put a backup in the place of the configured database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from newsroom.backups import AFTER_RESTORE, archive, database, holders
from newsroom.backups.database import BackupError
from newsroom.management.commands.backup import rows_of

NEXT = """
Next, before anybody works here again:
1. When this release is newer than the backup: `manage.py migrate`.
2. `manage.py rotate_keys --verify`: every sealed value must open with the keys of this installation.
3. `manage.py ledger verify --since FILE`, where FILE is the newest checkpoint of the public log that somebody outside
   kept (a hook, the daily mail, the public git). When entries are missing, bring them back first:
   `manage.py ledger recover --from FILES` of a mirror. When the data folder was lost too, give that checkpoint to
   `ledger recover --from` in any case: the signer must not go on from an older one.
4. What was sent after this backup was made is still owed in it, and would go out again. While nothing runs, or runs
   with DELIVERIES_PAUSED=1, owe it no longer:
   `manage.py deliveries cancel --pending --before "$(date -Iseconds)" --note "restored"`.
5. `manage.py deliveries list --state pending` should be empty. Start everything, without DELIVERIES_PAUSED."""


class Command(BaseCommand):
    """Checks every sum first; refuses while anybody uses the database, and one that has been used unless --force."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, and whether what is there may go."""
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` wrote")
        parser.add_argument("--force", action="store_true", help="Replace a database that has people or events in it.")

    def handle(self, *_args: Any, file: Path, force: bool, **_options: Any) -> None:
        """Check, replace, compare, say what comes next."""
        try:
            with archive.opened(file) as (manifest, folder):
                self._refuse(manifest, force=force)
                found = database.copy_in(folder / database.MEMBER[manifest.vendor], tables=set(manifest.counts))
                told = archive.put_back(folder, manifest.folder_files)
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"{error}") from error
        if wrong := [name for name, rows in manifest.counts.items() if found.get(name) != rows]:
            raise CommandError(f"Restored, but these tables have other counts than the backup: {', '.join(wrong)}.")
        self.stdout.write(f"Restored the backup of {manifest.made_at}.\n{rows_of(found)}")
        for sentence in [*told, *(sentence for look in AFTER_RESTORE for sentence in look())]:
            self.stdout.write(sentence)
        self.stdout.write(NEXT)

    def _refuse(self, manifest: archive.Manifest, *, force: bool) -> None:
        if users := holders.in_use():
            raise BackupError(users)
        if manifest.vendor != connection.vendor:
            raise BackupError(
                f"This is a backup of {manifest.vendor}; DATABASE_URL names {connection.vendor}. They cannot be mixed."
            )
        if unknown := archive.unknown_migrations(manifest):
            raise BackupError(
                f"This backup is of a newer release (it has {unknown[-1]}). Restore it with that release."
            )
        if not force and not database.is_empty():
            raise BackupError("The database is not empty. --force replaces all that is in it; make a backup first.")
