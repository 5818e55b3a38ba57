"""What the people of an organization may do on its own pages, by the roles that the licensing desk gave them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from newsroom.accounts.models import Contact
from newsroom.errors import NotAllowed

ASKS, SIGNS, BILLS = "is_requester", "is_signatory", "is_billing"
ANYONE = frozenset({ASKS, SIGNS, BILLS})

RIGHTS: dict[str, frozenset[str]] = {
    "license_request.submit": frozenset({ASKS}),
    "license_request.edit": frozenset({ASKS}),
    "license_request.message": frozenset({ASKS}),
    "license_request.reply": frozenset({ASKS}),
    "license_request.withdraw": frozenset({ASKS}),
    "license_request.reopen": frozenset({ASKS}),
    "quote.accept": frozenset({SIGNS}),
    "quote.bill": frozenset({SIGNS, BILLS}),
    "quote.counter": frozenset({ASKS, SIGNS}),
    "quote.decline": frozenset({SIGNS}),
    "license.placements": frozenset({ASKS, SIGNS}),
    "license.renew": frozenset({ASKS}),
    "license.terminate": frozenset({SIGNS}),
    "update_notice.acknowledge": frozenset({ASKS, SIGNS}),
    "invoice.read": frozenset({BILLS, SIGNS}),
    "endpoint.create": frozenset({SIGNS}),
    "endpoint.change": frozenset({SIGNS}),
    "endpoint.delete": frozenset({SIGNS}),
    "endpoint.rotate": frozenset({SIGNS}),
    "endpoint.pause": frozenset({ASKS, SIGNS}),
    "endpoint.resume": frozenset({ASKS, SIGNS}),
    "endpoint.ping": frozenset({ASKS, SIGNS}),
    "endpoint.redeliver": frozenset({ASKS, SIGNS}),
    "api_key.issue": frozenset({SIGNS}),
    "api_key.rotate": frozenset({SIGNS}),
    "api_key.revoke": frozenset({SIGNS}),
    "test.move": ANYONE,
}
"""`noun.move` → the roles of a contact of which one is enough. What is not here, nobody may. Reading the rest is for
every active contact.
"""

FREE_IN_TESTS = frozenset({"endpoint", "api_key"})
"""Nouns whose test records every contact may work on: nothing of value hangs on them."""


def may(contact: Contact, right: str, *, test: bool = False) -> bool:
    """Whether one of the contact's roles includes it."""
    if not contact.is_active:
        return False
    if test and right.partition(".")[0] in FREE_IN_TESTS:
        return True
    return any(getattr(contact, role) for role in RIGHTS.get(right, frozenset()))


def require(contact: Contact, right: str, *, test: bool = False) -> None:
    """Raises `NotAllowed` for whoever may not."""
    if not may(contact, right, test=test):
        raise NotAllowed(_("Your role at your organization does not include this."))
