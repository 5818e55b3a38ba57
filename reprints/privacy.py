"""What this desk keeps about people, for `newsroom.privacy`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from newsroom.errors import DomainError
from newsroom.events import sealed
from newsroom.events.log import history_of
from newsroom.events.reveals import reveals_of
from newsroom.events.upkeep import deliveries_to
from newsroom.privacy import RETAINERS, SHELVES, Erasure, Shelf, same_address
from newsroom.workflow import THE_PARTNER
from reprints.models import LicenseRequest, RequesterContact
from reprints.services import contacts, drafts, retention
from reprints.services.buyers import buyer_of


def requests_of(email: str) -> list[LicenseRequest]:
    """The requests that were sent by the web form with this address. Addresses are sealed, so every one is opened."""
    return [
        contact.request
        for contact in RequesterContact.objects.filter(erased_at=None)
        .select_related("request__publication", "request__organization")
        .order_by("pk")
        .iterator(chunk_size=500)
        if same_address(_opened(contact), email)
    ]


def find(email: str) -> list[dict[str, Any]]:
    """Each request with everything that is held on its requester; without the desk's internal notes."""
    return [held_on(request) for request in requests_of(email)]


def erase(email: str) -> Erasure:
    """Words and contact details of every request that is closed and whose licenses are over."""
    done = Erasure()
    for request in requests_of(email):
        for name, forget in (("words", contacts.erase_text), ("contact details", contacts.erase_contact)):
            try:
                done.erased += forget(request, by=THE_PARTNER, why="asked")
            except DomainError as refusal:
                done.kept.append(f"{request.reference}, {name}: {refusal.message}")
        for quote in request.quotes.exclude(signatory_encrypted="").order_by("pk"):
            done.kept.append(f"{quote.reference}, signature: what was signed is a contract.")
    return done


def held_on(request: LicenseRequest) -> dict[str, Any]:
    """Everything that is held on the web requester of this request, as plain values; without internal notes."""
    contact = getattr(request, "contact", None)
    return {
        "reference": request.reference,
        "publication": request.publication.name,
        "status": request.status,
        "received_at": request.created_at,
        "closed_at": request.closed_at,
        "organization_type": request.organization_type,
        "po_number": request.po_number,
        "deadline": request.deadline,
        "note": request.note,
        "contact": {
            "name": contact.name,
            "email": contact.email,
            "company": contact.company,
            "confirmed_at": contact.email_confirmed_at,
            "invoices_to": asdict(buyer_of(request)) if contact.billing_encrypted else None,
        }
        if contact
        else None,
        "items": [item.as_asked() for item in request.items.select_related("article")],
        "messages": [
            {"from": "you" if row.author_kind == "partner" else "desk", "at": row.created_at, "text": row.body}
            for row in request.messages.filter(internal=False)
        ],
        "quotes": [
            {"reference": row.reference, "status": row.status, "signed_by": row.signatory_name}
            for row in request.quotes.select_related("signatory").order_by("pk")
        ],
        "licenses": list(request.licenses.order_by("pk").values_list("reference", flat=True)),
        "contact_looked_at": list(reveals_of(request).values_list("at", flat=True)),
        "what_happened": [
            {"at": event.happened_at, "what": event.kind, "by": event.actor_kind} for event in history_of(request)
        ],
        "deliveries": deliveries_to(kinds=contacts.REQUESTER_KINDS, keys=[request.reference]),
    }


def _opened(contact: RequesterContact) -> str:
    try:
        return contact.email
    except sealed.Unreadable:
        return ""


def find_drafts(email: str) -> list[dict[str, Any]]:
    """Each draft of a request that names the address, as it was typed."""
    return [{"saved_at": row.saved_at, "typed": drafts.fields_of(row)} for row in drafts.drafts_with(email)]


def erase_drafts(email: str) -> Erasure:
    """All of them."""
    rows = drafts.drafts_with(email)
    for row in rows:
        drafts.discard(row)
    return Erasure(erased=len(rows))


RETAINERS["reprints"] = retention.retain
SHELVES["license_requests"] = Shelf(find, erase)
SHELVES["license_request_drafts"] = Shelf(find_drafts, erase_drafts)
