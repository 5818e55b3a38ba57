"""The closed list of what can happen at the licensing desk.

What `ORGANIZATION` says is told to the publication's staff and to the organization concerned; `STAFF` never
leaves the desk, except as the mail that `notices` declares.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from newsroom.events.kinds import ORGANIZATION, STAFF, Kind, declare

SUBMITTED = declare("license_request.submitted", ORGANIZATION, _("License requested"), public_data=("lane",))
_REQUEST = {
    "take_up": declare("license_request.taken_up", ORGANIZATION, _("License request taken up")),
    "ask": declare("license_request.asked", ORGANIZATION, _("Question to the requester")),
    "reply": declare("license_request.replied", ORGANIZATION, _("Requester replied")),
    "resume": declare("license_request.resumed", ORGANIZATION, _("License request resumed")),
    "quote": declare("license_request.quoted", ORGANIZATION, _("License request quoted")),
    "agree": declare("license_request.agreed", ORGANIZATION, _("License agreed")),
    "fulfill": declare("license_request.fulfilled", ORGANIZATION, _("License request fulfilled")),
    "decline": declare("license_request.declined", ORGANIZATION, _("License request declined"), public_data=("code",)),
    "redirect": declare("license_request.redirected", ORGANIZATION, _("Referred to the rights owner")),
    "withdraw": declare("license_request.withdrawn", ORGANIZATION, _("License request withdrawn")),
    "lapse": declare("license_request.lapsed", ORGANIZATION, _("License request lapsed")),
    "reopen": declare("license_request.reopened", ORGANIZATION, _("License request reopened")),
}
EDITED = declare("license_request.edited", STAFF, _("License request edited"))
CONTACT_REVEALED = declare("license_request.contact_revealed", STAFF, _("Contact details revealed"))
CONTACT_ERASED = declare("license_request.contact_erased", STAFF, _("Contact details erased"))
ERASED = declare("license_request.erased", STAFF, _("The requester's words erased"))
ASSIGNED = declare("license_request.assigned", STAFF, _("License request assigned"))
REQUEST_DUE_SOON = declare("license_request.due_soon", STAFF, _("A promise is nearly due"))
REQUEST_OVERDUE = declare("license_request.overdue", STAFF, _("A promise is overdue"))
REQUEST_ESCALATED = declare("license_request.escalated", STAFF, _("Broken promise escalated"))
MESSAGED = declare("license_request.messaged", STAFF, _("Message about a license request"))

_QUOTE = {
    "open": declare("quote.opened", ORGANIZATION, _("Quote sent")),
    "accept": declare("quote.accepted", ORGANIZATION, _("Quote accepted"), public_data=("licenses",)),
    "decline": declare("quote.declined", ORGANIZATION, _("Quote declined")),
    "supersede": declare("quote.superseded", ORGANIZATION, _("Quote superseded")),
    "cancel": declare("quote.canceled", ORGANIZATION, _("Quote canceled")),
}

APPROVAL_ASKED = declare("quote.approval_asked", STAFF, _("Manager asked to approve the amount"))
APPROVED = declare("quote.approved", STAFF, _("Amount approved"))
BILLED = declare("quote.billed", STAFF, _("The buyer said whom the invoice is made out to"))
COUNTERED = declare("quote.countered", STAFF, _("Proposal on a quote"))

_LICENSE = {
    "issue": declare("license.issued", ORGANIZATION, _("License issued")),
    "suspend": declare(
        "license.suspended", ORGANIZATION, _("License suspended"), public_data=("reason", "suspended_until")
    ),
    "reinstate": declare("license.reinstated", ORGANIZATION, _("License reinstated")),
    "terminate": declare("license.terminated", ORGANIZATION, _("License ended early")),
    "revoke": declare(
        "license.revoked", ORGANIZATION, _("License revoked"), public_data=("reason", "removal_deadline")
    ),
    "supersede": declare("license.superseded", ORGANIZATION, _("License superseded"), public_data=("superseded_by",)),
}
REVOCATION_PROPOSED = declare("license.revocation_proposed", STAFF, _("Revocation proposed"))
HELD_BACK = declare("license.held_back", STAFF, _("Paid, but the article may not be used"))
KEPT_SUSPENDED = declare("license.kept_suspended", STAFF, _("Paid or credited, but still suspended"))
EXPIRING = declare("license.expiring", ORGANIZATION, _("License ends soon"), public_data=("days", "ends_on"))
EXPIRED = declare("license.expired", ORGANIZATION, _("License ended"), public_data=("ends_on",))

_INVOICE = {
    "issue": declare("invoice.issued", ORGANIZATION, _("Invoice issued")),
    "pay": declare("invoice.paid", ORGANIZATION, _("Invoice paid")),
    "credit": declare("invoice.credited", ORGANIZATION, _("Invoice credited")),
    "write_off": declare("invoice.written_off", STAFF, _("Invoice written off")),
}

INVOICE_PREPARED = declare("invoice.prepared", STAFF, _("Buyer and tax of an invoice completed"))
PART_PAID = declare("invoice.part_paid", STAFF, _("Invoice paid in part"))
INVOICE_OVERDUE = declare("invoice.overdue", STAFF, _("Reminder of an overdue invoice"))

NOTICE_OPENED = declare(
    "update_notice.opened", ORGANIZATION, _("Update notice opened"), public_data=("kind", "duty", "due_at")
)
NOTICE_REVISED = declare(
    "update_notice.revised", ORGANIZATION, _("The corrected text is there"), public_data=("revision",)
)
_UPDATE_NOTICE = {
    "acknowledge": declare(
        "update_notice.acknowledged", ORGANIZATION, _("Update acknowledged"), public_data=("action",)
    ),
    "verify": declare("update_notice.verified", STAFF, _("Update verified")),
    "escalate": declare("update_notice.escalated", ORGANIZATION, _("Update notice escalated")),
    "supersede": declare("update_notice.superseded", ORGANIZATION, _("Update notice superseded")),
    "cancel": declare("update_notice.canceled", ORGANIZATION, _("Update notice canceled")),
    "waive": declare("update_notice.waived", ORGANIZATION, _("Update notice waived")),
}
NOTICE_OVERDUE = declare("update_notice.overdue", ORGANIZATION, _("Update notice overdue"))
NOTICE_REMINDED = declare("update_notice.reminded", ORGANIZATION, _("Reminder of an update notice"))

SIGN_IN_ASKED = declare("contact.sign_in_asked", STAFF, _("Link to a partner's pages asked for"))
SIGNED_IN = declare("contact.signed_in", STAFF, _("Contact signed in to the partner's pages"))
TEST_CORRECTION = declare("license.test_corrected", STAFF, _("Test license: correction simulated"))
KEY_ISSUED = declare("api_key.issued", STAFF, _("API key made by the partner"))
KEY_ROTATED = declare("api_key.rotated", STAFF, _("API key replaced by the partner"))
KEY_REVOKED = declare("api_key.revoked", STAFF, _("API key revoked by the partner"))

EVENT_OF_MOVE: dict[str, dict[str, Kind]] = {
    "license_request": _REQUEST,
    "quote": _QUOTE,
    "license": _LICENSE,
    "update_notice": _UPDATE_NOTICE,
    "invoice": _INVOICE,
}
"""Noun → move → what is recorded when that move is made."""
