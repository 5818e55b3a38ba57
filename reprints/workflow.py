"""The five tables of the licensing desk: which move leads from where to where, and who may make it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.workflow import CLOCK, LICENSING, LOG, MANAGER, PARTNER, Actor, Workflow, transition
from reprints import moments
from reprints.vocabulary import InvoiceKind

REOPEN_WITHIN = timedelta(days=30)


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    NEEDS_INFO = "needs_info", _("Waiting for the requester")
    QUOTED = "quoted", _("Quoted")
    AGREED = "agreed", _("Agreed")
    FULFILLED = "fulfilled", _("Licensed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    REDIRECTED = "redirected", _("Referred to the rights owner")


class QuoteStatus(models.TextChoices):
    """Where a quote stands. `expired` is computed from `valid_until`."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    SUPERSEDED = "superseded", _("Superseded")
    CANCELED = "canceled", _("Canceled")


class LicenseStatus(models.TextChoices):
    """Where a license stands. `scheduled` and `expired` are computed from its dates."""

    PENDING_PAYMENT = "pending_payment", _("Waiting for payment")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    TERMINATED = "terminated", _("Ended early")
    SUPERSEDED = "superseded", _("Superseded")


class NoticeStatus(models.TextChoices):
    """Where an update notice stands. `overdue` is computed from `due_at`."""

    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    VERIFIED = "verified", _("Verified")
    ESCALATED = "escalated", _("Escalated")
    SUPERSEDED = "superseded", _("Superseded")
    CANCELED = "canceled", _("Canceled")
    WAIVED = "waived", _("Waived")


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands. `overdue` is computed."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    PAID = "paid", _("Paid")
    CREDITED = "credited", _("Credited")
    WRITTEN_OFF = "written_off", _("Written off")


RS, QS, LS, NS, IS = RequestStatus, QuoteStatus, LicenseStatus, NoticeStatus, InvoiceStatus


def _quote_goes_first(request: Any, by: Actor) -> str:
    # A quoted request returns to the desk when its quote is declined, canceled or overtaken by an edit: never alone.
    if request.status == RS.QUOTED and by.actor_kind != LOG:
        return gettext("There is an open quote: cancel it first.")
    return ""


def _reopens_in_time(request: Any, by: Actor) -> str:
    if request.closed_at is not None and moments.now() > request.closed_at + REOPEN_WITHIN:
        return gettext("This lapsed more than 30 days ago. Please send a new request.")
    return ""


def _is_no_credit_note(invoice: Any, by: Actor) -> str:
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return gettext("This is a credit note: it takes back an invoice, and cannot be taken back itself.")
    return ""


REQUEST = Workflow(
    "license_request",
    RequestStatus,
    [
        transition("take_up", [RS.SUBMITTED], RS.IN_REVIEW, who=[LICENSING], label=_("Take up")),
        transition("ask", [RS.IN_REVIEW], RS.NEEDS_INFO, who=[LICENSING], label=_("Ask"), needs_words=True),
        transition("reply", [RS.NEEDS_INFO], RS.IN_REVIEW, who=[PARTNER], label=_("Reply"), needs_words=True),
        transition(
            "resume",
            [RS.NEEDS_INFO, RS.QUOTED],
            RS.IN_REVIEW,
            who=[LICENSING, LOG],
            label=_("Resume"),
            guard=_quote_goes_first,
        ),
        transition("quote", [RS.SUBMITTED, RS.IN_REVIEW], RS.QUOTED, who=[LOG], label=_("Quote")),
        transition("agree", [RS.QUOTED], RS.AGREED, who=[LOG], label=_("Agree")),
        transition("fulfill", [RS.AGREED], RS.FULFILLED, who=[LOG], label=_("Fulfill")),
        transition(
            "decline",
            [RS.SUBMITTED, RS.IN_REVIEW, RS.NEEDS_INFO],
            RS.DECLINED,
            who=[LICENSING],
            label=_("Decline"),
            needs_words=True,
        ),
        transition(
            "redirect",
            [RS.SUBMITTED, RS.IN_REVIEW, RS.NEEDS_INFO],
            RS.REDIRECTED,
            who=[LICENSING],
            label=_("Refer to the rights owner"),
            needs_words=True,
        ),
        transition(
            "withdraw",
            [RS.SUBMITTED, RS.IN_REVIEW, RS.NEEDS_INFO, RS.QUOTED],
            RS.WITHDRAWN,
            who=[PARTNER],
            label=_("Withdraw"),
        ),
        transition("lapse", [RS.NEEDS_INFO, RS.QUOTED], RS.LAPSED, who=[CLOCK], label=_("Lapse")),
        transition(
            "reopen",
            [RS.LAPSED],
            RS.IN_REVIEW,
            who=[PARTNER, LICENSING],
            label=_("Reopen"),
            guard=_reopens_in_time,
        ),
    ],
)

QUOTE = Workflow(
    "quote",
    QuoteStatus,
    [
        transition("open", [QS.DRAFT], QS.OPEN, who=[LICENSING, LOG], label=_("Send")),
        transition("accept", [QS.OPEN], QS.ACCEPTED, who=[PARTNER, LOG], label=_("Accept")),
        transition("decline", [QS.OPEN], QS.DECLINED, who=[PARTNER], label=_("Decline")),
        transition("supersede", [QS.DRAFT, QS.OPEN], QS.SUPERSEDED, who=[LOG], label=_("Supersede")),
        transition(
            "cancel",
            [QS.DRAFT, QS.OPEN],
            QS.CANCELED,
            who=[LICENSING, LOG],
            label=_("Cancel"),
            needs_words=True,
        ),
    ],
)

LICENSE = Workflow(
    "license",
    LicenseStatus,
    [
        transition("issue", [LS.PENDING_PAYMENT], LS.ACTIVE, who=[LICENSING, LOG], label=_("Issue")),
        transition(
            "suspend",
            [LS.ACTIVE],
            LS.SUSPENDED,
            who=[LICENSING, CLOCK],
            label=_("Suspend"),
            needs_words=True,
        ),
        transition("reinstate", [LS.SUSPENDED], LS.ACTIVE, who=[LICENSING, CLOCK], label=_("Reinstate")),
        transition(
            "terminate",
            [LS.PENDING_PAYMENT, LS.ACTIVE, LS.SUSPENDED],
            LS.TERMINATED,
            who=[PARTNER, LICENSING],
            label=_("End early"),
            needs_words=True,
        ),
        transition(
            "revoke",
            [LS.ACTIVE, LS.SUSPENDED],
            LS.REVOKED,
            who=[MANAGER],
            label=_("Revoke"),
            needs_words=True,
        ),
        transition("supersede", [LS.ACTIVE, LS.SUSPENDED], LS.SUPERSEDED, who=[LOG], label=_("Supersede")),
    ],
)

UPDATE_NOTICE = Workflow(
    "update_notice",
    NoticeStatus,
    [
        transition(
            "acknowledge",
            [NS.OPEN, NS.ESCALATED],
            NS.ACKNOWLEDGED,
            who=[PARTNER, LICENSING],
            label=_("Acknowledge"),
        ),
        transition("verify", [NS.ACKNOWLEDGED], NS.VERIFIED, who=[LICENSING], label=_("Verify")),
        transition("escalate", [NS.OPEN], NS.ESCALATED, who=[LICENSING, CLOCK], label=_("Escalate")),
        transition("supersede", [NS.OPEN, NS.ESCALATED], NS.SUPERSEDED, who=[LOG], label=_("Supersede")),
        transition("cancel", [NS.OPEN, NS.ESCALATED], NS.CANCELED, who=[LOG], label=_("Cancel")),
        transition("waive", [NS.OPEN, NS.ESCALATED], NS.WAIVED, who=[LICENSING], label=_("Waive"), needs_words=True),
    ],
)

INVOICE = Workflow(
    "invoice",
    InvoiceStatus,
    [
        transition("issue", [IS.DRAFT], IS.ISSUED, who=[LICENSING, LOG], label=_("Issue")),
        transition("pay", [IS.ISSUED], IS.PAID, who=[LICENSING], label=_("Mark as paid")),
        transition(
            "credit",
            [IS.ISSUED, IS.PAID],
            IS.CREDITED,
            who=[LICENSING],
            label=_("Credit"),
            needs_words=True,
            guard=_is_no_credit_note,
        ),
        transition(
            "write_off",
            [IS.ISSUED],
            IS.WRITTEN_OFF,
            who=[MANAGER],
            label=_("Write off"),
            needs_words=True,
            guard=_is_no_credit_note,
        ),
    ],
)

WORKFLOWS = {table.noun: table for table in (REQUEST, QUOTE, LICENSE, UPDATE_NOTICE, INVOICE)}
UNANSWERED = frozenset({NS.OPEN, NS.ESCALATED})
OPEN_REQUEST = frozenset({RS.SUBMITTED, RS.IN_REVIEW, RS.NEEDS_INFO, RS.QUOTED})
