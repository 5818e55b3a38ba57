"""Corrections follow the copy: who must be told, what they must do, and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import references
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.models import Event
from newsroom.workflow import CLOCK, LICENSING, THE_CLOCK, THE_LOG, THE_PARTNER, Actor, lock
from reprints import events, moments
from reprints.documents.wording import duties_in
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.models.updates import NoticeQuerySet
from reprints.services import placements
from reprints.services.checking import fault_of_page
from reprints.services.moving import lock_quote, move, tell, touch, words_of
from reprints.vocabulary import OF_TEXT, Action, Duty, NoticeKind, answers_to
from reprints.workflow import OPEN_REQUEST, UNANSWERED, UPDATE_NOTICE, NoticeStatus, QuoteStatus

K = NoticeKind
NOTICE_OF_CORRECTION: dict[str, str] = {
    "correction": K.CORRECTION,
    "clarification": K.CLARIFICATION,
    "editors_note": K.CLARIFICATION,
    "update": K.UPDATE,
    "reply": K.UPDATE,
    "retraction": K.RETRACTION,
}
"""Kind of correction → kind of notice. A kind that is not here, like `minor_fix`, notifies nobody."""

NOTICE_OF_ARTICLE: dict[str, str] = {
    "article.withheld": K.HOLD,
    "article.canceled": K.LEGAL_REMOVAL,
    "article.released": K.RELEASE,
}
"""A change of the article's own status, before or without a correction."""


CHANGES = frozenset({"correction.published", "correction.superseded", "correction.withdrawn", "correction.reinstated"})
"""What the other desk records when a notice changes an article."""
AFFECTING = ("correction.superseded", "correction.withdrawn", "correction.reinstated")
STRICTNESS = [Duty.INFORM, Duty.REQUESTED, Duty.REPLACE_OR_APPEND, Duty.TAKE_DOWN, Duty.PURGE]
TEXT_KINDS = {K.UPDATE, K.CLARIFICATION, K.CORRECTION, K.RETRACTION}
REMIND_REQUESTED_AFTER = timedelta(days=7)
"""The clock of what the terms give no date for: we ask, ask once more, and a person looks after as long again."""


@dataclass(frozen=True)
class Change:
    """What one event means for the licenses of an article."""

    kind: str
    correction: str = ""
    revision: int | None = None
    withdrawn: str = ""
    """The correction that no longer stands."""


def open_for(event: Event) -> list[UpdateNotice]:
    """Open one notice per license that holds an article of the event. Runs in the planner's transaction.

    Twice opens nothing again. An unanswered older notice of the same license is superseded; what it still
    demanded of the text is not forgotten by a milder one. A license is never revoked. Test licenses get test
    notices.
    """
    opened: list[UpdateNotice] = []
    for article in Article.objects.filter(pk__in=articles_of(event)).select_related("publication").order_by("pk"):
        change = change_of(event, article)
        if change is None:
            continue
        day = event.happened_at.astimezone(article.publication.zone).date()
        held = License.objects.holding(article).owed_updates(day).order_by("pk")
        opened += [notice for row in held if (notice := open_under(row, change, event))]
        _flag_open_business(article)
    return opened


def open_one(row: License, *, kind: str, revision: int | None, event: Event) -> UpdateNotice:
    """A notice of this kind for one license, as test mode makes it. Inside a transaction, once an event."""
    notice = open_under(row, Change(kind, "", revision if kind in TEXT_KINDS else None), event)
    if notice is None:
        raise Conflict(_("This was told already."))
    return notice


def revision_arrived(event: Event) -> None:
    """The corrected text is there: unanswered notices that wait for it name it from now on, and say so. Idempotent."""
    number = event.data.get("revision")
    if event.article_id is None or not isinstance(number, int):
        return
    waiting = UpdateNotice.objects.unanswered().filter(article_id=event.article_id, revision=None)
    for notice in waiting.filter(duty__in=[Duty.REPLACE_OR_APPEND, Duty.REQUESTED], kind=K.CORRECTION):
        name_revision(lock(notice), number)


def name_revision(notice: UpdateNotice, number: int) -> None:
    """The locked notice names the corrected text from now on."""
    notice.revision = number
    touch(notice, fields=["revision"])
    tell(events.NOTICE_REVISED, notice, by=THE_LOG, data={"revision": number})


@transaction.atomic
def acknowledge(
    notice: UpdateNotice,
    *,
    by: Actor = THE_PARTNER,
    action: str,
    url: str = "",
    note: str = "",
    seen: int | None = None,
) -> UpdateNotice:
    """The licensee says what was done: one of `vocabulary.answers_to`, and where to see it."""
    notice = lock(notice, seen=seen)
    UPDATE_NOTICE.check(notice, "acknowledge", by)
    if action not in Action.values:
        raise Invalid.one("/action", _("Say what you did."), "unknown_value")
    if action not in answers_to(notice.duty, notice.kind):
        words = _("This does not do what was asked: %(duty)s.") % {"duty": notice.get_duty_display()}
        raise Invalid.one("/action", words, "wrong_action")
    if url and (fault := fault_of_page(url)):
        raise Invalid.one("/url", *fault)
    if action == Action.REPLACED and notice.kind == K.CORRECTION and notice.revision is None:
        raise Conflict(_("The corrected text is not there yet. Append the notice, or wait for it."), code="no_revision")
    notice.action, notice.action_url = action, url
    notice.action_note = words_of(note, pointer="/note", required=False, most=2000)
    notice.acknowledged_at = moments.now()
    move(
        notice,
        "acknowledge",
        by=by,
        fields=["action", "action_url", "action_note", "acknowledged_at"],
        data={"action": action},
    )
    return notice


@transaction.atomic
def verify(notice: UpdateNotice, *, by: Actor, seen: int | None = None) -> UpdateNotice:
    """The desk looked at the page: it is as the licensee said. Where that is one of its placements, it was seen."""
    notice = lock(notice, seen=seen)
    move(notice, "verify", by=by)
    if notice.action in OF_TEXT:
        placements.note_seen(notice.license, notice.action_url)
    return notice


@transaction.atomic
def escalate(notice: UpdateNotice, *, by: Actor = THE_CLOCK, seen: int | None = None) -> UpdateNotice:
    """Nobody answered: a person of the desk takes it from here."""
    notice = lock(notice, seen=seen)
    move(notice, "escalate", by=by)
    return notice


@transaction.atomic
def waive(notice: UpdateNotice, *, by: Actor, words: str, seen: int | None = None) -> UpdateNotice:
    """The licensee need not act; the reason stays on record and is told."""
    notice = lock(notice, seen=seen)
    UPDATE_NOTICE.check(notice, "waive", by)
    notice.waived_reason = words_of(words, most=500)
    move(notice, "waive", by=by, fields=["waived_reason"])
    return notice


@transaction.atomic
def remind(notice: UpdateNotice, *, by: Actor = THE_CLOCK, seen: int | None = None) -> UpdateNotice:
    """Ask once more. The clock does it by itself once, the desk as often as it likes."""
    notice = lock(notice, seen=seen)
    if not {CLOCK, LICENSING} & by.roles_at(notice.publication):
        raise NotAllowed(_("Your role does not include this."))
    if notice.status not in UNANSWERED:
        raise Conflict(_("This notice is “%(status)s”.") % {"status": notice.get_status_display()})
    notice.reminded_at = moments.now()
    touch(notice, fields=["reminded_at"])
    tell(events.NOTICE_REMINDED, notice, by=by)
    return notice


def duty_of(row: License, kind: str) -> tuple[str, timedelta | None]:
    """What the terms in the license's own snapshot oblige to for this kind, and within which time.

    `(requested, None)` where they are silent; hours that are missing or no number are no deadline.
    """
    term = duties_in(row.snapshot.get("duties", {})).get(kind, {"duty": Duty.REQUESTED.value})
    return term["duty"], timedelta(hours=term["within_hours"]) if "within_hours" in term else None


def counts_for(correction_reference: str) -> dict[str, int]:
    """`{"told", "confirmed"}`: how many licensees heard of a correction, and how many answered.

    “14 of 15 confirmed.”
    """
    rows = UpdateNotice.objects.filter(correction_reference=correction_reference, test=False)
    return count_answers(rows.standing())


def count_answers(rows: NoticeQuerySet) -> dict[str, int]:
    """`{"told", "confirmed"}` of these notices."""
    confirmed = Count("pk", filter=Q(status__in=[NoticeStatus.ACKNOWLEDGED, NoticeStatus.VERIFIED]))
    return rows.order_by().aggregate(told=Count("pk"), confirmed=confirmed)


def articles_of(event: Event) -> list[int]:
    """The articles that the event is about."""
    if event.kind in NOTICE_OF_ARTICLE:
        return [event.article_id] if event.article_id else []
    named = event.data.get("articles") or ([event.article_id] if event.article_id else [])
    return [pk for pk in named if isinstance(pk, int)]


def change_of(event: Event, article: Article) -> Change | None:
    """What the event means for this article's licensees; None when it is nothing to them, or another event
    tells it.
    """
    if kind := NOTICE_OF_ARTICLE.get(event.kind):
        # Where a correction changed the status, the correction itself says so.
        return None if event.data.get("correction") else Change(kind)
    own, reference = NOTICE_OF_CORRECTION.get(str(event.data.get("kind"))), event.subject_reference
    if event.kind != "correction.published":
        return None if event.data.get("by_notice") else _affected(event, own, reference)
    affected = (
        Event.objects.filter(article=event.article_id, kind__in=AFFECTING, data__by_notice=reference)
        .order_by("-pk")
        .first()
    )
    if affected is not None and affected.kind != "correction.superseded":
        return _affected(affected, NOTICE_OF_CORRECTION.get(str(affected.data.get("kind"))), reference)
    if own is None:
        return Change(K.UPDATE, reference) if affected is not None else None
    revision = (event.data.get("revision_after") or {}).get(str(article.pk))
    return Change(own, reference, revision if isinstance(revision, int) else None)


def _affected(event: Event, kind: str | None, reference: str) -> Change | None:
    """What it means that a notice of this kind was superseded, withdrawn or reinstated."""
    if kind is None:
        return None
    if event.kind == "correction.reinstated":
        return Change(kind, reference)
    if event.kind != "correction.withdrawn":
        return Change(K.UPDATE, reference)
    return Change(K.RELEASE if kind == K.RETRACTION else K.UPDATE, reference, withdrawn=event.subject_reference)


def open_under(
    row: License, change: Change, event: Event, *, held_since: datetime | None = None
) -> UpdateNotice | None:
    """One notice for one license; None when the event was told already. Its time runs from the event, or from
    `held_since` where the licensee got the text later.
    """
    row = lock(row)
    if UpdateNotice.objects.filter(license=row, origin_event=event).exists():
        return None
    opened_at = event.happened_at + _clock_of(row)
    if held_since is not None:
        opened_at = max(opened_at, held_since)
    duty, within = duty_of(row, change.kind)
    due_at = opened_at + within if within else None
    for older in UpdateNotice.objects.unanswered().filter(license=row, article=row.article):
        for owed, until in _still_owed(row, older, change):
            if is_stricter(owed, duty):
                duty, due_at = owed, not_passed(row, owed, until)
        move(lock(older), "supersede", by=THE_LOG)
    notice = UpdateNotice.objects.create(
        reference=references.new("update_notice", test=row.test),
        license=row,
        article=row.article,
        publication=row.publication,
        organization=row.organization,
        origin_event=event,
        correction_reference=change.correction,
        kind=change.kind,
        duty=duty,
        revision=change.revision,
        due_at=due_at,
        remind_at=_remind_at(opened_at, due_at, duty),
        test=row.test,
    )
    tell(events.NOTICE_OPENED, notice, by=THE_LOG, data=opened_data(notice))
    return notice


def _still_owed(row: License, older: UpdateNotice, change: Change) -> list[tuple[str, datetime | None]]:
    """Duty and date of what is unanswered and goes on under a newer notice.

    After a withdrawal only what other corrections demand, of which the older notices tell: the duty of the unanswered
    one may be that of the correction which no longer stands.
    """
    if not {older.kind, change.kind} <= TEXT_KINDS:
        return []
    if not change.withdrawn:
        return [(older.duty, older.due_at)]
    replaced = Event.objects.filter(kind="correction.superseded", data__by_notice=change.withdrawn)
    gone = {change.withdrawn, *replaced.values_list("subject_reference", flat=True)}
    rows = row.update_notices.filter(article=older.article_id).order_by("-pk").iterator(chunk_size=20)
    unanswered = {*UNANSWERED, NoticeStatus.SUPERSEDED}
    told = takewhile(lambda notice: notice.status in unanswered and notice.kind in TEXT_KINDS, rows)
    return [_own(row, notice) for notice in told if notice.correction_reference not in gone]


def _own(row: License, notice: UpdateNotice) -> tuple[str, datetime | None]:
    """Duty and date of the notice by the terms alone, without what it took over from older ones."""
    duty, within = duty_of(row, notice.kind)
    if notice.duty == duty:
        return duty, notice.due_at
    return duty, _now(row) + within if within else None


def not_passed(row: License, duty: str, due_at: datetime | None) -> datetime | None:
    """The date of a demand that a newer notice takes over: none that has passed, but the duty's time from now."""
    now = _now(row)
    if due_at is None or due_at > now:
        return due_at
    times = [within for owed, within in (duty_of(row, kind) for kind in TEXT_KINDS) if owed == duty and within]
    return now + min(times) if times else None


def is_stricter(duty: str, than: str) -> bool:
    """Whether the one duty demands more of the text."""
    return STRICTNESS.index(Duty(duty)) > STRICTNESS.index(Duty(than))


def _remind_at(opened_at: datetime, due_at: datetime | None, duty: str) -> datetime | None:
    """At half time; where the terms give no date, by our own clock."""
    if due_at is not None:
        return opened_at + (due_at - opened_at) / 2 if due_at > opened_at else None
    return opened_at + REMIND_REQUESTED_AFTER if duty == Duty.REQUESTED else None


def _now(row: License) -> datetime:
    return timezone.now() + _clock_of(row)


def _clock_of(row: License) -> timedelta:
    """How far its clock is ahead of the event's: that of a partner who tries the desk out, for a test license."""
    return timedelta(seconds=row.organization.test_clock_seconds if row.test and row.organization else 0)


def opened_data(notice: UpdateNotice) -> dict[str, Any]:
    """What the event of a new notice says."""
    return {
        "kind": notice.kind,
        "duty": notice.duty,
        "due_at": notice.due_at.isoformat() if notice.due_at else None,
    }


def _flag_open_business(article: Article) -> None:
    """Open quotes are read again before they are accepted (their version counts up), open requests show the
    change.
    """
    now = moments.now()
    requests = LicenseRequest.objects.filter(items__article=article, status__in=OPEN_REQUEST).distinct()
    for request in requests.order_by("pk"):
        fresh_request = lock(request)
        fresh_request.article_changed_at = now
        touch(fresh_request, fields=["article_changed_at"])
    quotes = Quote.objects.filter(status=QuoteStatus.OPEN, lines__article=article).distinct()
    for quote in quotes.order_by("request_id", "pk"):
        fresh = lock_quote(quote)
        fresh.reconfirm_since = now
        touch(fresh, fields=["reconfirm_since"])
