"""What a reader got of us: the notice that settled their report, whatever is done with the report afterwards."""

from __future__ import annotations

from corrections.events import ACCEPTED
from corrections.models import Correction, Report
from corrections.vocabulary import Effect
from corrections.workflow import CorrectionStatus
from newsroom.events.log import history_of


def settled_by(report: Report) -> Correction | None:
    """The newest notice that was published and settled this report: while its reader asks for a second look, after that
    was declined, and while another notice is being drafted. It may have been withdrawn or suppressed since.
    """
    notice = report.correction
    if notice is None or notice.published_at is not None:
        return notice
    if report.appealed_at is None:
        return None
    # It waits for a draft. Which notice it had before, its acceptance says.
    accepted = history_of(report).filter(kind=ACCEPTED.name).order_by("-pk").first()
    before = accepted.data.get("settled_by") if accepted is not None else None
    return Correction.objects.filter(reference=before).first() if before else None


def now_standing(notice: Correction | None) -> Correction | None:
    """The notice, or the one that counts in its place by now; None when it was withdrawn or is not shown any more."""
    while notice is not None and notice.status == CorrectionStatus.SUPERSEDED:
        notice = notice.followers.public().filter(effect=Effect.SUPERSEDE).order_by("-pk").first()
    return notice if notice is not None and notice.status == CorrectionStatus.PUBLISHED else None
