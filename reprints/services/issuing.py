"""A license begins to permit: the one place for it, whoever paid and whichever lane it came by."""

from __future__ import annotations

from django.utils.translation import gettext as _

from newsroom.errors import Conflict
from newsroom.workflow import THE_LOG, Actor, lock
from reprints import moments
from reprints.models import License
from reprints.services import carrying, placements
from reprints.services.moving import move
from reprints.workflow import LicenseStatus, RequestStatus


def begin(row: License, *, by: Actor, waited: bool = False) -> License:
    """In force from now on, with the placements it was granted or renews.

    One that `waited` for its payment is told what changed meanwhile. On the locked row, inside a transaction.
    Raises `Conflict` (`not_usable`) for an article that is on hold or was canceled since: the desk waits for its
    release, or ends the license and credits the money.
    """
    if row.article.status != "usable":
        raise Conflict(
            _("The article may not be used at present. Wait until it may, or end the license and credit the invoice."),
            code="not_usable",
        )
    row.issued_at = moments.now()
    move(row, "issue", by=by, fields=["issued_at"], data={"quote": row.quote.reference})
    placements.seed(row)
    if waited:
        carrying.catch_up(row)
    return row


def fulfill_with(row: License) -> None:
    """The last license of a request that begins fulfills it."""
    request = lock(row.request)
    waiting = request.licenses.filter(status=LicenseStatus.PENDING_PAYMENT).exists()
    if not waiting and request.status == RequestStatus.AGREED:
        request.closed_at = moments.now()
        numbers = list(request.licenses.values_list("reference", flat=True))
        move(request, "fulfill", by=THE_LOG, fields=["closed_at"], data={"licenses": numbers})
