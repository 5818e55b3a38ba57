"""What the private page shows of a report: how it stands, what comes next and by when, and what was said so far."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from corrections import public
from corrections.forms.reader import stands_in
from corrections.models import Correction, Report
from corrections.services import clock, outcomes, splitting
from corrections.services.same import Question
from corrections.services.submitting import private_path
from corrections.views import progress, said, wording
from corrections.vocabulary import Visibility
from corrections.workflow import ReportStatus


def context_of(report: Report, *, question: Question | None) -> dict[str, Any]:
    """The context of `corrections/private.html` but for its forms. `question` is the one that the page asks, if any."""
    dates = wording.dates_of(report)
    messages = list(report.messages.filter(internal=False).select_related("author"))
    asked = clock.question_of(report)
    settled_by = _settled_by(report)
    ended_words, ended_at = wording.outcome_of(report, settled_by)
    asked_about = question.notice if question is not None else None
    return {
        "report": report,
        "publication": report.publication,
        "headline": report.headline,
        "standing": wording.standing_of(report),
        "next": wording.next_of(report, settled_by),
        "ended": not report.is_open and report.status != ReportStatus.DUPLICATE,
        "ended_words": ended_words,
        "ended_at": ended_at,
        "steps": progress.steps_of(report),
        "due": next((row for row in dates if not row.paused_at), None),
        "dates": dates,
        "answer_by": clock.answer_by(report),
        "asked": asked.body if asked is not None else "",
        "thread": wording.thread_of(report, messages),
        "answers": wording.answers_of(report),
        "notice": _card(settled_by),
        "asked_about": _card(asked_about),
        "family": _other_halves(report),
        "passage_missing": _passage_missing(report),
        "about_reader": said.about_the_reader(report),
        "reached_by": said.reached_by(report),
        "on_duty_told": report.status != ReportStatus.HELD,
        "private_url": settings.BASE_URL + private_path(report),
    }


def _other_halves(report: Report) -> list[dict[str, Any]]:
    """What it was split into, with the way there. The desk may have given this page's link out, so that a restricted
    half is named on the page of another restricted one alone.
    """
    others = splitting.family_of(report).exclude(pk=report.pk)
    if not report.confidential:
        others = others.filter(visibility=Visibility.NORMAL)
    return [
        {"reference": other.reference, "path": private_path(other), "label": wording.standing_of(other).label}
        for other in others[: splitting.MAX_PARTS]
    ]


def _settled_by(report: Report) -> Correction | None:
    """The public notice that settled it, or the report that it was joined to: before an appeal, too."""
    notice = outcomes.settled_by(wording.primary_of(report)) or outcomes.settled_by(report)
    return notice if notice is not None and notice.is_public else None


def _card(notice: Correction | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    return wording.card(public.shape(Correction.objects.for_page().get(pk=notice.pk)))


def _passage_missing(report: Report) -> bool:
    """Whether the quoted words are not in the text that the reader saw, as far as we have it."""
    if not report.passage_exact or report.article is None:
        return False
    revision = report.article.revisions.filter(number=report.article_revision or 0).first()
    return revision is not None and not stands_in(revision, report.passage_exact)
