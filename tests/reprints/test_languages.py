"""Which words are languages."""

import pytest

from reprints.languages import is_language


@pytest.mark.parametrize(
    "tag",
    [
        "en",
        "EN",
        "pt-BR",
        "zh-Hant",
        "zh-Hant-TW",
        "es-419",
        "de-CH-1996",
        "tlh",
        "zh-yue",
        "nds",
        "en-x-house",
        "sl-rozaj-biske",
    ],
)
def test_a_language_that_exists_is_one(tag):
    assert is_language(tag) is True


@pytest.mark.parametrize(
    "tag",
    [
        *("klingon", "english", "xx", "qqz", "e", "", "en-", "-en", "en_US", "en US", "und", "zxx", "root"),
        *("en-ZZZ", "en-Abcd", "en-99", "en-US-US", "e" * 36, "x-whatever", "en\n", "i-klingon"),
    ],
)
def test_what_is_no_language_is_none(tag):
    assert is_language(tag) is False
