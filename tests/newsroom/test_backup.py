"""Backup and restore: what went in comes out, and nothing that is in use is overwritten by accident."""

import fcntl
import io
import json
import shutil
import sqlite3
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from corrections.ledger import merkle
from corrections.models import LedgerHead, Report
from newsroom.backups import archive, database, holders
from newsroom.events.models import Event
from tests.factories import make_correction, make_publication, make_report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both, pytest.mark.usefixtures("nobody_else")]
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


@pytest.fixture
def somebody_else():
    """Another program with the database open, which does nothing."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"])
        other.execute("SELECT count(*) FROM events_event").fetchone()
    else:
        given = connection.get_connection_params()
        names = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
        other = psycopg.connect(**names, application_name="a colleague's psql")
    yield
    other.close()


def test_what_another_program_has_open_is_not_replaced_even_with_force(newsroom, tmp_path, somebody_else):
    path, _told = backup(tmp_path)
    make_report()
    with pytest.raises(CommandError, match=r"Stop (it|them) first") as refused:
        run("restore", str(path), force=True)
    assert Report.objects.count() == 2
    assert connection.vendor == "sqlite" or "a colleague's psql" in str(refused.value)


def test_a_process_that_serves_is_found_by_its_lock_until_it_ends(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    serving = holders.hold()
    with holders.holding(), pytest.raises(CommandError, match="Web, deliver or clock is running on this data folder"):
        run("restore", str(path), force=True)
    serving.close()
    assert run("restore", str(path), force=True).startswith("Restored the backup of")


def test_make_run_is_found_by_its_own_lock(newsroom, tmp_path):
    path, _told = backup(tmp_path)
    with (newsroom / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="`make run` is running"):
            run("restore", str(path), force=True)
    run("restore", str(path), force=True)


def test_a_folder_that_cannot_be_written_to_keeps_nobody_from_serving(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.VAR = tmp_path / "file" / "var"
    assert holders.hold() is None
    with holders.holding():
        assert not settings.VAR.exists()


def test_the_files_of_the_database_and_the_folder_are_their_owners_alone(newsroom, settings, tmp_path):
    path, _told = backup(tmp_path)
    shutil.rmtree(newsroom)
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).chmod(0o644)
    run("restore", str(path), force=True)
    assert stat.S_IMODE(settings.VAR.stat().st_mode) == 0o700
    if connection.vendor == "sqlite":
        database_file = Path(connection.settings_dict["NAME"])
        assert stat.S_IMODE(database_file.stat().st_mode) == 0o600
        database_file.chmod(0o644)
        call_command("migrate", verbosity=0)
        made = [file for file in database_file.parent.glob(f"{database_file.name}*") if file.suffix != ".lock"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}


def test_only_the_newest_backups_of_the_default_folder_are_kept_when_that_is_asked(newsroom):
    folder = newsroom / "backups"
    folder.mkdir()
    older = [f"masthead-2026010{day}-020000.tar.gz" for day in range(1, 5)]
    others = ["masthead-20260101-020000.tar.gz.part", "kept-by-hand.tar.gz", "masthead-before-the-move.tar.gz"]
    for name in older + others:
        (folder / name).touch()
    told = run("backup", keep=2)
    left = {path.name for path in folder.iterdir()}
    [new] = left - {*older, *others}
    assert left == {new, older[-1], *others}
    assert f"Deleted 3 older: {', '.join(older[:3])}." in told
    assert stat.S_IMODE((folder / new).stat().st_mode) == 0o600


@pytest.mark.parametrize(("arguments", "keep"), [(["here.tar.gz"], 2), ([], 0), ([], -1)])
def test_to_keep_none_or_those_of_another_place_is_no_answer(newsroom, arguments, keep):
    with pytest.raises(CommandError, match="--keep is a number from 1, and for the default folder"):
        run("backup", *arguments, keep=keep)
    assert not (newsroom / "backups").exists()


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
