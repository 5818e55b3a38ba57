"""Has a reader's sentence been reported, or corrected, before? What the private page asks, and what an answer does.

Asked after a report came in, never before; the words of other readers, who they are and how many stay with the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Correction, Report
from corrections.services import report as reports
from corrections.services.joined import lock_with_joined
from corrections.services.similar import MOST_COMPARED, SAME_PLACE, claim_of, compare, text_of
from corrections.services.splitting import family_of
from corrections.vocabulary import Resolution, Visibility, YesNo
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.articles import passages
from newsroom.articles.passages import Match
from newsroom.errors import Conflict
from newsroom.events.log import record
from newsroom.workflow import THE_READER, lock

ASKED_IN = frozenset({ReportStatus.NEW, ReportStatus.IN_REVIEW})
JOINED_TO = (ReportStatus.NEW, ReportStatus.IN_REVIEW, ReportStatus.NEEDS_INFO, ReportStatus.ACCEPTED)
MOST_NOTICES = 50
ONE_OF_SEVERAL = 0.5


@dataclass(frozen=True)
class Question:
    """What to ask the reader: does this `notice` settle it, or is it the same as the report `other`?

    `certain`: both marked the same place and their words agree, so that the reader's yes is enough to join them. Else,
    and always when the report is urgent or by the subject of the story, an editor looks first.
    """

    notice: Correction | None = None
    other: Report | None = None
    certain: bool = False


def question_for(report: Report) -> Question | None:
    """The next question that the private page has for this reader, the published notice first; None without one."""
    if not _may_be_asked(report):
        return None
    place = _Place.of(report)
    if not report.settled_answer and (notice := _notice_on(report, place)) is not None:
        return Question(notice=notice)
    if not report.same_answer and (other := _report_on(report, place)) is not None:
        return Question(other=other, certain=_is_certain(report, other))
    return None


@transaction.atomic
def say_settled(report: Report, *, yes: bool, notice: str) -> Report:
    """The published notice of this reference is what the reader meant: the report is taken back for that reason. Or it
    is not.

    Raises `Conflict` when the page does not ask about that notice (any more).
    """
    report = lock(report)
    question = question_for(report)
    if question is None or question.notice is None or question.notice.reference != notice:
        raise Conflict(_("This question is no longer open."))
    said = {"question": "settled", "correction": question.notice.reference}
    report = _said(report, "settled_answer", yes=yes, said=said)
    return reports.withdraw(report, code=Resolution.ALREADY_CORRECTED) if yes else report


@transaction.atomic
def say_same(report: Report, *, yes: bool) -> Report:
    """It is the same as what another reader reported: joined at once where that is certain, else the desk is shown it.

    Raises `Conflict` when nobody else's open report is on these words (any more).
    """
    other = (question_for(report) or Question()).other
    other = lock_with_joined(report, other).get(other.pk) if other else None
    report = lock(report)
    question = question_for(report)
    if other is None or question is None or question.other is None or question.other.pk != other.pk:
        raise Conflict(_("This question is no longer open."))
    report.same_as = other if yes else None
    joined = yes and question.certain
    said = {"question": "same", "other": other.reference, "joined": joined}
    report = _said(report, "same_answer", yes=yes, said=said)
    if not joined:
        return report
    words = _("You told us that it is the same error. You hear how the other report ends.")
    return reports.join(report, by=THE_READER, other=other, words=words)


def _said(report: Report, field: str, *, yes: bool, said: dict[str, Any]) -> Report:
    answer = YesNo.YES if yes else YesNo.NO
    setattr(report, field, answer.value)
    report.version += 1
    report.save(update_fields=[field, "same_as", "version", "updated_at"])
    record(events.QUESTION_ANSWERED, report, by=THE_READER, data={**said, "answer": answer.value})
    return report


def _may_be_asked(report: Report) -> bool:
    return (
        report.status in ASKED_IN
        and report.visibility == Visibility.NORMAL
        and report.appealed_at is None
        and report.text_erased_at is None
        and report.article is not None
        and not report.article.is_embargoed
        and bool(report.passage_exact.strip())
    )


@dataclass(frozen=True)
class _Place:
    """Where the reader's passage stands in the text that the reader saw, white space folded; None when nowhere."""

    text: str
    words: str
    match: Match | None

    @classmethod
    def of(cls, report: Report) -> _Place:
        text = folded(text_of(report))
        match = (
            passages.find(text, report.passage_exact, report.passage_prefix, report.passage_suffix) if text else None
        )
        return cls(text, folded(report.passage_exact), match)

    def meets(self, words: str, prefix: str = "", suffix: str = "") -> bool:
        """Whether this other quote is of the same words: at least half of the shorter one is shared.

        One that cannot be placed must hold the reader's, or be held by it.
        """
        other = folded(words)
        if not other:
            return False
        if self.match is None:
            first, second = sorted((self.words.casefold(), other.casefold()), key=len)
            return first == second or (" " in first and first in second)
        # A search of the neighborhood comes first: with hundreds of reports on an article most are somewhere else.
        start = max(0, self.match.start - len(other))
        at = self.text.find(other, start, self.match.end + len(other))
        while at >= 0:
            here = Match(at, at + len(other), 1.0, "exact")
            if passages.overlap(self.match, here) >= SAME_PLACE:
                exact = passages.find(self.text, words, prefix, suffix) if prefix or suffix else here
                return exact is not None and passages.overlap(self.match, exact) >= SAME_PLACE
            at = self.text.find(other, at + 1, self.match.end + len(other))
        return False


def _notice_on(report: Report, place: _Place) -> Correction | None:
    """The newest published notice about these words: it quotes them, or it settled a report that did."""
    if report.article is None:
        return None
    rows = Correction.objects.listed().filter(status=CorrectionStatus.PUBLISHED).for_article(report.article)
    notices = list(rows.newest_first()[:MOST_NOTICES])
    quotes = Report.objects.filter(correction__in=notices, article=report.article).exclude(passage_exact="")
    settled = {
        pk
        for pk, *quote in quotes.order_by("-pk").values_list(
            "correction_id", "passage_exact", "passage_prefix", "passage_suffix"
        )[:MOST_COMPARED]
        if place.meets(*quote)
    }
    for notice in notices:
        quoted = (notice.original_text or "", notice.corrected_text or "")
        if notice.pk in settled or any(place.meets(words) for words in quoted):
            return notice
    return None


def _report_on(report: Report, place: _Place) -> Report | None:
    """The oldest open report of another reader, sent before this one, on the same words."""
    rows = (
        Report.objects.filter(
            article=report.article_id,
            status__in=JOINED_TO,
            visibility=Visibility.NORMAL,
            test=report.test,
            pk__lt=report.pk,
        )
        .exclude(passage_exact="")
        .exclude(pk__in=family_of(report).values("pk"))
        .order_by("pk")
    )
    quotes = rows.values_list("pk", "passage_exact", "passage_prefix", "passage_suffix")[:MOST_COMPARED]
    found = next((pk for pk, *quote in quotes if place.meets(*quote)), None)
    return Report.objects.select_related("publication").get(pk=found) if found else None


def _is_certain(report: Report, other: Report) -> bool:
    if report.urgent or report.about_me:
        return False
    text = text_of(report)
    mine, theirs = claim_of(report, text), claim_of(other, text)
    placed = all(
        # Half of the score: the words stand there several times, and nothing tells which of them was meant.
        claim.place is not None and claim.place.state == "exact" and claim.place.score > ONE_OF_SEVERAL
        for claim in (mine, theirs)
    )
    return placed and compare(mine, theirs)[1] == "same_passage"


def folded(text: str) -> str:
    """Every run of white space as one space: a browser's selection and the stored text disagree about line breaks."""
    return " ".join(text.split())
