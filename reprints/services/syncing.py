"""The corpus of an AI licensee in step with the newsroom: an ordered feed of what to purge or read again, and one
answer for all of it.

A place in the feed is the public position of an event: given after its commit, so that reading on never skips one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from newsroom.accounts.models import Organization
from newsroom.articles.models import Revision
from newsroom.events.api.streams import end_of_stream
from newsroom.events.models import Position
from newsroom.workflow import Actor
from reprints import events
from reprints.models import UpdateNotice
from reprints.models.updates import NoticeQuerySet
from reprints.services import updates
from reprints.vocabulary import AI_USES, Action, Duty, NoticeKind, answers_to

PURGE, REFRESH = "purge", "refresh"
IN_FEED = (events.NOTICE_OPENED.name, events.NOTICE_REVISED.name)
FOR_MACHINES = Q(license__use__in=sorted(AI_USES)) | ~Q(license__snapshot__ai_purposes=[])
PURGED_KINDS = frozenset({NoticeKind.HOLD, NoticeKind.RETRACTION, NoticeKind.LEGAL_REMOVAL})
PURGED_DUTIES = frozenset({Duty.TAKE_DOWN, Duty.PURGE})
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Entry:
    """A place in the feed, what happened there, and the notice as it stands now."""

    position: int
    type: str
    notice: UpdateNotice
    sha256: str


@dataclass(frozen=True)
class Feed:
    """A page, oldest first. `position` is where to read on; `more` says that something is there already."""

    entries: list[Entry]
    position: int
    more: bool


@dataclass(frozen=True)
class Synced:
    """What one answer covered: what is acknowledged now, and (reference, code) of what could not be."""

    acknowledged: list[str]
    left: list[tuple[str, str]]
    more: bool


def feed(organization: Organization, *, test: bool, after: int, size: int, license_number: str = "") -> Feed:
    """The changes of every article that the organization licensed for machines, after a position. Reads only."""
    notices = _notices(organization, test=test)
    if license_number:
        notices = notices.filter(license__reference=license_number)
    end = end_of_stream()
    rows = (
        Position.objects.filter(
            event__kind__in=IN_FEED,
            event__subject_kind=UpdateNotice.noun,
            event__subject_reference__in=notices.values("reference"),
            number__gt=after,
            number__lte=end,
        )
        .select_related("event")
        .order_by("number")
    )
    found = list(rows[: size + 1])
    page, more = found[:size], len(found) > size
    references = {row.event.subject_reference for row in page}
    known = {row.reference: row for row in notices.for_lists().filter(reference__in=references)}
    shas = _fingerprints(known.values())
    entries = []
    for row in page:
        notice = known[row.event.subject_reference]
        entries.append(Entry(row.number, row.event.kind, notice, shas.get((notice.article_id, notice.revision), "")))
    return Feed(entries, page[-1].number if more else max(end, after), more)


def required(notice: UpdateNotice) -> str:
    """`purge`: delete every copy, index entry and vector; `refresh`: read the text again."""
    purged = notice.kind in PURGED_KINDS or notice.duty in PURGED_DUTIES
    return PURGE if purged and notice.kind != NoticeKind.RELEASE else REFRESH


@transaction.atomic
def acknowledge(organization: Organization, *, by: Actor, test: bool, through: int, note: str = "") -> Synced:
    """The licensee did what the feed asked for, up to and with this position: purged what was to be purged, replaced
    the rest.

    A correction whose text is not there yet stays open (`no_revision`). What was asked for after the position is not
    touched. At most `MOST_AT_ONCE` notices a call.
    """
    newest = Position.objects.filter(
        event__kind__in=IN_FEED, event__subject_kind=UpdateNotice.noun, event__subject_reference=OuterRef("reference")
    ).order_by("-number")
    rows = (
        _notices(organization, test=test)
        .unanswered()
        .annotate(place=Subquery(newest.values("number")[:1]))
        .filter(place__lte=through)
        .order_by("pk")
    )
    found = list(rows[: MOST_AT_ONCE + 1])
    done, left = [], []
    for notice in found[:MOST_AT_ONCE]:
        action = Action.PURGED if required(notice) == PURGE else Action.REPLACED
        if action not in answers_to(notice.duty, notice.kind):
            action = Action.NOTED  # A release whose terms name no duty of text.
        if action == Action.REPLACED and notice.kind == NoticeKind.CORRECTION and notice.revision is None:
            left.append((notice.reference, "no_revision"))
            continue
        updates.acknowledge(notice, by=by, action=action, note=note)
        done.append(notice.reference)
    return Synced(done, left, len(found) > MOST_AT_ONCE)


def _notices(organization: Organization, *, test: bool) -> NoticeQuerySet:
    return UpdateNotice.objects.filter(FOR_MACHINES, organization=organization, test=test)


def _fingerprints(notices: Iterable[UpdateNotice]) -> dict[tuple[int, int | None], str]:
    """(article, revision) → SHA-256 of the text that a notice names, in one query."""
    wanted = {(row.article_id, row.revision) for row in notices if row.revision is not None}
    found = Revision.objects.filter(
        article__in={article for article, _revision in wanted}, number__in={number for _article, number in wanted}
    ).values_list("article_id", "number", "sha256")
    return {(article, number): sha256 for article, number, sha256 in found}
