"""The life of a license after it was granted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from newsroom.accounts import approvals
from newsroom.accounts.models import Approval, User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.workflow import LICENSING, THE_LOG, THE_PARTNER, Actor, lock
from reprints import events, moments
from reprints.models import License, LicenseRequest, RequesterContact
from reprints.models.asking import ITEM_FIELDS
from reprints.services import asking
from reprints.services.moving import move, words_of
from reprints.vocabulary import EndReason, InvoiceKind
from reprints.workflow import LICENSE, InvoiceStatus, LicenseStatus, NoticeStatus, RequestStatus

SETTLED = (InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF)


@transaction.atomic
def issue(row: License, *, by: Actor, seen: int | None = None) -> License:
    """The payment arrived: the license is in force. The last one of a request fulfills it.

    Raises `Conflict` (`unpaid`) until its invoice is paid in full, or was written off.
    """
    row = lock(row, seen=seen)
    LICENSE.check(row, "issue", by)
    if row.quote.net > 0 and not row.quote.invoices.filter(kind=InvoiceKind.INVOICE, status__in=SETTLED).exists():
        raise Conflict(_("This is paid first: enter the payment on the invoice, and it is issued."), code="unpaid")
    row.issued_at = moments.now()
    move(row, "issue", by=by, fields=["issued_at"], data={"quote": row.quote.reference})
    request = lock(row.request)
    waiting = request.licenses.filter(status=LicenseStatus.PENDING_PAYMENT).exists()
    if not waiting and request.status == RequestStatus.AGREED:
        request.closed_at = moments.now()
        numbers = list(request.licenses.values_list("reference", flat=True))
        move(request, "fulfill", by=THE_LOG, fields=["closed_at"], data={"licenses": numbers})
    return row


@transaction.atomic
def suspend(
    row: License, *, by: Actor, reason: str, words: str, until: date | None = None, seen: int | None = None
) -> License:
    """Stop the use for now, with a reason of `EndReason` and words to the licensee."""
    row = lock(row, seen=seen)
    LICENSE.check(row, "suspend", by)
    row.end_reason, row.end_words, row.suspended_until = _reason(reason), words_of(words, most=2000), until
    move(
        row,
        "suspend",
        by=by,
        fields=["end_reason", "end_words", "suspended_until"],
        data={"reason": row.end_reason},
    )
    return row


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
    _cancel_notices(row)
    return row


@transaction.atomic
def propose_revoke(row: License, *, by: User, reason: str, words: str, seen: int | None = None) -> Approval:
    """The first of the two people: say why this license should be revoked. Nothing changes yet."""
    row = lock(row, seen=seen)
    if LICENSING not in by.roles_at(row.publication):
        raise NotAllowed(_("Your role does not include this."))
    if row.status not in LICENSE.transitions["revoke"].sources:
        raise Conflict(_("This license is “%(status)s”.") % {"status": row.get_status_display()})
    said = f"{_reason(reason)}: {words_of(words, most=1900)}"
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
    now = moments.now()
    row.end_reason, row.end_words = _reason(reason), words_of(words, most=2000)
    row.ended_at, row.removal_deadline = now, now + remove_within
    approval = approvals.approve(row, "revoke", by=by, at=now)
    move(
        row,
        "revoke",
        by=by,
        fields=["end_reason", "end_words", "ended_at", "removal_deadline"],
        data={
            "reason": row.end_reason,
            "removal_deadline": row.removal_deadline.isoformat(),
            "proposed_by": approval.proposed_by_id,
        },
    )
    _cancel_notices(row)
    return row


@transaction.atomic
def supersede(row: License, *, by_license: License) -> License:
    """Another license of the same request or its renewal takes its place."""
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
    _cancel_notices(row)
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
        if row.effective_status() not in ("active", "scheduled", "expired"):
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
    length = ended_on - row.starts_on
    snapshot = row.snapshot
    item = {name: snapshot[name] for name in ITEM_FIELDS}
    item |= {
        "article_url": row.article.url,
        "starts_on": starts_on,
        "ends_on": ends_on or starts_on + length,
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


def _reason(code: str) -> str:
    if code not in EndReason.values:
        raise Invalid.one("/reason", _("Choose a reason."), "unknown_value")
    return code


def _cancel_notices(row: License) -> None:
    # Whoever may not use the text any more need not correct it: the end itself says what to remove.
    for notice in row.update_notices.filter(status__in=[NoticeStatus.OPEN, NoticeStatus.ESCALATED]):
        move(lock(notice), "cancel", by=THE_LOG)


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


def newest_renewal(row: License) -> License:
    """The license in force that renews this one."""
    return _renewing(row)[-1]


def _renewing(row: License) -> list[License]:
    return list(row.renewed_by.filter(status=LicenseStatus.ACTIVE).order_by("pk"))
