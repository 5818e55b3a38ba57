"""Is this notice a good one? The rules of AP, BBC, the New York Times, Reuters and the Washington Post, as findings.

A rule that knows, blocks: an address in the text, a link and nothing else. A rule that guesses from the wording warns,
and the desk answers it in words. A publication sets either otherwise, by its policy `lint_levels`. A rule that listens
to wording declares the languages it knows; a notice in another one is judged by the rest, and `unchecked` names what
was left out. A reply is the claimant's own words and a minor fix is not listed: neither is judged. Nothing here reads
or writes the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext_lazy

from corrections import cues
from corrections.tongues import TONGUES, Tongue, base_of
from corrections.vocabulary import Effect, Kind, Severity

Level = Literal["block", "warn"]

LATE = timedelta(days=30)
"""Older errors need a word on why they stood so long (New York Times)."""
MAX_WORDS = 200
MAX_WORDS_OF_NOTES = 400
"""Retractions and editors’ notes tell how it came about."""
VERBATIM_WORDS = 8
"""From this length on, repeating a passage that is shown anyway says the wrong thing twice."""
MIN_WORDS_BESIDE_LINK = 4
MIN_PHONE_DIGITS = 7

EXEMPT = frozenset({Kind.REPLY, Kind.MINOR_FIX})
LEVELS: dict[str, Level] = {
    "only_link": "block",
    "personal_data": "block",
    "names_reader": "block",
    "blames": "block",
    "same_passages": "block",
    "retraction_not_said": "block",
    "retraction_without_reason": "warn",
    "no_error_named": "warn",
    "no_fact_named": "warn",
    "not_self_contained": "warn",
    "wrong_label": "warn",
    "euphemism": "warn",
    "belittles": "warn",
    "repeats_error": "warn",
    "late_unexplained": "warn",
    "too_long": "warn",
}
"""Every rule with its level where the publication sets none."""

SENTENCES: dict[str, Any] = {
    "only_link": gettext_lazy("The notice sends readers to a link instead of saying what was wrong. Say it here."),
    "personal_data": gettext_lazy("Take “%(found)s” out: a notice holds no mail address and no telephone number."),
    "names_reader": gettext_lazy("Take the name of the reader who reported it out of the text."),
    "blames": gettext_lazy("“%(found)s” puts the blame on a person or desk. The publication made the error."),
    "same_passages": gettext_lazy("The original and the corrected passage are the same."),
    "retraction_not_said": gettext_lazy("Say outright that the article is retracted."),
    "retraction_without_reason": gettext_lazy("Say why the article is retracted."),
    "no_error_named": gettext_lazy("Say what was wrong."),
    "no_fact_named": gettext_lazy("Say what is right, not only that something was wrong."),
    "not_self_contained": gettext_lazy(
        "Name what this is about: a reader who never saw the article must understand the notice."
    ),
    "wrong_label": gettext_lazy("The words do not fit the label “%(kind)s”."),
    "euphemism": gettext_lazy("“%(found)s” says less than what happened. Say plainly what was wrong."),
    "belittles": gettext_lazy("“%(found)s” makes an error of high severity small."),
    "repeats_error": gettext_lazy(
        "The text repeats the original passage, which is shown beside it. Name the error in your own words."
    ),
    "late_unexplained": gettext_lazy("The error stood for %(days)d days: say why it is corrected only now."),
    "too_long": gettext_lazy("The notice has %(words)d words, more than %(most)d. Shorten it."),
}
NAMES: dict[str, Any] = {
    "blames": gettext_lazy("whether it puts the blame on a person or desk"),
    "retraction_not_said": gettext_lazy("whether a retraction says so"),
    "retraction_without_reason": gettext_lazy("whether a retraction says why"),
    "wrong_label": gettext_lazy("whether the words fit the label"),
    "no_error_named": gettext_lazy("whether it says what was wrong"),
    "no_fact_named": gettext_lazy("whether it says what is right"),
    "not_self_contained": gettext_lazy("whether it can be understood without the article"),
    "euphemism": gettext_lazy("whether it says less than what happened"),
    "belittles": gettext_lazy("whether it makes a grave error small"),
    "late_unexplained": gettext_lazy("whether it says why it comes late"),
}
"""What each rule that listens to wording looks for."""

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d[\d ()./-]{6,}\d|\(0?\d{2,4}\) ?\d[\d /-]{4,}\d|0\d{1,4}[ /-]\d[\d /-]{4,}\d"
    r"|\d{3}[-. ]\d{3}[-. ]\d{4}|(?<=call )\d[\d -]{5,}\d|(?<=phone )\d[\d -]{5,}\d)(?![\w-])"
)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|»[^«]*«|„[^“”]*[“”]")
SENTENCE_END = re.compile(r"(?<=[.!?”])\s+(?=[A-Z0-9“\"])")
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
POINTERS = re.compile(
    r"\b(?:see|click|read|here|more|full|details?|correction|for|the|at|our|this|link|please)\b", re.I
)


@dataclass(frozen=True)
class Notice:
    """A notice as the rules see it. `error_published_at` may be unknown; names and addresses are the readers' who
    reported it, and are empty when the reader is the subject of the story. `house` are the publication's own addresses.
    """

    kind: str
    text: str
    now: datetime
    severity: str = Severity.LOW
    original_text: str = ""
    corrected_text: str = ""
    headlines: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    error_published_at: datetime | None = None
    reader_names: tuple[str, ...] = ()
    reader_emails: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    language: str = "en"
    effect: str = ""

    @property
    def tongue(self) -> Tongue:
        """The words of its language. KeyError where none are known: only rules that know the language ask."""
        return TONGUES[base_of(self.language)]

    @property
    def passages(self) -> str:
        """What the article itself says or said."""
        return f"{self.original_text}\n{self.corrected_text}"

    @property
    def said(self) -> str:
        """The publication's own words: without what it quotes."""
        return QUOTED.sub(" ", self.text)


@dataclass(frozen=True)
class Finding:
    """What a rule found. A `block` keeps the notice from being published; a `warn` asks for an answer."""

    code: str
    level: Level
    sentence: str


def lint(notice: Notice, *, levels: Mapping[str, str] | None = None) -> list[Finding]:
    """What is wrong with the notice, blocking findings first, otherwise in the order of the rules.

    `levels` (code → `block`, `warn` or `off`) overrides `LEVELS`; a value that is none of the three is overlooked.
    """
    if notice.kind in EXEMPT or not notice.text.strip():
        return []
    found = []
    for rule in RULES:
        for code, words in rule.find(notice) if rule.knows(notice.language) else ():
            wanted = (levels or {}).get(code)
            level = wanted if wanted in {"block", "warn", "off"} else LEVELS[code]
            if level != "off":
                found.append(Finding(code, "block" if level == "block" else "warn", str(SENTENCES[code]) % words))
    return sorted(found, key=lambda finding: finding.level)


def unchecked(kind: str, language: str, *, levels: Mapping[str, str] | None = None) -> list[str]:
    """What no rule looks for in a notice of this kind and language, as `NAMES` has it, in the order of the rules."""
    if kind in EXEMPT:
        return []
    return [
        str(NAMES[code])
        for rule in RULES
        if not rule.knows(language)
        for code in rule.codes
        if (levels or {}).get(code) != "off" and (kind == Kind.RETRACTION or not code.startswith("retraction_"))
    ]


Found = Iterator[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Rule:
    """A way to look at a notice, the codes it may give, and the languages it knows: none where it needs no words."""

    find: Callable[[Notice], Found]
    codes: tuple[str, ...]
    languages: frozenset[str] = frozenset()

    def knows(self, language: str) -> bool:
        """Whether it may judge words of this language."""
        return not self.languages or base_of(language) in self.languages


def _only_link(notice: Notice) -> Found:
    if _is_link(notice):
        yield "only_link", {}


def _personal_data(notice: Notice) -> Found:
    ours = {address.casefold() for address in notice.house}
    for email in [*EMAIL.findall(notice.text), *notice.reader_emails]:
        address = email.rstrip(".")
        known = address.casefold() in ours or address.casefold() in notice.passages.casefold()
        reader = address in notice.reader_emails
        if address.casefold() in notice.text.casefold() and (reader or not known):
            yield "personal_data", {"found": address}
            return
    known_digits = {_digits(number) for number in [*notice.house, *PHONE.findall(notice.passages)]}
    in_passages = _digits(notice.passages)
    for number in PHONE.findall(notice.text):
        digits = _digits(number)
        if len(digits) >= MIN_PHONE_DIGITS and digits not in known_digits and digits not in in_passages:
            yield "personal_data", {"found": number.strip()}
            return


def _names_reader(notice: Notice) -> Found:
    story = " ".join([notice.passages, *notice.headlines]).casefold()
    for name in notice.reader_names:
        words = name.split()
        if len(words) < 2 or name.casefold() in story:  # a single name is half the town's
            continue
        pattern = r"\s+".join(re.escape(word) for word in words)
        if re.search(rf"(?<!\w){pattern}(?!\w)", notice.text, re.IGNORECASE):
            yield "names_reader", {}
            return


def _blames(notice: Notice) -> Found:
    found = cues.BLAMES.search(notice.said)
    for name in notice.bylines:
        byline = re.escape(name.strip())
        if byline and found is None:
            found = re.search(
                rf"\b{byline}(?:,[^,.]*,)? {cues.ERRS}\b|\b(?:error|mistake)s? (?:was |were )?(?:made )?by {byline}\b",
                notice.said,
            )
    if found:
        yield "blames", {"found": found[0]}


def _same_passages(notice: Notice) -> Found:
    before, after = notice.original_text.split(), notice.corrected_text.split()
    if before and before == after:
        yield "same_passages", {}


def _retraction(notice: Notice) -> Found:
    if notice.kind != Kind.RETRACTION or _undoes(notice):
        return
    if not cues.RETRACTS.search(notice.said):
        yield "retraction_not_said", {}
    if not cues.GIVES_REASON.search(notice.said):
        yield "retraction_without_reason", {}


def _label(notice: Notice) -> Found:
    if _misfits(notice):
        yield "wrong_label", {"kind": Kind(notice.kind).label}


def _wrong_and_right(notice: Notice) -> Found:
    if _undoes(notice) or _is_link(notice):
        return
    if notice.kind == Kind.CORRECTION and _misfits(notice):
        return
    says_both = bool(cues.CONTRAST.search(notice.said))
    if notice.kind == Kind.CORRECTION and not (
        says_both or notice.original_text.strip() or cues.ERROR_NAMED.search(notice.said)
    ):
        yield "no_error_named", {}
    says_right = (
        says_both
        or notice.corrected_text.strip()
        or cues.RIGHT_NAMED.search(notice.said)
        or any(_states_something(sentence) for sentence in SENTENCE_END.split(notice.text))
    )
    if notice.kind in {Kind.CORRECTION, Kind.CLARIFICATION, Kind.UPDATE} and not says_right:
        yield "no_fact_named", {}


def _self_contained(notice: Notice) -> Found:
    if notice.effect or _is_link(notice):
        return
    if not _content(notice.text):
        yield "not_self_contained", {}


def _euphemism(notice: Notice) -> Found:
    if found := notice.tongue.euphemisms.search(notice.said):
        yield "euphemism", {"found": found[0]}
    if notice.severity == Severity.HIGH and (found := notice.tongue.belittles.search(notice.said)):
        yield "belittles", {"found": found[0]}


def _repeats_error(notice: Notice) -> Found:
    wrong = " ".join(notice.original_text.split()).casefold()
    if len(wrong.split()) >= VERBATIM_WORDS and wrong in " ".join(notice.text.split()).casefold():
        yield "repeats_error", {}


def _late(notice: Notice) -> Found:
    if notice.error_published_at is None:
        return
    stood = notice.now - notice.error_published_at
    if stood > LATE and not cues.EXPLAINS_DELAY.search(notice.text):
        yield "late_unexplained", {"days": stood.days}


def _length(notice: Notice) -> Found:
    most = MAX_WORDS_OF_NOTES if notice.kind in {Kind.RETRACTION, Kind.EDITORS_NOTE} else MAX_WORDS
    words = len(notice.text.split())
    if words > most:
        yield "too_long", {"words": words, "most": most}


ONLY_ENGLISH = frozenset({"en"})
KNOWN = frozenset(TONGUES)
RULES: tuple[Rule, ...] = (
    Rule(_only_link, ("only_link",)),
    Rule(_personal_data, ("personal_data",)),
    Rule(_names_reader, ("names_reader",)),
    Rule(_blames, ("blames",), ONLY_ENGLISH),
    Rule(_same_passages, ("same_passages",)),
    Rule(_retraction, ("retraction_not_said", "retraction_without_reason"), ONLY_ENGLISH),
    Rule(_label, ("wrong_label",), KNOWN),
    Rule(_wrong_and_right, ("no_error_named", "no_fact_named"), ONLY_ENGLISH),
    Rule(_self_contained, ("not_self_contained",), ONLY_ENGLISH),
    Rule(_euphemism, ("euphemism", "belittles"), KNOWN),
    Rule(_repeats_error, ("repeats_error",)),
    Rule(_late, ("late_unexplained",), ONLY_ENGLISH),
    Rule(_length, ("too_long",)),
)


def _undoes(notice: Notice) -> bool:
    """Whether it is about an earlier notice, not about the article."""
    return notice.effect in {Effect.WITHDRAW, Effect.REINSTATE}


def _is_link(notice: Notice) -> bool:
    """Whether it is a link with hardly a word beside it: the other rules then have nothing to judge."""
    beside = WORD.findall(POINTERS.sub(" ", LINK.sub(" ", notice.text)))
    return bool(LINK.search(notice.text)) and len(beside) < MIN_WORDS_BESIDE_LINK


def _misfits(notice: Notice) -> bool:
    """Whether the label says something else than the words."""
    said, tongue = notice.said, notice.tongue
    errs = bool(tongue.error_named.search(said))
    if notice.kind == Kind.CORRECTION:
        softer = tongue.only_updates.search(said) or tongue.clarifies.search(said)
        plain = errs or tongue.contrast.search(said) or notice.original_text.strip()
        return bool(softer and not plain) or bool(tongue.retracts_article.search(said) and not notice.effect)
    return notice.kind in {Kind.CLARIFICATION, Kind.UPDATE} and errs


def _states_something(sentence: str) -> bool:
    """Whether the sentence tells a fact: it is neither the one that owns up to the error nor a set phrase."""
    if cues.ERROR_NAMED.search(sentence) or cues.APOLOGY.search(sentence):
        return False
    rest = cues.BOILERPLATE.sub(" ", LINK.sub(" ", sentence))
    return bool(re.search(r"\d", rest)) or bool(_content(rest))


def _content(text: str) -> set[str]:
    """The words that tell what a text is about."""
    words = {word.lower() for word in WORD.findall(LINK.sub(" ", text))} - cues.SAYS_NOTHING
    return {word for word in words if len(word) > 2}  # “it” and “of” name nothing


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
