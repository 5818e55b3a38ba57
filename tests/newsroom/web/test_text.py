"""The gate for typed text."""

import contextlib
import time

import pytest

from newsroom.web.text import BadText, clean_text


def one_line(text, **over):
    return clean_text(text, **{"max_length": 50, "multiline": False, **over})


def several(text, **over):
    return clean_text(text, **{"max_length": 50, "multiline": True, **over})


@pytest.mark.parametrize(
    ("given", "line", "lines"),
    [
        ("  plain  ", "plain", "plain"),
        ("", "", ""),
        (" \n\t ", "", ""),
        ("a\r\nb\rc\u2028d\x85e", "a b c d e", "a\nb\nc\nd\ne"),
        ("a \t  b", "a b", "a \t  b"),
        ("be\x07ep\x1b[0m", "beep[0m", "beep[0m"),
        ("Cafe\u0301", "Caf\u00e9", "Caf\u00e9"),
        ("AT&T <b>", "AT&T <b>", "AT&T <b>"),
        ("z" + "\u0335" * 9, "z" + "\u0335" * 4, "z" + "\u0335" * 4),
        ("نمی\u200cخواهم", "نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("👩\u200d🚒", "👩\u200d🚒", "👩\u200d🚒"),
        ("a\u202eb", "a\u202eb", "a\u202eb"),
    ],
)
def test_text_is_cleaned(given, line, lines):
    assert (one_line(given), several(given)) == (line, lines)


def test_a_name_has_no_direction_of_its_own():
    assert one_line("Ann\u202e \u2066Reporter\u2069\u200f", name=True) == "Ann Reporter"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\udfff", "a\ufdd0", "a\ufffe", "a\U0001ffff"])
def test_what_cannot_be_stored_is_refused(text):
    with pytest.raises(BadText) as refusal:
        several(text)
    assert refusal.value.code == "not_text"


@pytest.mark.parametrize("text", ["\u200b\u200b", "\u3164", "\u2800", "\u202e", "\ufeff \u00ad", "\u0301"])
def test_text_that_shows_nothing_is_refused(text):
    with pytest.raises(BadText) as refusal:
        several(text)
    assert refusal.value.code == "invisible"


def test_length_is_counted_after_cleaning():
    assert one_line("e\u0301" * 50) == "é" * 50
    assert one_line(" " * 20 + "x" * 50) == "x" * 50
    for text in ("x" * 51, "e\u0301" * 51, "x" * 5000):
        with pytest.raises(BadText) as refusal:
            one_line(text)
        assert (refusal.value.code, str(refusal.value)) == ("too_long", "Please use at most 50 characters.")


@pytest.mark.parametrize("unit", ["\u0301", "\u0315\u0301", "a\u0301", "é", " ", "\u200b", "\r"])
def test_a_hundred_kilobytes_take_no_time(unit):
    started = time.process_time()  # of this process alone: the machine may be busy
    with contextlib.suppress(BadText):
        several("x" + unit * 100_000, max_length=100_000)
    assert time.process_time() - started < 5  # what is quadratic takes a minute
