"""The life of a license after it was granted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from newsroom.accounts import approvals
from newsroom.accounts.models import Approval, User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.workflow import LICENSING, THE_CLOCK, THE_LOG, THE_PARTNER, Actor, lock
from reprints import events, moments
from reprints.models import License, LicenseRequest, RequesterContact
from reprints.models.asking import ITEM_FIELDS
from reprints.services import asking, carrying, issuing, placements, terms_of_time
from reprints.services.moving import move, tell, words_of
from reprints.vocabulary import REVOCATION_REASONS, SUSPENSION_REASONS, EndReason, InvoiceKind, Obstacle
from reprints.workflow import LICENSE, InvoiceStatus, LicenseStatus, RequestStatus

SETTLED = (InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF)


@transaction.atomic
def issue(row: License, *, by: Actor, seen: int | None = None) -> License:
    """The payment arrived: the license is in force. The last one of a request fulfills it.

    Raises `Conflict` (`unpaid`) until its invoice is paid in full, or was written off, and (`not_usable`) while the
    article may not be used.
    """
    row = lock(row, seen=seen)
    LICENSE.check(row, "issue", by)
    if row.quote.net > 0 and not row.quote.invoices.filter(kind=InvoiceKind.INVOICE, status__in=SETTLED).exists():
        raise Conflict(_("This is paid first: enter the payment on the invoice, and it is issued."), code="unpaid")
    issuing.begin(row, by=by, waited=True)
    issuing.fulfill_with(row)
    return row


def issue_paid(row: License, *, by: Actor) -> bool:
    """`issue`, for money that arrived and is entered whatever became of the article.

    False when the article may not be used: the license goes on waiting, and the desk is told that it is to release the
    article, or to end the license and give the money back. Inside a transaction.
    """
    try:
        issue(row, by=by)
    except Conflict as refusal:
        if refusal.code != "not_usable":
            raise
        tell(events.HELD_BACK, row, by=THE_LOG)
        return False
    return True


@transaction.atomic
def suspend(
    row: License, *, by: Actor, reason: str, words: str, until: date | None = None, seen: int | None = None
) -> License:
    """Stop the use for now, with a reason of `SUSPENSION_REASONS` and words to the licensee.

    On the day `until` it is in force again by itself, unless something still stands against that (see `lift`).
    """
    row = lock(row, seen=seen)
    LICENSE.check(row, "suspend", by)
    if until is not None and until <= row.day():
        raise Invalid.one("/until", _("This day must be in the future."), "past_date")
    row.end_reason, row.suspended_until = _reason(reason, SUSPENSION_REASONS), until
    row.end_words = words_of(words, most=2000)
    move(
        row,
        "suspend",
        by=by,
        fields=["end_reason", "end_words", "suspended_until"],
        data={"reason": row.end_reason, "suspended_until": until.isoformat() if until else None},
    )
    return row


def lift(row: License, now: datetime) -> bool:
    """The day came until which it was suspended: reinstate it, if nothing stands against that any more. Else the desk
    looks at it: its first page counts such licenses.
    """
    if not _can_be_lifted(row, now):
        return False
    with transaction.atomic():
        row = lock(row)
        if not _can_be_lifted(row, now):
            return False
        reinstate(row, by=THE_CLOCK)
    return True


def _can_be_lifted(row: License, now: datetime) -> bool:
    come = row.status == LicenseStatus.SUSPENDED and row.suspended_until and row.suspended_until <= row.day(now)
    return bool(come) and not stands_against(row, now)


@transaction.atomic
def settle(row: License, *, by: Actor) -> bool:
    """The invoice is paid or taken back: a license that is suspended is in force again. False when something else
    stands against that: then it stays as it is, and the desk is told what.
    """
    row = lock(row)
    if row.status != LicenseStatus.SUSPENDED:
        return False
    if against := stands_against(row, moments.now()):
        tell(events.KEPT_SUSPENDED, row, by=THE_LOG, data={"against": against})
        return False
    reinstate(row, by=by)
    return True


def stands_against(row: License, now: datetime) -> list[Obstacle]:
    """What still speaks against putting a suspended license in force again by itself; nothing when it may be."""
    owed = row.quote.invoices.filter(kind=InvoiceKind.INVOICE, status=InvoiceStatus.ISSUED)
    for_debt = row.end_reason == EndReason.PAYMENT_OVERDUE
    waits = row.suspended_until is None or row.day(now) < row.suspended_until
    found = {
        Obstacle.OVER: row.effective_status(now) == "expired",
        Obstacle.SUSPENDED: waits and not for_debt,
        # Whatever it was suspended for: what is owed for so long suspends it too.
        Obstacle.UNPAID: (owed if for_debt else owed.exclude(suspended_at=None)).exists(),
        Obstacle.NOT_USABLE: row.article.status != "usable",
        Obstacle.UNANSWERED: row.update_notices.unanswered().filter(duty__in=carrying.STILL_DUE).exists(),
        Obstacle.REVOCATION: approvals.waiting(row, "revoke").filter(subject_version=row.version).exists(),
    }
    return [obstacle for obstacle, stands in found.items() if stands]


@transaction.atomic
def reinstate(row: License, *, by: Actor, seen: int | None = None) -> License:
    """The reason is gone: it is in force again."""
    row = lock(row, seen=seen)
    LICENSE.check(row, "reinstate", by)
    row.end_reason, row.end_words, row.suspended_until = "", "", None
    move(row, "reinstate", by=by, fields=["end_reason", "end_words", "suspended_until"])
    return row


@transaction.atomic
def terminate(row: License, *, by: Actor = THE_PARTNER, words: str, seen: int | None = None) -> License:
    """End it early, by the licensee or by agreement."""
    row = lock(row, seen=seen)
    LICENSE.check(row, "terminate", by)
    row.end_reason = EndReason.BY_LICENSEE if by.actor_kind == "partner" else EndReason.AGREED
    row.end_words, row.ended_at = words_of(words, most=2000), moments.now()
    move(
        row,
        "terminate",
        by=by,
        fields=["end_reason", "end_words", "ended_at"],
        data={"reason": row.end_reason},
    )
    carrying.release(row)
    return row


@transaction.atomic
def propose_revoke(row: License, *, by: User, reason: str, words: str, seen: int | None = None) -> Approval:
    """The first of the two people: say why this license should be revoked. Nothing changes yet."""
    row = lock(row, seen=seen)
    if LICENSING not in by.roles_at(row.publication):
        raise NotAllowed(_("Your role does not include this."))
    if row.status not in LICENSE.transitions["revoke"].sources:
        raise Conflict(_("This license is “%(status)s”.") % {"status": row.get_status_display()})
    said = f"{_reason(reason, REVOCATION_REASONS)}: {words_of(words, most=1900)}"
    return approvals.propose(row, "revoke", by=by, reason=said, kind=events.REVOCATION_PROPOSED, at=moments.now())


@transaction.atomic
def revoke(
    row: License, *, by: User, reason: str, words: str, remove_within: timedelta, seen: int | None = None
) -> License:
    """The second person takes the license back, with a reason, words, and a deadline for removing the text.

    Raises `Conflict` (`needs_proposal`) unless someone else proposed it for this version of the license.
    """
    row = lock(row, seen=seen)
    LICENSE.check(row, "revoke", by)
    if approvals.of_version(row, "revoke") is None:
        raise Conflict(_("A colleague proposes the revocation first: two people decide it."), code="needs_proposal")
    approval = approvals.approve(row, "revoke", by=by, at=moments.now())
    return take_back(
        row, by=by, reason=reason, words=words, remove_within=remove_within, proposed_by=approval.proposed_by_id
    )


def take_back(
    row: License, *, by: Actor, reason: str, words: str, remove_within: timedelta, proposed_by: int | None
) -> License:
    """The move itself, once both people spoke. On the locked row, inside a transaction."""
    now = moments.now()
    row.end_reason, row.end_words = _reason(reason, REVOCATION_REASONS), words_of(words, most=2000)
    row.ended_at, row.removal_deadline = now, now + remove_within
    move(
        row,
        "revoke",
        by=by,
        fields=["end_reason", "end_words", "ended_at", "removal_deadline"],
        data={
            "reason": row.end_reason,
            "removal_deadline": row.removal_deadline.isoformat(),
            "proposed_by": proposed_by,
        },
    )
    carrying.release(row)
    return row


@transaction.atomic
def supersede(row: License, *, by_license: License) -> License:
    """The license that renews it takes its place, its placements and whatever is unanswered."""
    row = lock(row)
    LICENSE.check(row, "supersede", THE_LOG)
    row.superseded_by, row.ended_at = by_license, moments.now()
    move(
        row,
        "supersede",
        by=THE_LOG,
        fields=["superseded_by", "ended_at"],
        data={"superseded_by": by_license.reference},
    )
    successor = lock(by_license)
    placements.seed(successor)
    carrying.carry(row, successor)
    return row


def renew(
    row: License, *, by: Actor = THE_PARTNER, ends_on: date | None = None, seen: int | None = None
) -> LicenseRequest:
    """Ask for the next term: a new request for the same use from the day after, as long as before unless
    `ends_on` says.

    The old license is superseded on the first day of the new one. Raises `Conflict` for a perpetual or ended
    license, or when a renewal is already under way.
    """
    with transaction.atomic():
        row = lock(row, seen=seen)
        if row.perpetual or row.ends_on is None:
            raise Conflict(_("This license has no end: there is nothing to renew."))
        if row.status != LicenseStatus.ACTIVE:
            raise Conflict(_("This license is “%(status)s”.") % {"status": row.get_status_display()})
        under_way = (
            row.renewals.still_open().first()
            or row.renewals.filter(status__in=[RequestStatus.AGREED, RequestStatus.FULFILLED]).first()
        )
        if under_way is not None:
            raise Conflict(
                _("A renewal is already under way: %(reference)s.") % {"reference": under_way.reference},
                code="renewing",
            )
        made = asking.submit(
            _next_term(row, ends_on),
            publication=row.publication,
            organization=row.organization,
            by=by,
            requester=_same_requester(row.request),
            language=row.request.language,
            renews=row,
        )
        _carry_confirmation(row.request, made)
        return made


def _next_term(row: License, ends_on: date | None) -> dict[str, Any]:
    ended_on = row.ends_on or row.starts_on
    starts_on = max(ended_on + timedelta(days=1), row.day())
    snapshot = row.snapshot
    item = {name: snapshot[name] for name in ITEM_FIELDS}
    item |= {
        "article_url": row.article.url,
        "starts_on": starts_on,
        "ends_on": ends_on or terms_of_time.as_long(row.starts_on, ended_on, starting=starts_on),
        "placement_urls": placements.current(row),
    }
    return {
        "items": [item],
        "organization_type": row.request.organization_type,
        "currency": row.request.currency,
        "po_number": row.request.po_number,
        "end_client": row.request.end_client,
    }


def _same_requester(request: LicenseRequest) -> asking.Requester | None:
    contact = getattr(request, "contact", None)
    return asking.Requester(contact.name, contact.email, contact.company) if contact else None


def _carry_confirmation(before: LicenseRequest, made: LicenseRequest) -> None:
    """An address that was confirmed for the old license is so for its renewal."""
    contact = getattr(before, "contact", None)
    if contact is not None and contact.email_confirmed_at is not None:
        RequesterContact.objects.filter(request=made).update(email_confirmed_at=contact.email_confirmed_at)


def _reason(code: str, fitting: Collection[str]) -> str:
    if code not in fitting:
        raise Invalid.one("/reason", _("Choose a reason."), "unknown_value")
    return code


def renewals_due(now: datetime, scope: Q) -> list[License]:
    """Licenses whose renewal is in force by now: what the clock supersedes."""
    rows = (
        License.objects.filter(
            scope,
            status__in=[LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED],
            renewed_by__status=LicenseStatus.ACTIVE,
        )
        .select_related("publication")
        .distinct()
    )
    return [row for row in rows if any(new.starts_on <= row.day(now) for new in _renewing(row))]


def newest_renewal(row: License) -> License | None:
    """The license in force that renews this one."""
    return next(iter(_renewing(row)[::-1]), None)


def _renewing(row: License) -> list[License]:
    return list(row.renewed_by.filter(status=LicenseStatus.ACTIVE).order_by("pk"))
