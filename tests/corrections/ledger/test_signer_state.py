import base64
import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corrections.ledger import merkle, verify_corrections
from corrections.ledger.checkpoint import (
    Checkpoint,
    NoteError,
    Signer,
    open_checkpoint,
    parse,
    sign,
    split_note,
)
from corrections.ledger.signer_state import InconsistentLog, MemoryLost, PreviousLog, SignerState
from tests.corrections.ledger.logs import ORIGIN, SIGNER, VKEY, make_log

KEYS = [SIGNER.verifier_key]
LOG = make_log(12)
HASHES = LOG.hashes()
OTHER = [merkle.leaf_hash(b"rewritten"), *HASHES[1:]]
NEW = Signer("desk.example/corrections-2", bytes([7] * 32))


@pytest.fixture
def state(tmp_path):
    return SignerState(tmp_path / "signer" / "last") if (tmp_path / "signer").mkdir() is None else None


def sign_leaves(state, hashes, *signers, **more):
    """Sign the tree of these leaf hashes, in the log that the signers are named after."""
    return state.sign_next(
        origin=signers[0].name,
        size=len(hashes),
        root=merkle.root(hashes),
        prove=lambda old, new: merkle.consistency_proof(hashes, old, new),
        signers=signers,
        **more,
    )


def start_new_log(state, hashes, *signers, kept=0):
    return state.start_new_log(size=len(hashes), root=merkle.root(hashes), kept=kept, signers=signers)


def signed(state, size, **more):
    return sign_leaves(state, HASHES[:size], SIGNER, **more)


def test_the_first_checkpoint_is_signed_and_remembered_for_the_owner_only(state):
    note = signed(state, 3)
    assert open_checkpoint(note, KEYS) == Checkpoint(ORIGIN, 3, merkle.root(HASHES[:3]))
    assert state.last_note() == note
    assert state.last() == parse(split_note(note)[0])
    for path in (state.path, state.path.with_name("last.lock")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_tree_that_grew_is_signed(state):
    sizes = [open_checkpoint(signed(state, size), KEYS).size for size in (0, 1, 2, 5, 12)]
    assert sizes == [0, 1, 2, 5, 12]


def test_an_unchanged_tree_gets_the_very_same_note(state):
    assert signed(state, 5) == signed(state, 5)


def test_an_unchanged_tree_is_signed_anew_by_a_new_key(state):
    signed(state, 5)
    rotated = Signer(ORIGIN, bytes([9] * 32))
    note = sign_leaves(state, HASHES[:5], rotated)
    assert open_checkpoint(note, [rotated.verifier_key]).size == 5


@pytest.mark.parametrize("hashes", [HASHES[:4], OTHER[:5], OTHER[:6], HASHES[1:], []])
def test_a_tree_that_is_no_extension_is_refused_and_the_memory_stays(state, hashes):
    note = signed(state, 5)
    with pytest.raises(InconsistentLog):
        sign_leaves(state, hashes, SIGNER)
    assert state.last_note() == note


def test_a_false_proof_is_refused(state):
    signed(state, 5)
    with pytest.raises(InconsistentLog, match="does not extend"):
        state.sign_next(
            origin=ORIGIN,
            size=6,
            root=merkle.root(OTHER[:6]),
            prove=lambda old, new: merkle.consistency_proof(HASHES, old, new),
            signers=[SIGNER],
        )


def test_the_proof_is_asked_for_from_the_last_size_to_the_new(state):
    signed(state, 5)
    asked = []

    def prove(old, new):
        asked.append((old, new))
        return merkle.consistency_proof(HASHES, old, new)

    for size in (5, 8):
        state.sign_next(origin=ORIGIN, size=size, root=merkle.root(HASHES[:size]), prove=prove, signers=[SIGNER])
    assert asked == [(5, 8)]


def test_another_log_is_refused(state):
    signed(state, 5)
    with pytest.raises(InconsistentLog, match="remembers the log"):
        sign_leaves(state, HASHES[:6], NEW)


def test_a_missing_memory_is_a_first_start_only_when_nothing_was_published(state):
    with pytest.raises(MemoryLost):
        signed(state, 5, published=True)
    assert state.last_note() is None
    signed(state, 5)
    assert open_checkpoint(signed(state, 6, published=True), KEYS).size == 6


@pytest.mark.parametrize("damage", [b"", b"\xff", b"desk.example/corrections\n5\n"])
def test_a_damaged_memory_stops_the_signer(state, damage):
    signed(state, 5)
    state.path.write_bytes(damage)
    with pytest.raises(MemoryLost):
        signed(state, 6)
    assert state.path.read_bytes() == damage


def test_after_a_restore_the_leaves_brought_back_are_adopted_and_signing_goes_on(state):
    signed(state, 8)
    with pytest.raises(InconsistentLog):
        signed(state, 6)
    assert state.adopt(hashes=HASHES[:9], verifier_keys=KEYS).size == 8
    assert open_checkpoint(signed(state, 9), KEYS).size == 9


@pytest.mark.parametrize(("hashes", "words"), [(HASHES[:6], "6 leaves"), (OTHER, "first 8 leaves")])
def test_leaves_that_are_not_those_signed_are_not_adopted(state, hashes, words):
    note = signed(state, 8)
    with pytest.raises(InconsistentLog, match=words):
        state.adopt(hashes=hashes, verifier_keys=KEYS)
    assert state.last_note() == note


@pytest.mark.parametrize("damage", [None, b"\xff"])
def test_a_lost_memory_is_rebuilt_from_published_checkpoints(state, damage):
    if damage is not None:
        state.path.write_bytes(damage)
    published = [LOG.checkpoint(size) for size in (3, 9, 6)]
    assert state.adopt(hashes=HASHES, verifier_keys=KEYS, published=published).size == 9
    assert state.last_note() == published[1]
    with pytest.raises(InconsistentLog):
        signed(state, 8)


def test_adopting_needs_something_earlier_that_a_known_key_signed(state):
    with pytest.raises(InconsistentLog, match="no earlier checkpoint"):
        state.adopt(hashes=HASHES, verifier_keys=KEYS)
    with pytest.raises(NoteError):
        state.adopt(hashes=HASHES, verifier_keys=[NEW.verifier_key], published=[LOG.checkpoint(3)])
    foreign = sign(Checkpoint(NEW.name, 3, merkle.root(HASHES[:3])), NEW)
    with pytest.raises(InconsistentLog, match="different logs"):
        state.adopt(
            hashes=HASHES,
            verifier_keys=[NEW.verifier_key, *KEYS],
            published=[LOG.checkpoint(3), foreign],
        )


def test_a_published_checkpoint_that_disagrees_with_the_memory_is_not_hidden_by_it(state):
    signed(state, 5)
    fork = sign(Checkpoint(ORIGIN, 3, merkle.root(OTHER[:3])), SIGNER)
    with pytest.raises(InconsistentLog, match="first 3 leaves"):
        state.adopt(hashes=HASHES, verifier_keys=KEYS, published=[fork])


def test_a_new_log_names_the_last_checkpoint_of_the_old_and_what_it_kept_of_it(state):
    last = open_checkpoint(signed(state, 8), KEYS)
    first = open_checkpoint(start_new_log(state, HASHES[:6], NEW, kept=5), [NEW.verifier_key])
    root = base64.b64encode(last.root).decode()
    digest = base64.b64encode(hashlib.sha256(last.body().encode()).digest()).decode()
    lines = (f"previous-log {ORIGIN} 8 {root} {digest}", "previous-log-kept 5")
    assert first == Checkpoint(NEW.name, 6, merkle.root(HASHES[:6]), lines)
    assert PreviousLog.all_named_in(first) == [PreviousLog.of(last, kept=5)]
    assert PreviousLog.all_named_in(last) == []


def test_a_new_log_keeps_no_more_than_there_was_and_one_that_says_nothing_lost_nothing(state):
    last = open_checkpoint(signed(state, 8), KEYS)
    previous = PreviousLog.of(last, kept=9)
    assert (previous.kept, previous.lines()[1]) == (8, "previous-log-kept 8")
    silent = Checkpoint(NEW.name, 6, merkle.root(HASHES[:6]), previous.lines()[:1])
    assert PreviousLog.all_named_in(silent) == [previous]


def test_each_key_of_the_ring_signs_and_another_ring_signs_the_same_head_anew(state):
    second = Signer(ORIGIN, bytes([9] * 32))
    both = sign_leaves(state, HASHES[:5], second, SIGNER)
    for key in (SIGNER.verifier_key, second.verifier_key):
        assert open_checkpoint(both, [key]).size == 5
    assert sign_leaves(state, HASHES[:5], second, SIGNER) == both == state.last_note()
    alone = sign_leaves(state, HASHES[:5], second)
    assert state.last_note() == alone
    with pytest.raises(NoteError):
        open_checkpoint(alone, KEYS)


def test_the_new_log_goes_on_and_the_old_is_closed_for_ever(state):
    signed(state, 8)
    first = start_new_log(state, HASHES[:6], NEW)
    assert sign_leaves(state, HASHES[:6], NEW) == first
    lines = parse(split_note(first)[0]).extensions
    assert open_checkpoint(sign_leaves(state, HASHES[:7], NEW), [NEW.verifier_key]) == Checkpoint(
        NEW.name, 7, merkle.root(HASHES[:7]), lines
    )
    for attempt in (
        lambda: signed(state, 9),
        lambda: start_new_log(state, HASHES, SIGNER),
        lambda: state.adopt(hashes=HASHES, verifier_keys=KEYS, published=[LOG.checkpoint(8)]),
    ):
        with pytest.raises(InconsistentLog):
            attempt()
    state.path.unlink()
    with pytest.raises(InconsistentLog, match="closed"):
        signed(state, 9)
    with pytest.raises(InconsistentLog, match="closed"):
        state.adopt(hashes=HASHES, verifier_keys=KEYS, published=[LOG.checkpoint(8)])


def test_what_is_remembered_is_on_the_disk_the_file_first_and_then_its_name(state, monkeypatch):
    synced = []

    def sync(descriptor, real=os.fsync):
        found = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(found.st_mode), found.st_size, state.path.exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    note = signed(state, 3)
    (file, directory) = synced
    assert file == (False, len(note.encode()), False)
    assert (directory[0], directory[2]) == (True, True)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this machine does not tell which files a process holds")
def test_no_file_is_held_after_signing(state):
    signed(state, 1)
    before = len(list(Path("/dev/fd").iterdir()))
    for size in range(2, 8):
        signed(state, size)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_of_two_notes_of_the_same_size_the_signers_own_is_kept(state):
    own = signed(state, 5)
    second = Signer(ORIGIN, bytes([9] * 32))
    published = sign(Checkpoint(ORIGIN, 5, merkle.root(HASHES[:5])), second)
    assert state.adopt(hashes=HASHES, verifier_keys=[second.verifier_key], published=[published]).size == 5
    assert state.last_note() == own


def test_a_new_log_needs_an_old_one_and_a_new_name(state):
    with pytest.raises(MemoryLost):
        start_new_log(state, HASHES, NEW)
    signed(state, 3)
    with pytest.raises(InconsistentLog, match="new origin"):
        start_new_log(state, HASHES, SIGNER)


@pytest.mark.parametrize("line", ["previous-log x 1", "previous-log x y z w", "previous-log x 1 AA== AA=="])
def test_a_damaged_previous_log_line_is_refused(line):
    with pytest.raises(NoteError):
        PreviousLog.all_named_in(Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT, ("something else", line)))


@pytest.mark.parametrize("line", ["previous-log-kept", "previous-log-kept 1 2", "previous-log-kept x"])
def test_a_damaged_number_of_kept_leaves_is_refused(line):
    lines = PreviousLog.of(Checkpoint(ORIGIN, 8, merkle.root(HASHES[:8])), kept=8).lines()
    with pytest.raises(NoteError):
        PreviousLog.all_named_in(Checkpoint(NEW.name, 0, merkle.EMPTY_ROOT, (lines[0], line)))


def test_the_reader_s_file_follows_the_link_from_a_new_log_to_the_old(state):
    old = [signed(state, 4), signed(state, 8)]
    first = start_new_log(state, HASHES[:8], NEW, kept=8)
    note = sign_leaves(state, HASHES, NEW)
    keys = [VKEY, NEW.verifier_key.encode()]
    earlier = [(text, "") for text in [*old, first]]
    assert verify_corrections.verify(keys, note, [LOG.entries()], earlier)[1:] == [
        "Nothing was changed since the checkpoint of 4 entries.",
        "Nothing was changed since the checkpoint of 8 entries.",
        "Nothing was changed since the checkpoint of 8 entries.",
    ]
    assert len(verify_corrections.verify(keys, note, [LOG.entries()], earlier[:2])) == 3
    silent = sign(Checkpoint(NEW.name, 12, merkle.root(HASHES)), NEW)
    with pytest.raises(verify_corrections.Wrong, match="does not follow"):
        verify_corrections.verify(keys, silent, [LOG.entries()], earlier[:2])
    head = parse(split_note(first)[0])
    chatty = sign(Checkpoint(NEW.name, 8, head.root, ("a word", *head.extensions)), NEW)
    assert len(verify_corrections.verify(keys, silent, [LOG.entries()], [(old[1], ""), (chatty, "")])) == 3
    fork = sign(Checkpoint(ORIGIN, 8, merkle.root(OTHER[:8])), SIGNER)
    with pytest.raises(verify_corrections.Wrong, match="hides a checkpoint of 8"):
        verify_corrections.verify(keys, note, [LOG.entries()], [*earlier, (fork, "")])
    hidden = LOG.checkpoint(9)
    with pytest.raises(verify_corrections.Wrong, match="hides a checkpoint of 9"):
        verify_corrections.verify(keys, note, [LOG.entries()], [*earlier, (hidden, "")])


def test_a_new_log_without_the_lost_entries_does_not_pass_for_the_old(state):
    old = signed(state, 8)
    rewritten = make_log(12)
    rewritten.leaves[5]["kind"] = "clarification"
    keys, tree = [VKEY, NEW.verifier_key.encode()], rewritten.hashes()[:8]
    lines = PreviousLog.of(parse(split_note(old)[0]), kept=8).lines()
    relogged = sign(Checkpoint(NEW.name, 8, merkle.root(tree), lines), NEW)
    with pytest.raises(verify_corrections.Wrong, match="rewritten"):
        verify_corrections.verify(keys, relogged, [rewritten.entries()], [(old, "")])


def test_the_reader_s_file_says_openly_what_a_new_log_declares_to_be_lost(state, tmp_path, capsys):
    old = [signed(state, 4), signed(state, 8)]
    start_new_log(state, OTHER[:5], NEW, kept=4)
    third = Signer("desk.example/corrections-3", bytes([8] * 32))
    note = start_new_log(state, HASHES[:7], third, kept=5)
    keys = [VKEY, NEW.verifier_key.encode(), third.verifier_key.encode()]
    lost = (
        f"LOST: the log says itself that it kept 4 entries of {ORIGIN}; the others, up to the checkpoint of 8, "
        "are gone."
    )
    assert verify_corrections.verify(keys, note, [LOG.entries()], [(old[0], ""), (old[1], "")]) == [
        f"The checkpoint of {third.name} is signed and fits its 7 entries.",
        "Nothing was changed since the checkpoint of 4 entries.",
        lost,
        "5 newer entries are not covered by the checkpoint yet.",
    ]
    for name, text in {"cp": note, "old": old[1], "log": LOG.entries()}.items():
        (tmp_path / name).write_text(text)
    given = [part for key in keys for part in ("--key", key)]
    given += ["--checkpoint", f"{tmp_path / 'cp'}", "--old", f"{tmp_path / 'old'}", "--entries", f"{tmp_path / 'log'}"]
    assert verify_corrections.main(given) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "OK: everything fits together, apart from what the log itself declares to be lost."
    )


def test_a_log_that_followed_two_others_names_both(state):
    first = parse(split_note(signed(state, 8))[0])
    second = parse(split_note(start_new_log(state, HASHES[:6], NEW, kept=5))[0])
    third = Signer("desk.example/corrections-3", bytes([8] * 32))
    last = parse(split_note(start_new_log(state, HASHES[:4], third, kept=3))[0])
    both = [PreviousLog.of(second, kept=3), PreviousLog.of(first, kept=5)]
    assert PreviousLog.all_named_in(last) == both
    assert PreviousLog.all_named_in(parse(split_note(sign_leaves(state, HASHES[:9], third))[0])) == both


CHILD = """
import os, signal, sys
from pathlib import Path
from corrections.ledger.signer_state import SignerState
from tests.corrections.ledger.test_signer_state import HASHES, NEW, SIGNER, sign_leaves, start_new_log

path, when, nth, what = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
replace, count = Path.replace, 0

def die(self, target):
    global count
    count += 1
    if count == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    replace(self, target)
    if count == nth:
        os.kill(os.getpid(), signal.SIGKILL)

Path.replace = die
state = SignerState(path)
if what == "sign":
    sign_leaves(state, HASHES[:8], SIGNER)
else:
    start_new_log(state, HASHES[:4], NEW)
"""


def killed(state, when, nth, what):
    process = subprocess.run(
        [sys.executable, "-c", CHILD, state.path, when, str(nth), what],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("when", "remembered"), [("before", 5), ("after", 8)])
def test_a_signer_killed_around_the_rename_remembers_one_whole_checkpoint_and_goes_on(state, when, remembered):
    signed(state, 5)
    killed(state, when, 1, "sign")
    assert open_checkpoint(state.last_note(), KEYS).size == remembered
    assert open_checkpoint(signed(state, 8), KEYS).size == 8
    with pytest.raises(InconsistentLog):
        signed(state, 7)


@pytest.mark.parametrize(("when", "nth"), [("before", 1), ("after", 1), ("before", 2), ("after", 2)])
def test_a_new_log_killed_half_way_can_be_started_again(state, when, nth):
    signed(state, 8)
    killed(state, when, nth, "start")
    go_on = sign_leaves if (when, nth) == ("after", 2) else start_new_log
    note = go_on(state, HASHES[:4], NEW)
    first = open_checkpoint(note, [NEW.verifier_key])
    assert [log.size for log in PreviousLog.all_named_in(first)] == [8]
    with pytest.raises(InconsistentLog):
        signed(state, 9)


def test_two_signers_at_once_never_sign_a_fork(state):
    notes, refused, gate = [], [], threading.Barrier(8)

    def run(hashes):
        gate.wait()
        try:
            notes.append(sign_leaves(SignerState(state.path), hashes, SIGNER))
        except InconsistentLog:
            refused.append(len(hashes))

    threads = [threading.Thread(target=run, args=([HASHES, OTHER][number % 2][:5],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(notes)) == 1
    assert (len(notes), len(refused)) == (4, 4)
