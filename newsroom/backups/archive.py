"""The archive: a tar.gz of mode 0600 with `manifest.json`, the database's copy and files of the data folder.

The manifest names every other member with its size and SHA-256, and says how many rows each table had.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from newsroom.backups import database
from newsroom.backups.database import BackupError

FORMAT = 1
KEYS = ("secret_key", "ledger_key", "license_key")
MEMORY = "ledger_checkpoint"
CHUNK = 1 << 20
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 4 << 20


@dataclass
class Manifest:
    """What an archive says about itself."""

    made_at: str
    vendor: str
    migrations: list[str]
    counts: dict[str, int]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Member → {"size", "sha256"}."""
    format: int = FORMAT

    @property
    def folder_files(self) -> list[str]:
        """Names of the data folder's files in it."""
        return sorted(Path(name).name for name in self.files if name.startswith("var/"))


def write(path: Path) -> Manifest:
    """Make the archive while everything runs. Raises `BackupError`; nothing is left at `path` then."""
    if path.exists():
        raise BackupError(f"{path} is there already. Nothing was overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(path.name + ".part")
    fresh.unlink(missing_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="backup-", dir=path.parent) as folder:
            # The memory first: a checkpoint newer than the copy of the log would look like a rewritten history.
            members = {f"var/{name}": _copied(Path(settings.VAR) / name, Path(folder)) for name in folder_files()}
            copy = Path(folder) / database.MEMBER[connection.vendor]
            manifest = Manifest(
                made_at=timezone.now().isoformat(timespec="seconds"),
                vendor=connection.vendor,
                counts=database.copy_out(copy),
                migrations=database.applied_migrations(),
            )
            members[copy.name] = copy
            manifest.files = {name: {"size": at.stat().st_size, "sha256": _sha256(at)} for name, at in members.items()}
            _pack(fresh, manifest, members)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def folder_files() -> list[str]:
    """What the data folder holds that no database can replace: keys made here, and what the log's signer remembers."""
    found = [name for name in KEYS if (Path(settings.VAR) / name).is_file()]
    memories = sorted(Path(settings.VAR).glob(f"{MEMORY}*"))
    return found + [path.name for path in memories if path.is_file() and path.suffix not in {".lock", ".new"}]


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """The checked manifest and a folder with the members unpacked, until the block ends.

    Raises `BackupError` when the archive is not ours, incomplete or changed, before anything else is touched.
    """
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    Path(settings.VAR).mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.VAR) as folder:
        try:
            with tarfile.open(path, "r:gz") as tar:
                manifest = _manifest(tar)
                for name, expected in manifest.files.items():
                    _unpack(tar, name, expected, Path(folder) / Path(name).name)
        except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{path} is not a whole backup of this service ({error}).") from error
        yield manifest, Path(folder)


def unknown_migrations(manifest: Manifest) -> list[str]:
    """The migrations of the archive that this release does not have: it was made by a newer one."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {name.partition(".")[0] for name in known}
    return [name for name in manifest.migrations if name not in known and name.partition(".")[0] in ours]


def put_back(folder: Path, names: list[str]) -> list[str]:
    """Bring the data folder's files back. Sentences about each that was not simply put there.

    A different key that is here is kept beside it. The signer's memory is never replaced: the newer one is what shows
    that the restored log lost entries.
    """
    told = []
    for name in names:
        target = Path(settings.VAR) / name
        fresh = (folder / name).read_bytes()
        if target.exists() and target.read_bytes() == fresh:
            continue
        if target.exists() and name.startswith(MEMORY):
            told.append(
                f"{name} was kept as it is here: it may know of more than this backup. "
                "If signing stops, see `manage.py ledger recover`."
            )
            continue
        if target.exists():
            kept = target.with_name(f"{name}.before-restore-{timezone.now():%Y%m%d%H%M%S}")
            target.replace(kept)
            told.append(f"{name} was replaced; the one that was here is now {kept.name}.")
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(fresh)
    return told


def _copied(path: Path, folder: Path) -> Path:
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    return copy


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(path: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    raw = json.dumps(manifest.__dict__, indent=1, sort_keys=True).encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            _add(tar, MANIFEST, io.BytesIO(raw), len(raw))
            for name, at in members.items():
                with at.open("rb") as content:
                    _add(tar, name, content, at.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, content: Any, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(timezone.now().timestamp())
    tar.addfile(info, content)


def _manifest(tar: tarfile.TarFile) -> Manifest:
    info = tar.getmember(MANIFEST)
    content = tar.extractfile(info)
    if content is None or info.size > MANIFEST_LIMIT:
        raise ValueError("no manifest")
    manifest = Manifest(**json.loads(content.read()))
    if manifest.format != FORMAT:
        raise ValueError(f"format {manifest.format}, this release reads {FORMAT}")
    wanted = {f"var/{name}" for name in KEYS} | {database.MEMBER[manifest.vendor]}
    strange = [name for name in manifest.files if name not in wanted and not _is_memory(name)]
    if strange or database.MEMBER[manifest.vendor] not in manifest.files:
        raise ValueError(f"unexpected members: {', '.join(strange) or 'no database'}")
    return manifest


def _is_memory(name: str) -> bool:
    return name.startswith(f"var/{MEMORY}") and Path(name).parts == ("var", Path(name).name)


def _unpack(tar: tarfile.TarFile, name: str, expected: dict[str, Any], target: Path) -> None:
    """Only as a stream to a name of our own choosing: what the archive says about paths and links is not followed."""
    content = tar.extractfile(tar.getmember(name))
    if content is None:
        raise ValueError(f"{name} is no file")
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != expected["sha256"]:
        raise ValueError(f"{name} was changed: its SHA-256 is not the one in the manifest")
