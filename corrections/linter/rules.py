"""Is this notice a good one? The rules of AP, BBC, the New York Times, Reuters and the Washington Post, as findings.

A rule that knows, blocks: the reader's own address, the byline's own name, a link and nothing else. A rule that guesses
from the wording warns, and the desk answers it in words. A publication sets either otherwise, by its policy
`lint_levels`. A rule that listens to wording declares the languages it knows; a notice in another one is judged by the
rest, and `unchecked` names what was left out. A reply is the claimant's own words and a minor fix is not listed:
neither is judged. Nothing here reads or writes the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.utils.translation import gettext_lazy

from corrections import cues
from corrections.linter import people, reading
from corrections.linter.reading import Found, Notice, Sight
from corrections.tongues import ENGLISH, TONGUES, base_of
from corrections.vocabulary import Kind, Severity

Level = Literal["block", "warn"]

LATE = timedelta(days=30)
"""Older errors need a word on why they stood so long (New York Times)."""
MAX_WORDS = 200
MAX_WORDS_OF_NOTES = 400
"""Retractions and editors’ notes tell how it came about."""
VERBATIM_WORDS = 8
"""From this length on, repeating a passage that is shown anyway says the wrong thing twice."""

EXEMPT = frozenset({Kind.REPLY, Kind.MINOR_FIX})
LEVELS: dict[str, Level] = {
    "only_link": "block",
    "personal_data": "warn",
    "names_reader": "block",
    "blames": "warn",
    "same_passages": "block",
    "passage_not_found": "warn",
    "retraction_not_said": "warn",
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
"""Every rule with its level where the publication sets none and the rule is not certain."""

SENTENCES: dict[str, Any] = {
    "only_link": gettext_lazy("The notice sends readers to a link instead of saying what was wrong. Say it here."),
    "personal_data": gettext_lazy("Take “%(found)s” out: a notice holds no mail address and no telephone number."),
    "names_reader": gettext_lazy("Take the name of the reader who reported it out of the text."),
    "blames": gettext_lazy("“%(found)s” puts the blame on a person or desk. The publication made the error."),
    "same_passages": gettext_lazy("The original and the corrected passage are the same."),
    "passage_not_found": gettext_lazy(
        "The original passage does not stand in the text that had the error. Take it from there word for word, or say "
        "which revision of the article had it."
    ),
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


@dataclass(frozen=True)
class Finding:
    """What a rule found. A `block` keeps the notice from being published; a `warn` asks for an answer."""

    code: str
    level: Level
    sentence: str


def lint(notice: Notice, *, levels: Mapping[str, str] | None = None) -> list[Finding]:
    """What is wrong with the notice, blocking findings first, otherwise in the order of the rules.

    `levels` (code → `block`, `warn` or `off`) overrides `LEVELS` and the rule's own certainty; a value that is none of
    the three is overlooked.
    """
    if notice.kind in EXEMPT or not notice.text.strip():
        return []
    found = []
    for rule in RULES:
        for sight in rule.find(notice) if rule.knows(notice.language) else ():
            wanted = (levels or {}).get(sight.code)
            own = "block" if sight.certain else LEVELS[sight.code]
            level = wanted if wanted in {"block", "warn", "off"} else own
            if level != "off":
                sentence = str(SENTENCES[sight.code]) % sight.words
                found.append(Finding(sight.code, "block" if level == "block" else "warn", sentence))
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
    if notice.is_link:
        yield Sight("only_link")


def _same_passages(notice: Notice) -> Found:
    before, after = notice.original_text.split(), notice.corrected_text.split()
    if before and before == after:
        yield Sight("same_passages")


def _passage_not_found(notice: Notice) -> Found:
    if notice.undoes or not notice.original_text.strip() or not notice.erroneous:
        return
    if not reading.stood_there(notice):
        yield Sight("passage_not_found")


def _retraction(notice: Notice) -> Found:
    if notice.kind != Kind.RETRACTION or notice.undoes:
        return
    if not cues.RETRACTS.search(notice.said):
        yield Sight("retraction_not_said")
    if not cues.GIVES_REASON.search(notice.said):
        yield Sight("retraction_without_reason")


def _label(notice: Notice) -> Found:
    if reading.misfits(notice):
        yield Sight("wrong_label", {"kind": Kind(notice.kind).label})


def _wrong_and_right(notice: Notice) -> Found:
    if notice.undoes or notice.is_link:
        return
    if notice.kind == Kind.CORRECTION and reading.misfits(notice):
        return
    if notice.kind == Kind.CORRECTION and not reading.names_error(notice):
        yield Sight("no_error_named")
    if notice.kind in {Kind.CORRECTION, Kind.CLARIFICATION, Kind.UPDATE} and not reading.says_right(notice):
        yield Sight("no_fact_named")


def _self_contained(notice: Notice) -> Found:
    if notice.effect or notice.is_link:
        return
    if not reading.stands_alone(notice):
        yield Sight("not_self_contained")


def _euphemism(notice: Notice) -> Found:
    said = cues.REPORTED.sub(" ", notice.said) if notice.tongue is ENGLISH else notice.said
    if found := notice.tongue.euphemisms.search(said):
        yield Sight("euphemism", {"found": found[0]})
    if notice.severity == Severity.HIGH and (found := notice.tongue.belittles.search(notice.said)):
        yield Sight("belittles", {"found": found[0]})


def _repeats_error(notice: Notice) -> Found:
    wrong = " ".join(notice.original_text.split()).casefold()
    if len(wrong.split()) >= VERBATIM_WORDS and wrong in " ".join(notice.text.split()).casefold():
        yield Sight("repeats_error")


def _late(notice: Notice) -> Found:
    if notice.error_published_at is None:
        return
    stood = notice.now - notice.error_published_at
    if stood > LATE and not cues.EXPLAINS_DELAY.search(notice.text):
        yield Sight("late_unexplained", {"days": stood.days})


def _length(notice: Notice) -> Found:
    most = MAX_WORDS_OF_NOTES if notice.kind in {Kind.RETRACTION, Kind.EDITORS_NOTE} else MAX_WORDS
    words = len(notice.text.split())
    if words > most:
        yield Sight("too_long", {"words": words, "most": most})


ONLY_ENGLISH = frozenset({"en"})
KNOWN = frozenset(TONGUES)
RULES: tuple[Rule, ...] = (
    Rule(_only_link, ("only_link",)),
    Rule(people.personal_data, ("personal_data",)),
    Rule(people.names_reader, ("names_reader",)),
    Rule(people.blames, ("blames",), ONLY_ENGLISH),
    Rule(_same_passages, ("same_passages",)),
    Rule(_passage_not_found, ("passage_not_found",)),
    Rule(_retraction, ("retraction_not_said", "retraction_without_reason"), ONLY_ENGLISH),
    Rule(_label, ("wrong_label",), KNOWN),
    Rule(_wrong_and_right, ("no_error_named", "no_fact_named"), ONLY_ENGLISH),
    Rule(_self_contained, ("not_self_contained",), ONLY_ENGLISH),
    Rule(_euphemism, ("euphemism", "belittles"), KNOWN),
    Rule(_repeats_error, ("repeats_error",)),
    Rule(_late, ("late_unexplained",), ONLY_ENGLISH),
    Rule(_length, ("too_long",)),
)
