"""What follows at the corrections desk from what happened elsewhere."""

from __future__ import annotations

from corrections.models import Report
from corrections.services import anchors
from newsroom.events.kinds import reaction
from newsroom.events.models import Event


@reaction("article.revised")
def passages_are_compared(event: Event) -> None:
    """Reports whose passage the edit changed say so; an edit without a notice is shown to the desk."""
    if event.article is not None:
        anchors.after_revision(event.article, revision=int(event.data["revision"]))


@reaction("report.submitted")
def the_passage_is_placed(event: Event) -> None:
    """A passage that is not in the article is said to be an orphan."""
    anchors.place(Report.objects.select_related("article").get(reference=event.subject_reference))
