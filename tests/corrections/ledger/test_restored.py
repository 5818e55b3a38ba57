"""A real backup, publications after it, and a real restore: the signer, the mirror and what may be published."""

import io
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from corrections.ledger.checkpoint import parse, split_note
from corrections.models import LedgerCheckpoint, LedgerHead
from corrections.services import checkpoints
from newsroom.errors import Conflict
from tests.corrections.ledger.rows import ledger, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both, pytest.mark.usefixtures("nobody_else")]


@pytest.fixture(autouse=True)
def tools():
    """PostgreSQL is copied by its own programs."""
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("no pg_dump on the PATH")


@pytest.fixture
def backup(tmp_path):
    """Of a log of two entries, both signed. Two more were signed and mirrored since."""
    path = tmp_path / "backup.tar.gz"
    publish(2)
    checkpoints.sign()
    call_command("backup", str(path), stdout=io.StringIO())
    publish(2)
    checkpoints.sign()
    ledger("export", tmp_path / "mirror")
    return path


def restore(path):
    out = io.StringIO()
    call_command("restore", str(path), force=True, stdout=out)
    return out.getvalue().splitlines()


def files_of(folder):
    return [*sorted((folder / "entries").iterdir()), *(folder / "checkpoints").iterdir()]


def test_a_restored_log_is_not_signed_served_or_grown_until_the_mirror_brought_it_back(backup, tmp_path, client):
    told = restore(backup)
    assert (
        "Public log: 4 entries were signed, and 2 are restored. Nothing can be published until the others are back: "
        "`manage.py ledger recover --from` files of a mirror."
    ) in told
    assert [row.size for row in LedgerCheckpoint.objects.all()] == [2]
    with pytest.raises(CommandError, match="Nothing was signed: the tree has 2 leaves, 4 were signed"):
        ledger("checkpoint")
    assert client.get("/api/v1/ledger/checkpoint/").status_code == 503
    with pytest.raises(Conflict):
        publish()
    assert LedgerHead.objects.get().size == 2
    ledger("recover", "--from", *files_of(tmp_path / "mirror"))
    assert parse(split_note(ledger("checkpoint"))[0]).size == 4
    publish()
    assert checkpoints.sign().size == 5


def test_what_follows_a_restore_names_the_keys_the_log_and_the_way_back(backup):
    told = "\n".join(restore(backup))
    for command in (
        "rotate_keys --verify",
        "ledger verify --since FILE",
        "ledger recover --from",
        "DELIVERIES_PAUSED=1",
    ):
        assert command in told


def test_a_restore_that_lost_nothing_says_so(tmp_path):
    path = tmp_path / "backup.tar.gz"
    publish(2)
    checkpoints.sign()
    call_command("backup", str(path), stdout=io.StringIO())
    assert "Public log: 2 entries, the 2 that its signer remembers among them." in restore(path)
    publish()
    assert checkpoints.sign().size == 3


def test_with_the_data_folder_lost_the_newest_checkpoint_from_outside_is_adopted_first(backup, own_memory, tmp_path):
    outside = tmp_path / "mirror"
    shutil.rmtree(own_memory)
    told = restore(backup)
    assert "Public log: 2 entries, the 2 that its signer remembers among them." in told
    with pytest.raises(CommandError, match="1 findings"):
        ledger("verify", "--since", outside / "checkpoint.txt")
    ledger("recover", "--from", *files_of(outside))
    assert ledger("verify", "--since", outside / "checkpoint.txt", "--lost", "2-3").startswith(
        "The public log of 4 entries is whole"
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda memory: memory.write_bytes(b"\xff"), "Public log: the memory of the signer cannot be read. Bring"),
        (lambda memory: memory.unlink(), "Public log: its signer remembers nothing. Look at step 3"),
    ],
)
def test_a_memory_that_is_not_there_is_named(own_memory, spoil, sentence):
    publish()
    checkpoints.sign()
    spoil(own_memory / "ledger_checkpoint")
    assert [line.startswith(sentence) for line in checkpoints.after_restore()] == [True]


def test_a_log_under_another_address_of_the_desk_says_which_name_to_keep(own_memory, settings):
    publish()
    checkpoints.sign()
    settings.BASE_URL = "https://elsewhere.example"
    assert checkpoints.after_restore() == [
        "Public log: its name was testserver/corrections, and is elsewhere.example/corrections now. If only the "
        "address of the desk changed, set LEDGER_ORIGIN=testserver/corrections."
    ]


def test_of_a_desk_that_never_published_there_is_nothing_to_say():
    assert checkpoints.after_restore() == []
