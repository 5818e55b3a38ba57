import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrections.ledger import verify_corrections
from corrections.ledger.checkpoint import (
    Checkpoint,
    NoteError,
    Signer,
    UnverifiedNote,
    VerifierKey,
    open_checkpoint,
    open_note,
    parse,
    sign,
    sign_note,
    split_note,
)
from tests.corrections.ledger.logs import ORIGIN, SIGNER, VKEY

# The example of the reference implementation, golang.org/x/mod/sumdb/note.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))
HEAD = Checkpoint(ORIGIN, 7, ROOT)
NOTE = sign(HEAD, SIGNER)
KEYS = [SIGNER.verifier_key]


def test_a_note_is_the_one_of_the_go_reference_to_the_byte():
    signer = Signer.parse(GO_PRIVATE)
    assert signer.verifier_key.encode() == GO_VKEY
    assert signer.encode() == GO_PRIVATE
    assert sign_note(GO_TEXT, signer) == GO_NOTE
    assert open_note(GO_NOTE, [VerifierKey.parse(GO_VKEY)]) == GO_TEXT


def test_a_key_printed_on_a_site_can_be_read_again():
    assert VerifierKey.parse(VKEY) == SIGNER.verifier_key
    assert verify_corrections.parse_key(VKEY) == (
        ORIGIN,
        SIGNER.verifier_key.key_id,
        SIGNER.verifier_key.public_key,
    )


def test_the_text_of_a_checkpoint_is_three_lines_and_its_extensions():
    assert HEAD.body() == "desk.example/corrections\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint("log", 0, ROOT, ("more",)).body() == f"log\n0\n{base64.b64encode(ROOT).decode()}\nmore\n"


def test_a_signed_checkpoint_opens_for_its_key():
    assert open_checkpoint(NOTE, KEYS) == HEAD


@given(
    st.integers(0, 2**62),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1), max_size=3),
)
def test_every_checkpoint_survives_signing_and_opening_by_both_readers(size, root, extensions):
    checkpoint = Checkpoint(ORIGIN, size, root, tuple(extensions))
    note = sign(checkpoint, SIGNER)
    assert open_checkpoint(note, KEYS) == checkpoint
    read = verify_corrections.open_checkpoint(note, [verify_corrections.parse_key(VKEY)], "checkpoint")
    assert read == (ORIGIN, size, root, tuple(extensions), checkpoint.body())


def test_lines_of_unknown_keys_are_ignored():
    witness = Signer("witness.example", bytes(32))
    namesake = Signer(ORIGIN, bytes(32))
    note = NOTE + witness.signature_line(HEAD.body()) + namesake.signature_line("something else\n")
    assert open_checkpoint(note, KEYS) == HEAD
    read = verify_corrections.open_checkpoint(note, [verify_corrections.parse_key(VKEY)], "checkpoint")
    assert read.size == 7


def test_a_false_line_of_a_known_key_spoils_the_note_even_beside_a_true_one():
    note = NOTE + SIGNER.signature_line("something else\n")
    with pytest.raises(UnverifiedNote, match="does not verify"):
        open_checkpoint(note, KEYS)
    with pytest.raises(verify_corrections.Wrong, match="false"):
        verify_corrections.open_checkpoint(note, [verify_corrections.parse_key(VKEY)], "checkpoint")


def test_a_note_nobody_trusted_signed_is_refused():
    with pytest.raises(UnverifiedNote, match="no trusted key"):
        open_checkpoint(NOTE, [Signer(ORIGIN, bytes(32)).verifier_key])
    with pytest.raises(UnverifiedNote, match="no trusted key"):
        open_note(NOTE, [])


def test_a_trusted_key_of_another_name_does_not_make_a_checkpoint():
    other = Signer("other.example", bytes(32))
    note = sign_note(HEAD.body(), other)
    assert open_note(note, [other.verifier_key]) == HEAD.body()
    with pytest.raises(UnverifiedNote):
        open_checkpoint(note, [other.verifier_key])
    with pytest.raises(NoteError, match="does not sign for"):
        sign(HEAD, other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        NOTE.rstrip("\n"),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—"),
        NOTE.replace(f"— {ORIGIN}", "— "),
        NOTE.replace(f"— {ORIGIN}", "— a+b"),
        NOTE + "\n",
        NOTE[:-2] + "\n",
        NOTE.replace("\n", "\r\n"),
        "\x00" + NOTE,
        "\ud800" + NOTE,
        HEAD.body() + "\n",
        HEAD.body() + "\n— name AAAAAA==\n",
        HEAD.body() + "\n" + NOTE.rsplit("\n", 2)[1] * 1 + "\n" + "— x AAAAAAA=\n" * 100,
        "x" * 1_000_001 + NOTE,
    ],
)
def test_a_malformed_note_is_refused(text):
    with pytest.raises(NoteError):
        open_checkpoint(text, KEYS)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "log\n7\n",
        f"log\n7\n{base64.b64encode(ROOT).decode()}",
        f"\n7\n{base64.b64encode(ROOT).decode()}\n",
        f"log\n07\n{base64.b64encode(ROOT).decode()}\n",
        f"log\n-7\n{base64.b64encode(ROOT).decode()}\n",
        f"log\n٧\n{base64.b64encode(ROOT).decode()}\n",
        f"log\n{10**19}\n{base64.b64encode(ROOT).decode()}\n",
        f"log\n7\n{base64.b64encode(ROOT[:31]).decode()}\n",
        f"log\n7\n{base64.b64encode(ROOT).decode()[:-2]}9=\n",
        f"log\n7\n{base64.b64encode(ROOT).decode()}\n\nmore\n",
        "log\n7\nnot base64\n",
        "log\n7\né\n",
    ],
)
def test_a_malformed_checkpoint_is_refused_by_both_readers(body):
    with pytest.raises(NoteError):
        parse(body)
    signer = Signer("log", bytes(32))
    note = f"{body}\n{signer.signature_line(body)}"
    with pytest.raises(verify_corrections.Wrong):
        verify_corrections.open_checkpoint(
            note, [verify_corrections.parse_key(signer.verifier_key.encode())], "checkpoint"
        )


@pytest.mark.parametrize(
    ("origin", "size", "root", "extensions"),
    [
        ("", 0, ROOT, ()),
        ("a\nb", 0, ROOT, ()),
        ("log", -1, ROOT, ()),
        ("log", 0, ROOT[:31], ()),
        ("log", 0, ROOT, ("",)),
        ("log", 0, ROOT, ("a\tb",)),
    ],
)
def test_a_checkpoint_that_could_not_be_read_again_cannot_be_made(origin, size, root, extensions):
    with pytest.raises(NoteError):
        Checkpoint(origin, size, root, extensions)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+c74f20a3",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("PeterNeumann", "PeterNeuman"),
        GO_VKEY.replace("PeterNeumann", "Peter Neumann"),
        GO_VKEY.replace("PeterNeumann", ""),
        GO_VKEY.replace("+AR", "+AB"),
        GO_VKEY.replace("+ARpc", "+Ahpc"),
        GO_VKEY[:-4],
        GO_VKEY + "=",
    ],
)
def test_a_damaged_key_is_refused_by_both_readers(vkey):
    with pytest.raises(NoteError):
        VerifierKey.parse(vkey)
    if " " not in vkey:
        with pytest.raises(verify_corrections.Wrong):
            verify_corrections.parse_key(vkey)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "a\nb", "a\x01b"])
def test_a_key_has_a_name_that_fits_a_signature_line(name):
    with pytest.raises(NoteError, match="name"):
        Signer(name, bytes(32))


def test_a_damaged_private_key_is_refused_and_never_shown():
    for text in [GO_VKEY, GO_PRIVATE.replace("c74f20a3", "c74f20a4"), GO_PRIVATE[:-4]]:
        with pytest.raises(NoteError):
            Signer.parse(text)
    with pytest.raises(NoteError, match="32 bytes"):
        Signer("log", bytes(31))
    assert repr(Signer.parse(GO_PRIVATE)) == "<Signer PeterNeumann c74f20a3>"
    assert Signer.generate("log").encode() != Signer.generate("log").encode()


def test_a_text_without_final_newline_cannot_be_signed():
    with pytest.raises(NoteError, match="newline"):
        sign_note("a\n\nb", SIGNER)


def test_a_public_key_is_32_bytes():
    with pytest.raises(NoteError, match="32 bytes"):
        VerifierKey("log", bytes(31))


@pytest.mark.parametrize("text", [NOTE.replace("—", "-"), NOTE + "\n", HEAD.body(), HEAD.body() + "\n"])
def test_the_reader_s_file_refuses_a_malformed_note(text):
    with pytest.raises(verify_corrections.Wrong, match=r"signature line|signed note"):
        verify_corrections.open_checkpoint(text, [verify_corrections.parse_key(VKEY)], "checkpoint")


def test_signatures_are_read_without_being_believed():
    body, signatures = split_note(NOTE)
    assert body == HEAD.body()
    assert [(one.name, one.key_id, len(one.value)) for one in signatures] == [(ORIGIN, SIGNER.verifier_key.key_id, 64)]
