"""One report that names two errors becomes two. Each goes its own way; the reader's pages lead to each other."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Report, ReporterContact
from corrections.services import anchors, priority
from corrections.services.moving import keep_closed
from corrections.vocabulary import Category
from corrections.workflow import ReportStatus
from newsroom import links, references
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import promises, sealed
from newsroom.events.log import record
from newsroom.workflow import DESK, lock

MAX_PARTS = 10
MAX_CLAIM = 5000
MAX_PASSAGE = 500
SPLIT_IN = {ReportStatus.NEW, ReportStatus.IN_REVIEW}
COPIED = (
    *("publication", "article", "article_url", "anchor", "article_revision", "medium", "medium_detail", "sources"),
    *(
        "about_me",
        "acting_for",
        "urgent",
        "urgent_reason",
        "language",
        "status",
        "visibility",
        "legal_hold",
        "channel",
        "origin",
    ),
    *("desk", "assignee", "first_answered_at", "test"),
)
"""What both halves have in common: the reader said it once, for both."""


def may_split(report: Report, by: User) -> bool:
    """Whether this person may take a second error out of it now."""
    return report.status in SPLIT_IN and DESK in by.roles_at(report.publication)


def family_of(report: Report) -> QuerySet[Report]:
    """The report as it came and everything that was taken out of it, the oldest first; at least the report itself."""
    root = report.split_from_id or report.pk
    return Report.objects.filter(Q(pk=root) | Q(split_from=root)).order_by("pk")


@transaction.atomic
def split(
    report: Report,
    *,
    by: User,
    claim: str,
    suggestion: str = "",
    passage: str = "",
    category: str = Category.OTHER,
    seen: int | None = None,
) -> Report:
    """Take one error out into a report of its own, in the same status, with the same dates. Answers the first one.

    The new report has the reader's contact details too, so that both are answered, and a private page of its own.
    Raises `Invalid` without words, `Conflict` when it is decided or waits for the reader, or has ten parts.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk splits reports."))
    if report.status not in SPLIT_IN:
        raise Conflict(_("Only a report that is new or in review is split."))
    if not claim.strip():
        raise Invalid.one("/claim", _("Say which error goes into the new report."), "required")
    if len(claim) > MAX_CLAIM or len(suggestion) > MAX_CLAIM or len(passage) > MAX_PASSAGE:
        raise Invalid.one("/claim", _("That is too long."), "too_long")
    if category not in Category.values:
        raise Invalid.one("/category", _("Choose a category."), "unknown_category")
    if family_of(report).count() > MAX_PARTS:
        raise Conflict(_("It was split ten times already."))
    part = Report(
        **{name: getattr(report, name) for name in COPIED},
        reference=references.new("report"),
        claim=claim.strip(),
        suggestion=suggestion.strip(),
        passage_exact=passage.strip(),
        category=category,
        token_nonce=links.new_nonce(),
        split_from_id=report.split_from_id or report.pk,
    )
    part.priority, part.priority_reasons = priority.of(part)
    part.save(force_insert=True)
    _share_contact(report, part)
    for promise in promises.running(report):
        promises.give(part, promise.kind, promise.term)
    anchors.place(part)
    report.version += 1
    report.save(update_fields=["version", "updated_at"])
    record(events.SPLIT, report, by=by, data={"part": part.reference})
    record(events.SPLIT_OFF, part, by=by, data={"of": report.reference, "status": part.status})
    return report


def same_address(report: Report, contact: ReporterContact) -> QuerySet[ReporterContact]:
    """This row and those of the other halves that hold the same address.

    The addresses are opened to be compared: sealed twice, one address looks like two, as it does after a key rotation.
    """
    rows = ReporterContact.objects.filter(report__in=family_of(report).values("pk")).exclude(email_sealed="")
    address = sealed.open_text(contact.email_sealed)
    same = [row.pk for row in rows if sealed.open_text(row.email_sealed) == address]
    return ReporterContact.objects.filter(pk__in=[contact.pk, *same])


def _share_contact(report: Report, part: Report) -> None:
    contact = getattr(report, "contact", None)
    if contact is not None:
        ReporterContact.objects.create(
            report=part,
            name_sealed=contact.name_sealed,
            email_sealed=contact.email_sealed,
            email_mark=contact.email_mark,
            phone_sealed=contact.phone_sealed,
            confirmed_at=contact.confirmed_at,
            bounced_at=contact.bounced_at,
        )
