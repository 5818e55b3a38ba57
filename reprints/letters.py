"""What mails and hooks of the licensing desk may show: who gets them is declared in `notices`."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from newsroom.accounts.models import ApiKey, Contact
from newsroom.events.kinds import KINDS, Recipient, mail_context, payload
from newsroom.events.models import Event
from reprints import duties, links, paying, pricing
from reprints.documents import wording
from reprints.models import License, LicenseRequest, Quote, RequestMessage, SignInLink
from reprints.notices import invoice_of, license_of, notice_of, quote_of, request_of
from reprints.services import asking, partner_access
from reprints.services.moving import beside
from reprints.vocabulary import Obstacle


@mail_context("contact")
def about_contact(event: Event, recipient: Recipient) -> dict[str, Any]:
    """The link, made from the row as it is then; the event holds no token."""
    link = SignInLink.objects.select_related("contact__organization").get(pk=event.data["link"])
    return {
        "organization": link.contact.organization,
        "enter_url": f"{settings.BASE_URL}/reprints/partner/enter/{partner_access.token_of(link)}/",
        "minutes": int(partner_access.LINK_LASTS.total_seconds() // 60),
    }


@mail_context("api_key")
def about_key(event: Event, recipient: Recipient) -> dict[str, Any]:
    """Which key, and who did it; never the key itself."""
    key = ApiKey.objects.filter(key_id=event.subject_reference).first()
    contact = Contact.objects.filter(pk=event.data.get("contact")).first()
    return {
        "what": KINDS[event.kind].label,
        "organization": event.organization,
        "label": key.label if key else "",
        "shown": str(key) if key else event.subject_reference,
        "who": contact.name if contact else "",
        "page_url": f"{settings.BASE_URL}/reprints/partner/keys/",
    }


@mail_context("license_request")
def about_request(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What a mail about a request may show. `message` is the one that the event names."""
    return _about(request_of(event), event, recipient)


@mail_context("quote")
def about_quote(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What a mail about a quote may show."""
    quote = quote_of(event)
    lines = list(quote.lines.select_related("article"))
    total = pricing.plain(quote.net, quote.currency)
    return {
        **_about(quote.request, event, recipient),
        "quote": quote,
        "lines": lines,
        "total": total,
        "quote_admin_url": _desk_page(quote),
    }


@mail_context("license")
def about_license(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What a mail about a license may show."""
    row = license_of(event)
    return {
        **_about(row.request, event, recipient),
        "license": row,
        "license_admin_url": _desk_page(row),
        "verify_url": settings.BASE_URL + links.verify_path(row.reference),
        "placements": list(row.placements.filter(removed_at=None)),
        "against": [Obstacle(code).label for code in event.data.get("against", [])],
    }


@mail_context("invoice")
def about_invoice(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What a mail about an invoice may show. Amounts are texts in the minor digits of the currency."""
    row = invoice_of(event)
    amounts = {name: pricing.plain(getattr(row, name), row.currency) for name in ("net", "tax", "gross", "outstanding")}
    return {
        **_about(row.quote.request, event, recipient),
        "invoice": row,
        "amounts": amounts,
        "taxed": wording.taxed_words(row.tax_treatment, row.buyer.get("country") or "", wording.spoken_locale()),
        "payment_url": paying.payment_url(row),
    }


@mail_context("update_notice")
def about_notice(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What a mail about an update notice may show."""
    row = notice_of(event)
    correction = f"{settings.BASE_URL}/corrections/{row.correction_reference}/" if row.correction_reference else ""
    about = _about(row.license.request, event, recipient)
    if recipient.kind == "contact":
        about["page_url"] = settings.BASE_URL + links.acknowledge_path(row)
    return {
        **about,
        "notice": row,
        "license": row.license,
        "article": row.article,
        "correction_url": correction,
        "task": duties.task_of(row),
        "withdrawn": row.tells_withdrawal(),
        "words": duties.words_of(row),
        "placements": list(row.license.placements.filter(removed_at=None)),
    }


@payload("license_request")
def request_payload(event: Event) -> dict[str, Any]:
    """Thin: reference, status, where to fetch it."""
    return _thin(event, "license_request")


@payload("quote")
def quote_payload(event: Event) -> dict[str, Any]:
    """Thin, with the request it answers."""
    return {**_thin(event, "quote"), "request": event.data.get("request") or quote_of(event).request.reference}


@payload("license")
def license_payload(event: Event) -> dict[str, Any]:
    """Thin, with the request it came from."""
    return {**_thin(event, "license"), "request": event.data.get("request") or license_of(event).request.reference}


@payload("update_notice")
def notice_payload(event: Event) -> dict[str, Any]:
    """Thin, with license, article and correction."""
    said = event.data if "article" in event.data else beside(notice_of(event))
    return {**_thin(event, "update_notice"), **{name: said[name] for name in ("license", "article", "correction")}}


@payload("invoice")
def invoice_payload(event: Event) -> dict[str, Any]:
    """Thin, with the quote it is for."""
    return {**_thin(event, "invoice"), "quote": event.data.get("quote") or invoice_of(event).quote.reference}


def _thin(event: Event, noun: str) -> dict[str, Any]:
    # The status is the event's own: the row may have moved on by the time the hook is planned.
    path = f"{links.API_PATHS[noun]}/{event.subject_reference}/"
    status = event.data.get("to") or event.data.get("status")
    data: dict[str, Any] = {"reference": event.subject_reference, "url": f"{settings.BASE_URL}/api/v1/{path}"}
    return {**data, "status": status} if status else data


def _about(request: LicenseRequest, event: Event, recipient: Recipient) -> dict[str, Any]:
    message = RequestMessage.objects.filter(pk=event.data.get("message"), request=request, internal=False).first()
    page = links.private_path if recipient.kind == "requester" else links.partner_path
    return {
        "request": request,
        "items": list(request.items.select_related("article")),
        "message": message,
        "answer_by": asking.answer_by(request),
        # No receipt leads to the private page: its address may be a stranger's, and is asked to confirm first.
        "page_url": settings.BASE_URL + page(request) if recipient.kind != "requester_receipt" else "",
        "confirm_url": settings.BASE_URL + links.confirm_path(request),
        "admin_url": f"{settings.BASE_URL}/admin/reprints/licenserequest/{request.pk}/change/",
    }


def _desk_page(row: Quote | License) -> str:
    return f"{settings.BASE_URL}/admin/reprints/{row.noun}/{row.pk}/change/"
