"""Who asked by the web form: looked at with a reason, and erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.days import by_the_day
from newsroom.accounts.models import User
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.log import record
from newsroom.events.reveals import note_reveal
from newsroom.events.upkeep import forget_recipient
from newsroom.workflow import LICENSING, Actor, lock
from reprints import events
from reprints.models import License, LicenseRequest, RequesterContact, RequestMessage
from reprints.models.licenses import running_on
from reprints.workflow import LicenseStatus

REQUESTER_KINDS = ("requester", "requester_receipt")


def may_reveal(request: LicenseRequest, by: User) -> bool:
    """Whether there is something to see, and this person does licensing there."""
    contact = getattr(request, "contact", None)
    return contact is not None and contact.erased_at is None and LICENSING in by.roles_at(request.publication)


@transaction.atomic
def reveal_contact(request: LicenseRequest, *, by: User, reason: str) -> list[tuple[Any, str]]:
    """Name, mail and company, as pairs of label and text, with the reason written down.

    Raises `NotAllowed` without the right, `Conflict` when there is nothing to see, `Invalid` without a reason.
    """
    request = lock(request)
    contact = getattr(request, "contact", None)
    if contact is None or contact.erased_at is not None:
        raise Conflict(_("There are no contact details here, or they were erased."))
    if not may_reveal(request, by):
        raise NotAllowed(_("Your role does not include this."))
    note_reveal(request, events.CONTACT_REVEALED, by=by, reason=reason)
    return [
        (_("Name"), contact.name or "—"),
        (_("Email address"), contact.email or "—"),
        (_("Company"), contact.company or "—"),
    ]


def needed_licenses(since: datetime) -> Q:
    """Licenses whose holder must be reachable still, or had to be after `since`: waiting ones, and those that hear of
    corrections. One query more.
    """
    return by_the_day(since, running_on) | Q(status=LicenseStatus.PENDING_PAYMENT) | Q(ended_at__gte=since)


@transaction.atomic
def erase_contact(request: LicenseRequest, *, by: Actor, why: str) -> bool:
    """Forget how to reach the web requester; mails still owed there are canceled. False when there was nothing.

    `why` is `asked` or `retention`. Raises `Conflict` while the request is open or a license of it needs a holder who
    can be told of corrections. What was signed stays: it is the contract.
    """
    request = lock(request)
    if request.closed_at is None:
        raise Conflict(_("This request is still open: withdraw it first."), code="open")
    if License.objects.filter(needed_licenses(timezone.now()), request=request).exists():
        raise Conflict(_("A license is in force: its holder must be told of corrections."), code="license_in_force")
    now = timezone.now()
    erased = RequesterContact.objects.filter(request=request, erased_at=None).update(
        name_encrypted="",
        email_encrypted="",
        company_encrypted="",
        billing_encrypted="",
        address_mark="",
        email_confirmed_at=None,
        erased_at=now,
    )
    if not erased:
        return False
    canceled = forget_recipient(kinds=REQUESTER_KINDS, key=request.reference)
    record(events.CONTACT_ERASED, request, by=by, data={"why": why, "canceled": canceled})
    return True


@transaction.atomic
def erase_text(request: LicenseRequest, *, by: Actor, why: str) -> bool:
    """Blank the web requester's note and messages, and where no license names them the order number and the client.
    The request, its items and what was granted stay. False when there was nothing.

    Raises `Conflict` for a partner's request, whose messages belong to the contract, and while it is open.
    """
    request = lock(request)
    if request.organization_id is not None:
        raise Conflict(_("This is a partner’s request: its messages belong to the contract."), code="partner")
    if request.closed_at is None:
        raise Conflict(_("This request is still open: withdraw it first."), code="open")
    messages, filled = words_of(request).update(body=""), _filled(request)
    if not messages and not filled:
        return False
    for name in filled:
        setattr(request, name, "")
    request.version += 1
    request.save(update_fields=[*filled, "version", "updated_at"])
    record(events.ERASED, request, by=by, data={"why": why, "messages": messages})
    return True


def erasable(request: LicenseRequest) -> list[str]:
    """Which of `erase_contact` and `erase_text` a web requester can press now. A license in force answers when it is
    pressed.
    """
    if request.organization_id is not None or request.closed_at is None:
        return []
    contact = getattr(request, "contact", None)
    found = ["erase_contact"] * (contact is not None and contact.erased_at is None)
    return [*found, *["erase_text"] * (bool(_filled(request)) or words_of(request).exists())]


def words_of(request: LicenseRequest) -> Any:
    """The messages of the requester that still have words."""
    return RequestMessage.objects.filter(request=request, author_kind="partner").exclude(body="")


def _filled(request: LicenseRequest) -> list[str]:
    """The fields beside the messages that hold words of the requester and may go."""
    names = ["note", *([] if request.licenses.exists() else ["po_number", "end_client"])]
    return [name for name in names if getattr(request, name)]
