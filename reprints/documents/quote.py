"""The quote as a letter: what was asked, what is offered, for how much, until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale
from babel.lists import format_list
from django.utils.translation import gettext as _

from reprints.documents import wording
from reprints.documents.certificate import (
    issuer_block,
    licensee_block,
    missing_shapes_note,
    one_line,
    verification,
)
from reprints.documents.typesetting import typeset
from reprints.documents.wording import label_of
from reprints.vocabulary import AiPurpose, Exclusivity, Format, Lane, Modifications, TaxTreatment, Use

Quote = Mapping[str, Any]


def quote_pdf(quote: Quote, *, url: str) -> bytes:
    """A quote as PDF, A4. `quote`: the shape of the API (reference, request, version, valid_until, currency,
    lines, net, tax with `treatment`, `rate` and the buyer's `country`, gross, terms_version, terms_sha256) and the
    parties: `publication` and `licensee` as in a license snapshot.

    Optional: `test`; `opened_at`, the creation date that the file states (else `valid_until`); `article` on a
    line (`headline`, `url`), else the address in `granted` stands for it. `url`: where the quote is read and
    accepted. Equal quotes give equal bytes.
    """
    dated = quote.get("opened_at") or quote["valid_until"]
    with wording.speaking(quote["publication"]["language"]) as locale:
        data = _letter(quote, url, locale)
    return typeset("quote.typ", data, at=int(wording.moment(dated).timestamp()), address=url)


def _letter(quote: Quote, url: str, locale: Locale) -> dict[str, Any]:
    publication, zone = quote["publication"], quote["publication"]["time_zone"]
    opened = wording.day_of(quote["opened_at"], zone, locale) if quote.get("opened_at") else ""
    until = wording.time_words(quote["valid_until"], zone, locale)
    return {
        "title": _("Quote %(reference)s") % {"reference": quote["reference"]},
        "publisher": publication["legal_entity"] or publication["name"],
        "lang": locale.language,
        "test": bool(quote.get("test")),
        "stamp": _("TEST — not an offer"),
        "foot": _("Quote %(reference)s, version %(version)s")
        % {"reference": quote["reference"], "version": quote["version"]},
        "dateline": [quote["reference"], _("Reprints and licensing"), opened],
        "publication": publication["name"],
        "heading": _("Quote for a license"),
        "from": issuer_block(publication, ""),
        "from_label": _("From"),
        "to": licensee_block(quote["licensee"], locale),
        "to_label": _("To"),
        "facts": [
            {"label": _("Your request"), "value": quote["request"]},
            {"label": _("Quote"), "value": f"{quote['reference']} · {quote['version']}"},
            {"label": _("Valid until"), "value": until},
        ],
        "columns": [_("What is offered"), _("Price")],
        "lines": [_line(line, locale) for line in quote["lines"]],
        "totals": _totals(quote, locale),
        "terms": _("Terms, version %(version)s, are part of this quote. SHA-256 of their text:")
        % {"version": quote["terms_version"]},
        "terms_sha256": quote["terms_sha256"],
        "verify": verification(
            url,
            _("Read, accept or decline this quote there. Until you accept, nothing is owed."),
        )
        | {"label": _("Answer")},
        "boxes_note": missing_shapes_note(),
    }


def _line(line: Mapping[str, Any], locale: Locale) -> dict[str, Any]:
    granted = line["granted"]
    article = line.get("article") or {}
    address = article.get("url") or granted.get("article_url") or ""
    price = line["price"]
    return {
        "headline": one_line(article.get("headline") or address),
        "url": address if article.get("headline") else "",
        "grant": " · ".join(part for part in _grant(granted, locale) if part),
        "changes": [_change(row) for row in wording.change_rows(line.get("changes", []), locale)],
        "excluded": _("Not included: %(parts)s") % {"parts": "; ".join(line["exclusions"])}
        if line.get("exclusions")
        else "",
        "trace": [f"{step['rule']} {step['effect']}" for step in line.get("trace", [])],
        "price": _("free of charge")
        if line.get("lane") == Lane.FREE
        else wording.money_words(price["amount"], price["currency"], locale),
    }


def _grant(granted: Mapping[str, Any], locale: Locale) -> list[str]:
    """The grant in one run of words, in the order a person would ask."""
    purposes = [label_of(AiPurpose, purpose) for purpose in granted.get("ai_purposes") or []]
    return [
        label_of(Use, granted["use"]),
        wording.portion_words(granted, locale),
        label_of(Format, granted["format"]) if granted.get("format") else "",
        wording.quantity_words(granted, locale),
        wording.territory_words(granted["territory"], locale),
        wording.language_words(granted["languages"], locale),
        wording.term_words(granted, locale),
        label_of(Exclusivity, granted["exclusivity"]),
        label_of(Modifications, granted["modifications"]),
        format_list(purposes, locale=locale) if purposes else "",
    ]


def _change(row: Mapping[str, str]) -> str:
    """“Where: you asked for Canada, we offer the United States.”"""
    return _("%(label)s: you asked for “%(asked)s”, we offer “%(granted)s”") % row


def _totals(quote: Quote, locale: Locale) -> list[dict[str, str]]:
    """Net, tax and total; where nobody can say the tax yet, the net amount alone is the total, and says so."""
    tax = quote["tax"]
    rows = [(_("Net"), quote["net"]), (wording.tax_words(tax, locale), tax), (_("Total"), quote["gross"])]
    if tax["treatment"] == TaxTreatment.MANUAL:
        rows = [(_("Total, net. Tax is added with the invoice, as the law requires."), quote["net"])]
    return [
        {"label": label, "value": wording.money_words(money["amount"], quote["currency"], locale)}
        for label, money in rows
    ]
