"""What a license says, frozen: every document is rendered from this and from nothing else."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings

from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from reprints import pricing
from reprints.models import Quote, QuoteLine
from reprints.services import excerpts


def snapshot_of(line: QuoteLine, *, number: str, at: datetime | None) -> dict[str, Any]:
    """The snapshot of the license that this line becomes. JSON only; times RFC 3339, money as
    `{"amount","currency"}`.

    `parties.licensee.name` is the organization, else what the requester wrote as company or name. `licensee`,
    `terms` and
    `tax` are what the documents print.
    """
    quote = line.quote
    publication, organization, terms = quote.publication, quote.organization, quote.terms
    granted = line.granted
    return {
        "number": number,
        "publication": publication_block(publication),
        "licensee": licensee_block(quote),
        "parties": {
            "licensor": {
                "name": publication.legal_entity or publication.name,
                "address": publication.legal_address,
                "vat_id": publication.vat_id,
            },
            "licensee": {
                "name": quote.request.requester_name,
                "address": organization.address if organization else "",
                "country": organization.country if organization else "",
                "vat_id": organization.vat_id if organization else "",
                "slug": organization.slug if organization else "",
            },
        },
        "article": _article(line.article),
        "use": granted["use"],
        "portion": granted["portion"],
        "excerpt_text": granted["excerpt_text"],
        "words": excerpts.count_words(granted["excerpt_text"] or ""),
        "format": granted["format"],
        "quantity": granted["quantity"],
        "quantity_unit": granted["quantity_unit"],
        "territory": granted["territory"],
        "languages": granted["languages"],
        "starts_on": granted["starts_on"],
        "ends_on": granted["ends_on"],
        "perpetual": granted["perpetual"],
        "exclusivity": granted["exclusivity"],
        "modifications": granted["modifications"],
        "placement_urls": granted["placement_urls"],
        "ai_purposes": granted["ai_purposes"],
        "exclusions": line.exclusions,
        "terms_version": terms.label if terms else "",
        "terms_sha256": terms.sha256 if terms else "",
        "terms": {
            "version": terms.label if terms else "",
            "sha256": terms.sha256 if terms else "",
            "text": terms.text if terms else "",
        },
        "duties": terms.duties if terms else {},
        "credit_line": credit_line(line.article),
        "price": pricing.money(line.price or pricing.ZERO, quote.currency),
        "tax": {
            "treatment": quote.tax_treatment,
            **pricing.money(
                pricing.to_minor_units((line.price or pricing.ZERO) * quote.tax_rate / 100, quote.currency),
                quote.currency,
            ),
        },
        "quote": quote.reference,
        "quote_number": quote.number,
        "request": quote.request.reference,
        "po_number": quote.request.po_number,
        "issued_at": at.isoformat().replace("+00:00", "Z") if at else None,
        "supersedes": quote.request.renews.reference if quote.request.renews else None,
        "test": quote.test,
    }


def publication_block(publication: Publication) -> dict[str, str]:
    """The publication as the documents name it."""
    return {
        "slug": publication.slug,
        "name": publication.name,
        "legal_entity": publication.legal_entity or publication.name,
        "legal_address": publication.legal_address,
        "vat_id": publication.vat_id,
        "language": publication.language,
        "time_zone": publication.time_zone,
        "url": f"https://{publication.hosts[0]}" if publication.hosts else settings.BASE_URL,
    }


def licensee_block(quote: Quote) -> dict[str, str]:
    """Who gets the license, as the documents name them."""
    organization = quote.organization
    return {
        "name": quote.request.requester_name,
        "address": organization.address if organization else "",
        "country": organization.country if organization else "",
        "vat_id": organization.vat_id if organization else "",
        **({"acting_for": quote.request.end_client} if quote.request.end_client else {}),
    }


def credit_line(article: Article) -> str:
    """What stands under the licensed text: authors, title of the publication, first day, address."""
    by = ", ".join(article.bylines)
    day = article.published_at.astimezone(article.publication.zone).date().isoformat() if article.published_at else ""
    parts = [by, article.publication.name, day, article.url]
    return " · ".join(part for part in parts if part)


def _article(article: Article) -> dict[str, Any]:
    revision = article.current_revision()
    return {
        "reference": article.reference,
        "url": article.url,
        "headline": article.headline,
        "section": article.section,
        "bylines": article.bylines,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "language": article.language,
        "revision": article.revision,
        "revision_sha256": article.revision_sha256,
        "body_sha256": hashlib.sha256(revision.body.encode()).hexdigest() if revision else "",
    }
