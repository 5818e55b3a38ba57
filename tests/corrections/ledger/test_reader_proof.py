"""The proof of one entry in a file, read by the program that readers download."""

import base64
import json
from contextlib import suppress

import pytest

from corrections.ledger import merkle
from corrections.ledger.verify_corrections import Wrong, main, root_from, verify_proof
from tests.corrections.ledger.logs import VKEY, make_log

LOG = make_log(13, seed=5)


def proof_file(place, size=13, log=LOG, **over):
    """What the page of a notice offers, with parts of it replaced."""
    path = merkle.inclusion_proof(log.hashes()[:size], place, size)
    part = {
        "first": "c2sp.org/tlog-proof@v1",
        "extra": "extra " + base64.b64encode(json.dumps(log.leaves[place]).encode()).decode(),
        "index": f"index {place}",
        "path": [base64.b64encode(step).decode() for step in path],
        "checkpoint": log.checkpoint(size),
        **over,
    }
    return "\n".join([part["first"], part["extra"], part["index"], *part["path"], "", part["checkpoint"]])


@pytest.mark.parametrize("size", range(1, 14))
def test_every_entry_of_every_tree_is_proven_and_no_other_place_is(size):
    hashes = LOG.hashes()[:size]
    for index in range(size):
        path = merkle.inclusion_proof(hashes, index, size)
        assert root_from(index, size, hashes[index], path) == merkle.root(hashes)
        for other in set(range(size)) - {index}:
            with suppress(Wrong):  # another place may ask for more hashes, or fewer
                assert root_from(other, size, hashes[index], path) != merkle.root(hashes)


def test_a_proof_and_its_notice_fit_together():
    said = verify_proof([VKEY], proof_file(4), json.dumps(LOG.notice(4)))
    assert said == [
        "Entry 4 is in the log of 13 entries that desk.example/corrections signed.",
        "The notice is entry 4, dated 2026-11-20T09:20:00Z, and says what was committed to then. "
        "Whether it was replaced or withdrawn, only the whole log shows.",
    ]
    assert verify_proof([VKEY], proof_file(0, size=1)) == [
        "Entry 0 is in the log of 1 entries that desk.example/corrections signed."
    ]


LEAF = base64.b64encode(json.dumps(LOG.leaves[5]).encode()).decode()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"first": "c2sp.org/tlog-proof@v2"}, "The proof is not one of this log's."),
        ({"extra": "index 4"}, "The proof is not one of this log's."),
        ({"index": "index 04"}, "The proof is not one of this log's."),
        ({"index": "index 13"}, "The checkpoint in the proof does not cover the entry."),
        ({"index": "index 5"}, "The entry is not in the log that the checkpoint was signed for."),
        ({"extra": f"extra {LEAF}"}, "The entry is not in the log that the checkpoint was signed for."),
        ({"extra": "extra !"}, "The leaf in the proof is damaged."),
        ({"extra": "extra /w=="}, "The leaf in the proof is damaged."),
        ({"extra": "extra e30="}, "The leaf in the proof lacks a part."),
        ({"path": []}, "The proof has too few hashes."),
        ({"path": [base64.b64encode(bytes(32)).decode()] * 9}, "The proof has too many hashes."),
        ({"path": ["AAAA"]}, "The proof is damaged."),
        ({"checkpoint": make_log(13, seed=6).checkpoint()}, "The entry is not in the log that the checkpoint was"),
    ],
)
def test_a_proof_that_was_tampered_with_is_refused(over, sentence):
    with pytest.raises(Wrong, match=sentence.replace(".", r"\.")):
        verify_proof([VKEY], proof_file(4, **over))


def test_words_that_were_changed_and_another_entrys_notice_are_refused():
    changed = LOG.notice(4) | {"text": "Something else."}
    with pytest.raises(Wrong, match="The notice shows another text than the one in the log"):
        verify_proof([VKEY], proof_file(4), json.dumps(changed))
    with pytest.raises(Wrong, match="The notice is not in the part of the log that was proven"):
        verify_proof([VKEY], proof_file(4), json.dumps(LOG.notice(5)))


def test_the_program_takes_a_proof_or_the_whole_log_and_never_half_of_each(tmp_path, capsys):
    proof, notice = tmp_path / "C.tlog-proof", tmp_path / "C.json"
    proof.write_text(proof_file(4))
    notice.write_text(json.dumps(LOG.notice(4)))
    assert main(["--key", VKEY, "--proof", str(proof), "--notice", str(notice)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "OK: everything fits together."
    for arguments in (
        [],
        ["--checkpoint", "a"],
        ["--proof", "a", "--checkpoint", "a", "--entries", "b"],
        ["--proof", "a", "--old", "b"],
        ["--proof", "a", "--notices", "b"],
        ["--consistency", "a", "--checkpoint", "b"],
        ["--consistency", "a", "--old", "b"],
        ["--consistency", "a", "--checkpoint", "b", "--old", "c", "--old", "d"],
        ["--consistency", "a", "--checkpoint", "b", "--old", "c", "--notice", "d"],
    ):
        with pytest.raises(SystemExit):
            main(["--key", VKEY, *arguments])
