"""What a notice says: whether it names the error, what is right, and how it is labeled. Words only, no verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from corrections import cues
from corrections.tongues import TONGUES, Tongue, base_of
from corrections.vocabulary import UNDOING, Kind, Severity

MIN_WORDS_BESIDE_LINK = 4

LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|»[^«]*«|„[^“”]*[“”]")
ABBREVIATED = re.compile(
    r"\b(Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Mr|Mrs|Ms|Dr|St|No|Sen|Rep|Gov|Cllr|Prof|Gen|Lt|Sgt|Rev|Hon|Jr|Sr|vs|pp?)"
    r"\.(?=\s)"
)
CLAUSE_END = re.compile(r"(?<=[.!?”])\s+(?=[A-Z0-9“\"£$€(])|[;•]\s*|:\s+| [–—] ")
LEFT_OUT = re.compile(r"\[?(?:…|\.{3})\]?")
SHAPES = str.maketrans("“”„«»‘’‚‹›–—‑", "\"\"\"\"\"'''''---")
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
POINTERS = re.compile(
    r"\b(?:see|click|read|here|more|full|details?|correction|for|the|at|our|this|link|please)\b", re.I
)


@dataclass(frozen=True)
class Notice:
    """A notice as the rules see it. `error_published_at` may be unknown. Names, addresses and numbers are the readers'
    who reported it; the name is left out when the reader is the subject of the story. `house` are the publication's own
    addresses. `erroneous` are the texts of its articles that had the error, as far as they are kept.
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
    reader_phones: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    language: str = "en"
    effect: str = ""
    erroneous: tuple[str, ...] = ()

    @property
    def tongue(self) -> Tongue:
        """The words of its language. KeyError where none are known: only rules that know the language ask."""
        return TONGUES[base_of(self.language)]

    @property
    def passages(self) -> str:
        """What the article itself says or said."""
        return f"{self.original_text}\n{self.corrected_text}"

    @cached_property
    def plain(self) -> str:
        """The text on one line, without the points of abbreviations, which would end a sentence."""
        return ABBREVIATED.sub(r"\1", " ".join(self.text.split()))

    @cached_property
    def said(self) -> str:
        """The publication's own words: without what it quotes."""
        return QUOTED.sub(" ", self.plain)

    @property
    def undoes(self) -> bool:
        """Whether it is about an earlier notice, not about the article."""
        return self.effect in UNDOING

    @property
    def is_link(self) -> bool:
        """Whether it is a link with hardly a word beside it: the other rules then have nothing to judge."""
        beside = WORD.findall(POINTERS.sub(" ", LINK.sub(" ", self.text)))
        return bool(LINK.search(self.text)) and len(beside) < MIN_WORDS_BESIDE_LINK


@dataclass(frozen=True)
class Sight:
    """What a rule sees: its code, what its sentence needs, and whether it knows rather than guesses."""

    code: str
    words: dict[str, Any] = field(default_factory=dict)
    certain: bool = False


Found = Iterator[Sight]


def says_both(notice: Notice) -> bool:
    """Whether it sets what was said against what is so."""
    said = cues.VAGUE.sub(" ", notice.said)
    return bool(cues.OPPOSES.search(said) or cues.DENIES.search(said))


def names_error(notice: Notice) -> bool:
    """Whether it tells what was wrong: in a word for the error, or by telling what the article said."""
    said = cues.VAGUE.sub(" ", notice.said)
    return bool(
        notice.original_text.strip() or cues.ERROR_NAMED.search(said) or _tells_what_stood(said) or says_both(notice)
    )


def says_right(notice: Notice) -> bool:
    """Whether it tells what is so: against the error, or in a clause of its own."""
    clauses = CLAUSE_END.split(notice.plain)
    if notice.kind == Kind.CORRECTION:
        clauses = [
            clause for clause in (cues.BESIDE.sub(" ", each) for each in clauses) if not _tells_what_stood(clause)
        ]
    return bool(
        notice.corrected_text.strip()
        or says_both(notice)
        or cues.RIGHT_NAMED.search(notice.said)
        or any(_states_something(clause) for clause in clauses)
    )


def stood_there(notice: Notice) -> bool:
    """Whether a text that had the error holds the original passage, all parts of it where something is left out. White
    space, case, and the shapes of quotation marks and dashes aside.
    """
    parts = [_plainly(part) for part in LEFT_OUT.split(notice.original_text)]
    return any(all(part in _plainly(text) for part in parts) for text in notice.erroneous)


def misfits(notice: Notice) -> bool:
    """Whether the label says something else than the words."""
    said, tongue = notice.said, notice.tongue
    if notice.kind == Kind.CORRECTION:
        softer = tongue.only_updates.search(said) or tongue.clarifies.search(said)
        plain = tongue.error_named.search(said) or tongue.contrast.search(said) or notice.original_text.strip()
        return bool(softer and not plain) or bool(tongue.retracts_article.search(said) and not notice.effect)
    if notice.kind not in {Kind.CLARIFICATION, Kind.UPDATE}:
        return False
    return bool((tongue.own_error or tongue.error_named).search(said))


def stands_alone(notice: Notice) -> bool:
    """Whether it tells what it is about: in a word for it, and not in a “she” whom nothing names."""
    about_someone = cues.SOMEONE.match(notice.plain) and not cues.NAMED.search(notice.plain)
    return bool(content_of(notice.text)) and not about_someone


def content_of(text: str) -> set[str]:
    """The words that tell what a text is about."""
    words = {word.lower() for word in WORD.findall(LINK.sub(" ", text))} - cues.SAYS_NOTHING - cues.CALENDAR
    return {word for word in words if len(word) > 2}  # “it” and “of” name nothing


def _tells_what_stood(words: str) -> bool:
    """Whether they tell what the article said, showed or left out."""
    return bool(cues.STOOD_THERE.search(cues.BOILERPLATE.sub(" ", words)))


def _plainly(text: str) -> str:
    return " ".join(text.translate(SHAPES).split()).casefold()


def _states_something(clause: str) -> bool:
    """Whether the clause tells a fact: it is no courtesy, no set phrase, and does not own up to the error."""
    clause = cues.THEIRS.sub(" ", cues.COURTESY.sub(" ", clause))
    if any(cue.search(clause) for cue in (cues.ERROR_NAMED, cues.OWNS_UP, cues.EXPLAINS_DELAY)):
        return False
    rest = cues.BOILERPLATE.sub(" ", LINK.sub(" ", clause))
    return bool(re.search(r"\d", rest)) or bool(content_of(rest))
