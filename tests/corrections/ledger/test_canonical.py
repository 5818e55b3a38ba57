import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrections.ledger import verify_corrections
from corrections.ledger.canonical import CanonicalError, canonical

TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_members_are_sorted_as_in_section_3_2_3_of_the_rfc():
    unsorted = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "ö": "Latin Small Letter O With Diaeresis",
    }
    assert canonical(unsorted).decode() == (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control",'
        '"ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",'
        '"\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )


def test_strings_are_escaped_as_in_section_3_2_2_of_the_rfc():
    text = "€$\u000f\nA'\u0042\u0022\u005c\\\"/"
    assert canonical({"string": text, "literals": [None, True, False]}).hex() == (
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c"
        "22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([56, {"d": True, "10": None, "1": []}], '[56,{"1":[],"10":null,"d":true}]'),
        (
            {"1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "empty", "a": {}, "111": [], "A": {}},
            '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[],"A":{},"a":{}}',
        ),
        (
            {"peach": 1, "péché": 2, "pêche": 3, "sin": 4},
            '{"peach":1,"péché":2,"pêche":3,"sin":4}',
        ),
        ({"Unnormalized Unicode": "A\u030a"}, '{"Unnormalized Unicode":"A\u030a"}'),
        ("\b\t\n\f\r\x00\x1f\x7f\u2028</script>", '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\u2028</script>"'),
        ((1, -0, 2**53 - 1, -(2**53) + 1), "[1,0,9007199254740991,-9007199254740991]"),
        ({}, "{}"),
    ],
)
def test_a_value_has_one_spelling(value, expected):
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.5,
        math.nan,
        math.inf,
        2**53,
        -(2**53),
        "\ud800",
        {"\udc00": 1},
        {1: "x"},
        {None: 1},
        b"x",
        {1, 2},
    ],
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(CanonicalError):
        canonical({"a": [value]})


@given(VALUES)
def test_the_reader_s_file_writes_the_same_bytes_and_they_mean_the_same(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert verify_corrections.canonical(value).encode() == written
