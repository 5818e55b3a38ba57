"""`manage.py ledger`: exporting, and what is asked too vaguely."""

import pytest
from django.core.management import CommandError

from corrections.ledger import verify_corrections
from corrections.services import checkpoints
from tests.corrections.ledger.rows import ledger, publish

pytestmark = pytest.mark.django_db


def test_with_nothing_published_there_is_nothing_to_sign_or_export(tmp_path):
    for arguments in (["checkpoint"], ["export", tmp_path / "mirror"]):
        with pytest.raises(CommandError, match="nothing to"):
            ledger(*arguments)


def test_a_mirror_holds_all_that_the_readers_program_needs(tmp_path):
    mirror = tmp_path / "mirror"
    publish(2)
    checkpoints.sign()
    assert ledger("export", mirror) == f"2 entries and the checkpoint that covers them are in {mirror}.\n"
    publish(1)
    checkpoints.sign()
    publish(1)
    ledger("export", mirror)
    old, new = sorted((mirror / "checkpoints").iterdir(), key=lambda path: path.stem.rpartition("-")[2])
    assert (mirror / "checkpoint.txt").read_text() == new.read_text()
    told = verify_corrections.verify(
        [(mirror / "key.txt").read_text().strip()],
        new.read_text(),
        [path.read_text() for path in sorted((mirror / "entries").iterdir())],
        [(old.read_text(), "")],
    )
    assert told == [
        "The checkpoint of testserver/corrections is signed and fits its 3 entries.",
        "Nothing was changed since the checkpoint of 2 entries.",
    ]
    assert (mirror / "verify_corrections.py").read_text().startswith("#!/usr/bin/env python3")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["recover"], "Give either --from"),
        (["recover", "--new-log"], "--origin"),
        (["recover", "--new-log", "--origin", "testserver/corrections"], "a new log needs a new origin"),
        (["recover", "--from", "missing.json"], "cannot be read"),
        (["verify", "--lost", "x-y"], "--lost takes an index or a range"),
        (["verify", "--key", "nonsense"], "a key is"),
    ],
)
def test_a_command_that_says_too_little_is_refused(arguments, words):
    publish()
    checkpoints.sign()
    with pytest.raises(CommandError, match=words):
        ledger(*arguments)
