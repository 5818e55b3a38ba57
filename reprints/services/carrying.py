"""No change of an article is lost between two licenses: what happened before one began is told when it begins, and
what is unanswered when one ends goes on where it must.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from newsroom import references
from newsroom.events.models import Event
from newsroom.workflow import THE_LOG, lock
from reprints import events
from reprints.models import License, UpdateNotice
from reprints.services import updates
from reprints.services.moving import move, tell, touch
from reprints.vocabulary import Duty, NoticeKind

BEGUN_BEFORE = timedelta(minutes=1)
"""Longer than any transaction: one that began before the acceptance may have ended after it, unseen by the snapshot."""
STILL_DUE = frozenset({Duty.TAKE_DOWN, Duty.PURGE})
"""What must go must go, license or no license."""


def catch_up(row: License) -> list[UpdateNotice]:
    """Tell the license that begins now what happened to its text since the snapshot: it waited for a payment, and
    nobody was told of it meanwhile.

    Holds and removals are not among it: the article may be used again, or the license would not begin. Inside the
    transaction of the move, on the locked row.
    """
    opened: list[UpdateNotice] = []
    licensed = int(row.snapshot["article"]["revision"])
    for event in _since(row):
        if event.kind == "article.revised":
            _revised(row, event)
            continue
        if row.article_id not in updates.articles_of(event):
            continue
        change = updates.change_of(event, row.article)
        if change is None or change.kind not in updates.TEXT_KINDS or change.kind == NoticeKind.RETRACTION:
            continue
        if event.happened_at < row.created_at and change.revision is not None and change.revision <= licensed:
            continue  # The snapshot has it.
        notice = updates.open_under(row, change, event, held_since=row.issued_at)
        opened += [notice] if notice is not None else []
    return opened


def carry(old: License, new: License) -> None:
    """What is unanswered under the one goes on under the other, which takes its place: the same duty, the same date.

    What was told under both is left to the newer. Inside the transaction of the move, on locked rows.
    """
    for stale in old.update_notices.unanswered().order_by("pk"):
        notice = lock(stale)
        move(notice, "supersede", by=THE_LOG)
        if new.update_notices.filter(origin_event=notice.origin_event_id).exists():
            continue
        standing = new.update_notices.unanswered().filter(article=notice.article_id).first()
        if standing is not None:
            _tighten(lock(standing), notice)
            continue
        again = UpdateNotice.objects.create(
            reference=references.new("update_notice", test=new.test),
            license=new,
            article=notice.article,
            publication=new.publication,
            organization=new.organization,
            origin_event=notice.origin_event,
            correction_reference=notice.correction_reference,
            kind=notice.kind,
            duty=notice.duty,
            revision=notice.revision,
            due_at=notice.due_at,
            remind_at=notice.remind_at,
            reminded_at=notice.reminded_at,
            overdue_told_at=notice.overdue_told_at,
            status=stale.status,
            test=new.test,
        )
        tell(events.NOTICE_OPENED, again, by=THE_LOG, data=updates.opened_data(again))


def release(row: License) -> None:
    """The license ends: nobody need correct a text that may not be used. What must be taken down stays due."""
    for notice in row.update_notices.unanswered().exclude(duty__in=STILL_DUE).order_by("pk"):
        move(lock(notice), "cancel", by=THE_LOG)


def _since(row: License) -> list[Event]:
    about = Q(kind__in=updates.CHANGES) | Q(kind="article.revised", article=row.article)
    return list(Event.objects.filter(about, happened_at__gte=row.created_at - BEGUN_BEFORE).order_by("pk"))


def _revised(row: License, event: Event) -> None:
    number = event.data.get("revision")
    waiting = row.update_notices.unanswered().filter(kind=NoticeKind.CORRECTION, revision=None)
    for notice in waiting if isinstance(number, int) else []:
        updates.name_revision(lock(notice), number)


def _tighten(standing: UpdateNotice, older: UpdateNotice) -> None:
    """The newer notice demands no less than the older one did."""
    both = {standing.kind, older.kind} <= updates.TEXT_KINDS
    if both and updates.is_stricter(older.duty, standing.duty):
        standing.duty, standing.remind_at = older.duty, older.remind_at
        standing.due_at = updates.not_passed(standing.license, older.duty, older.due_at)
        touch(standing, fields=["duty", "due_at", "remind_at"])
