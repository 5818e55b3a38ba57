"""“Ann started replying 2 minutes ago”: marks of who is at a report, so that two people do not answer it at once.

A mark stops nobody: the version that a form states does. It is no event, and is forgotten within the hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from corrections.models import Doing, Presence, Report
from newsroom.accounts.models import User
from newsroom.availability import read_only
from newsroom.events.log import ago, history_of

FRESH = timedelta(minutes=15)
AGAIN = timedelta(minutes=1)
KEPT = timedelta(hours=1)
SHOWN = 5


def mark(report: Report, person: User, doing: str, *, now: datetime | None = None) -> None:
    """Note that the person is there. Opening the page again within the minute writes nothing, nor does read-only mode.

    Who replies is replying until the mark is old: reading on does not take it back.
    """
    if read_only():
        return
    now = now or timezone.now()
    known = Presence.objects.filter(report=report, person=person, at__gt=now - FRESH).first()
    if known is not None and (known.doing == Doing.REPLYING or (known.doing == doing and known.at > now - AGAIN)):
        return
    Presence.objects.update_or_create(report=report, person=person, defaults={"doing": doing, "at": now})


def sentences(report: Report, person: User, *, now: datetime | None = None) -> list[str]:
    """What others did here within the last quarter of an hour, the newest first; at most five and a taking up."""
    now = now or timezone.now()
    others = Presence.objects.filter(report=report, at__gt=now - FRESH).exclude(person=person).select_related("person")
    found = [
        _("%(who)s %(did)s %(ago)s.") % {"who": row.person, "did": row.get_doing_display(), "ago": ago(row.at, now)}
        for row in others.order_by("-at")[:SHOWN]
    ]
    taken = history_of(report).filter(kind="report.taken_up", happened_at__gt=now - FRESH).exclude(actor=person).last()
    if taken is not None:
        found.append(_("%(who)s took this up %(ago)s.") % {"who": taken.actor, "ago": ago(taken.happened_at, now)})
    return found


def prune(now: datetime) -> int:
    """Forget marks older than an hour. How many."""
    return Presence.objects.filter(at__lt=now - KEPT).delete()[0]
