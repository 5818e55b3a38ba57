"""What is kept about staff and about partners' people, for `newsroom.privacy`; and how long reveals are remembered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from newsroom.accounts import access_log
from newsroom.accounts.access import AccessEntry
from newsroom.accounts.models import Approval, Contact, ContactReveal, Publication, User
from newsroom.events.models import Event
from newsroom.events.upkeep import deliveries_to, forget_recipient
from newsroom.privacy import RETAINERS, SHELVES, Erasure, Shelf

CONTACT_KINDS = ("contact",)
STAFF_KINDS = ("user",)
SHOWN_LINES = 1000


def retain(*, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget who looked at contact details after each publication's `reveal_days`; old lines of the sign-in log."""
    total = 0
    for publication in Publication.objects.order_by("pk"):
        days = int(publication.policy("reveal_days"))
        if days > 0:
            rows = ContactReveal.objects.filter(publication=publication, at__lt=now - timedelta(days=days))
            total += rows.count() if dry_run else rows.delete()[0]
    return {"reveals": total, "access": access_log.forget(now=now, dry_run=dry_run)}


def find_contacts(email: str) -> list[dict[str, Any]]:
    """The person at each organization."""
    rows = Contact.objects.filter(email__iexact=email.strip()).select_related("organization").order_by("pk")
    return [
        {
            "organization": row.organization.name,
            "name": row.name,
            "email": row.email,
            "may_ask": row.is_requester,
            "may_sign": row.is_signatory,
            "gets_invoices": row.is_billing,
            "active": row.is_active,
            "deliveries": deliveries_to(kinds=CONTACT_KINDS, keys=[str(row.pk)]),
        }
        for row in rows
    ]


def erase_contacts(email: str) -> Erasure:
    """The person at each organization; one who signed a quote is only deactivated, because the contract names them."""
    done = Erasure()
    for row in Contact.objects.filter(email__iexact=email.strip()).order_by("pk"):
        forget_recipient(kinds=CONTACT_KINDS, key=str(row.pk))
        try:
            with transaction.atomic():
                row.delete()
            done.erased += 1
        except ProtectedError:
            Contact.objects.filter(pk=row.pk).update(is_active=False)
            done.kept.append(f"contact of {row.organization}: signed a contract; gets no mail any more.")
    return done


def find_staff(email: str) -> list[dict[str, Any]]:
    """The account, its rights, and how often it stands in the history."""
    return [
        {
            "username": person.username,
            "name": person.get_full_name(),
            "email": person.email,
            "active": person.is_active,
            "joined_at": person.date_joined,
            "last_login": person.last_login,
            "roles": [str(row) for row in person.memberships.select_related("user", "publication")],
            "desks": list(person.desks.order_by("pk").values_list("name", flat=True)),
            "events": Event.objects.filter(actor=person).count(),
            "approvals": Approval.objects.filter(proposed_by=person).count()
            + Approval.objects.filter(approved_by=person).count(),
            "contact_details_looked_at": list(
                ContactReveal.objects.filter(by=person).values("subject_reference", "reason", "at")
            ),
            "sign_in_log": list(
                AccessEntry.objects.filter(person=person).order_by("-pk").values("at", "action", "detail")[:SHOWN_LINES]
            ),
            "deliveries": deliveries_to(kinds=STAFF_KINDS, keys=[str(person.pk)]),
        }
        for person in User.objects.filter(email__iexact=email.strip()).order_by("pk")
    ]


def erase_staff(email: str) -> Erasure:
    """Nothing: who decided is part of the record. An account is deactivated in the admin."""
    people = User.objects.filter(email__iexact=email.strip()).order_by("pk")
    return Erasure(
        kept=[f"staff account {row.username}: the history names who decided; deactivate it." for row in people]
    )


RETAINERS["accounts"] = retain
SHELVES["organization_contacts"] = Shelf(find_contacts, erase_contacts)
SHELVES["staff"] = Shelf(find_staff, erase_staff)
