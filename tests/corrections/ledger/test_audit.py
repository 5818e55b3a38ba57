"""`manage.py ledger verify`: everything recomputed from the rows, and a plain sentence for each tampering."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from corrections.ledger import commitments, log, merkle
from corrections.ledger.canonical import canonical
from corrections.ledger.checkpoint import Checkpoint, sign
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerKey, LedgerOpening
from corrections.services import checkpoints
from corrections.services import correction as notices
from tests.corrections.ledger.rows import NOON, findings, follow, ledger, publish
from tests.factories import make_destroyed, make_staff

pytestmark = pytest.mark.django_db


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
    forged = canonical({**leaf, "publication": "weekly"}).decode()
    back_dated = canonical({**leaf, "at": "2020-01-01T00:00:00Z"}).decode()
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
    for odd in (canonical({**leaf, "more": "1"}).decode(), "[]"):
        tamper(
            lambda odd=odd: entry.update(leaf=odd, leaf_hash=merkle.leaf_hash(odd.encode()).hex()),
            "Entry 2 is not a leaf in canonical form.",
            head,
            *signed_for,
            f"{names[2]} is public and has no entry of its own in the log.",
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
        lambda: entry.update(leaf=back_dated, leaf_hash=merkle.leaf_hash(back_dated.encode()).hex()),
        "Entry 2 is dated 2020-01-01T00:00:00Z, and its row otherwise.",
        head,
        *signed_for,
        f"{names[2]} is shown as published at another time than its entry says, 2020-01-01T00:00:00Z.",
    )
    tamper(
        lambda: Correction.objects.filter(pk=rows[2].pk).update(published_at=rows[2].published_at - timedelta(days=1)),
        f"{names[2]} is shown as published at another time than its entry says, {leaf['at']}.",
    )
    for part in ("original_text", "corrected_text"):
        tamper(
            lambda part=part: Correction.objects.filter(pk=rows[2].pk).update(**{part: "Another figure."}),
            f"{names[2]} shows another {part} than the log is committed to.",
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
    words_gone = [
        f"{names[2]} shows another {part} than the log is committed to."
        for part in ("reference", "kind", "severity", "text", "articles")
    ]
    for content in ({"articles": "none"}, {}):
        tamper(
            lambda content=content: LedgerOpening.objects.filter(entry__index=2).update(content=content),
            "Entry 2 is committed to other words than those kept with it.",
            *words_gone,
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
    assert findings() == [
        "The signer remembers the log testserver/corrections, not desk.example/other. If only the address of the desk "
        "changed, set LEDGER_ORIGIN=testserver/corrections."
    ]
    settings.LEDGER_ORIGIN = ""
    memory = own_memory / "ledger_checkpoint"
    memory.write_bytes(b"\xff")
    assert findings() == ["The signer has lost its memory: the memory of the signer cannot be read."]
    memory.unlink()
    assert findings() == ["Checkpoints were signed, and the signer remembers none of them."]


def test_a_key_that_signed_earlier_is_known_and_one_that_is_not_can_be_named(own_memory):
    publish()
    checkpoints.sign()
    earlier = checkpoints.verifier_key()
    (own_memory / "ledger_key").unlink()
    assert ledger("verify").startswith("The public log of 1 entries is whole")
    LedgerKey.objects.all().delete()
    assert findings()[0].startswith("The checkpoint of 1 entries is not signed by a known key")
    assert ledger("verify", "--key", earlier).startswith("The public log of 1 entries is whole")


def test_an_entry_that_is_dated_before_those_ahead_of_it_is_found_beyond_the_slack_of_clocks(allow_tampering):
    rows = publish(3)

    def date(index, at):
        entry = LedgerEntry.objects.filter(index=index)
        forged = canonical({**json.loads(entry.get().leaf), "at": commitments.timestamp(at)}).decode()
        entry.update(leaf=forged, at=at)
        Correction.objects.filter(pk=rows[index].pk).update(published_at=at)

    date(0, NOON)
    date(1, NOON - timedelta(minutes=5))
    date(2, NOON + timedelta(seconds=1))
    assert [line for line in findings() if "back-dated" in line] == []
    date(2, NOON - timedelta(minutes=5, seconds=1))
    assert [line for line in findings() if "back-dated" in line] == [
        "Entry 2 is back-dated: it comes after 2026-11-20T12:00:00Z in the log."
    ]


def test_a_checkpoint_from_outside_finds_what_was_rewritten_with_rows_and_memory_alike(own_memory, tmp_path):
    publish(3)
    kept = tmp_path / "kept.txt"
    kept.write_text(checkpoints.sign().text)
    assert ledger("verify", "--since", kept).startswith("The public log of 3 entries is whole")
    other = Checkpoint(checkpoints.origin(), 3, bytes(32))
    kept.write_text(sign(other, *checkpoints.signers()))
    assert findings("--since", kept) == [
        "The first 3 entries are not those that the checkpoint of 3 entries from outside was signed for."
    ]
    kept.write_text(sign(Checkpoint(checkpoints.origin(), 4, bytes(32)), *checkpoints.signers()))
    assert findings("--since", kept) == [
        "The log was cut: the checkpoint of 4 entries from outside was signed, and 3 are left."
    ]


def test_a_checkpoint_from_outside_counts_when_our_key_signed_it_for_this_log(own_memory, tmp_path):
    publish(3)
    signed = checkpoints.sign()
    kept = tmp_path / "kept.txt"
    kept.write_text(signed.text.replace("\n3\n", "\n2\n"))
    assert findings("--since", kept) == [
        "A checkpoint from outside is not signed by a known key: "
        "the signature of testserver/corrections does not verify."
    ]
    kept.write_text("nonsense")
    assert findings("--since", kept)[0].startswith("A checkpoint from outside is not signed by a known key: a note is")
    foreign = checkpoints.signers("other.example/corrections")
    kept.write_text(sign(Checkpoint(foreign[0].name, 3, bytes.fromhex(signed.root)), *foreign))
    assert findings("--since", kept) == [
        "A checkpoint from outside is of another log, other.example/corrections, which this one does not follow."
    ]


def test_a_history_of_checkpoints_is_checked_line_by_line(tmp_path):
    publish(2)
    first = checkpoints.sign()
    publish(1)
    second = checkpoints.sign()
    history = tmp_path / "history.jsonl"
    history.write_text("".join(json.dumps({"size": row.size, "note": row.text}) + "\n" for row in (first, second)))
    assert ledger("verify", "--since", history).startswith("The public log of 3 entries is whole")
    history.write_text(history.read_text().replace(first.text.splitlines()[2], second.text.splitlines()[2]))
    assert len(findings("--since", history)) == 1


def test_what_was_withdrawn_and_is_shown_as_in_force_is_found(allow_tampering):
    [correction] = publish()
    follow(correction, "withdraw")
    Correction.objects.filter(pk=correction.pk).update(status="published")
    assert findings() == [f"{correction.reference} is published, and the log says withdrawn."]


def test_a_checkpoint_of_nothing_and_one_between_two_of_ours_count_too(tmp_path):
    rows = publish(3)
    checkpoints.sign()
    first = bytes.fromhex(rows[0].ledger_entry.leaf_hash)
    kept = tmp_path / "kept.txt"
    for size, root in ((0, merkle.EMPTY_ROOT), (1, first)):
        kept.write_text(sign(Checkpoint(checkpoints.origin(), size, root), *checkpoints.signers()))
        assert ledger("verify", "--since", kept).startswith("The public log of 3 entries is whole")
        kept.write_text(sign(Checkpoint(checkpoints.origin(), size, bytes(32)), *checkpoints.signers()))
        assert findings("--since", kept) == [
            f"The first {size} entries are not those that the checkpoint of {size} entries from outside was signed for."
        ]


def test_after_a_checkpoint_that_nobody_signed_the_others_are_looked_at_all_the_same(allow_tampering):
    publish()
    LedgerCheckpoint.objects.filter(pk=checkpoints.sign().pk).update(text="nonsense")
    publish()
    LedgerCheckpoint.objects.filter(pk=checkpoints.sign().pk).update(root="0" * 64)
    first, second = findings()
    assert first.startswith("The checkpoint of 1 entries is not signed by a known key")
    assert second == "The checkpoint of 2 entries is stored under another size or root than it states."


def test_a_leaf_of_a_type_that_changes_no_status_fits():
    [correction] = publish()
    with transaction.atomic():
        log.append("suppressed", correction, now=NOON, opening=False)
    assert ledger("verify").startswith("The public log of 2 entries is whole")
