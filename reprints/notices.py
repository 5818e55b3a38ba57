"""Who at the desk and outside is told what. A web requester hears only at an address that was confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from newsroom.accounts.models import Contact
from newsroom.events.kinds import Address, Recipient, address_book, notice
from newsroom.events.models import Event
from reprints import audience, paying
from reprints.models import (
    Invoice,
    License,
    LicenseRequest,
    Quote,
    RequesterContact,
    UpdateNotice,
)
from reprints.services.buyers import writes_invoices
from reprints.vocabulary import Lane

MAIL = "reprints/mail"


def request_of(event: Event) -> LicenseRequest:
    """The request that the event is about."""
    rows = LicenseRequest.objects.select_related("publication", "organization", "assignee", "desk")
    return rows.get(reference=event.subject_reference)


def quote_of(event: Event) -> Quote:
    """The quote that the event is about."""
    rows = Quote.objects.select_related("publication", "request__organization", "request__desk", "request__assignee")
    return rows.get(reference=event.subject_reference)


def license_of(event: Event) -> License:
    """The license that the event is about."""
    rows = License.objects.select_related("publication", "request__organization", "article")
    return rows.get(reference=event.subject_reference)


def invoice_of(event: Event) -> Invoice:
    """The invoice that the event is about."""
    rows = Invoice.objects.select_related("publication", "quote__request__organization", "credits")
    return rows.get(reference=event.subject_reference)


def notice_of(event: Event) -> UpdateNotice:
    """The update notice that the event is about."""
    rows = UpdateNotice.objects.select_related("publication", "license__request__organization", "article")
    return rows.get(reference=event.subject_reference)


@address_book("requester")
def address_of_requester(key: str) -> Address | None:
    """The web requester's address, once confirmed, until it is erased."""
    return _address(key, confirmed=True)


@address_book("requester_receipt")
def address_to_confirm(key: str) -> Address | None:
    """The same before it is confirmed: for the receipt with the confirm button, and nothing else."""
    return _address(key, confirmed=False)


@address_book("contact")
def address_of_contact(key: str) -> Address | None:
    """A contact of an organization, while active."""
    person = Contact.objects.filter(pk=key, is_active=True).first()
    return Address(person.email, person.name) if person else None


@notice("license_request.submitted", f"{MAIL}/license_request_submitted")
def the_new_requester(event: Event) -> Iterable[Recipient]:
    """The receipt with the confirm button."""
    request = request_of(event)
    return [Recipient("requester_receipt", request.reference)] if request.organization is None else []


@notice("license_request.submitted", f"{MAIL}/license_request_submitted_desk")
def the_desk_for_new(event: Event) -> Iterable[Recipient]:
    """The people at the desk, when a person must answer."""
    request = request_of(event)
    return audience.the_desk(request) if event.data.get("lane") == Lane.MANUAL else []


@notice("license_request.replied", f"{MAIL}/license_request_replied_desk")
@notice("license_request.withdrawn", f"{MAIL}/license_request_withdrawn_desk")
@notice("license_request.reopened", f"{MAIL}/license_request_reopened_desk")
def the_desk(event: Event) -> Iterable[Recipient]:
    """Whoever works on it."""
    return audience.the_desk(request_of(event))


@notice("license_request.due_soon", f"{MAIL}/license_request_due_soon_desk")
@notice("license_request.overdue", f"{MAIL}/license_request_overdue_desk")
def the_desk_that_promised(event: Event) -> Iterable[Recipient]:
    """Whoever works on it, else the desk."""
    return audience.the_desk(request_of(event))


@notice("license_request.escalated", f"{MAIL}/license_request_escalated_desk")
def those_who_answer_for_it(event: Event) -> Iterable[Recipient]:
    """The licensing managers; without any, the desk."""
    request = request_of(event)
    return audience.the_managers(request.publication) or audience.the_desk(request)


@notice("license_request.assigned", f"{MAIL}/license_request_assigned")
def the_new_assignee(event: Event) -> Iterable[Recipient]:
    """Who it was handed to."""
    return [Recipient("user", str(event.data["to"]))] if "to" in event.data else []


@notice("license_request.edited", f"{MAIL}/license_request_edited_desk")
def the_desk_for_edited(event: Event) -> Iterable[Recipient]:
    """Whoever works on it, when a person must answer."""
    return audience.the_desk(request_of(event)) if event.data.get("lane") == Lane.MANUAL else []


@notice("license_request.asked", f"{MAIL}/license_request_asked")
@notice("license_request.declined", f"{MAIL}/license_request_declined")
@notice("license_request.redirected", f"{MAIL}/license_request_redirected")
@notice("license_request.lapsed", f"{MAIL}/license_request_lapsed")
def the_requester(event: Event) -> Iterable[Recipient]:
    """Whoever asked."""
    return audience.the_requester(request_of(event))


@notice("license_request.messaged", f"{MAIL}/license_request_messaged")
def the_requester_of_message(event: Event) -> Iterable[Recipient]:
    """Whoever asked, when the desk wrote and it is no internal note."""
    told = not event.data.get("internal") and event.actor_kind == "staff"
    return audience.the_requester(request_of(event)) if told else []


@notice("license_request.messaged", f"{MAIL}/license_request_messaged_desk")
def the_desk_of_message(event: Event) -> Iterable[Recipient]:
    """Whoever works on it, when the partner wrote."""
    return audience.the_desk(request_of(event)) if event.actor_kind != "staff" else []


@notice("quote.opened", f"{MAIL}/quote_opened")
def the_quoted(event: Event) -> Iterable[Recipient]:
    """Whoever asked; in the free lane the license itself is the answer."""
    return audience.the_licensee(quote_of(event).request) if event.data.get("lane") != Lane.FREE else []


@notice("quote.canceled", f"{MAIL}/quote_canceled")
def the_unquoted(event: Event) -> Iterable[Recipient]:
    """Whoever had an open quote that the desk took back."""
    taken_back = event.data.get("from") == "open" and event.actor_kind == "staff"
    return audience.the_requester(quote_of(event).request) if taken_back else []


@notice("quote.accepted", f"{MAIL}/quote_accepted_desk")
@notice("quote.declined", f"{MAIL}/quote_declined_desk")
def the_desk_of_quote(event: Event) -> Iterable[Recipient]:
    """Whoever works on it; nobody for what the rate card answered by itself."""
    request = quote_of(event).request
    return audience.the_desk(request) if request.lane == Lane.MANUAL else []


@notice("quote.countered", f"{MAIL}/quote_countered_desk")
def the_desk_of_proposal(event: Event) -> Iterable[Recipient]:
    """Whoever works on it: a proposal is for a person, whatever the lane."""
    return audience.the_desk(quote_of(event).request)


@notice("quote.approval_asked", f"{MAIL}/quote_approval_asked")
def the_managers_of_quote(event: Event) -> Iterable[Recipient]:
    """Who may approve the amount: the managers, but whoever asks or drafted it."""
    quote = quote_of(event)
    return audience.the_managers(quote.publication, but=[event.actor_id, quote.drafted_by_id])


@notice("quote.approved", f"{MAIL}/quote_approved")
def the_author_of_quote(event: Event) -> Iterable[Recipient]:
    """Who drafted it and can send it now."""
    drafted_by = quote_of(event).drafted_by_id
    return [Recipient("user", str(drafted_by))] if drafted_by else []


@notice("license.revocation_proposed", f"{MAIL}/license_revocation_proposed")
def the_managers_of_license(event: Event) -> Iterable[Recipient]:
    """Who may revoke it: the managers, but whoever proposes it."""
    return audience.the_managers(license_of(event).publication, but=[event.actor_id])


@notice("quote.accepted", f"{MAIL}/quote_accepted")
def the_payer_of_order(event: Event) -> Iterable[Recipient]:
    """Whoever pays, where the accounting system writes the invoice: the confirmation of the order."""
    quote = quote_of(event)
    ordered = quote.net > 0 and not writes_invoices(quote.publication)
    return audience.the_payer(quote.request) if ordered else []


@notice("invoice.issued", f"{MAIL}/invoice_issued")
@notice("invoice.overdue", f"{MAIL}/invoice_overdue")
def the_payer(event: Event) -> Iterable[Recipient]:
    """Whoever pays; nobody for what the accounting system wrote and sends itself, unless it can be paid by a link."""
    row = invoice_of(event)
    ours = row.sequence is not None or bool(paying.payment_url(row))
    return audience.the_payer(row.quote.request) if ours else []


@notice("invoice.paid", f"{MAIL}/invoice_paid")
def the_payer_who_paid(event: Event) -> Iterable[Recipient]:
    """Whoever paid, or was paid back."""
    return audience.the_payer(invoice_of(event).quote.request)


@notice("license.held_back", f"{MAIL}/license_held_back_desk")
@notice("license.kept_suspended", f"{MAIL}/license_kept_suspended_desk")
def the_desk_of_license(event: Event) -> Iterable[Recipient]:
    """The desk that granted it."""
    return audience.the_desk(license_of(event).request)


@notice("license.issued", f"{MAIL}/license_issued")
@notice("license.suspended", f"{MAIL}/license_suspended")
@notice("license.reinstated", f"{MAIL}/license_reinstated")
@notice("license.revoked", f"{MAIL}/license_revoked")
@notice("license.terminated", f"{MAIL}/license_terminated")
@notice("license.expiring", f"{MAIL}/license_expiring")
@notice("license.expired", f"{MAIL}/license_expired")
def the_licensee(event: Event) -> Iterable[Recipient]:
    """Whoever holds it."""
    return audience.the_licensee(license_of(event).request)


@notice("update_notice.opened", f"{MAIL}/update_notice_opened")
@notice("update_notice.revised", f"{MAIL}/update_notice_revised")
@notice("update_notice.reminded", f"{MAIL}/update_notice_reminded")
@notice("update_notice.overdue", f"{MAIL}/update_notice_overdue")
@notice("update_notice.waived", f"{MAIL}/update_notice_waived")
def the_licensee_of_notice(event: Event) -> Iterable[Recipient]:
    """Whoever must act."""
    return audience.the_licensee(notice_of(event).license.request)


@notice("update_notice.escalated", f"{MAIL}/update_notice_escalated_desk")
def the_desk_of_notice(event: Event) -> Iterable[Recipient]:
    """The desk that granted the license."""
    return audience.the_desk(notice_of(event).license.request)


@notice("contact.sign_in_asked", f"{MAIL}/contact_sign_in_asked", priority=2)
def the_contact(event: Event) -> Iterable[Recipient]:
    """Who asked for the link."""
    return [Recipient("contact", event.subject_reference)]


@notice("api_key.issued", f"{MAIL}/api_key_changed")
@notice("api_key.rotated", f"{MAIL}/api_key_changed")
@notice("api_key.revoked", f"{MAIL}/api_key_changed")
def the_signatories(event: Event) -> Iterable[Recipient]:
    """Everyone who may sign for the organization; nobody for a test key."""
    told = event.organization is not None and not event.data.get("test")
    return audience.contacts(event.organization, is_signatory=True) if told and event.organization else []


def _address(key: str, *, confirmed: bool) -> Address | None:
    contact = RequesterContact.objects.select_related("request").filter(request__reference=key).first()
    if contact is None or (confirmed and contact.email_confirmed_at is None):
        return None
    return Address(contact.email, contact.name, contact.request.language) if contact.email else None
