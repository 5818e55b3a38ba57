"""The papers of a license and a quote, made from the stored rows: certificate, signed token, licensed text,
letter.

Made on demand, never stored: equal snapshots give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from newsroom.articles.models import Article, Revision
from newsroom.errors import Conflict, NotFound
from reprints import links, pricing
from reprints.documents import certificate, delivery, invoice, quote, signing
from reprints.models import Invoice, License, Quote, QuoteLine
from reprints.services.buyers import buyer_of
from reprints.services.snapshots import licensee_block, publication_block
from reprints.workflow import LicenseStatus

TEXT_IN_HAND = frozenset({"active", "scheduled"})


@dataclass(frozen=True)
class Paper:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def certificate_pdf(row: License) -> Paper:
    """The certificate. Raises `Conflict` before the license was issued."""
    _check_issued(row)
    pdf = certificate.certificate_pdf(row.snapshot, verify_url=_verify_url(row))
    return Paper(f"{row.number}.pdf", "application/pdf", pdf)


def certificate_jws(row: License) -> Paper:
    """The license as a signed token. Raises `Conflict` before the license was issued."""
    _check_issued(row)
    status_url = f"{links.api_url(row)}status/"
    token = signing.certificate_jws(row.snapshot, verify_url=_verify_url(row), status_url=status_url)
    return Paper(f"{row.number}.jws", "application/jose", token.encode())


def content(row: License, form: str, *, revision: int | None = None) -> Paper:
    """The licensed text as `html` or `txt`: as it stands now, so that a correction comes along, or of a
    `revision`.

    Raises `Conflict` unless the text is in the licensee's hand, `NotFound` for a revision that we do not
    have.
    """
    if not text_in_hand(row):
        raise Conflict(_("The text is not handed out under this license at present."), code="not_in_force")
    article, text = content_of(row, revision=revision)
    said = {"number": text.number, "sha256": text.sha256}
    if form == "html":
        body = delivery.content_html(row.snapshot, article, said)
        return Paper(f"{row.number}.html", "text/html; charset=utf-8", body.encode())
    body = delivery.content_text(row.snapshot, article, said)
    return Paper(f"{row.number}.txt", "text/plain; charset=utf-8", body.encode())


def content_of(row: License, *, revision: int | None = None) -> tuple[dict[str, Any], Revision]:
    """The article in the shape of `documents.delivery`, and the revision its text comes from.

    Raises `NotFound`.
    """
    article = row.article
    wanted = article.revision if revision is None else revision
    text = article.revisions.filter(number=wanted).first()
    if text is None:
        raise NotFound(_("We do not have the text of this revision."))
    return _article(article, text), text


def text_in_hand(row: License) -> bool:
    """Whether the licensee may fetch the text: in force, about to be, or ended with copies that stay."""
    status = row.effective_status()
    kept = status == "expired" and row.archival and row.status == LicenseStatus.ACTIVE
    return status in TEXT_IN_HAND or kept


def quote_pdf(row: Quote) -> Paper:
    """The quote as a letter, with the address of the page where a person answers it."""
    url = settings.BASE_URL + links.payer_path(row.request)
    return Paper(f"{row.reference}.pdf", "application/pdf", quote.quote_pdf(quote_letter(row), url=url))


def quote_letter(row: Quote) -> dict[str, Any]:
    """The quote in the shape of `documents.quote`."""
    currency = row.currency
    tax = {**pricing.money(row.tax, currency), **_taxed(row, buyer_of(row.request).country)}
    return {
        "reference": row.reference,
        "request": row.request.reference,
        "version": row.number,
        "status": row.effective_status(),
        "opened_at": _time(row.opened_at),
        "valid_until": _time(row.valid_until),
        "currency": currency,
        "lines": [_line(line, currency) for line in row.lines.select_related("article")],
        "net": pricing.money(row.net, currency),
        "tax": tax,
        "gross": pricing.money(row.gross, currency),
        "terms_version": row.terms.label if row.terms else "",
        "terms_sha256": row.terms.sha256 if row.terms else "",
        "publication": publication_block(row.publication),
        "licensee": licensee_block(row),
        "test": row.test,
    }


def invoice_pdf(row: Invoice) -> Paper:
    """An invoice or credit note as a letter. Raises `Conflict` unless it was issued here: the accounting system
    writes its own.
    """
    if row.sequence is None:
        raise Conflict(_("This invoice was not written here."), code="written_elsewhere")
    url = settings.BASE_URL + links.payer_path(row.quote.request)
    return Paper(f"{row.number}.pdf", "application/pdf", invoice.invoice_pdf(invoice_letter(row), url=url))


def invoice_letter(row: Invoice) -> dict[str, Any]:
    """The invoice in the shape of `documents.invoice`: everything as it was copied in."""
    return {
        "reference": row.reference,
        "number": row.number,
        "kind": row.kind,
        "credits": row.credits.number if row.credits else "",
        "reason": row.reason,
        "issued_at": _time(row.issued_at),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "quote": row.quote.reference,
        "currency": row.currency,
        "lines": row.lines,
        "net": pricing.money(row.net, row.currency),
        "tax": {
            **pricing.money(row.tax, row.currency),
            **_taxed(row, row.buyer.get("country") or ""),
        },
        "gross": pricing.money(row.gross, row.currency),
        "seller": row.seller,
        "buyer": row.buyer,
        "test": row.test,
    }


def _taxed(row: Quote | Invoice, country: str) -> dict[str, str]:
    return {"treatment": row.tax_treatment, "rate": f"{row.tax_rate.normalize():f}", "country": country}


def _line(line: QuoteLine, currency: str) -> dict[str, Any]:
    return {
        "item": line.position,
        "article": {"headline": line.article.headline, "url": line.article.url},
        "granted": line.granted,
        "changes": line.changes,
        "exclusions": line.exclusions,
        "lane": line.lane,
        "price": pricing.money(line.price or pricing.ZERO, currency),
        "trace": line.trace,
    }


def _article(article: Article, text: Revision) -> dict[str, Any]:
    return {
        "headline": text.headline,
        "bylines": article.bylines,
        "body": text.body,
        "url": article.url,
        "language": article.language,
        "published_at": _time(article.published_at),
        "modified_at": _time(article.modified_at),
        "status": article.status,
        "components": article.components,
    }


def _check_issued(row: License) -> None:
    if row.issued_at is None:
        raise Conflict(_("This license is not in force yet: it waits for the payment."), code="not_issued")


def _verify_url(row: License) -> str:
    return settings.BASE_URL + links.verify_path(row.number)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
