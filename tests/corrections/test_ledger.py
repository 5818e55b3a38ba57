"""The log in the database: proofs over long ranges, the seat belt, and `manage.py ledger`."""

import io
import json
import shutil
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from corrections.ledger import commitments, log, merkle, reading, verify_corrections
from corrections.ledger.canonical import canonical
from corrections.ledger.checkpoint import Checkpoint, parse, sign, split_note
from corrections.ledger.signer_state import PreviousLog
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerOpening
from corrections.services import checkpoints
from corrections.services import correction as notices
from tests.factories import make_correction, make_destroyed, make_publication, make_staff

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_memory(settings, tmp_path):
    """A signer whose memory is this test's own."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return settings.VAR


@pytest.fixture
def allow_tampering():
    """What an intruder with every right on the database does: take the triggers away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE corrections_ledgerentry DISABLE TRIGGER ALL")
        else:
            cursor.execute("DROP TRIGGER corrections_ledgerentry_no_update")
            cursor.execute("DROP TRIGGER corrections_ledgerentry_no_delete")


def ledger(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("ledger", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue()


def findings():
    """What `ledger verify` says, and that it failed."""
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("ledger", "verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert str(failed.value).startswith(f"{len(lines)} findings in the public log")
    return lines


def publish(count=1, **words):
    publication = make_publication()
    return [make_correction(publication, status="published", **words) for _ in range(count)]


def follow(target, effect):
    editor = make_staff(target.publication, "desk_editor")
    draft = notices.start(target.publication, by=editor, articles=[], target=target, effect=effect)
    draft = notices.edit(draft, by=editor, text="The cost was 1.46 million, not 1.45.", not_fixed_reason="Print only.")
    draft = notices.send_for_approval(draft, by=editor)
    return notices.publish(draft, by=make_staff(target.publication, "standards_editor"))


def make_leaves(count):
    """A log of leaves without notices, for what only looks at hashes."""
    rows, frontier = [], merkle.Frontier()
    for index in range(count):
        leaf = commitments.leaf(
            type="correction.published",
            reference=f"C-{index}",
            publication="daily",
            kind="correction",
            at=NOON,
            commitment=f"{index:064x}",
        )
        data = canonical(leaf)
        digest = merkle.leaf_hash(data)
        frontier.append(digest)
        rows.append(LedgerEntry(index=index, leaf=data.decode(), leaf_hash=digest.hex(), at=NOON))
    LedgerEntry.objects.bulk_create(rows)
    LedgerHead.objects.create(pk=1, size=count, frontier=frontier.to_hex())
    return [bytes.fromhex(row.leaf_hash) for row in rows]


def test_proofs_over_tiles_are_those_over_all_leaves(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    hashes = make_leaves(77)
    for size in (1, 8, 9, 16, 17, 63, 64, 65, 77):
        for index in {0, 7, 8, size // 2, size - 1} & set(range(size)):
            assert reading.inclusion_proof(index, size) == merkle.inclusion_proof(hashes, index, size)
        for old in range(size + 1):
            assert reading.consistency_proof(old, size) == merkle.consistency_proof(hashes, old, size)


def test_what_was_read_once_is_not_read_again(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    monkeypatch.setattr(reading, "MAX_TILES", 100)
    reading._tiles.clear()
    make_leaves(64)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            reading.inclusion_proof(0, 64)
        return len(queries)

    first, again = cost(), cost()
    assert (first, again) == (13, 7)
    assert len(reading._tiles) == 6


def test_the_memory_of_tiles_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    monkeypatch.setattr(reading, "MAX_TILES", 3)
    reading._tiles.clear()
    hashes = make_leaves(64)
    assert reading.inclusion_proof(0, 64) == merkle.inclusion_proof(hashes, 0, 64)
    assert len(reading._tiles) == 3


def test_another_log_in_the_same_place_is_not_mistaken_for_the_first(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    with transaction.atomic():
        first = make_leaves(32)
        assert reading.inclusion_proof(0, 32) == merkle.inclusion_proof(first, 0, 32)
        transaction.set_rollback(True)
    publish()
    LedgerOpening.objects.all().delete()
    assert reading.inclusion_proof(0, 1) == []
    assert reading.size() == 1


@pytest.mark.both
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_leaf(change):
    publish()
    rows = LedgerEntry.objects.all()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM masthead_allow_flush")
    LedgerOpening.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(leaf_hash="0" * 64) if change == "update" else rows._raw_delete(using="default")
    assert rows.count() == 1


@pytest.mark.both
def test_a_whole_log_has_no_findings_before_and_after_signing():
    assert ledger("verify") == "The public log of 0 entries is whole; nothing is signed yet.\n"
    first, second, third = publish(3)
    follow(first, "supersede")
    withdrawn_by = follow(second, "withdraw")
    follow(Correction.objects.get(pk=second.pk), "reinstate")
    make_destroyed(third)
    notices.suppress(withdrawn_by, by=make_staff(second.publication, "legal"), words="Order 8", hidden=True)
    assert ledger("verify") == "The public log of 9 entries is whole; nothing is signed yet.\n"
    assert ledger("checkpoint") == LedgerCheckpoint.objects.get().text
    publish()
    assert ledger("verify") == "The public log of 10 entries is whole; the newest checkpoint covers 9.\n"


def test_what_may_change_after_publication_is_no_finding():
    [correction] = publish()
    article = correction.main_article
    article.url = f"https://{article.publication.hosts[0]}/moved"
    article.save(update_fields=["url"])
    correction.articles.update(revision_after=1, fixed_at=NOON)
    assert ledger("verify").startswith("The public log of 1 entries is whole")


def test_each_kind_of_tampering_is_found_and_said_plainly(allow_tampering):
    rows = publish(6)
    checkpoints.sign()
    names = [row.reference for row in rows]
    text = LedgerCheckpoint.objects.get().text

    def tamper(change, *expected):
        with transaction.atomic():
            change()
            found = findings()
            transaction.set_rollback(True)
        assert found == list(expected)

    entry = LedgerEntry.objects.filter(index=2)
    leaf = json.loads(entry.get().leaf)
    forged = canonical({**leaf, "at": "2020-01-01T00:00:00Z"}).decode()
    forged_hash = merkle.leaf_hash(forged.encode()).hex()
    signed_for = [
        "The first 6 entries are not those that the checkpoint of 6 entries was signed for.",
        "The first 6 entries are not those that the checkpoint of 6 entries that the signer remembers was signed for.",
    ]
    head = "The head of the tree is not that of its entries."

    tamper(lambda: entry.update(leaf_hash="0" * 64), "Entry 2 does not have the hash that is stored with it.")
    tamper(
        lambda: entry.update(leaf=forged),
        "Entry 2 does not have the hash that is stored with it.",
        head,
        *signed_for,
    )
    tamper(lambda: entry.update(leaf=forged, leaf_hash=forged_hash), head, *signed_for)
    tamper(
        lambda: entry.update(leaf=json.dumps(leaf)),
        "Entry 2 is not a leaf in canonical form.",
        "Entry 2 does not have the hash that is stored with it.",
        head,
        *signed_for,
        f"{names[2]} is public and has no entry of its own in the log.",
    )
    tamper(
        lambda: LedgerOpening.objects.filter(entry__index=2).update(salt="00" * 32),
        "Entry 2 is committed to other words than those kept with it.",
    )
    tamper(
        lambda: LedgerOpening.objects.filter(entry__index=2).delete(),
        "Entry 2 has lost its opening, and no order destroyed it.",
        f"{names[2]} cannot be checked: its opening is gone, and no order destroyed it.",
    )
    tamper(
        lambda: LedgerOpening.objects.filter(entry__index=2).update(salt="not hex"),
        "Entry 2 is committed to other words than those kept with it.",
    )
    tamper(
        lambda: entry.update(leaf="{"),
        "Entry 2 is not a leaf in canonical form.",
        "Entry 2 does not have the hash that is stored with it.",
        head,
        *signed_for,
        f"{names[2]} is public and has no entry of its own in the log.",
    )
    tamper(
        lambda: Correction.objects.filter(pk=rows[2].pk).update(text="We were right."),
        f"{names[2]} shows another text than the log is committed to.",
    )
    tamper(
        lambda: Correction.objects.filter(pk=rows[2].pk).update(severity="high", kind="update"),
        f"{names[2]} is shown as update, and its entry says correction.",
        f"{names[2]} shows another kind than the log is committed to.",
        f"{names[2]} shows another severity than the log is committed to.",
    )
    tamper(
        lambda: rows[2].articles.update(revision_before=None),
        f"{names[2]} shows another articles than the log is committed to.",
    )
    tamper(
        lambda: Correction.objects.filter(pk=rows[2].pk).update(status="withdrawn"),
        f"{names[2]} is withdrawn, and the log says published.",
    )
    tamper(
        lambda: Correction.objects.filter(pk=rows[2].pk).update(status="discarded"),
        f"Entry 2 published {names[2]}, and there is no such notice any more.",
    )
    tamper(
        lambda: LedgerHead.objects.update(size=5),
        "The head says 5 entries, but 6 are there.",
    )
    tamper(
        lambda: LedgerHead.objects.update(frontier=["00" * 32, "11" * 32]),
        head,
    )
    tamper(
        lambda: LedgerCheckpoint.objects.update(root="0" * 64),
        "The checkpoint of 6 entries is stored under another size or root than it states.",
    )
    tamper(
        lambda: LedgerCheckpoint.objects.update(text=text.replace("\n6\n", "\n5\n", 1)),
        "The checkpoint of 6 entries is not signed by a known key: "
        "the signature of testserver/corrections does not verify.",
    )


def test_a_cut_tail_and_a_hole_are_found(allow_tampering):
    rows = publish(4)
    checkpoints.sign()
    cut = "and 3 are left."
    with transaction.atomic():
        LedgerOpening.objects.filter(entry__index=3).delete()
        LedgerEntry.objects.filter(index=3)._raw_delete(using="default")
        assert findings() == [
            "The head says 4 entries, but 3 are there.",
            f"The log was cut: the checkpoint of 4 entries was signed, {cut}",
            f"The log was cut: the checkpoint of 4 entries that the signer remembers was signed, {cut}",
            f"{rows[3].reference} is public and has no entry of its own in the log.",
        ]
        transaction.set_rollback(True)
    LedgerOpening.objects.filter(entry__index=1).delete()
    LedgerEntry.objects.filter(index=1)._raw_delete(using="default")
    assert findings()[0] == "Entry 1 is missing: the next one is 2."


def test_a_memory_that_is_lost_or_of_another_log_is_found(own_memory, settings):
    publish()
    checkpoints.sign()
    settings.LEDGER_ORIGIN = "desk.example/other"
    assert findings() == ["The signer remembers the log testserver/corrections, not desk.example/other."]
    settings.LEDGER_ORIGIN = ""
    memory = own_memory / "ledger_checkpoint"
    memory.write_bytes(b"\xff")
    assert findings() == ["The signer has lost its memory: the memory of the signer cannot be read."]
    memory.unlink()
    assert findings() == ["Checkpoints were signed, and the signer remembers none of them."]


def test_a_key_that_signed_earlier_is_named_to_verify(own_memory):
    publish()
    checkpoints.sign()
    earlier = checkpoints.verifier_key()
    (own_memory / "ledger_key").unlink()
    assert findings()[0].startswith("The checkpoint of 1 entries is not signed by a known key")
    assert ledger("verify", "--key", earlier).startswith("The public log of 1 entries is whole")


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


@pytest.fixture
def restored(tmp_path, allow_tampering):
    """A database restored from a backup of two entries; four were signed and mirrored."""
    mirror = tmp_path / "mirror"
    rows = publish(4)
    checkpoints.sign()
    ledger("export", mirror)
    keep = LedgerEntry.objects.filter(index__lt=2)
    frontier = merkle.Frontier()
    for entry in keep.order_by("index"):
        frontier.append(bytes.fromhex(entry.leaf_hash))
    LedgerOpening.objects.filter(entry__index__gte=2).delete()
    LedgerEntry.objects.filter(index__gte=2)._raw_delete(using="default")
    LedgerHead.objects.update(size=2, frontier=frontier.to_hex())
    LedgerCheckpoint.objects.all().delete()
    for lost in rows[2:]:
        Correction.objects.filter(pk=lost.pk).update(status="draft", published_at=None)
    return mirror


def files_of(mirror):
    return [*sorted((mirror / "entries").iterdir()), *(mirror / "checkpoints").iterdir()]


def test_after_a_restore_the_signer_refuses_until_the_leaves_are_back(restored):
    with pytest.raises(CommandError, match="Nothing was signed: the tree has 2 leaves, 4 were signed"):
        ledger("checkpoint")
    said = ledger("recover", "--from", *files_of(restored))
    assert said == ("2 entries came back. The log extends the checkpoint of 4 entries; signing goes on with 4.\n")
    assert LedgerHead.objects.get().size == LedgerEntry.objects.count() == 4
    assert LedgerCheckpoint.objects.get().text == (restored / "checkpoint.txt").read_text()
    lost = findings()
    assert lost[:2] == [f"Entry {index} has lost its opening, and no order destroyed it." for index in (2, 3)]
    assert [line.endswith("and there is no such notice any more.") for line in lost[2:]] == [True, True]
    assert ledger("verify", "--lost", "2-3").startswith("The public log of 4 entries is whole")
    assert ledger("verify", "--lost", "2", "--lost", "3").startswith("The public log of 4 entries is whole")
    publish()
    assert checkpoints.sign().size == 5


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


def test_a_log_with_a_hole_proves_nothing(allow_tampering):
    make_leaves(4)
    LedgerEntry.objects.filter(index=2)._raw_delete(using="default")
    with pytest.raises(ValueError, match="the log has gaps between 2 and 4"):
        reading.inclusion_proof(0, 4)


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
        (lambda page: page["entries"][3].update(forge(at="2026-11-20")), "Entry 3 of the mirror has a time without"),
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
    publish()
    with pytest.raises(CommandError, match="Entry 2 here is another one than the mirror has"):
        ledger("recover", "--from", *files_of(restored))
    said = ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    checkpoint = parse(split_note(said)[0])
    last = parse(split_note((restored / "checkpoint.txt").read_text())[0])
    assert (checkpoint.origin, checkpoint.size) == ("testserver/corrections-2", 3)
    assert PreviousLog.named_in(checkpoint) == PreviousLog.of(last)
    publish()
    with pytest.raises(CommandError, match="the log testserver/corrections has been closed"):
        ledger("checkpoint")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    assert checkpoints.sign().size == 4
    assert ledger("verify").startswith("The public log of 4 entries is whole; the newest checkpoint covers 4.")


def test_an_old_checkpoint_that_the_new_log_does_not_name_is_found(restored, settings):
    shutil.rmtree(restored)
    publish()
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-3"
    signed = checkpoints.signer()
    LedgerCheckpoint.objects.create(
        size=3, root="0" * 64, text=forged_checkpoint(signed, "testserver/corrections-3"), signed_at=NOON
    )
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    assert "The log testserver/corrections-3 does not say that it follows testserver/corrections-2." in findings()


def forged_checkpoint(signer, origin, *extensions):
    return sign(Checkpoint(origin, 3, bytes(32), extensions), signer)


def test_a_link_that_cannot_be_read_is_no_link(settings):
    publish()
    checkpoints.sign()
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    text = forged_checkpoint(checkpoints.signer(), settings.LEDGER_ORIGIN, "previous-log testserver/corrections")
    LedgerCheckpoint.objects.create(size=3, root="0" * 64, text=text, signed_at=NOON)
    settings.LEDGER_ORIGIN = ""
    assert "The log testserver/corrections-2 does not say that it follows testserver/corrections." in findings()


def test_a_leaf_of_a_type_that_changes_no_status_fits():
    [correction] = publish()
    with transaction.atomic():
        log.append("suppressed", correction, now=NOON, opening=False)
    assert ledger("verify").startswith("The public log of 2 entries is whole")


def test_a_new_log_that_was_cut_off_after_its_signature_goes_on(restored, settings):
    ledger("recover", "--new-log", "--origin", "testserver/corrections-2")
    LedgerCheckpoint.objects.all().delete()
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    signed = parse(split_note(checkpoints.sign().text)[0])
    assert (signed.size, PreviousLog.named_in(signed).origin) == (2, "testserver/corrections")


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
