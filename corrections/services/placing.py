"""The checklist of where a notice must stand, and the evidence that it does. It keeps nothing from being published."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events, placements, public
from corrections.models import Correction, Placement
from corrections.vocabulary import Place
from corrections.workflow import PUBLIC, CorrectionStatus
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import record
from newsroom.workflow import lock

MAX_DETAIL = 200
WITHOUT_ADDRESS = {Place.PRINT, Place.ALERT}
"""What has no address says in words where it stood: the edition and page."""
MAY_PLACE = {*PUBLIC, CorrectionStatus.SUPPRESSED}


def owe(correction: Correction, *, now: datetime) -> None:
    """Write down where the notice that is being published must stand. Our own page has it at once."""
    media = set(correction.reports.values_list("medium", flat=True))
    setting = correction.publication.policy("placements")
    for place in placements.owed(correction.kind, correction.severity, setting=setting, media=media):
        done = (
            {"url": f"{settings.BASE_URL}{public.path(correction)}", "seen_at": now}
            if place == Place.CORRECTIONS_PAGE
            else {}
        )
        Placement.objects.get_or_create(correction=correction, place=place, defaults=done)


@transaction.atomic
def place(
    correction: Correction, *, by: User, where: str, url: str = "", detail: str = "", at: datetime | None = None
) -> Placement:
    """It stands there since `at` (now): the address, or the edition and page. Said again, the later word counts.

    A place that nobody asked for may be named, too. Raises `NotAllowed`, `Conflict` before publication, `Invalid`.
    """
    correction = lock(correction)
    if "desk_editor" not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include this."))
    if correction.status not in MAY_PLACE or correction.published_at is None:
        raise Conflict(_("The notice is not published yet."))
    if where not in Place.values:
        raise Invalid.one("/where", _("Choose one of the places."), "unknown_place")
    url, detail = url.strip(), detail.strip()
    if where in WITHOUT_ADDRESS and not (url or detail):
        raise Invalid.one("/detail", _("Say where: the edition and page, or an address."), "required")
    if where not in WITHOUT_ADDRESS and not url:
        raise Invalid.one("/url", _("Give the address where it stands."), "required")
    now = timezone.now()
    if at is not None and not correction.published_at.replace(second=0, microsecond=0) <= at <= now:
        raise Invalid.one("/at", _("It cannot stand there before it was published, nor in the future."), "out_of_range")
    row, _made = Placement.objects.update_or_create(
        correction=correction,
        place=where,
        defaults={"url": url, "detail": detail[:MAX_DETAIL], "seen_at": at or now, "placed_by": by},
    )
    record(events.PLACED, correction, by=by, article=correction.main_article, data={"place": where})
    return row
