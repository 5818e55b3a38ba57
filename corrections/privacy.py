"""What this desk keeps about people, for `newsroom.privacy`."""

from __future__ import annotations

from typing import Any

from corrections.models import Report, ReporterContact
from corrections.services import erasing, retention
from newsroom.errors import DomainError
from newsroom.events import sealed
from newsroom.privacy import RETAINERS, SHELVES, Erasure, Shelf, same_address
from newsroom.workflow import THE_READER


def reports_of(email: str) -> list[Report]:
    """The reports that were sent with this address. Addresses are sealed, so every one is opened: seconds for a
    hundred thousand.
    """
    return [
        contact.report
        for contact in ReporterContact.objects.exclude(email_sealed="")
        .select_related("report__publication", "report__article")
        .order_by("pk")
        .iterator(chunk_size=500)
        if same_address(_opened(contact), email)
    ]


def find(email: str) -> list[dict[str, Any]]:
    """Each report with everything that is held on its reader."""
    found = []
    for report in reports_of(email):
        held = erasing.held_on(report)
        found.append({**held, "deliveries": held.pop("mails")})
    return found


def erase(email: str) -> Erasure:
    """Contact details of every report, and the words of those that are closed."""
    done = Erasure()
    for report in reports_of(email):
        for name, forget in (("words", erasing.erase_text), ("contact details", erasing.erase_contact)):
            try:
                done.erased += forget(report, by=THE_READER, why="asked")
            except DomainError as refusal:
                done.kept.append(f"{report.reference}, {name}: {refusal.message}")
    return done


def _opened(contact: ReporterContact) -> str:
    try:
        return sealed.open_text(contact.email_sealed)
    except sealed.Unreadable:
        return ""


RETAINERS["corrections"] = retention.retain
SHELVES["reports"] = Shelf(find, erase)
