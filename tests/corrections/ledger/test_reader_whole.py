"""All notices against the whole log, and two checkpoints against each other, by the program that readers download."""

import json
import random
from datetime import timedelta

import pytest

from corrections.ledger import merkle
from corrections.ledger.checkpoint import Checkpoint, sign
from corrections.ledger.verify_corrections import Wrong, main, verify, verify_consistency
from tests.corrections.ledger.logs import ORIGIN, SIGNER, START, VKEY, make_log

LOG = make_log(13, seed=5)


def replaced_log():
    """Four notices; the last one replaces the second."""
    log = make_log(3)
    log.append(random.Random(9), START + timedelta(hours=2), "Both figures were wrong.", supersedes="C-000001")
    log.follow("C-000001", "superseded")
    return log


def notices_of(log):
    """Every notice as served."""
    return {
        "C-000000": log.notice(0),
        "C-000001": log.notice(1, status="superseded", superseded_by="C-000003"),
        "C-000002": log.notice(2),
        "C-000003": log.notice(3),
    }


def check(notices, log=None, covered=None, **more):
    log = log or replaced_log()
    page = json.dumps({"results": list(notices.values()), "next": None})
    return verify([VKEY], log.checkpoint(covered), [log.entries()], [], notices=[page], **more)[-1]


def removed(notice):
    """What is shown of a notice whose words an order took away."""
    return {
        "reference": notice["reference"],
        "status": "suppressed",
        "ledger": {**notice["ledger"], "opening": None},
    }


def test_all_notices_are_in_the_log_and_all_of_the_log_are_there():
    notices = notices_of(replaced_log())
    assert check(notices) == "The 4 notices are those of the log, and each says what was committed to."
    notices["C-000001"] = removed(notices["C-000001"])
    notices["C-000003"]["supersedes"] = None
    assert check(notices) == (
        "The 4 notices are those of the log, and each says what was committed to. "
        "The words of 1 were removed and cannot be checked: C-000001."
    )


def test_notices_come_in_pages_and_one_may_come_twice_but_not_in_two_forms():
    log, rows = replaced_log(), list(notices_of(replaced_log()).values())
    pages = [json.dumps({"results": part}) for part in (rows[:2], rows[1:], [])]
    assert verify([VKEY], log.checkpoint(), [log.entries()], [], notices=pages)[-1].startswith("The 4 notices are")
    pages.append(json.dumps({"results": [{**rows[2], "reader_reported": True}]}))
    with pytest.raises(Wrong, match="The notice C-000002 is given twice and differs"):
        verify([VKEY], log.checkpoint(), [log.entries()], [], notices=pages)


@pytest.mark.parametrize("page", ["[]", "{}", '{"results": 3}', '{"results": [3]}', '{"results": [{"text": ""}]}'])
def test_notices_in_another_form_are_refused(page):
    log = make_log(1)
    with pytest.raises(Wrong, match="The notices are not in the form the newsroom serves"):
        verify([VKEY], log.checkpoint(), [log.entries()], [], notices=[page])


def test_a_notice_that_was_left_out_is_found_unless_the_reader_knows_why():
    notices = notices_of(replaced_log())
    del notices["C-000002"]
    with pytest.raises(Wrong, match="Entry 2 published C-000002, which is not among the notices given"):
        check(notices)
    assert check(notices, gone=["C-000002"]).startswith("The 3 notices are those of the log")


def test_a_notice_published_after_the_checkpoint_is_not_missed():
    log = make_log(3)
    assert check({"one": log.notice(0), "two": log.notice(1)}, log, covered=2).startswith("The 2 notices are")
    with pytest.raises(Wrong, match="C-000002: The notice is not in the part of the log that was proven"):
        check({index: log.notice(index) for index in range(3)}, log, covered=2)


@pytest.mark.parametrize(
    ("name", "over", "words"),
    [
        ("C-000000", {"text": "We were right."}, "C-000000: The notice shows another text"),
        ("C-000000", {"status": "withdrawn"}, "C-000000: The notice is shown as withdrawn, and the log says published"),
        ("C-000001", {"status": "published"}, "C-000001: The notice is shown as published, and the log says supersed"),
        ("C-000001", {"superseded_by": "C-000002"}, "C-000001 is said to be replaced by C-000002, and the log knows"),
        ("C-000001", {"superseded_by": "C-9"}, "C-000001 is said to be replaced by C-9, and the log knows nothing"),
        ("C-000003", {"supersedes": "C-000002"}, "C-000003: The notice says that it replaces another one"),
        ("C-000003", {"supersedes": None}, "C-000003 does not say that it replaces C-000001"),
    ],
)
def test_a_notice_that_says_other_than_the_log_is_named(name, over, words):
    notices = notices_of(replaced_log())
    notices[name] |= over
    with pytest.raises(Wrong, match=words):
        check(notices)


def test_a_file_of_entries_may_bring_its_checkpoint_along(tmp_path, capsys):
    log = replaced_log()
    whole = {**json.loads(log.entries()), "checkpoint": log.checkpoint()}
    (tmp_path / "log.json").write_text(json.dumps(whole))
    (tmp_path / "notices.json").write_text(json.dumps({"results": list(notices_of(log).values())}))
    given = ["--key", VKEY, "--entries", f"{tmp_path / 'log.json'}", "--notices", f"{tmp_path / 'notices.json'}"]
    assert main(given) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"The checkpoint of {ORIGIN} is signed and fits its 5 entries.",
        "The 4 notices are those of the log, and each says what was committed to.",
        "OK: everything fits together.",
    ]
    (tmp_path / "log.json").write_text(json.dumps({**whole, "checkpoint": 3}))
    assert main(given) == 1
    assert capsys.readouterr().out == "WRONG: The checkpoint is not a signed note.\n"


def proof(old, new, log=LOG, **over):
    hashes = merkle.consistency_proof(log.hashes(), old, new)
    return json.dumps({"from": old, "to": new, "hashes": [step.hex() for step in hashes], **over})


def test_any_two_checkpoints_of_one_log_are_proven_to_be_one_log():
    for new in range(14):
        for old in range(new + 1):
            said = verify_consistency([VKEY], LOG.checkpoint(new), LOG.checkpoint(old), proof(old, new))
            assert said == [
                f"Both checkpoints of {ORIGIN} are signed.",
                f"The {old} entries of the older checkpoint are the first of the {new} of the newer.",
            ]


def test_two_checkpoints_of_different_trees_are_never_proven_to_be_one_log():
    other = make_log(13, seed=6)
    for new in range(1, 14):
        for old in range(1, new + 1):
            for proven in (proof(old, new), proof(old, new, other)):
                with pytest.raises(Wrong, match=r"rewritten log|do not fit together"):
                    verify_consistency([VKEY], other.checkpoint(new), LOG.checkpoint(old), proven)


def test_an_older_checkpoint_of_no_entries_has_the_root_of_an_empty_tree():
    odd = sign(Checkpoint(ORIGIN, 0, bytes(32)), SIGNER)
    with pytest.raises(Wrong, match="do not fit together"):
        verify_consistency([VKEY], LOG.checkpoint(3), odd, proof(0, 3))


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"from": 4}, "The proof is not the one from 5 to 13 entries"),
        ({"to": 12}, "The proof is not the one from 5 to 13 entries"),
        ({"hashes": None}, "The proof is not in the form the newsroom serves"),
        ({"hashes": ["xx"]}, "The proof is not in the form the newsroom serves"),
        ({"hashes": [3]}, "The proof is not in the form the newsroom serves"),
        ({"hashes": []}, "rewritten log"),
        ({"hashes": ["00" * 32] * 9}, "The proof has too many hashes"),
    ],
)
def test_a_damaged_proof_is_refused(over, words):
    with pytest.raises(Wrong, match=words):
        verify_consistency([VKEY], LOG.checkpoint(), LOG.checkpoint(5), proof(5, 13, **over))
    with pytest.raises(Wrong, match="not in the form"):
        verify_consistency([VKEY], LOG.checkpoint(), LOG.checkpoint(5), "[]")


def test_a_checkpoint_of_a_longer_log_is_said_to_be_cut():
    with pytest.raises(Wrong, match="The log was cut: it had 13 entries and is now said to have 5"):
        verify_consistency([VKEY], LOG.checkpoint(5), LOG.checkpoint(13), proof(5, 13))


def test_a_reader_checks_two_checkpoints_with_three_files(tmp_path, capsys):
    for name, text in {"new": LOG.checkpoint(), "old": LOG.checkpoint(5), "proof": proof(5, 13)}.items():
        (tmp_path / name).write_text(text, "utf-8")
    given = ["--checkpoint", f"{tmp_path / 'new'}", "--old", f"{tmp_path / 'old'}"]
    assert main(["--key", VKEY, *given, "--consistency", f"{tmp_path / 'proof'}"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "OK: everything fits together."
