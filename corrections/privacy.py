"""What this desk keeps about people, for `newsroom.privacy`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from corrections.models import Inquiry, Report, ReporterContact
from corrections.services import erasing, inquiries, retention
from newsroom.errors import DomainError
from newsroom.events import sealed
from newsroom.events.upkeep import deliveries_to
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
        found.append({**held, "sender_looked_at": _listed(report), "deliveries": held.pop("mails")})
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


def inquiries_to(email: str) -> list[Inquiry]:
    """The questions that were sent to this address. Every sealed one is opened, as with reports."""
    rows = Inquiry.objects.exclude(email_sealed="").select_related("report__publication", "answer").order_by("pk")
    return [row for row in rows.iterator(chunk_size=500) if same_address(_opened(row), email)]


def find_inquiries(email: str) -> list[dict[str, Any]]:
    """Each question with the answer that was given."""
    return [
        {
            "reference": row.reference,
            "report": row.report.reference,
            "name": sealed.open_text(row.name_sealed),
            "asked_at": row.created_at,
            "reply_by": row.reply_by,
            "question": row.question,
            "answer": row.answer.body if row.answer else "",
            "deliveries": deliveries_to(kinds=["colleague"], keys=[row.reference]),
        }
        for row in inquiries_to(email)
    ]


def erase_inquiries(email: str) -> Erasure:
    """Whom was asked, on the reports that are closed. The answers are the desk's own notes, and stay."""
    done = Erasure()
    for report in {row.report_id: row.report for row in inquiries_to(email)}.values():
        if report.is_open:
            done.kept.append(f"{report.reference}: {_('The desk still works on this report.')}")
        elif report.legal_hold:
            done.kept.append(f"{report.reference}: {_('A legal matter obliges us to keep this for now.')}")
        else:
            done.erased += inquiries.forget_colleagues(report)
    return done


def _listed(report: Report) -> list[dict[str, Any]]:
    """Why, and until when, the desk looks at this sender's reports first. The list outlives the contact details."""
    rows = report.listed_senders.order_by("pk")
    return [dict(row) for row in rows.values("kind", "reason", "added_at", "expires_at", "lifted_at")]


def _opened(contact: ReporterContact | Inquiry) -> str:
    try:
        return sealed.open_text(contact.email_sealed)
    except sealed.Unreadable:
        return ""


RETAINERS["corrections"] = retention.retain
SHELVES["reports"] = Shelf(find, erase)
SHELVES["inquiries"] = Shelf(find_inquiries, erase_inquiries)
