"""The desk writes to the reader: a message of the thread. It moves nothing, and asks for nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Message, Report
from corrections.services import answers
from corrections.services import report as reports
from corrections.services.moving import keep_closed
from corrections.workflow import ReportStatus
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import record
from newsroom.workflow import DESK, LEGAL, lock

MAX_REASON = 500


def may_write(report: Report, by: User) -> bool:
    """The desk; of a restricted report legal. Whoever sent spam, or had their words erased, is written to no more."""
    wanted = LEGAL if report.confidential else DESK
    return _reads(report) and wanted in by.roles_at(report.publication)


def may_mail_unconfirmed(report: Report) -> bool:
    """Whether the reader gave an address that nobody confirmed: only a person decides to write there."""
    contact = getattr(report, "contact", None)
    if contact is None or report.confidential or not contact.email_sealed:
        return False
    return contact.confirmed_at is None and contact.bounced_at is None


@transaction.atomic
def write_to_reader(
    report: Report, *, by: User, words: str, unconfirmed: bool = False, reason: str = "", seen: int | None = None
) -> Message:
    """A message on the reader's private page, mailed to a confirmed address. The status stays.

    With `unconfirmed` the words go to an address that nobody confirmed, too, without a link to the private page; the
    `reason` for that (at most 500 characters) is kept as an internal note. Raises `NotAllowed` without the right,
    `Conflict` where nobody would read it or there is no such address, `Invalid` without words or reason.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if not {LEGAL if report.confidential else DESK} & by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk writes to readers."))
    if not _reads(report):
        raise Conflict(_("Nobody reads the private page of this report any more."))
    answers.refuse_open_names(words)
    message = reports.say(report, "staff", by, words)
    data = {"message": message.pk}
    if unconfirmed:
        data["unconfirmed"] = _why(report, by, reason).pk
    report.version += 1
    report.save(update_fields=["version", "updated_at"])
    record(events.WRITTEN_TO, report, by=by, data=data)
    return message


def _reads(report: Report) -> bool:
    return report.status != ReportStatus.SPAM and report.text_erased_at is None


def _why(report: Report, by: User, reason: str) -> Message:
    if not may_mail_unconfirmed(report):
        raise Conflict(_("There is no unconfirmed address to write to."))
    why = reason.strip()
    if not why or len(why) > MAX_REASON:
        raise Invalid.one("/reason", _("Say in a few words why you write to an unconfirmed address."), "required")
    return reports.note_down(report, by, _("Mailed to an address that is not confirmed: %(why)s") % {"why": why})
