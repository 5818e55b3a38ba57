"""What follows at the licensing desk from what happened elsewhere."""

from __future__ import annotations

from newsroom.events.kinds import reaction
from newsroom.events.models import Event
from reprints.services import updates


@reaction(
    "correction.published",
    "correction.superseded",
    "correction.withdrawn",
    "correction.reinstated",
    "article.withheld",
    "article.canceled",
    "article.released",
)
def corrections_follow_the_copy(event: Event) -> None:
    """Every licensee of the article is told, and must answer."""
    updates.open_for(event)


@reaction("article.revised")
def the_corrected_text_is_there(event: Event) -> None:
    """Notices that waited for the fixed revision name it."""
    updates.revision_arrived(event)
