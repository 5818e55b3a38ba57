import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from corrections.ledger import commitments
from corrections.ledger.canonical import CanonicalError

SALT = bytes(range(32))
AT = datetime(2026, 11, 20, 9, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=1)))
COMMITMENT = "ab" * 32
GOOD = {
    "type": "correction.published",
    "reference": "C-7K3QX2MW-4",
    "publication": "daily",
    "kind": "correction",
    "at": AT,
    "commitment": COMMITMENT,
}


def test_a_commitment_is_the_hash_of_salt_and_canonical_content():
    expected = hashlib.sha256(SALT + b'{"a":"b","text":"\xc3\xa9"}').hexdigest()
    assert commitments.commit(SALT, {"text": "é", "a": "b"}) == expected


def test_only_the_same_salt_and_content_open_a_commitment():
    commitment = commitments.commit(SALT, {"text": "one"})
    assert commitments.opens(commitment, SALT, {"text": "one"})
    assert not commitments.opens(commitment, SALT, {"text": "two"})
    assert not commitments.opens(commitment, bytes(32), {"text": "one"})
    assert not commitments.opens(commitment, b"", {"text": "one"})
    assert commitments.opens(commitment, SALT, {"text": 0.5}) is False
    assert not commitments.opens("é", SALT, {"text": "one"})


def test_a_commitment_needs_a_whole_salt_and_content_with_a_canonical_form():
    with pytest.raises(ValueError, match="32 bytes"):
        commitments.commit(b"short", {})
    with pytest.raises(CanonicalError):
        commitments.commit(SALT, {"amount": 0.1})


def test_every_salt_is_new_and_32_bytes():
    salts = {commitments.new_salt() for _ in range(50)}
    assert {len(salt) for salt in salts} == {32}
    assert len(salts) == 50


def test_a_leaf_is_six_names_with_its_time_in_utc_and_whole_seconds():
    assert commitments.leaf(**GOOD) == {
        "type": "correction.published",
        "reference": "C-7K3QX2MW-4",
        "publication": "daily",
        "kind": "correction",
        "at": "2026-11-20T08:30:15Z",
        "commitment": COMMITMENT,
    }


def test_the_hash_of_a_leaf_is_that_of_its_canonical_json():
    leaf = commitments.leaf(**GOOD)
    data = (
        '{"at":"2026-11-20T08:30:15Z","commitment":"' + COMMITMENT + '","kind":"correction",'
        '"publication":"daily","reference":"C-7K3QX2MW-4","type":"correction.published"}'
    )
    assert commitments.hash_of_leaf(leaf) == hashlib.sha256(b"\x00" + data.encode()).digest()


@pytest.mark.parametrize("field", ["type", "reference", "publication", "kind"])
@pytest.mark.parametrize(
    "value", ["", "two words", "reader@example.com", "a\n", "é", "x" * 65, "-x", "https://daily.example/"]
)
def test_free_text_does_not_get_into_the_log(field, value):
    with pytest.raises(ValueError, match="short name"):
        commitments.leaf(**{**GOOD, field: value})


@pytest.mark.parametrize("commitment", ["", "AB" * 32, "ab" * 31, "ab" * 32 + "\n", "the text itself"])
def test_a_leaf_holds_a_commitment_and_nothing_else_in_its_place(commitment):
    with pytest.raises(ValueError, match="64 lower-case hex"):
        commitments.leaf(**{**GOOD, "commitment": commitment})


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        commitments.leaf(**{**GOOD, "at": AT.replace(tzinfo=None)})
    assert commitments.timestamp(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"
