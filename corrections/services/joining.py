"""Joining many reports to one at once: what four hundred readers wrote about one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from corrections.models import Report
from corrections.services import report as reports
from corrections.services.joined import lock_with_joined
from corrections.services.similar import MOST_COMPARED
from newsroom.accounts.models import User
from newsroom.errors import Conflict, Invalid, Stale
from newsroom.workflow import lock


@transaction.atomic
def join_all(
    report: Report, *, by: User, others: Sequence[tuple[Report, int]], words: str, seen: int | None = None
) -> Report:
    """Join each of the others, with the version that was seen of it, to this report: all of them, or none.

    Each is a move of its own, with its decision and event, and its reader is told. Raises `Conflict` that names
    the one that somebody else moved meanwhile.
    """
    if not others:
        raise Invalid.one("/others", _("Tick at least one report."), "required")
    if len(others) > MOST_COMPARED:
        raise Invalid.one("/others", _("At most %(most)d reports at once.") % {"most": MOST_COMPARED}, "too_many")
    lock_with_joined(report, *(other for other, _version in others))
    report = lock(report, seen=seen)
    for other, version in others:
        try:
            reports.join(other, by=by, other=report, words=words, seen=version)
        except Stale as error:
            sentence = _("%(reference)s was changed meanwhile, so none was joined.") % {"reference": other.reference}
            raise Conflict(sentence) from error
    return report
