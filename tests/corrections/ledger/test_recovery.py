"""After a restore: what the signer refuses, what comes back, and how a new log goes on."""

import json
import shutil
from dataclasses import replace

import pytest
from django.core.management import CommandError

from corrections.ledger import merkle
from corrections.ledger.canonical import canonical
from corrections.ledger.checkpoint import Checkpoint, parse, sign, split_note
from corrections.ledger.signer_state import PreviousLog
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead
from corrections.services import checkpoints
from newsroom.errors import Conflict
from tests.corrections.ledger.rows import NOON, findings, forget_entries_from, ledger, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(tmp_path, allow_tampering):
    """A database restored from a backup of two entries, whose checkpoint is in it; four were signed and mirrored."""
    mirror = tmp_path / "mirror"
    rows = publish(2)
    checkpoints.sign()
    rows += publish(2)
    signed = checkpoints.sign()
    ledger("export", mirror)
    forget_entries_from(2)
    signed.delete()
    for lost in rows[2:]:
        Correction.objects.filter(pk=lost.pk).update(status="draft", published_at=None)
    return mirror


def publish_unseen(var):
    """As a process does that has no data folder in common with the signer."""
    memory, away = var / "ledger_checkpoint", var / "away"
    memory.rename(away)
    publish()
    away.rename(memory)


def files_of(mirror):
    return [*sorted((mirror / "entries").iterdir()), *(mirror / "checkpoints").iterdir()]


def test_after_a_restore_the_signer_refuses_until_the_leaves_are_back(restored):
    with pytest.raises(CommandError, match="Nothing was signed: the tree has 2 leaves, 4 were signed"):
        ledger("checkpoint")
    said = ledger("recover", "--from", *files_of(restored))
    assert said == ("2 entries came back. The log extends the checkpoint of 4 entries; signing goes on with 4.\n")
    assert LedgerHead.objects.get().size == LedgerEntry.objects.count() == 4
    assert LedgerCheckpoint.objects.latest("pk").text == (restored / "checkpoint.txt").read_text()
    lost = findings()
    assert lost[:2] == [f"Entry {index} has lost its opening, and no order destroyed it." for index in (2, 3)]
    assert [line.endswith("and there is no such notice any more.") for line in lost[2:]] == [True, True]
    assert ledger("verify", "--lost", "2-3").startswith("The public log of 4 entries is whole")
    assert ledger("verify", "--lost", "2", "--lost", "3").startswith("The public log of 4 entries is whole")
    publish()
    assert checkpoints.sign().size == 5


def test_the_checkpoints_of_the_mirror_are_kept_again_in_the_order_of_the_log(restored, tmp_path):
    page = json.loads((restored / "entries" / "000000000.json").read_text())
    signer = checkpoints.signers()
    hashes = [bytes.fromhex(entry["leaf_hash"]) for entry in page["entries"]]
    between = tmp_path / "between.txt"
    between.write_text(sign(Checkpoint(signer[0].name, 3, merkle.root(hashes[:3])), *signer))
    here = list(LedgerCheckpoint.objects.order_by("pk").values_list("size", flat=True))
    ledger("recover", "--from", *files_of(restored), between)
    rows = list(LedgerCheckpoint.objects.order_by("pk"))
    assert (here, [row.size for row in rows]) == ([2], [2, 3, 4])
    assert rows[1].text == between.read_text()
    assert rows[1].root == merkle.root(hashes[:3]).hex()
    assert rows[1].signed_at == LedgerEntry.objects.get(index=2).at
    assert checkpoints.sign() == rows[2]
    ledger("recover", "--from", *files_of(restored), between)
    assert LedgerCheckpoint.objects.count() == 3


def forge(**change):
    """An entry whose hash fits a leaf that the service would never have written."""
    leaf = {"type": "correction.published", "reference": "C-1", "publication": "daily", "kind": "correction"}
    leaf = {**leaf, "at": "2026-11-20T12:00:00Z", "commitment": "0" * 64, **change}
    return {"leaf": leaf, "leaf_hash": merkle.leaf_hash(canonical(leaf)).hex()}


def test_a_notice_that_survived_the_restore_gets_its_leaf_back(restored):
    leaf = json.loads((restored / "entries" / "000000000.json").read_text())["entries"][2]["leaf"]
    Correction.objects.filter(reference=leaf["reference"]).update(status="published", published_at=NOON)
    ledger("recover", "--from", *files_of(restored))
    assert LedgerEntry.objects.get(index=2).correction.reference == leaf["reference"]
    gone = "cannot be checked: its opening is gone, and no order destroyed it."
    assert f"{leaf['reference']} {gone}" in findings()


def test_a_head_that_does_not_fit_is_not_built_upon(restored):
    LedgerHead.objects.update(frontier=["00" * 32])
    with pytest.raises(CommandError, match="run `ledger verify` first"):
        ledger("recover", "--from", *files_of(restored))


def test_a_file_that_is_neither_page_nor_checkpoint_is_refused(restored, tmp_path):
    for text, words in (("{", "is not JSON"), ("nothing\n", "a note is its text")):
        path = tmp_path / "odd"
        path.write_text(text)
        with pytest.raises(CommandError, match=words):
            ledger("recover", "--from", *files_of(restored), path)
    assert LedgerEntry.objects.count() == 2


def test_a_recovery_done_twice_adds_nothing(restored):
    ledger("recover", "--from", *files_of(restored))
    assert ledger("recover", "--from", *files_of(restored)).startswith("0 entries came back.")


def test_a_lost_memory_is_rebuilt_from_published_checkpoints(restored, own_memory):
    (own_memory / "ledger_checkpoint").unlink()
    ledger("recover", "--from", *files_of(restored))
    assert (own_memory / "ledger_checkpoint").read_text() == (restored / "checkpoint.txt").read_text()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda page: page["entries"].pop(2), "The mirror has a gap at entry 2"),
        (lambda page: page["entries"][3]["leaf"].update(at="2020-01-01T00:00:00Z"), "Entry 3 of the mirror does not"),
        (lambda page: page["entries"][3].update(index="3"), "an entry without index or leaf"),
        (lambda page: page["entries"][3]["leaf"].update(at=1.5), "Entry 3 of the mirror has no canonical form"),
        (lambda page: page["entries"].append({**page["entries"][2], "index": 3}), "two different entries 3"),
        (lambda page: page["entries"][3].update(forge(kind=None)), "Entry 3 of the mirror lacks a part"),
        (
            lambda page: page["entries"][3].update(forge(at="2026-11-20")),
            "Entry 3 of the mirror has no time",
        ),
        (
            lambda page: page["entries"][3].update(forge(at="2026-11-20T12:00:00+00:00")),
            "Entry 3 of the mirror has no time",
        ),
        (lambda page: page["entries"][3].update(forge(at="noon")), "Entry 3 of the mirror has no time"),
        (lambda page: page.pop("entries"), "not a page of entries"),
        (lambda page: page["entries"].pop(), "Nothing was signed: 3 leaves, but 4 were signed"),
    ],
)
def test_a_mirror_that_does_not_fit_changes_nothing(restored, spoil, words):
    [path] = (restored / "entries").iterdir()
    page = json.loads(path.read_text())
    spoil(page)
    path.write_text(json.dumps(page))
    with pytest.raises(CommandError, match=words):
        ledger("recover", "--from", *files_of(restored))
    assert (LedgerEntry.objects.count(), LedgerHead.objects.get().size) == (2, 2)


def test_leaves_published_since_the_restore_cannot_be_joined_but_a_new_log_goes_on(restored, own_memory, settings):
    publish_unseen(own_memory)
    with pytest.raises(CommandError, match="Entry 2 here is another one than the mirror has"):
        ledger("recover", "--from", *files_of(restored))
    said = ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    checkpoint = parse(split_note(said)[0])
    last = parse(split_note((restored / "checkpoint.txt").read_text())[0])
    assert (checkpoint.origin, checkpoint.size) == ("testserver/corrections-2", 3)
    assert PreviousLog.all_named_in(checkpoint) == [PreviousLog.of(last, kept=2)]
    publish()
    with pytest.raises(CommandError, match="the log testserver/corrections has been closed"):
        ledger("checkpoint")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    assert checkpoints.sign().size == 4
    assert ledger("verify").startswith("The public log of 4 entries is whole; the newest checkpoint covers 4.")


def test_an_old_checkpoint_that_the_new_log_does_not_name_is_found(restored, settings):
    shutil.rmtree(restored)
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-3"
    text = forged_checkpoint("testserver/corrections-3")
    LedgerCheckpoint.objects.create(size=3, root="0" * 64, text=text, signed_at=NOON)
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    assert "The log testserver/corrections-3 does not say that it follows testserver/corrections-2." in findings()


def forged_checkpoint(origin, *extensions):
    return sign(Checkpoint(origin, 3, bytes(32), extensions), *checkpoints.signers(origin))


@pytest.mark.parametrize(
    ("names", "follows"),
    [
        (["testserver/corrections"], True),
        (["testserver/other"], False),
        (["testserver/other", "testserver/corrections"], False),
    ],
)
def test_a_log_follows_the_one_that_it_names_first(settings, names, follows):
    publish()
    last = parse(split_note(checkpoints.sign().text)[0])
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    named = [line for name in names for line in PreviousLog.of(replace(last, origin=name), kept=1).lines()]
    text = forged_checkpoint(settings.LEDGER_ORIGIN, *named)
    LedgerCheckpoint.objects.create(size=3, root="0" * 64, text=text, signed_at=NOON)
    said = "The log testserver/corrections-2 does not say that it follows testserver/corrections."
    assert (said not in findings()) is follows


def test_a_log_that_follows_less_than_was_signed_does_not_follow(settings):
    publish()
    last = parse(split_note(checkpoints.sign().text)[0])
    publish()
    checkpoints.sign()
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    text = forged_checkpoint(settings.LEDGER_ORIGIN, *PreviousLog.of(last, kept=1).lines())
    LedgerCheckpoint.objects.create(size=3, root="0" * 64, text=text, signed_at=NOON)
    assert "The log testserver/corrections-2 does not say that it follows testserver/corrections." in findings()


def test_a_checkpoint_of_just_what_was_kept_of_the_old_log_is_held_against_it(restored, own_memory, settings):
    publish_unseen(own_memory)
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    old = LedgerCheckpoint.objects.earliest("pk")
    assert old.size == 2
    text = sign(Checkpoint("testserver/corrections", 2, bytes(32)), *checkpoints.signers("testserver/corrections"))
    LedgerCheckpoint.objects.filter(pk=old.pk).update(text=text, root=bytes(32).hex())
    assert findings() == ["The first 2 entries are not those that the checkpoint of 2 entries was signed for."]


def test_a_checkpoint_of_a_log_that_is_not_in_the_line_is_not_held_against_this_one(settings):
    publish()
    checkpoints.sign()
    foreign = "testserver/elsewhere"
    text = sign(Checkpoint(foreign, 1, bytes(32)), *checkpoints.signers(foreign))
    LedgerCheckpoint.objects.create(size=1, root=bytes(32).hex(), text=text, signed_at=NOON)
    assert findings() == [f"The log {foreign} does not say that it follows testserver/corrections."]


def test_a_link_that_cannot_be_read_is_no_link(settings):
    publish()
    checkpoints.sign()
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    text = forged_checkpoint(settings.LEDGER_ORIGIN, "previous-log testserver/corrections")
    LedgerCheckpoint.objects.create(size=3, root="0" * 64, text=text, signed_at=NOON)
    settings.LEDGER_ORIGIN = ""
    assert "The log testserver/corrections-2 does not say that it follows testserver/corrections." in findings()


def test_a_new_log_that_was_cut_off_after_its_signature_goes_on(restored, settings):
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    LedgerCheckpoint.objects.latest("pk").delete()
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    signed = parse(split_note(checkpoints.sign().text)[0])
    assert signed.size == 2
    assert [log.origin for log in PreviousLog.all_named_in(signed)] == ["testserver/corrections"]


def test_while_entries_are_missing_nothing_is_published_and_nothing_is_served_as_signed(restored, client):
    with pytest.raises(Conflict) as refused:
        publish()
    assert refused.value.code == "log_behind"
    assert LedgerEntry.objects.count() == 2
    answer = client.get("/api/v1/ledger/checkpoint/")
    assert (answer.status_code, answer.json()["code"]) == (503, "log_refused")
    ledger("recover", "--from", *files_of(restored))
    publish()
    assert checkpoints.current().size == 5
    assert client.get("/api/v1/ledger/checkpoint/").content.decode() == checkpoints.current().text


def test_a_database_without_a_single_entry_is_no_first_start_for_a_signer_that_remembers(restored):
    LedgerHead.objects.all().delete()
    with pytest.raises(CommandError, match="Nothing was signed: the tree has 0 leaves, 4 were signed"):
        ledger("checkpoint")


def test_leaves_of_the_mirror_that_no_checkpoint_covers_are_refused_by_name(restored):
    [path] = (restored / "entries").iterdir()
    page = json.loads(path.read_text())
    page["entries"] += [{**forge(), "index": index} for index in (4, 5, 7)]
    path.write_text(json.dumps(page))
    said = ledger("recover", "--from", *files_of(restored)).splitlines()
    assert said[0].startswith("2 entries came back.")
    assert said[1] == "Refused, because no checkpoint covers them: entries 4-5, 7."
    assert LedgerEntry.objects.count() == LedgerHead.objects.get().size == 4


def test_without_a_memory_an_outside_checkpoint_says_how_far_the_mirror_counts(restored, own_memory):
    (own_memory / "ledger_checkpoint").unlink()
    (restored / "checkpoint.txt").unlink()
    older = min((restored / "checkpoints").iterdir(), key=lambda path: path.stem.rpartition("-")[2])
    said = ledger("recover", "--from", *(restored / "entries").iterdir(), older).splitlines()
    assert said == [
        "0 entries came back. The log extends the checkpoint of 2 entries; signing goes on with 2.",
        "Refused, because no checkpoint covers them: entries 2-3.",
    ]


def test_a_history_of_checkpoints_covers_as_its_lines_do(restored, own_memory, tmp_path):
    (own_memory / "ledger_checkpoint").unlink()
    notes = [path.read_text() for path in (restored / "checkpoints").iterdir()]
    history = tmp_path / "history.jsonl"
    history.write_text("".join(json.dumps({"note": note}) + "\n" for note in notes))
    assert ledger("recover", "--from", *(restored / "entries").iterdir(), history).startswith("2 entries came back.")


def test_a_new_log_says_that_it_kept_what_a_checkpoint_still_fits(restored, own_memory, settings):
    publish_unseen(own_memory)
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    kept = list((restored / "checkpoints").iterdir())
    assert ledger("verify", "--since", *kept).startswith("The public log of 3 entries is whole")
    fork, old = own_memory / "fork.txt", "testserver/corrections"
    fork.write_text(sign(Checkpoint(old, 2, bytes(32)), *checkpoints.signers(old)))
    assert findings("--since", fork) == [
        "The first 2 entries are not those that the checkpoint of 2 entries from outside was signed for."
    ]


def test_of_two_successions_the_smaller_share_is_kept(restored, own_memory, settings):
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    publish(3)
    checkpoints.sign()
    forget_entries_from(1)
    Correction.objects.filter(ledger_entry=None).update(status="draft", published_at=None)
    ledger("recover", "--new-log", "--origin", "testserver/corrections-3")
    settings.LEDGER_ORIGIN = "testserver/corrections-3"
    named = PreviousLog.all_named_in(parse(split_note(checkpoints.current().text)[0]))
    assert [log.kept for log in named] == [0, 2]
    oldest = min((restored / "checkpoints").iterdir(), key=lambda path: path.stem.rpartition("-")[2])
    assert ledger("verify", "--since", oldest).startswith("The public log of 1 entries is whole")
