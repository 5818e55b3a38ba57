"""Whom a notice must leave out: the reader who reported it, whoever is blamed for it, and numbers to reach them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corrections import cues
from corrections.linter.reading import Found, Notice, Sight

MIN_DIGITS = 7
"""Fewer make no telephone number."""
AROUND = 80
"""How far from a number it may be said whose it is."""

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d[\d ()./-]{6,}\d|\(0?\d{2,4}\) ?\d[\d /-]{4,}\d|0\d{1,4}[ /-]\d[\d /-]{4,}\d"
    r"|\d{3}[-. ]\d{3}[-. ]\d{4}|(?<=call )\d[\d -]{5,}\d|(?<=phone )\d[\d -]{5,}\d)(?![\w-])"
)
NUMBER = re.compile(r"(?<![\w.,])\+?[\d(][\d ()./-]{5,}\d")
"""Whatever could be a reader's number, in any way of writing it."""


def personal_data(notice: Notice) -> Found:
    """The reader's own address or number is certain; any other one that the article does not hold is a guess."""
    if own := _of_reader(notice):
        yield Sight("personal_data", {"found": own}, certain=True)
        return
    other = next(iter([*_addresses(notice), *_numbers(notice)]), "")
    if other:
        yield Sight("personal_data", {"found": other})


def names_reader(notice: Notice) -> Found:
    """By the full name: a single one is half the town's. Whom the story names is not given away."""
    story = " ".join([notice.passages, *notice.headlines]).casefold()
    for name in notice.reader_names:
        words = name.split()
        if len(words) < 2 or name.casefold() in story:
            continue
        pattern = r"\s+".join(re.escape(word) for word in words)
        if re.search(rf"(?<!\w){pattern}(?!\w)", notice.text, re.IGNORECASE):
            yield Sight("names_reader")
            return


def blames(notice: Notice) -> Found:
    """The name of the byline is certain; its surname, and anyone who could be of the house, is a guess."""
    for name in notice.bylines:
        if found := _erring(name, notice.said):
            yield Sight("blames", {"found": found}, certain=True)
            return
    surnames = [name.split()[-1] for name in notice.bylines if len(name.split()) > 1]
    guesses = (found for name in surnames if (found := _erring(name, notice.said)))
    match = cues.BLAMES.search(notice.said)
    if guess := match[0] if match else next(guesses, ""):
        yield Sight("blames", {"found": guess})


def _erring(name: str, said: str) -> str:
    """The words in which this name does something wrong, or an error is said to be its; empty when there are none."""
    if not name.strip():
        return ""
    who = r"\s+".join(re.escape(word) for word in name.split())
    found = re.search(
        rf"\b{who}(?:,[^,.]{{1,60}},|,? who \w+ [^,.]{{1,40}},?)? (?:(?:also|had|has|then) )*{cues.WRONG_ACT}\b"
        rf"|\b(?:error|mistake|slip|oversight)s?,? (?:(?:was|were) )?(?:\w+ )?by {who}\b"
        rf"|\b{who}[’'](?:s )?(?:\w+ )?(?:error|mistake|slip|fault|oversight)\b",
        said,
        re.IGNORECASE,
    )
    return found[0] if found else ""


def _of_reader(notice: Notice) -> str:
    text = notice.text.casefold()
    for address in notice.reader_emails:
        if address.casefold() in text:
            return address
    written = [found[0].strip() for found in NUMBER.finditer(notice.text)]
    for phone in notice.reader_phones:
        for number in written:
            if _same_number(_digits(phone), _digits(number)):
                return number
    return ""


def _same_number(one: str, other: str) -> bool:
    """Whether both end alike for as long as a number within a country is: the one may name the country."""
    shorter, longer = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(shorter) >= MIN_DIGITS and longer.endswith(shorter)


def _addresses(notice: Notice) -> Iterator[str]:
    ours = {address.casefold() for address in notice.house}
    for email in EMAIL.findall(notice.text):
        address = email.rstrip(".")
        if address.casefold() not in ours and address.casefold() not in notice.passages.casefold():
            yield address


def _numbers(notice: Notice) -> Iterator[str]:
    """What is written as a telephone number and is neither ours, nor the article's, nor a public line, nor a file's."""
    known = {_digits(number) for number in [*notice.house, *PHONE.findall(notice.passages)]}
    in_passages = _digits(notice.passages)
    for found in PHONE.finditer(notice.text):
        digits = _digits(found[0])
        if len(digits) < MIN_DIGITS or digits in known or digits in in_passages:
            continue
        before = notice.text[max(0, found.start() - AROUND) : found.start()]
        around = before + notice.text[found.end() : found.end() + AROUND]
        if not cues.FILE_NUMBER.search(before.rstrip()) and not cues.PUBLIC_LINE.search(around):
            yield found[0].strip()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
