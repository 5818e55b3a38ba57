"""How to reach a reader: looked at with a reason, and erased."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Report, ReporterContact
from corrections.vocabulary import Visibility
from newsroom.accounts.models import User
from newsroom.errors import Conflict, NotAllowed
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.events.reveals import note_reveal
from newsroom.events.upkeep import forget_recipient
from newsroom.workflow import DESK, LEGAL, Actor, lock

READER_KINDS = ("reader", "unconfirmed_reader")


def may_reveal(report: Report, by: User) -> bool:
    """Whether there is something to see, and this person works on such reports: restricted ones are legal's."""
    wanted = {LEGAL} if report.visibility != Visibility.NORMAL else {DESK, LEGAL}
    return getattr(report, "contact", None) is not None and bool(by.roles_at(report.publication) & wanted)


@transaction.atomic
def reveal_contact(report: Report, *, by: User, reason: str) -> list[tuple[Any, str]]:
    """Name, mail and telephone, as pairs of label and text, with the reason written down.

    Raises `NotAllowed` without the right, `Conflict` when there is nothing to see, `Invalid` without a reason.
    """
    report = lock(report)
    contact = getattr(report, "contact", None)
    if contact is None:
        raise Conflict(_("This reader left no contact details, or they were erased."))
    if not may_reveal(report, by):
        raise NotAllowed(_("Your role does not include this."))
    note_reveal(report, events.CONTACT_REVEALED, by=by, reason=reason)
    return [
        (_("Name"), sealed.open_text(contact.name_sealed) or "—"),
        (_("Email address"), sealed.open_text(contact.email_sealed) or "—"),
        (_("Telephone"), sealed.open_text(contact.phone_sealed) or "—"),
    ]


@transaction.atomic
def erase_contact(report: Report, *, by: Actor, why: str) -> bool:
    """Forget how to reach the reader; mails still owed there are canceled. False when there was nothing.

    `why` is `asked` or `retention`. Raises `Conflict` under a legal hold.
    """
    report = lock(report)
    if report.legal_hold:
        raise Conflict(_("A legal matter obliges us to keep this for now."), code="legal_hold")
    erased, _rows = ReporterContact.objects.filter(report=report).delete()
    if not erased:
        return False
    canceled = forget_recipient(kinds=READER_KINDS, key=report.reference)
    record(events.CONTACT_ERASED, report, by=by, data={"why": why, "canceled": canceled})
    return True
