"""What a licensee is to do about a change, in one sentence, and the words of the notice that the text may carry."""

from __future__ import annotations

from newsroom.articles.public import corrections_of
from reprints.documents.wording import task_words
from reprints.models import UpdateNotice


def task_of(notice: UpdateNotice) -> str:
    """What to do about it, as a sentence."""
    return task_words(notice.kind, notice.duty, dated=notice.due_at is not None)


def words_of(notice: UpdateNotice) -> str:
    """What the newsroom published about it, to read and to append; empty where nothing is public."""
    if not notice.correction_reference:
        return ""
    rows = corrections_of([notice.article_id])[notice.article_id]
    return next((row["text"] or "" for row in rows if row["reference"] == notice.correction_reference), "")
