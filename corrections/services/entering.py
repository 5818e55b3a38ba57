"""A member of staff enters a report for somebody: a call, a letter, a lawyer, a regulator. And how they follow it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import LegalAct, Report
from corrections.services.moving import keep_closed
from corrections.services.submitting import Draft, private_path, says_the_same, submit
from corrections.vocabulary import Channel
from newsroom.accounts.models import User
from newsroom.accounts.people import working_at
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.reveals import note_reveal
from newsroom.workflow import DESK, LEGAL, lock

CHANNELS = frozenset(Channel) - {Channel.FORM, Channel.API}
"""How a report comes that somebody enters. Whoever sent it by form or API has the private link already."""
MAX_REASON = 500


@transaction.atomic
def enter(draft: Draft, *, by: User, channel: str, origin: str, restricted: str = "", once: str = "") -> Report:
    """Take in what somebody told us. The dates run from now, as for every report.

    With a reason in `restricted` the report is for legal alone from its first moment. The same `once` again answers the
    first report: a double click makes no second one. Raises `NotAllowed` without the desk's role at the publication,
    `Conflict` when the same `once` comes with other words, `Invalid` as `submit`.
    """
    if DESK not in by.roles_at(draft.publication):
        raise NotAllowed(_("Only the desk enters reports."))
    why = restricted.strip()[:MAX_REASON]
    if why and not working_at(draft.publication, LEGAL).exists():
        raise Invalid.one("/restricted", _("Nobody holds the legal role at this publication."), "nobody")
    report = submit(draft, by=by, channel=channel, origin=origin, form_token=once or None, restricted=bool(why))
    if not says_the_same(report, draft):
        raise Conflict(
            _("You entered this already, as %(reference)s: what you changed since is not in it.")
            % {"reference": report.reference}
        )
    if why and not report.legal_acts.exists():
        LegalAct.objects.create(report=report, act=LegalAct.Act.RESTRICT, reason=why, by=by, at=timezone.now())
    return report


def may_reveal_link(report: Report, by: User) -> bool:
    """Whether the report was entered for somebody, and this person may tell them how to follow it."""
    return report.channel in CHANNELS and (LEGAL if report.confidential else DESK) in by.roles_at(report.publication)


@transaction.atomic
def reveal_link(report: Report, *, by: User, reason: str) -> list[tuple[Any, str]]:
    """The private page's address and the reference, as pairs of label and text, for whoever called or wrote a letter.

    It opens the page to whoever has it, so it is written down who looked and why. Raises `NotAllowed` without the right
    or for a report that its reader sent, `Invalid` without a reason.
    """
    report = lock(report)
    keep_closed(report, by)
    if not may_reveal_link(report, by):
        raise NotAllowed(_("Your role does not include this."))
    note_reveal(report, events.LINK_REVEALED, by=by, reason=reason)
    return [
        (_("Private page, for this person alone"), settings.BASE_URL + private_path(report)),
        (_("Reference"), report.reference),
    ]
