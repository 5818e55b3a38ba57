"""What a licensee is to do about a change, in one sentence, and the words of the notice that the text may carry."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from newsroom.articles.public import corrections_of
from reprints.models import UpdateNotice
from reprints.vocabulary import Duty, NoticeKind

_GONE = {NoticeKind.HOLD, NoticeKind.RETRACTION, NoticeKind.LEGAL_REMOVAL}

TASKS: dict[str, Any] = {
    Duty.INFORM: _("This is for your information: nothing has to be done."),
    Duty.REPLACE_OR_APPEND: _("Replace the text by the corrected one, or append the notice to it."),
    Duty.TAKE_DOWN: _("Take the text down, wherever it stands."),
    Duty.PURGE: _("Delete every copy of the text, also from indexes, caches and archives."),
    Duty.REQUESTED: _("Please replace the text by the corrected one, or append the notice to it."),
}
"""Duty → what to do."""

HOLD = _("Take the text down until we tell you that it may be used again.")
ASKED_TO_TAKE_DOWN = _("Please take the text down, wherever it stands.")
ASKED_TO_UPDATE = _("Please bring your copy up to date, if you can.")
RELEASED = _("You may use the text again: nothing has to be done.")


def task_of(notice: UpdateNotice) -> Any:
    """What to do about it, as a sentence."""
    if notice.kind == NoticeKind.RELEASE:
        return RELEASED
    if notice.duty == Duty.REQUESTED and notice.kind in _GONE:
        return ASKED_TO_TAKE_DOWN
    if notice.duty == Duty.REQUESTED and notice.kind in {NoticeKind.UPDATE, NoticeKind.CLARIFICATION}:
        return ASKED_TO_UPDATE
    if notice.duty == Duty.TAKE_DOWN and notice.kind == NoticeKind.HOLD:
        return HOLD
    return TASKS[notice.duty]


def words_of(notice: UpdateNotice) -> str:
    """What the newsroom published about it, to read and to append; empty where nothing is public."""
    if not notice.correction_reference:
        return ""
    rows = corrections_of([notice.article_id])[notice.article_id]
    return next((row["text"] or "" for row in rows if row["reference"] == notice.correction_reference), "")
