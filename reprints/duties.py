"""What a licensee is to do about a change, in one sentence, and the words of the notice that the text may carry."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from newsroom.articles.public import corrections_of
from reprints.documents.wording import task_words
from reprints.models import License, UpdateNotice
from reprints.services.carrying import STILL_DUE
from reprints.vocabulary import Duty
from reprints.workflow import NoticeStatus

LET_OFF = frozenset({NoticeStatus.WAIVED, NoticeStatus.CANCELED})


def task_of(notice: UpdateNotice) -> str:
    """What to do about it, as a sentence, after one that says so where a correction was withdrawn."""
    task = task_words(notice.kind, notice.duty, dated=notice.due_at is not None)
    if not notice.tells_withdrawal():
        return task
    if notice.duty == Duty.REPLACE_OR_APPEND:
        return _("A correction was withdrawn: replace the text by the one that holds now, or append the notice to it.")
    return _("A correction was withdrawn. %(task)s") % {"task": task}


def to_come_down(rows: Sequence[License]) -> set[int]:
    """The keys of those whose text is to be taken down today: the article is not usable, or the newest notice to the
    licensee says so, answered or not. Reads `article`.
    """
    notices = UpdateNotice.objects.filter(license__in=rows).order_by("pk")
    newest = {key: (duty, status) for key, duty, status in notices.values_list("license_id", "duty", "status")}
    down = {key for key, (duty, status) in newest.items() if duty in STILL_DUE and status not in LET_OFF}
    return down | {row.pk for row in rows if row.article.status != "usable"}


def words_of(notice: UpdateNotice) -> str:
    """What the newsroom published about it, to read and to append; empty where nothing is public."""
    if not notice.correction_reference:
        return ""
    rows = corrections_of([notice.article_id])[notice.article_id]
    return next((row["text"] or "" for row in rows if row["reference"] == notice.correction_reference), "")
