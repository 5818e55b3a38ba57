"""Signed notes at their limits: each refusal for its own reason, and what is just allowed."""

import base64

import pytest

from corrections.ledger.checkpoint import (
    MAX_NOTE_CHARACTERS,
    MAX_SIGNATURES,
    Checkpoint,
    NoteError,
    Signer,
    VerifierKey,
    open_note,
    sign,
    sign_note,
    split_note,
)
from tests.corrections.ledger.logs import ORIGIN, SIGNER

HEAD = Checkpoint(ORIGIN, 7, bytes(range(32)))
NOTE = sign(HEAD, SIGNER)
BODY = HEAD.body()
LINE = "— x AAAAAAA=\n"


def why(act, *arguments):
    with pytest.raises(NoteError) as refusal:
        act(*arguments)
    return str(refusal.value)


def test_a_note_may_have_a_million_characters_and_not_one_more():
    line = SIGNER.signature_line(BODY)
    longest = f"{'x' * (MAX_NOTE_CHARACTERS - len(line) - 2)}\n\n{line}"
    assert len(longest) == MAX_NOTE_CHARACTERS == 1_000_000
    assert len(split_note(longest)[1]) == 1
    assert why(split_note, f"x{longest}") == "a note is too long or holds control characters"
    assert why(split_note, f"\x00{NOTE}") == "a note is too long or holds control characters"
    assert why(split_note, f"\ud800{NOTE}") == "a note is not valid Unicode"


def test_a_note_may_have_a_hundred_signatures_and_not_one_more():
    assert len(split_note(f"{BODY}\n{LINE * MAX_SIGNATURES}")[1]) == MAX_SIGNATURES == 100
    assert why(split_note, f"{BODY}\n{LINE * 101}") == "a note is its text, an empty line and 1 to 100 signature lines"


def test_a_signature_is_a_key_id_and_at_least_one_byte():
    def note(raw):
        return f"{BODY}\n— x {base64.b64encode(raw).decode()}\n"

    _body, (one,) = split_note(note(b"12345"))
    assert (one.name, one.key_id, one.value) == ("x", b"1234", b"5")
    assert why(split_note, note(b"1234")) == "a signature is too short"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- x AAAAAAA=", "a signature line starts with an em dash and a space"),
        ("— a+b AAAAAAA=", "the name of a key is empty or holds a space or a plus"),
        ("—  AAAAAAA=", "the name of a key is empty or holds a space or a plus"),
        ("— x AAAA*AAA=", "a value is not base64"),
        ("— x é", "a value is not base64"),
        ("— x AAAAAAB=", "a value is not canonical base64"),
    ],
)
def test_a_signature_line_is_refused_for_its_own_reason(line, said):
    assert why(split_note, f"{BODY}\n{line}\n") == said


def test_a_line_of_an_unknown_key_before_the_known_one_is_passed_over():
    stranger = Signer("witness.example", bytes(32)).signature_line(BODY)
    note = f"{BODY}\n{stranger}{SIGNER.signature_line(BODY)}"
    assert open_note(note, [SIGNER.verifier_key]) == BODY


def test_what_could_not_be_opened_again_is_not_signed():
    assert why(sign_note, "a\x01b\n", SIGNER) == "a note is too long or holds control characters"
    assert why(sign_note, "text", SIGNER) == "the text of a note ends in a newline"


def test_a_text_beyond_ascii_is_signed_in_utf_8():
    body = "log\n— ünïcode\n"
    assert open_note(sign_note(body, SIGNER), [SIGNER.verifier_key]) == body
    signature = base64.b64decode(SIGNER.signature_line(body).split(" ")[2])[4:]
    assert SIGNER.verifier_key.verifies(body.encode(), signature) is True
    assert SIGNER.verifier_key.verifies(body.encode(), signature[:-1]) is False


def vkey(raw, name="log", key_id=None):
    made = VerifierKey(name, raw[1:33].ljust(32, b"\0"))
    return f"{name}+{(key_id or made.key_id).hex()}+{base64.b64encode(raw).decode()}"


def test_a_key_is_refused_for_its_own_reason():
    good = b"\x01" + bytes(range(32))
    assert VerifierKey.parse(vkey(good)).public_key == bytes(range(32))
    for raw in (b"\x02" + good[1:], good[:-1], good + b"\0"):
        assert why(VerifierKey.parse, vkey(raw)) == "the key is not an Ed25519 key"
    assert why(VerifierKey.parse, vkey(good, key_id=b"abcd")) == "the id of the verifier key does not fit the key"
    assert why(VerifierKey.parse, "log+12345678") == "a key is <name>+<8 hex digits>+<base64>"
    assert why(VerifierKey.parse, f"log+1234567+{base64.b64encode(good).decode()}") == (
        "a key is <name>+<8 hex digits>+<base64>"
    )


def test_a_private_key_is_refused_for_its_own_reason():
    text = SIGNER.encode()
    assert Signer.parse(text).encode() == text
    assert why(Signer.parse, text.removeprefix("PRIVATE+KEY+")) == "a private key starts with PRIVATE+KEY+"
    assert why(Signer.parse, text.replace(SIGNER.verifier_key.key_id.hex(), "00000000")) == (
        "the id of the private key does not fit the key"
    )


def test_signing_the_same_head_twice_makes_the_same_note():
    assert sign(HEAD, SIGNER) == NOTE
    assert NOTE.startswith(f"{BODY}\n— {ORIGIN} ")
