"""Backup and restore: what went in comes out, and nothing that is in use is overwritten by accident."""

import io
import json
import shutil
import stat
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from corrections.ledger import merkle
from corrections.models import LedgerHead, Report
from newsroom.backups import archive, database
from newsroom.events.models import Event
from tests.factories import make_correction, make_publication, make_report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]
LISTED = {"manifest.json", "var/secret_key", "var/ledger_key", "var/ledger_checkpoint"}


@pytest.fixture(autouse=True)
def tools():
    """PostgreSQL is copied by its own programs."""
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("no pg_dump on the PATH")


@pytest.fixture
def var(settings, tmp_path):
    """A data folder with the keys of an installation."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    for name in ("secret_key", "ledger_key", "ledger_checkpoint"):
        (settings.VAR / name).write_text(f"{name} of then")
    (settings.VAR / "ledger_checkpoint.lock").touch()
    return settings.VAR


@pytest.fixture
def newsroom(var):
    """A report and a published correction, so that the log has a leaf."""
    make_report()
    make_correction(status="published")
    return var


def run(command, *arguments, **options):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def backup(folder):
    path = folder / "backup.tar.gz"
    return path, run("backup", str(path))


def root_of_the_log():
    head = LedgerHead.objects.get(pk=1)
    return head.size, merkle.Frontier.from_hex(head.size, head.frontier).root()


def test_the_round_trip_gives_back_every_row_and_the_head_of_the_log(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    before, root = database.count(), root_of_the_log()
    kept = Report.objects.get().reference
    make_report()
    make_correction(status="published")
    told = run("restore", str(path), force=True)
    assert database.count() == before
    assert root_of_the_log() == root
    assert Report.objects.get().reference == kept
    assert "DELIVERIES_PAUSED=1" in told


def test_what_follows_a_restore_works_and_is_still_append_only(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    run("restore", str(path), force=True)
    make_report()
    assert Report.objects.count() == 2
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET schema = 2")


def test_the_archive_is_its_owners_alone_and_holds_what_it_says(newsroom, tmp_path):
    path, told = backup(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as tar:
        assert set(tar.getnames()) == LISTED | {database.MEMBER[connection.vendor]}
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["counts"]["corrections_report"] == 1
    assert manifest["vendor"] == connection.vendor
    assert {len(entry["sha256"]) for entry in manifest["files"].values()} == {64}
    assert "1 reports" in told
    assert "It holds ledger_checkpoint, ledger_key, secret_key of the data folder" in told


def test_an_existing_file_is_not_overwritten(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    before = path.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        run("backup", str(path))
    assert path.read_bytes() == before


def test_a_database_in_use_is_not_replaced_without_force(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    make_report()
    with pytest.raises(CommandError, match="not empty"):
        run("restore", str(path))
    assert Report.objects.count() == 2


def test_an_empty_database_needs_no_force(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    before = database.count()
    call_command("flush", interactive=False, verbosity=0)
    assert database.is_empty()
    run("restore", str(path))
    assert database.count() == before


def test_an_archive_that_was_changed_restores_nothing(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    make_publication()
    before = database.count()
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
    members["var/ledger_key"] = b"another key of them"[:18].ljust(18)
    forged = tmp_path / "forged.tar.gz"
    with tarfile.open(forged, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    with pytest.raises(CommandError, match=r"ledger_key was changed"):
        run("restore", str(forged), force=True)
    assert database.count() == before


@pytest.mark.parametrize("cut", [0, 100, 2000])
def test_half_an_archive_restores_nothing(newsroom, tmp_path, cut):
    path, _told = backup(tmp_path)
    half = tmp_path / "half.tar.gz"
    half.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(CommandError, match="not a whole backup"):
        run("restore", str(half), force=True)
    assert Report.objects.count() == 1


def test_a_file_outside_the_list_is_refused(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
    manifest = json.loads(members["manifest.json"])
    manifest["files"]["var/../../evil"] = {"size": 0, "sha256": "0" * 64}
    members["manifest.json"] = json.dumps(manifest).encode()
    forged = tmp_path / "forged.tar.gz"
    with tarfile.open(forged, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    with pytest.raises(CommandError, match="unexpected members"):
        run("restore", str(forged), force=True)


def test_another_key_that_is_here_is_kept_beside_and_the_signers_memory_is_never_set_back(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    (newsroom / "secret_key").write_text("made by looking")
    (newsroom / "ledger_checkpoint").write_text("a newer checkpoint")
    (newsroom / "ledger_key").unlink()
    told = run("restore", str(path), force=True)
    assert (newsroom / "secret_key").read_text() == "secret_key of then"
    assert [file.read_text() for file in newsroom.glob("secret_key.before-restore-*")] == ["made by looking"]
    assert (newsroom / "ledger_checkpoint").read_text() == "a newer checkpoint"
    assert (newsroom / "ledger_key").read_text() == "ledger_key of then"
    assert stat.S_IMODE((newsroom / "ledger_key").stat().st_mode) == 0o600
    assert "ledger_checkpoint was kept" in told


def test_a_backup_of_a_newer_release_is_refused(newsroom, tmp_path, monkeypatch):
    path, _told = backup(tmp_path)
    monkeypatch.setattr(archive, "unknown_migrations", lambda manifest: ["corrections.0099_later"])
    with pytest.raises(CommandError, match=r"newer release \(it has corrections.0099_later\)"):
        run("restore", str(path), force=True)


def test_every_migration_of_this_release_is_known(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    with archive.opened(path) as (manifest, _folder):
        assert archive.unknown_migrations(manifest) == []
        manifest.migrations.append("corrections.0099_later")
        assert archive.unknown_migrations(manifest) == ["corrections.0099_later"]


def test_without_pg_dump_a_sentence_says_so(newsroom, tmp_path, monkeypatch):
    if connection.vendor != "postgresql":
        monkeypatch.setattr(database.connection, "vendor", "postgresql", raising=False)
        monkeypatch.setattr(database, "count", dict)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="pg_dump is not on the PATH"):
        run("backup", str(tmp_path / "backup.tar.gz"))
    assert not list(tmp_path.glob("backup.tar.gz*"))
    assert Event.objects.count() > 0
