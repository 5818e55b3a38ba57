"""How the reader's program reads what it is given: exact results, and for each damage the very sentence."""

import base64
import hashlib
import json

import pytest

from corrections.ledger import canonical as ours
from corrections.ledger import verify_corrections as reader
from corrections.ledger.checkpoint import Signer
from corrections.ledger.verify_corrections import Wrong
from tests.corrections.ledger.logs import ORIGIN, SIGNER, VKEY, make_log

LOG = make_log(5)
NOTE = LOG.checkpoint()
KEYS = [reader.parse_key(VKEY)]
PUBLIC = SIGNER.verifier_key.public_key


def said(call, *arguments):
    """The sentence with which it was refused."""
    with pytest.raises(Wrong) as refused:
        call(*arguments)
    return str(refused.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (2**53 - 1, "9007199254740991"),
        (1 - 2**53, "-9007199254740991"),
        ('é€\n\u2028"\\', '"é€\\n\u2028\\"\\\\"'),
        ([1, [], "a"], '[1,[],"a"]'),
        ({"b": 1, "a": {"d": [], "c": None}}, '{"a":{"c":null,"d":[]},"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2, "a": 3}, '{"a":3,"\U0001f600":1,"\ufb33":2}'),
    ],
)
def test_canonical_json_is_that_of_the_log(value, text):
    assert reader.canonical(value) == text == ours.canonical(value).decode()


@pytest.mark.parametrize("value", [2**53, -(2**53), 1.0, 0.5, float("nan"), b"", ()])
def test_what_has_no_canonical_form_is_named(value):
    assert said(reader.canonical, value) == "A number in the data is not a whole number below 2^53."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[",
            "The file cannot be read as JSON (Expecting value: line 1 column 2 (char 1)).",
        ),
        ('{"a": 1, "a": 1}', "The data names a member of an object twice."),
        ('{"a": 1.5}', "A number in the data is not a whole number below 2^53."),
        ('{"a": {"b": 9007199254740992}}', "A number in the data is not a whole number below 2^53."),
    ],
)
def test_a_file_that_is_no_plain_json_is_refused(text, sentence):
    assert said(reader.load, text, "file") == sentence
    assert reader.load('{"a": [1]}', "file") == {"a": [1]}


def test_half_a_character_is_refused():
    assert said(reader.load, '"\\ud800"', "file").startswith(
        "The file cannot be read as JSON ('utf-8' codec can't encode"
    )


@pytest.mark.parametrize("text", ["", "AA", "AA==\n", "AA =", "A A=", "AB==", "é", "AA==AA=="])
def test_base64_has_one_spelling(text):
    assert said(reader._base64, text, "thing") == "The thing is damaged."


def test_base64_has_the_length_that_is_asked_for():
    assert (reader._base64("AA==", "thing"), reader._base64("AAA=", "thing", 2)) == (b"\0", b"\0\0")
    for length in (1, 3):
        assert said(reader._base64, "AAA=", "thing", length) == "The thing is damaged."


def vkey(name=ORIGIN, kind=1, public=PUBLIC, key_id=None):
    raw = bytes([kind]) + public
    fitting = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex()
    return f"{name}+{key_id or fitting}+{base64.b64encode(raw).decode()}"


def test_a_key_is_its_name_its_id_and_its_bytes():
    expected = (ORIGIN, SIGNER.verifier_key.key_id, PUBLIC)
    assert reader.parse_key(VKEY) == reader.parse_key(f" {vkey()}\n") == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (vkey(name=""), "The key is not an Ed25519 key, or its id does not fit."),
        (vkey(kind=2), "The key is not an Ed25519 key, or its id does not fit."),
        (vkey(key_id="00000000"), "The key is not an Ed25519 key, or its id does not fit."),
        (VKEY.replace(ORIGIN, "desk.example/other"), "The key is not an Ed25519 key, or its id does not fit."),
        (vkey(public=PUBLIC[:31]), "The key is damaged."),
        (vkey(public=PUBLIC + b"\0"), "The key is damaged."),
        ("", "The key is damaged."),
        (ORIGIN, "The key is damaged."),
    ],
)
def test_what_is_no_key_is_refused(text, sentence):
    assert said(reader.parse_key, text) == sentence


def test_a_checkpoint_is_read_with_its_extension_lines_and_the_very_text_that_was_signed():
    head = NOTE.partition("\n\n")[0]
    root = base64.b64decode(head.split("\n")[2])
    assert reader.open_checkpoint(NOTE, KEYS, "note") == (ORIGIN, 5, root, (), f"{head}\n")
    body = f"{head}\nfirst more\nsecond more\n"
    note = f"{body}\n{SIGNER.signature_line(body)}"
    assert reader.open_checkpoint(note, KEYS, "note")[3:] == (("first more", "second more"), body)


def signed(body, *lines):
    return f"{body}\n" + "".join([SIGNER.signature_line(body), *lines])


ROOT = NOTE.split("\n")[2]


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "The note is not a signed note."),
        (NOTE.rstrip("\n"), "The note is not a signed note."),
        (NOTE.replace("\n\n", "\n"), "The note is not a signed note."),
        (NOTE.partition("\n\n")[0] + "\n\n", "The note is not a signed note."),
        (NOTE.replace("5", "5\t"), "The note is not a signed note."),
        (NOTE.replace("5", "5\x00"), "The note is not a signed note."),
        (NOTE.replace("5", "5\x1f"), "The note is not a signed note."),
        (signed(f"{ORIGIN}\n"), "The note does not name an origin, a size and a root."),
        (signed("\n5\n{ROOT}\n"), "The note does not name an origin, a size and a root."),
        (signed(f"{ORIGIN}\n05\n{ROOT}\n"), "The note does not name an origin, a size and a root."),
        (signed(f"{ORIGIN}\n-5\n{ROOT}\n"), "The note does not name an origin, a size and a root."),
        (signed(f"{ORIGIN}\n5\n{ROOT}\n\nmore\n"), "The note does not name an origin, a size and a root."),
        (signed(f"{ORIGIN}\n5\nAAAA\n"), "The root in the note is damaged."),
        (signed(f"{ORIGIN}\n5\n\n"), "The root in the note is damaged."),
        (f"{NOTE}- {ORIGIN} AAAA\n", "The note has a damaged signature line."),
        (f"{NOTE}— {ORIGIN} AAAA AAAA\n", "The note has a damaged signature line."),
        (f"{NOTE}— a+b AAAA\n", "The note has a damaged signature line."),
        (f"{NOTE}— other !!!!\n", "The signature of the note is damaged."),
        (NOTE.replace("\n5\n", "\n6\n"), "The signature of the note is false."),
        (
            signed("desk.example/other\n5\n" + ROOT + "\n"),
            "The note (of desk.example/other) is not signed by the key you gave.",
        ),
        (
            LOG.checkpoint(signer=Signer(ORIGIN, bytes([66] * 32))),
            f"The note (of {ORIGIN}) is not signed by the key you gave.",
        ),
    ],
)
def test_each_damage_of_a_checkpoint_has_its_sentence(note, sentence):
    assert said(reader.open_checkpoint, note, KEYS, "note") == sentence


def test_lines_of_others_beside_ours_are_passed_over():
    other = base64.b64encode(b"abcd" + bytes(64)).decode()
    for line in (f"— witness.example {other}\n", f"— {ORIGIN} {other}\n"):
        assert reader.open_checkpoint(NOTE + line, KEYS, "note").size == 5
        body, _, ours_line = NOTE.rpartition("— ")
        assert reader.open_checkpoint(f"{body}{line}— {ours_line}", KEYS, "note").size == 5


def page(change=lambda served: None):
    served = json.loads(LOG.entries())
    change(served)
    return served


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [
        ([[]], "The entries are not in the form the newsroom serves."),
        ([{}], "The entries are not in the form the newsroom serves."),
        ([{"entries": 3}], "The entries are not in the form the newsroom serves."),
        ([{"entries": [3]}], "The entries are not in the form the newsroom serves."),
        (
            [page(lambda served: served["entries"][2].update(index=True))],
            "The entries are not in the form the newsroom serves.",
        ),
        (
            [page(lambda served: served["entries"][2].update(index="2"))],
            "The entries are not in the form the newsroom serves.",
        ),
        ([page(lambda served: served["entries"][2].update(leaf=None))], "Entry 2 lacks a part of its leaf."),
        ([page(lambda served: served["entries"][2]["leaf"].pop("at"))], "Entry 2 lacks a part of its leaf."),
        ([page(lambda served: served["entries"][2]["leaf"].update(kind=5))], "Entry 2 lacks a part of its leaf."),
        ([page(lambda served: served["entries"][2].pop("leaf_hash"))], "Entry 2 does not have the hash it claims."),
        (
            [page(lambda served: served["entries"][2].update(leaf_hash="00" * 32))],
            "Entry 2 does not have the hash it claims.",
        ),
        ([page(lambda served: served["entries"].pop(2))], "The entries have gaps, or do not start at 0."),
        ([page(lambda served: served["entries"].pop(0))], "The entries have gaps, or do not start at 0."),
        ([page(), json.loads(make_log(5, seed=2).entries())], "Entry 0 is given twice and differs."),
    ],
)
def test_each_damage_of_the_entries_has_its_sentence(pages, sentence):
    assert said(reader.read_entries, pages) == sentence


def test_entries_are_put_in_order_whatever_the_pages():
    served = page()["entries"]
    pages = [{"entries": served[3:]}, {"entries": served[:4]}, {"entries": []}]
    assert reader.read_entries(pages) == served
    assert reader.read_entries([]) == []


def linked(*lines, origin="c", size=9):
    return reader.Checkpoint(origin, size, b"", lines, f"{origin}\n")


def test_a_succession_is_followed_from_line_to_line_and_from_checkpoint_to_checkpoint():
    newest = linked("word", "previous-log b 8 root digest-b", "previous-log-kept 6", "previous-log a 7 root digest-a")
    b, a = reader.Link("b", 8, "digest-b", 6), reader.Link("a", 7, "digest-a", 6)
    assert reader.succession(newest, []) == {"b": b, "a": a}
    first = linked("previous-log b 8 root digest-b", "previous-log-kept 6", size=6)
    second = linked("previous-log a 7 root digest-a", "previous-log-kept 3", origin="b")
    assert reader.succession(linked(), [second, first]) == {"b": b, "a": a._replace(kept=3)}
    assert reader.succession(linked(), [second]) == {}
    assert reader.succession(linked(), []) == {}


def test_of_a_log_that_says_nothing_of_a_loss_no_more_counts_than_there_is():
    assert reader.succession(linked("previous-log b 20 root d"), [])["b"].kept == 9
    assert reader.succession(linked("previous-log b 8 root d"), [])["b"].kept == 8
    assert reader.succession(linked("previous-log b 8 root d", "previous-log-kept 0"), [])["b"].kept == 0


def test_a_circle_of_logs_ends():
    newest = linked("previous-log b 8 root d", "previous-log c 7 root e")
    assert list(reader.succession(newest, [])) == ["b"]


@pytest.mark.parametrize(
    "lines",
    [
        ["previous-log b 8 root"],
        ["previous-log b 8 root digest more"],
        ["previous-log b x root digest"],
        ["previous-log b 8 root digest", "previous-log-kept"],
        ["previous-log b 8 root digest", "previous-log-kept 1 2"],
        ["previous-log b 8 root digest", "previous-log-kept x"],
    ],
)
def test_a_damaged_line_about_the_log_before_is_named(lines):
    assert (
        said(reader.succession, linked(*lines), []) == "A checkpoint of c has a damaged line about the log it follows."
    )


def test_a_log_that_tells_two_stories_of_its_past_is_named():
    one, other = linked("previous-log b 8 root d"), linked("previous-log a 8 root d")
    assert said(reader.succession, one, [other]) == "The log c says two things about the log it follows."
    assert list(reader.succession(one, [one])) == ["b"]


def test_older_checkpoints_bind_but_for_what_the_log_declares_to_be_lost():
    last = linked(origin="b", size=8)
    digest = base64.b64encode(hashlib.sha256(last.body.encode()).digest()).decode()
    newest = linked(f"previous-log b 8 root {digest}", "previous-log-kept 6")
    lost, bound, same = linked(origin="b", size=7), linked(origin="b", size=6), linked()
    sentence = (
        "LOST: the log says itself that it kept 6 entries of b; the others, up to the checkpoint of {}, are gone."
    )
    assert reader.check_older(newest, [lost, bound, last, same]) == (
        [sentence.format(7), sentence.format(8)],
        [bound, same],
    )
    assert reader.check_older(newest, []) == ([], [])
    hidden = "The log hides a checkpoint of {} entries of the log it follows."
    assert said(reader.check_older, newest, [linked(origin="b", size=9)]) == hidden.format(9)
    assert said(reader.check_older, newest, [last._replace(body="another")]) == hidden.format(8)
    assert said(reader.check_older, newest, [linked(size=10)]) == (
        "The log was cut: it had 10 entries and is now said to have 9."
    )
    assert said(reader.check_older, newest, [linked(origin="a")]) == (
        "An older checkpoint is of another log (a), which this one does not follow."
    )


def test_no_proof_is_asked_for_what_the_log_declares_to_be_lost(monkeypatch):
    last = linked(origin="b", size=8)
    digest = base64.b64encode(hashlib.sha256(last.body.encode()).digest()).decode()
    read = {"old": last, "new": linked(f"previous-log b 8 root {digest}", "previous-log-kept 6")}
    monkeypatch.setattr(reader, "open_checkpoint", lambda text, _keys, _name: read[text])
    assert reader.verify_consistency([], "new", "old", '{"hashes": []}') == [
        "Both checkpoints of c are signed.",
        "LOST: the log says itself that it kept 6 entries of b; the others, up to the checkpoint of 8, are gone.",
    ]


def test_what_a_log_makes_of_its_notices_is_the_last_word_of_it():
    log = make_log(3)
    for event in ("withdrawn", "reinstated", "superseded"):
        log.follow("C-000001", event)
    log.follow("C-000002", "withdrawn")
    log.follow("C-000002", "suppressed")
    entries = json.loads(log.entries())["entries"]
    assert reader.statuses(entries) == {"C-000000": "published", "C-000001": "superseded", "C-000002": "withdrawn"}
    assert reader.statuses(entries[:5]) == {"C-000000": "published", "C-000001": "published", "C-000002": "published"}


@pytest.mark.parametrize("shown", ["text", "original_text", "corrected_text"])
def test_a_notice_without_its_opening_shows_no_words_at_all(shown):
    entries = dict(enumerate(json.loads(LOG.entries())["entries"]))
    notice = LOG.notice(2, text=None, original_text="", corrected_text=None)
    notice["ledger"] = {**notice["ledger"], "opening": None}
    assert reader.check_notice(notice, entries) == (
        "The notice is entry 2. Its text and salt were removed: its words cannot be checked."
    )
    assert said(reader.check_notice, {**notice, shown: "1.2 million"}, entries) == (
        "The notice shows a text but not the salt and content that open its commitment."
    )
