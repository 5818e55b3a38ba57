"""What the private page shows of a request: its standing, items, quotes, licenses, notices and thread. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from newsroom.events.models import Promise
from reprints import papers, paying, pricing
from reprints.documents.wording import spoken_locale, taxed_words
from reprints.duties import task_of
from reprints.models import Invoice, License, LicenseRequest, Quote, UpdateNotice
from reprints.reasons import REASONS
from reprints.services import buyers
from reprints.views import wording
from reprints.vocabulary import TaxTreatment
from reprints.workflow import OPEN_REQUEST, LicenseStatus, QuoteStatus, RequestStatus

FormsOf = Callable[[Any], dict[str, Any]]
RENEWING = OPEN_REQUEST | {RequestStatus.AGREED, RequestStatus.FULFILLED}
TALKING = set(RequestStatus.values) - {RequestStatus.WITHDRAWN, RequestStatus.DECLINED}


def notices_of(asked: LicenseRequest) -> QuerySet[UpdateNotice]:
    """The update notices about the licenses of the request."""
    return UpdateNotice.objects.filter(license__request=asked).select_related("license", "article", "publication")


def invoices_of(asked: LicenseRequest) -> QuerySet[Invoice]:
    """The invoices and credit notes of the request that were issued, oldest first."""
    rows = Invoice.objects.filter(quote__request=asked).exclude(issued_at=None)
    return rows.select_related("publication", "credits", "quote__request").order_by("pk")


def beside_the_table(subject: Any) -> list[str]:
    """What can be done that changes no status: write, ask for other articles, propose, say who pays, say where it was
    published, ask for the next term.
    """
    if isinstance(subject, LicenseRequest):
        return ["message"] * (subject.status in TALKING) + ["edit"] * subject.is_open
    if isinstance(subject, Quote):
        is_open = subject.status == QuoteStatus.OPEN
        billed = subject.net > 0 and buyers.writes_invoices(subject.publication)
        return ["counter"] * is_open + ["bill"] * (is_open and billed)
    if isinstance(subject, License):
        return ["placements"] * (subject.status != LicenseStatus.PENDING_PAYMENT) + ["renew"] * _can_renew(subject)
    return []


def needless(subject: Any) -> set[str]:
    """Moves of the table that would say nothing: to end early what has ended, to accept before the buyer is known."""
    if isinstance(subject, Quote):
        return {"accept"} if buyers.missing(subject) else set()
    over = isinstance(subject, License) and subject.effective_status() == "expired"
    return {"terminate"} if over else set()


def _can_renew(row: License) -> bool:
    """A term that ends, no renewal of it that is under way or agreed, and an article that is not withdrawn."""
    if row.ends_on is None or row.status != LicenseStatus.ACTIVE or row.article.status == "canceled":
        return False
    return not any(request.status in RENEWING for request in row.renewals.all())


def context_of(asked: LicenseRequest, forms_of: FormsOf) -> dict[str, Any]:
    """The page's context; `forms_of` makes the forms that a record offers now."""
    items = list(asked.items.select_related("article"))
    sent = list(
        asked.quotes.seen_by_partner()
        .select_related("terms", "publication")
        .prefetch_related("lines__article")
        .order_by("-number")
    )
    quotes = [_quote(row, forms_of) for row in sent]
    newest = sent[0] if sent else None
    held = list(asked.licenses.for_lists().with_placements().prefetch_related("renewals").order_by("pk"))
    notices = [_notice(row, forms_of) for row in notices_of(asked).order_by("-pk")]
    unanswered = [entry["notice"] for entry in notices if entry["forms"]]
    promise = (
        Promise.objects.filter(
            subject_kind=LicenseRequest.noun, subject_reference=asked.reference, kind="quote", dropped_at=None
        )
        .order_by("-pk")
        .first()
    )
    waits = promise if promise is not None and promise.kept_at is None else None
    thread = _thread(asked)
    standing = wording.standing_of(
        asked, newest, must_act=bool(unanswered), answering=waits is not None, held=held, said=bool(thread)
    )
    removals = [row.removal_deadline for row in wording.to_remove(held) if row.removal_deadline]
    return {
        "asked": asked,
        "publication": asked.publication,
        "standing": standing,
        "steps": wording.steps_of(asked, standing),
        "due": min(removals) if removals else _due(waits, newest, unanswered) if standing.turn else None,
        "by_clock": bool(removals or unanswered),
        "overdue": not removals and (bool(waits and waits.is_overdue) or any(row.is_overdue() for row in unanswered)),
        "paused": bool(waits and waits.paused_at),
        "items": [{"item": row, "rows": wording.grant_rows(row.as_asked() | {"words": row.words})} for row in items],
        "headlines": list(dict.fromkeys(row.article.headline for row in items)),
        "reasons": [REASONS[code] for code in _codes(asked) if code in REASONS],
        "quotes": quotes,
        "licenses": [_license(row, forms_of) for row in held],
        "notices": notices,
        "order": _order(asked, sent),
        "invoices": [_invoice(row) for row in invoices_of(asked)],
        "must_act": bool(unanswered),
        "thread": thread,
        "contact": getattr(asked, "contact", None),
        "forms": forms_of(asked),
    }


def _due(waits: Promise | None, newest: Quote | None, unanswered: list[UpdateNotice]) -> datetime | None:
    """The next date: of a change to act on, of our answer, or until which the quote holds."""
    if unanswered:
        return min((row.due_at for row in unanswered if row.due_at), default=None)
    if waits is not None:
        return waits.due_at
    return newest.valid_until if newest is not None and not newest.is_expired() else None


def _codes(asked: LicenseRequest) -> list[str]:
    return list(dict.fromkeys(str(reason.get("code", "")) for reason in asked.lane_reasons))


def _quote(row: Quote, forms_of: FormsOf) -> dict[str, Any]:
    expired = row.is_expired()
    return {
        "quote": row,
        "status": row.effective_status(),
        "label": wording.EXPIRED if expired else row.get_status_display(),
        "lines": [
            {
                "line": line,
                "use": line.get_use_display(),
                "rows": wording.grant_rows(line.granted),
                "changes": wording.change_rows(line.changes),
                "price": pricing.money(line.price, row.currency) if line.price is not None else None,
                "trace": [{**step, "currency": row.currency} for step in line.trace],
            }
            for line in row.lines.all()
        ],
        "net": pricing.money(row.net, row.currency),
        "tax": pricing.money(row.tax, row.currency),
        "taxed": taxed_words(row.tax_treatment, buyers.buyer_of(row.request).country, spoken_locale()),
        "tax_added": row.tax_treatment == TaxTreatment.MANUAL,
        "gross": pricing.money(row.gross, row.currency),
        "forms": {} if expired else forms_of(row),
        "billed_later": bool(buyers.missing(row)),
    }


def _license(row: License, forms_of: FormsOf) -> dict[str, Any]:
    status = row.effective_status()
    return {
        "license": row,
        "status": status,
        "label": wording.EFFECTIVE.get(status, row.get_status_display()),
        "rows": wording.grant_rows(row.snapshot),
        "credit_line": row.snapshot.get("credit_line", ""),
        "issued": row.issued_at is not None,
        "text": papers.text_in_hand(row),
        "forms": forms_of(row),
    }


def _notice(row: UpdateNotice, forms_of: FormsOf) -> dict[str, Any]:
    label, tone = wording.OF_NOTICE[row.status]
    return {
        "notice": row,
        "overdue": row.is_overdue(),
        "task": task_of(row),
        "label": label,
        "tone": tone,
        "text": row.revision is not None and papers.text_in_hand(row.license),
        "forms": forms_of(row),
    }


def _order(asked: LicenseRequest, sent: list[Quote]) -> dict[str, Any] | None:
    """What is owed for a quote that was accepted and whose invoice is still to come; None where nothing is."""
    quote = next((row for row in sent if row.status == QuoteStatus.ACCEPTED), None)
    if quote is None or quote.net <= 0 or asked.status != RequestStatus.AGREED or invoices_of(asked).exists():
        return None
    return {
        "sum": pricing.money(quote.gross, quote.currency),
        "tax_added": quote.tax_treatment == TaxTreatment.MANUAL,
        "po_number": asked.po_number,
    }


def _invoice(row: Invoice) -> dict[str, Any]:
    return {
        "invoice": row,
        "status": row.effective_status(),
        "label": wording.EFFECTIVE_INVOICE.get(row.effective_status(), row.get_status_display()),
        "gross": pricing.money(row.gross, row.currency),
        "outstanding": pricing.money(row.outstanding, row.currency) if row.outstanding else None,
        "pdf": row.sequence is not None,
        "payment_url": paying.payment_url(row),
    }


def _thread(asked: LicenseRequest) -> list[dict[str, Any]]:
    rows = asked.messages.filter(internal=False)
    return [
        {
            "author": wording.DESK if row.author_kind == "editor" else wording.YOU,
            "at": row.created_at,
            "text": row.body,
            "ours": row.author_kind == "editor",
        }
        for row in rows
    ]
