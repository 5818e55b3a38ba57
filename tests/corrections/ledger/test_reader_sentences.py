"""Each refusal of the program that readers download names the file it is about, and what is wrong with it."""

import base64
import json
import re
from datetime import timedelta

import pytest

from corrections.ledger import merkle
from corrections.ledger.verify_corrections import (
    Checkpoint,
    Wrong,
    check_consistency,
    check_notices,
    main,
    verify,
    verify_consistency,
    verify_proof,
)
from tests.corrections.ledger.logs import START, VKEY, make_log

LOG, OTHER = make_log(5, seed=5), make_log(5, seed=6)


def run(checkpoint=None, pages=None, old=(), notice=None, notices=None):
    return verify([VKEY], checkpoint or LOG.checkpoint(), pages or [LOG.entries()], list(old), notice, notices=notices)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"pages": ["{"]}, "The file of entries cannot be read as JSON ("),
        ({"checkpoint": "nothing"}, "The checkpoint is not a signed note."),
        ({"old": [("nothing", "")]}, "The older checkpoint is not a signed note."),
        ({"old": [(LOG.checkpoint(3), "yesterday")]}, "The time of --old is not of the form 2026-11-20T08:00:00Z."),
        ({"notice": "{"}, "The notice cannot be read as JSON ("),
        ({"notices": ["{"]}, "The file of notices cannot be read as JSON ("),
        ({"pages": [OTHER.entries()]}, "The entries are not those that the checkpoint was signed for."),
        ({"old": [(OTHER.checkpoint(3), "")]}, "The first 3 entries differ from an older checkpoint: a rewritten log."),
    ],
)
def test_a_wrong_file_is_called_by_its_name(given, sentence):
    with pytest.raises(Wrong, match="^" + re.escape(sentence)):
        run(**given)


def test_an_older_checkpoint_without_a_date_dates_nothing():
    late = (START + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert run(old=[(LOG.checkpoint(3), "")])[-1] == "Nothing was changed since the checkpoint of 3 entries."
    with pytest.raises(Wrong, match=r"^Entry 3 is back-dated: "):
        run(old=[(LOG.checkpoint(3), late)])


def test_removed_notices_are_told_one_by_one():
    rows = [json.loads(json.dumps(LOG.notice(index))) for index in range(5)]
    for row in rows[:2]:
        row |= {"text": "", "original_text": "", "corrected_text": ""}
        row["ledger"]["opening"] = None
    entries = json.loads(LOG.entries())["entries"]
    assert check_notices(rows, entries, 5, set()).endswith(
        " The words of 2 were removed and cannot be checked: C-000000, C-000001."
    )


def proof_with(extra="", index="index 2", checkpoint=None):
    path = [base64.b64encode(step).decode() for step in merkle.inclusion_proof(LOG.hashes(), 2, 5)]
    leaf = base64.b64encode(json.dumps(LOG.leaves[2]).encode()).decode()
    lines = ["c2sp.org/tlog-proof@v1", extra or f"extra {leaf}", index, *path, "", checkpoint or LOG.checkpoint()]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("proof", "notice", "sentence"),
    [
        ("c2sp.org/tlog-proof@v1\nextra e30=", None, "The proof is not one of this log's."),
        (proof_with(checkpoint="nothing"), None, "The checkpoint in the proof is not a signed note."),
        (proof_with(extra="extra !"), None, "The leaf in the proof is damaged."),
        (proof_with(extra="extra ew=="), None, "The leaf in the proof cannot be read as JSON ("),
        (proof_with(), "{", "The notice cannot be read as JSON ("),
    ],
)
def test_a_wrong_part_of_a_proof_is_called_by_its_name(proof, notice, sentence):
    with pytest.raises(Wrong, match="^" + re.escape(sentence)):
        verify_proof([VKEY], proof, notice)


@pytest.mark.parametrize(
    ("new", "old", "proof", "sentence"),
    [
        ("nothing", LOG.checkpoint(3), "{}", "The checkpoint is not a signed note."),
        (LOG.checkpoint(), "nothing", "{}", "The older checkpoint is not a signed note."),
        (LOG.checkpoint(), LOG.checkpoint(3), "{", "The proof cannot be read as JSON ("),
    ],
)
def test_a_wrong_part_of_a_comparison_is_called_by_its_name(new, old, proof, sentence):
    with pytest.raises(Wrong, match="^" + re.escape(sentence)):
        verify_consistency([VKEY], new, old, proof)


def empty(root):
    return Checkpoint("desk.example/corrections", 0, root, (), "")


def test_an_empty_log_is_the_beginning_of_every_log_and_of_itself_only_with_the_same_root():
    nothing = merkle.root([])
    check_consistency(empty(nothing), empty(nothing), [])
    with pytest.raises(Wrong, match="do not fit together"):
        check_consistency(empty(nothing), empty(bytes(32)), [])
    with pytest.raises(Wrong, match="a rewritten log"):
        check_consistency(empty(nothing)._replace(size=3), empty(nothing)._replace(size=5), [])


@pytest.mark.parametrize(
    ("arguments", "last_words"),
    [
        ([], "the following arguments are required: --key"),
        (["--key", "k"], "give --entries, or --proof, or --consistency"),
        (["--key", "k", "--proof", "a", "--gone", "C-1"], "--proof goes with --notice alone"),
        (["--key", "k", "--consistency", "a"], "--consistency goes with --checkpoint and one --old"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused_in_words(arguments, last_words, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert capsys.readouterr().err.endswith(f"error: {last_words}\n")


def test_the_help_says_what_the_program_does(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "\n\nCheck the public log of corrections, offline.\n\n" in capsys.readouterr().out


def test_a_reader_names_on_the_command_line_what_an_order_forbids_to_name(tmp_path, capsys):
    rows = [LOG.notice(index) for index in range(5) if index != 2]
    for name, text in {"log": LOG.entries(), "c": LOG.checkpoint(), "n": json.dumps({"results": rows})}.items():
        (tmp_path / name).write_text(text, "utf-8")
    given = ["--key", VKEY, "--checkpoint", f"{tmp_path / 'c'}", "--entries", f"{tmp_path / 'log'}"]
    given += ["--notices", f"{tmp_path / 'n'}", "--old", f"{tmp_path / 'c'}"]
    assert main(given) == 1
    assert main([*given, "--gone", "C-000002"]) == 0
    assert "The 4 notices are those of the log" in capsys.readouterr().out
