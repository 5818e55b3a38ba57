"""Rows as the API shows them: plain dictionaries with the members that `serializers` declares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from newsroom.api.etags import etag_of
from reprints import links, paying, pricing, reasons
from reprints.documents.wording import duties_in
from reprints.models import Invoice, License, LicenseRequest, Placement, Quote, QuoteLine, RequestMessage, UpdateNotice
from reprints.services.lanes import Assessment
from reprints.vocabulary import Lane, answers_to

Shape = dict[str, Any]

OF_SNAPSHOT = (
    *("use", "portion", "excerpt_text", "format", "quantity", "quantity_unit", "territory", "languages", "starts_on"),
    *("ends_on", "perpetual", "exclusivity", "modifications", "ai_purposes", "exclusions", "credit_line", "price"),
    *("terms_version", "terms_sha256", "request", "quote"),
)
"""The members of a license that are those of its snapshot."""

OF_ARTICLE = ("reference", "url", "headline", "revision", "revision_sha256")


def request_shape(row: LicenseRequest, *, answer_by: datetime | None) -> Shape:
    """A request, with the references of the quotes that were sent and of its licenses."""
    sent = sorted((quote for quote in row.quotes.all() if quote.opened_at), key=lambda quote: quote.number)
    return {
        **_common(row),
        "status": row.status,
        "lane": row.lane,
        "lane_reasons": reasons.told(row.lane_reasons),
        "answer_by": answer_by,
        "items": [item.as_asked() for item in row.items.all()],
        "quotes": [quote.reference for quote in sent],
        "licenses": _in_order(row.licenses.all()),
        "publication": row.publication.slug,
        "organization_type": row.organization_type,
        "currency": row.currency,
        "po_number": row.po_number,
        "end_client": row.end_client,
        "deadline": row.deadline,
        "note": row.note,
        "renews": row.renews.reference if row.renews else None,
        "decline_code": row.decline_code or None,
        "article_changed_at": row.article_changed_at,
        "created_at": row.created_at,
    }


def message_shape(row: RequestMessage) -> Shape:
    """A message of the thread; which member of staff wrote it stays inside."""
    return {
        "author": row.author_kind,
        "words": row.body,
        "move": row.move or None,
        "proposal": _proposal(row.proposal),
        "created_at": row.created_at,
    }


def _proposal(stored: Shape | None) -> Shape | None:
    if stored is None:
        return None
    amount = None if stored["amount"] is None else {"amount": stored["amount"], "currency": stored["currency"]}
    return {"quote": stored["quote"], "amount": amount, "changes": stored["changes"]}


def estimate_shape(assessment: Assessment, *, answer_by: datetime | None) -> Shape:
    """Lane, lines, total; and why a person must look at it, but for what would tell about other people's reports.

    Nothing is free of charge before that person said so.
    """
    currency = assessment.currency
    lines = [
        {
            "item": index,
            "lane": assessment.lane_of(index),
            "price": None if line.amount is None else pricing.money(line.amount, line.currency),
            "free": line.free and assessment.lane != Lane.MANUAL,
            "exclusions": line.exclusions,
            "trace": line.trace,
            "words": line.words,
            "passage_found": line.found,
        }
        for index, line in enumerate(assessment.lines)
    ]
    total = None if assessment.total is None else pricing.money(assessment.total, currency)
    return {
        "lane": assessment.lane,
        "lane_reasons": reasons.told(assessment.reasons),
        "total": total,
        "lines": lines,
        "answer_by": answer_by,
    }


def quote_shape(row: Quote) -> Shape:
    """A quote that was sent, with its lines. Its version counts the quotes of a request; the ETag is the row's."""
    return {
        **_common(row),
        "version": row.number,
        "request": row.request.reference,
        "end_client": row.request.end_client,
        "number": row.number,
        "status": row.effective_status(),
        "valid_until": row.valid_until,
        "currency": row.currency,
        "lines": [_line(line, row.currency) for line in row.lines.all()],
        "net": pricing.money(row.net, row.currency),
        "tax": pricing.money(row.tax, row.currency),
        "gross": pricing.money(row.gross, row.currency),
        "tax_treatment": row.tax_treatment,
        "terms_version": row.terms.label if row.terms else "",
        "terms_sha256": row.terms.sha256 if row.terms else "",
        "note": row.note,
        "licenses": _in_order(row.licenses.all()),
        "reconfirm_since": row.reconfirm_since,
        "opened_at": row.opened_at,
        "accepted_at": row.accepted_at,
        "pdf": f"{links.api_url(row)}pdf/",
    }


def accepted_shape(row: Quote) -> Shape:
    """The answer to an acceptance: the same for the first and for every repeated one."""
    invoice = row.invoices.exclude(issued_at=None).order_by("pk").first()
    return {
        "status": row.status,
        "licenses": _in_order(row.licenses.all()),
        "invoice": invoice.reference if invoice else None,
    }


def license_shape(row: License) -> Shape:
    """A license: what was granted from its snapshot, where it stands from the row, read `with_placements`."""
    snapshot, url = row.snapshot, links.api_url(row)
    return {
        **_common(row),
        **{name: snapshot[name] for name in OF_SNAPSHOT},
        "number": row.number,
        "status": row.status,
        "effective_status": row.effective_status(),
        "licensee": snapshot["parties"]["licensee"]["name"],
        "end_client": snapshot.get("licensee", {}).get("acting_for", ""),
        "publication": snapshot["publication"]["slug"],
        "article": {name: snapshot["article"][name] for name in OF_ARTICLE},
        "duties": duties_in(snapshot["duties"]),
        "issued_at": row.issued_at,
        "ended_at": row.ended_at,
        "end_reason": row.end_reason or None,
        "end_words": row.end_words,
        "removal_deadline": row.removal_deadline,
        "suspended_until": row.suspended_until,
        "renews": row.renews.reference if row.renews else None,
        "superseded_by": row.superseded_by.reference if row.superseded_by else None,
        "placements": [placement_shape(placement) for placement in row.placements.all()],
        "documents": {
            "pdf": f"{url}certificate.pdf",
            "jws": f"{url}certificate.jws",
            "odrl": f"{url}odrl/",
            "content": f"{url}content/",
        },
        "verify_url": settings.BASE_URL + links.verify_path(row.number),
    }


def placement_shape(row: Placement) -> Shape:
    """Where the licensee says the text stands or stood."""
    return {
        "url": row.url,
        "declared_at": row.declared_at,
        "removed_at": row.removed_at,
        "seen_at": row.verified_at,
    }


def notice_shape(row: UpdateNotice) -> Shape:
    """An update notice, and what was answered."""
    return {
        **_common(row),
        "license": row.license.reference,
        "article": row.article.reference,
        "correction": row.correction_reference or None,
        "kind": row.kind,
        "duty": row.duty,
        "revision": row.revision,
        "status": row.status,
        "due_at": row.due_at,
        "overdue": row.is_overdue(),
        "answers": [action.value for action in answers_to(row.duty, row.kind)],
        "action": row.action or None,
        "url": row.action_url,
        "note": row.action_note,
        "acknowledged_at": row.acknowledged_at,
        "waived_reason": row.waived_reason,
        "content": f"{links.api_url(row.license)}content/",
        "created_at": row.created_at,
    }


def invoice_shape(row: Invoice) -> Shape:
    """An invoice that was issued."""
    return {
        **_common(row),
        "number": row.number,
        "kind": row.kind,
        "credits": row.credits.reference if row.credits else None,
        "status": row.status,
        "quote": row.quote.reference,
        "licenses": [line["license"] for line in row.lines if line["license"]],
        "currency": row.currency,
        "net": pricing.money(row.net, row.currency),
        "tax": pricing.money(row.tax, row.currency),
        "gross": pricing.money(row.gross, row.currency),
        "tax_treatment": row.tax_treatment,
        "outstanding": pricing.money(row.outstanding, row.currency),
        "issued_at": row.issued_at,
        "due_on": row.due_on,
        "paid_at": row.paid_at,
        "overdue": row.days_overdue() > 0,
        "pdf": f"{links.api_url(row)}pdf/" if row.sequence else None,
        "payment_url": paying.payment_url(row) or None,
    }


def _common(row: Any) -> Shape:
    return {"reference": row.reference, "version": row.version, "etag": etag_of(row), "test": row.test}


def _in_order(rows: Any) -> list[str]:
    return [row.reference for row in sorted(rows, key=lambda row: row.pk)]


def _line(line: QuoteLine, currency: str) -> Shape:
    return {
        "item": line.item.position if line.item else line.position,
        "article": line.article.reference,
        "granted": line.granted,
        "changes": line.changes,
        "exclusions": line.exclusions,
        "lane": line.lane,
        "price": pricing.money(line.price or pricing.ZERO, currency),
        "trace": line.trace,
    }
