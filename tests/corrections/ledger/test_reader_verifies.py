"""The file that a reader downloads, alone: honest logs pass, every tampering is found."""

import ast
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from corrections.ledger import commitments, verify_corrections
from corrections.ledger.checkpoint import Signer
from corrections.ledger.verify_corrections import Wrong, main, verify
from tests.corrections.ledger.logs import ORIGIN, SIGNER, START, VKEY, Log, make_log

FILE = Path(verify_corrections.__file__)
# Pure Python checks each signature: fewer on each run.
ROUNDS = 300 if os.environ.get("MASTHEAD_CHAOS") == "1" else 60
# What a reader kept: checkpoints at these sizes of logs of these sizes.
LOGS = [
    (log, sizes, [(log.checkpoint(size), "") for size in sizes])
    for log, sizes in [
        (make_log(9, seed=1), (3, 8)),
        (make_log(20, seed=2), (1, 16, 17)),
        (make_log(33, seed=3), (7, 32)),
    ]
]
THIEF = Signer(ORIGIN, bytes([66] * 32))


def kept_of(log, sizes):
    return [(log.checkpoint(size), "") for size in sizes]


def copy_of(log):
    """A copy in which leaves can be changed."""
    return Log([dict(leaf) for leaf in log.leaves], list(log.openings))


def last_time(log):
    return datetime.fromisoformat(log.leaves[-1]["at"])


def edit(chance, log, covered):
    """One field of a covered leaf is changed; its hash, the tree and the signature are made anew."""
    leaf = log.leaves[chance.randrange(covered)]
    field = chance.choice(["type", "reference", "publication", "kind", "commitment"])
    leaf[field] = chance.randbytes(32).hex() if field == "commitment" else leaf[field] + "x"
    return log.checkpoint(), log.entries()


def edit_in_place(chance, log, covered):
    """The entry is changed under the checkpoint that was signed; its hash is sometimes made anew."""
    checkpoint, place = log.checkpoint(), chance.randrange(covered)
    served = json.loads(log.entries())
    served["entries"][place]["leaf"]["kind"] = "clarification"
    if chance.random() < 0.5:
        fresh = commitments.hash_of_leaf(served["entries"][place]["leaf"]).hex()
        served["entries"][place]["leaf_hash"] = fresh
    return checkpoint, json.dumps(served)


def delete(chance, log, covered):
    del log.leaves[chance.randrange(covered)]
    for _ in range(chance.randrange(3)):
        log.append(chance, last_time(log) + timedelta(minutes=1), "one more")
    return log.checkpoint(), log.entries()


def cut_tail(chance, log, covered):
    del log.leaves[chance.randrange(covered) :]
    return log.checkpoint(), log.entries()


def cut_served_tail(chance, log, covered):
    return log.checkpoint(), log.entries(0, chance.randrange(covered))


def rewrite_all(chance, log, covered):
    """Every commitment from some place on is made anew, as if the log had always been so."""
    for leaf in log.leaves[chance.randrange(covered) :]:
        leaf["commitment"] = chance.randbytes(32).hex()
    return log.checkpoint(), log.entries()


def reorder(chance, log, covered):
    one = chance.randrange(covered)
    other = chance.choice([place for place in range(len(log.leaves)) if place != one])
    log.leaves[one], log.leaves[other] = log.leaves[other], log.leaves[one]
    if chance.random() < 0.5:
        # Dates are kept in order, so that the tree alone gives it away.
        log.leaves[one]["at"], log.leaves[other]["at"] = log.leaves[other]["at"], log.leaves[one]["at"]
    return log.checkpoint(), log.entries()


def back_date_old(chance, log, covered):
    leaf = log.leaves[chance.randrange(covered)]
    earlier = datetime.fromisoformat(leaf["at"]) - timedelta(seconds=chance.randrange(1, 10**6))
    leaf["at"] = commitments.timestamp(earlier)
    return log.checkpoint(), log.entries()


def back_date_new(chance, log, covered):
    """A new entry, properly signed, is dated before the entries that were there first."""
    log.append(chance, last_time(log) - timedelta(seconds=chance.randrange(301, 10**6)), "we said so early")
    log.leaves[-1]["reference"] += "-late"
    return log.checkpoint(), log.entries()


def swap_key(chance, log, covered):
    if chance.random() < 0.5:
        edit(chance, log, covered)
    return log.checkpoint(signer=THIEF), log.entries()


def swap_key_under_the_old_id(chance, log, covered):
    forged = log.checkpoint(signer=THIEF)
    body, line = forged.rsplit("— ", 1)
    raw = bytearray(verify_corrections._base64(line.split(" ")[1].strip(), "line"))
    raw[:4] = SIGNER.verifier_key.key_id
    encoded = verify_corrections.base64.b64encode(raw).decode()
    return f"{body}— {ORIGIN} {encoded}\n", log.entries()


TAMPERINGS = {
    "edit": [edit, edit_in_place],
    "delete": [delete],
    "cut tail": [cut_tail, cut_served_tail],
    "rewrite all": [rewrite_all],
    "reorder": [reorder],
    "back-date": [back_date_old, back_date_new],
    "swap key": [swap_key, swap_key_under_the_old_id],
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_one_of_many_tamperings_is_found(name):
    chance, found = random.Random(name), 0
    for attempt in range(ROUNDS):
        log, sizes, kept = chance.choice(LOGS)
        tamper = TAMPERINGS[name][attempt % len(TAMPERINGS[name])]
        checkpoint, entries = tamper(chance, copy_of(log), max(sizes))
        try:
            verify([VKEY], checkpoint, [entries], kept)
        except Wrong:
            found += 1
    assert found == ROUNDS


def test_an_entry_written_now_cannot_be_dated_into_a_quiet_time_that_a_reader_watched():
    log = make_log(10)
    watched = last_time(log) + timedelta(days=3)
    kept = [(log.checkpoint(), commitments.timestamp(watched))]
    late, honest = copy_of(log), copy_of(log)
    late.append(random.Random(1), watched - timedelta(minutes=6), "we said so three days ago")
    honest.append(random.Random(1), watched - timedelta(minutes=5), "within the slack of clocks")
    assert len(verify([VKEY], honest.checkpoint(), [honest.entries()], kept)) == 2
    assert len(verify([VKEY], late.checkpoint(), [late.entries()], [(kept[0][0], "")])) == 2
    with pytest.raises(Wrong, match="Entry 10 is back-dated"):
        verify([VKEY], late.checkpoint(), [late.entries()], kept)


def test_clocks_may_disagree_by_five_minutes():
    log = make_log(3)
    log.append(random.Random(1), last_time(log) - timedelta(minutes=5), "another machine")
    log.append(random.Random(1), last_time(log) + timedelta(minutes=1), "and again")
    assert len(verify([VKEY], log.checkpoint(), [log.entries()], [])) == 1
    log.append(random.Random(1), START, "too early")
    with pytest.raises(Wrong, match="Entry 5 is back-dated"):
        verify([VKEY], log.checkpoint(), [log.entries()], [])


def test_honest_logs_pass_in_pages_of_any_size_given_in_any_order():
    chance = random.Random(5)
    for _ in range(40):
        log, sizes, kept = chance.choice(LOGS)
        size = len(log.leaves)
        step = chance.randrange(1, size + 1)
        pages = [log.entries(start, start + step) for start in range(0, size, step)]
        chance.shuffle(pages)
        assert verify([VKEY], log.checkpoint(), pages, kept) == [
            f"The checkpoint of {ORIGIN} is signed and fits its {size} entries.",
            *(f"Nothing was changed since the checkpoint of {old} entries." for old in sizes),
        ]


def test_an_empty_log_passes():
    log = make_log(0)
    assert verify([VKEY], log.checkpoint(), [log.entries()], []) == [
        f"The checkpoint of {ORIGIN} is signed and fits its 0 entries."
    ]


def test_entries_newer_than_the_checkpoint_are_named_as_not_covered():
    log = make_log(9)
    assert verify([VKEY], log.checkpoint(7), [log.entries()], [])[1:] == [
        "2 newer entries are not covered by the checkpoint yet."
    ]


def test_a_log_signed_by_a_changed_key_passes_with_both_keys():
    log = make_log(9)
    keys, kept = [VKEY, THIEF.verifier_key.encode()], kept_of(log, [4])
    assert len(verify(keys, log.checkpoint(signer=THIEF), [log.entries()], kept)) == 2


def pages_with(change):
    served = json.loads(make_log(5).entries())
    change(served)
    return [json.dumps(served)]


@pytest.mark.parametrize(
    "pages",
    [
        ["not json"],
        ["[]"],
        ["{}"],
        ['{"entries": [3]}'],
        ["[" * 5000],
        ['{"entries": [], "x": 0.5}'],
        ['{"entries": [], "x": NaN}'],
        ['{"entries": [], "x": 9007199254740992}'],
        ['{"entries": [], "x": "\\ud800"}'],
        ['{"entries": [], "entries": []}'],
        [],
        [make_log(5).entries(), make_log(5, seed=2).entries()],
        [make_log(5).entries(1)],
        [make_log(5).entries(0, 2), make_log(5).entries(3)],
        pages_with(lambda served: served["entries"][2].update(index=True)),
        pages_with(lambda served: served["entries"][2].update(leaf=None)),
        pages_with(lambda served: served["entries"][2]["leaf"].pop("at")),
        pages_with(lambda served: served["entries"][2]["leaf"].update(at=5)),
        pages_with(lambda served: served["entries"][2].pop("leaf_hash")),
        pages_with(lambda served: served["entries"][2].update(leaf_hash="00" * 32)),
    ],
)
def test_damaged_entries_are_refused_in_a_sentence(pages):
    with pytest.raises(Wrong, match=r"\.$"):
        verify([VKEY], make_log(5).checkpoint(), pages, [])


@pytest.mark.parametrize("at", ["2026-11-20 08:00:00Z", "2026-13-20T08:00:00Z", "2026-11-20T08:00:00+00:00", ""])
def test_a_leaf_has_a_time_in_one_form(at):
    log = make_log(2)
    log.leaves[1]["at"] = at
    with pytest.raises(Wrong, match="The time of entry 1 is not of the form"):
        verify([VKEY], log.checkpoint(), [log.entries()], [])


def check_notice(notice, log=None):
    log = log or make_log(6)
    return verify([VKEY], log.checkpoint(5), [log.entries()], [], json.dumps(notice))[-1]


def test_a_notice_that_opens_its_commitment_passes():
    expected = "The notice is entry 3, dated 2026-11-20T09:00:00Z, and says what was committed to then."
    notice = make_log(6).notice(3)
    assert check_notice(notice) == expected
    assert check_notice({**notice, "published_at": "2026-11-20T09:00:00Z"}) == expected


def test_a_notice_is_what_the_log_made_of_it_last():
    log = make_log(2)
    for event, status in (("withdrawn", "withdrawn"), ("reinstated", "published"), ("superseded", "superseded")):
        log.follow("C-000001", event)
        assert check_notice(log.notice(1, status=status), log).endswith("says what was committed to then.")
    for status in ("published", "withdrawn", "suppressed", None):
        with pytest.raises(Wrong, match=f"is shown as {status}, and the log says superseded"):
            check_notice(log.notice(1, status=status), log)


def test_only_a_leaf_that_publishes_stands_for_a_notice():
    log = make_log(2)
    log.follow("C-000001", "withdrawn")
    notice = log.notice(1, status="withdrawn")
    notice["ledger"] = {
        "index": 2,
        "leaf_hash": commitments.hash_of_leaf(log.leaves[2]).hex(),
        "opening": log.openings[2],
    }
    with pytest.raises(Wrong, match="Entry 2 does not publish a notice"):
        check_notice(notice, log)


@pytest.mark.parametrize("part", ["severity", "text", "articles", "supersedes", "kind", "reference"])
def test_a_commitment_to_less_than_a_notice_says_is_refused(part):
    log = make_log(2)
    content = {name: value for name, value in log.openings[1]["content"].items() if name != part}
    log.openings[1] = {"salt": "11" * 32, "content": content}
    log.leaves[1]["commitment"] = commitments.commit(bytes.fromhex("11" * 32), content)
    notice = {**make_log(2).notice(1), "ledger": {"index": 1, "opening": log.openings[1]}}
    notice["ledger"]["leaf_hash"] = commitments.hash_of_leaf(log.leaves[1]).hex()
    with pytest.raises(Wrong, match="Entry 1 is not committed to all that a notice says"):
        check_notice(notice, log)


def test_a_suppressed_notice_is_said_to_be_one():
    notice = make_log(6).notice(3, text=None, original_text="")
    notice["ledger"]["opening"] = None
    assert check_notice(notice) == (
        "The notice is entry 3. Its text and salt were removed: its words cannot be checked."
    )


def changed_notice(path, value):
    notice = json.loads(json.dumps(make_log(6).notice(3)))
    part = notice
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return notice


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (changed_notice(["text"], "We were right."), "another text"),
        (changed_notice(["original_text"], None), "another original_text"),
        (changed_notice(["corrected_text"], "2 million"), "another corrected_text"),
        (changed_notice(["severity"], "high"), "another severity"),
        (changed_notice(["supersedes"], "C-000001"), "replaces another one"),
        (changed_notice(["articles", 0, "reference"], "A-2"), "other articles"),
        (changed_notice(["articles", 0, "revision_before"], 1), "other articles"),
        (changed_notice(["articles"], []), "other articles"),
        (changed_notice(["articles"], [3]), "other articles"),
        (changed_notice(["articles"], None), "other articles"),
        (changed_notice(["published_at"], "2026-11-20T09:00:01Z"), "dated otherwise than entry 3, 2026-11-20T09:00"),
        (changed_notice(["published_at"], None), "dated otherwise"),
        (changed_notice(["status"], "withdrawn"), "is shown as withdrawn, and the log says published"),
        (changed_notice(["kind"], "clarification"), "another kind"),
        (changed_notice(["reference"], "C-000004"), "about another notice"),
        (changed_notice(["ledger", "opening", "content", "text"], "We were right."), "words of the notice"),
        (changed_notice(["ledger", "opening", "salt"], "00" * 32), "words of the notice"),
        (changed_notice(["ledger", "opening", "salt"], "xx"), "shows a text"),
        (changed_notice(["ledger", "opening"], None), "shows a text"),
        (changed_notice(["ledger", "opening"], []), "shows a text"),
        (changed_notice(["ledger", "leaf_hash"], "00" * 32), "another hash"),
        (changed_notice(["ledger", "index"], 2), "another hash"),
        (changed_notice(["ledger", "index"], -1), "not in the part"),
        (changed_notice(["ledger", "index"], 5), "not in the part"),
        (changed_notice(["ledger", "index"], True), "not in the part"),
        (changed_notice(["ledger"], None), "not in the part"),
        (make_log(6).notice(3)["ledger"], "not in the part"),
        ([], "not in the part"),
    ],
)
def test_a_notice_that_does_not_fit_its_entry_is_refused(notice, words):
    with pytest.raises(Wrong, match=words):
        check_notice(notice)


@pytest.fixture
def folder(tmp_path):
    """What a reader has on the disk: the file, and what was served."""
    log = make_log(10)
    shutil.copy(FILE, tmp_path)
    (tmp_path / "cp.txt").write_text(log.checkpoint(), "utf-8")
    (tmp_path / "old.txt").write_text(log.checkpoint(4), "utf-8")
    (tmp_path / "a.json").write_text(log.entries(0, 6), "utf-8")
    (tmp_path / "b.json").write_text(log.entries(6), "utf-8")
    (tmp_path / "notice.json").write_text(json.dumps(log.notice(2)), "utf-8")
    return tmp_path


def run(folder, *arguments):
    """The file started as a reader does, without the project and without any installed package."""
    return subprocess.run(
        [sys.executable, "-I", "-S", FILE.name, "--key", VKEY, "--checkpoint", "cp.txt", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


GIVEN = ["--entries", "a.json", "--entries", "b.json", "--old", "old.txt", "--notice", "notice.json"]


def test_a_reader_runs_the_file_alone_and_reads_plain_sentences(folder):
    done = run(folder, *GIVEN, "--old", "old.txt@2026-11-20T09:00:00Z")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "The checkpoint of desk.example/corrections is signed and fits its 10 entries.",
        "Nothing was changed since the checkpoint of 4 entries.",
        "Nothing was changed since the checkpoint of 4 entries.",
        "The notice is entry 2, dated 2026-11-20T08:40:00Z, and says what was committed to then.",
        "OK: everything fits together.",
    ]


@pytest.mark.parametrize("tamper", [edit, cut_tail, rewrite_all, back_date_new, swap_key])
def test_a_reader_who_runs_the_file_is_told_of_tampering(folder, tamper):
    checkpoint, entries = tamper(random.Random(2), make_log(10), 4)
    (folder / "cp.txt").write_text(checkpoint, "utf-8")
    (folder / "a.json").write_text(entries, "utf-8")
    done = run(folder, "--entries", "a.json", "--old", "old.txt")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("WRONG: ")


def test_a_file_that_is_not_there_or_not_text_is_said_plainly(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    (folder / "binary").write_bytes(b"\xff")
    for name in ("missing.json", "binary"):
        assert main(["--key", VKEY, "--checkpoint", "cp.txt", "--entries", name]) == 1
        assert capsys.readouterr().out.startswith("WRONG: ")
    assert main(["--key", VKEY, "--checkpoint", "cp.txt", *GIVEN]) == 0
    assert capsys.readouterr().out.endswith("OK: everything fits together.\n")


def test_a_checkpoint_saved_with_windows_line_ends_is_still_read(folder):
    text = (folder / "cp.txt").read_text("utf-8")
    (folder / "cp.txt").write_bytes(text.replace("\n", "\r\n").encode())
    assert run(folder, *GIVEN).returncode == 0


def test_the_file_is_short_and_imports_the_standard_library_only():
    source = FILE.read_text("utf-8")
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 620
