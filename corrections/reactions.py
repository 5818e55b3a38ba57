"""What follows at the corrections desk from what happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from corrections.models import Report
from corrections.services import anchors, contacts, filing, fixing
from newsroom.events.kinds import address_refused, reaction
from newsroom.events.models import Event


@reaction("article.imported", "article.revised")
def reports_learn_their_article(event: Event) -> None:
    """Reports about an address that nobody knew name the article that has it. Before their passages are compared."""
    if event.article is not None:
        filing.recognize(event.article)


@reaction("article.revised")
def passages_are_compared(event: Event) -> None:
    """Reports whose passage the edit changed say so; an edit without a notice is shown to the desk."""
    if event.article is not None:
        anchors.after_revision(event.article)


@reaction("article.revised")
def the_fix_is_proposed(event: Event) -> None:
    """Notices that wait for the fix are shown the text that looks like it."""
    if event.article is not None:
        fixing.revision_arrived(event.article)


@reaction("report.submitted")
def the_passage_is_placed(event: Event) -> None:
    """A passage that is not in the article is said to be an orphan."""
    anchors.place(Report.objects.select_related("article").get(reference=event.subject_reference))


@address_refused(*contacts.READER_KINDS)
def no_more_mail_goes_there(key: str, owed_at: datetime) -> None:
    """A reader's address takes no mail: the desk and the private page say so."""
    contacts.note_refusal(key, owed_at=owed_at)
