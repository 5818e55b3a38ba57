"""The license certificate: one page to frame or to file, and the terms behind it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.lists import format_list
from django.utils.translation import gettext as _

from reprints.documents import wording
from reprints.documents.typesetting import typeset
from reprints.documents.wording import label_of
from reprints.vocabulary import AiPurpose, Exclusivity, Format, Modifications, TaxTreatment, Use

Snapshot = Mapping[str, Any]

LONG_NAMES = 240
MANY_ROWS = 5
"""As many rows of wide facts and duties as leave a page its air."""


def certificate_pdf(snapshot: Snapshot, *, verify_url: str) -> bytes:
    """The certificate of a license as PDF, A4: what was granted on the first page, the terms after it.

    `verify_url` is printed in words and as a QR code. Equal snapshots give equal bytes: the creation date in
    the file is `issued_at`. A license made by a test key is marked on every page.
    """
    with wording.speaking(snapshot["publication"]["language"]) as locale:
        data = _page(snapshot, verify_url, locale)
    return typeset(
        "certificate.typ", data, at=int(wording.moment(snapshot["issued_at"]).timestamp()), address=verify_url
    )


def _page(snapshot: Snapshot, verify_url: str, locale: Locale) -> dict[str, Any]:
    publication, number = snapshot["publication"], snapshot["number"]
    wide, duties = _wide_facts(snapshot, locale), wording.duty_lines(snapshot["duties"], locale)
    names = len(snapshot["licensee"]["name"]) + len(snapshot["article"]["headline"])
    issued = wording.day_of(snapshot["issued_at"], publication["time_zone"], locale)
    return {
        "title": _("License %(number)s") % {"number": number},
        "publisher": publication["legal_entity"] or publication["name"],
        "lang": locale.language,
        "test": snapshot["test"],
        "stamp": _("TEST — not a license"),
        "foot": _("License %(number)s · issued %(date)s") % {"number": number, "date": issued},
        "dateline": [number, _("Reprints and licensing"), issued],
        "publication": publication["name"],
        "heading": _("Certificate of license"),
        "says": {
            "licensee": _("This certifies that"),
            "article": _("is licensed by %(publisher)s to use the article")
            % {"publisher": publication["legal_entity"] or publication["name"]},
        },
        "licensee": licensee_block(snapshot["licensee"], locale),
        "article": _article(snapshot["article"], publication["time_zone"], locale),
        "facts": _facts(snapshot, locale),
        "wide": wide,
        "credit": {"label": _("Credit line, to be shown with the text"), "text": snapshot["credit_line"]},
        "duties": {
            "label": _("When the article changes"),
            "lines": duties or [_("You are told; the terms say what follows.")],
        },
        "verify": verification(
            verify_url,
            _("Real, and in force today? Scan the code or open the address: both ask the publisher."),
        ),
        "boxes_note": missing_shapes_note(),
        "dense": names > LONG_NAMES or len(wide) + len(duties) > MANY_ROWS,
        "issuer": issuer_block(publication, _("Issued electronically; valid without a signature on paper.")),
        "prints": _fingerprints(snapshot),
        "terms": terms_block(snapshot["terms"]),
    }


def one_line(text: str) -> str:
    """A name or headline without line breaks: every run of white space as one space."""
    return " ".join(text.split())


def licensee_block(licensee: Mapping[str, Any], locale: Locale) -> dict[str, str]:
    """Name, and one line with address, country and VAT id."""
    country = locale.territories.get(licensee.get("country") or "", licensee.get("country") or "")
    client = licensee.get("acting_for") or ""
    acting_for = [_("for the client %(name)s") % {"name": one_line(client)}] if client else []
    parts = [*acting_for, *(licensee.get("address") or "").splitlines(), country, _vat_words(licensee)]
    return {
        "name": one_line(licensee["name"]),
        "where": ", ".join(part.strip() for part in parts if part.strip()),
    }


def issuer_block(publication: Mapping[str, Any], closing: str) -> dict[str, Any]:
    """The publisher as it signs: legal entity, address, VAT id, and a closing sentence."""
    lines = [*(publication.get("legal_address") or "").splitlines(), _vat_words(publication), closing]
    return {
        "name": publication["legal_entity"] or publication["name"],
        "lines": [line.strip() for line in lines if line.strip()],
    }


def _vat_words(party: Mapping[str, Any]) -> str:
    vat_id = one_line(party.get("vat_id") or "")
    return _("VAT id %(id)s") % {"id": vat_id} if vat_id else ""


def verification(url: str, sentence: str) -> dict[str, str]:
    """What stands beside the QR code."""
    return {
        "label": _("Verify"),
        "text": sentence,
        "url": url,
        "alt": _("QR code of the address %(url)s") % {"url": url},
    }


def missing_shapes_note() -> str:
    """Said when a name has characters that no font of the document can draw."""
    return _(
        "Some characters of this document have no shape in its fonts and are shown as boxes. "
        "The page at this address shows them exactly."
    )


def terms_block(terms: Mapping[str, str]) -> dict[str, Any]:
    """The terms as paragraphs, with their version and fingerprint."""
    return {
        "title": _("Terms, version %(version)s") % {"version": terms["version"]},
        "note": _("These terms are part of the license. SHA-256 of their text:"),
        "sha256": terms["sha256"],
        "paragraphs": [part.strip() for part in terms["text"].split("\n\n") if part.strip()],
    }


def _article(article: Mapping[str, Any], zone: str, locale: Locale) -> dict[str, str]:
    about = []
    if article["bylines"]:
        names = format_list(article["bylines"], locale=locale)
        about.append(_("By %(names)s") % {"names": names})
    if article.get("section"):
        about.append(article["section"])
    if article.get("published_at"):
        day = wording.day_of(article["published_at"], zone, locale)
        about.append(_("published %(date)s") % {"date": day})
    return {
        "headline": one_line(article["headline"]),
        "about": " · ".join(about),
        "url": article["url"],
    }


def _facts(snapshot: Snapshot, locale: Locale) -> list[dict[str, str]]:
    """The short answers, three to a row."""
    price = wording.money_words(snapshot["price"]["amount"], snapshot["price"]["currency"], locale)
    return _present(
        (_("Use"), label_of(Use, snapshot["use"])),
        (_("Portion"), wording.portion_words(snapshot, locale)),
        (_("Format"), label_of(Format, snapshot["format"]) if snapshot.get("format") else ""),
        (_("Term"), wording.term_words(snapshot, locale)),
        (_("Circulation"), wording.quantity_words(snapshot, locale)),
        (_("Language"), wording.language_words(snapshot["languages"], locale)),
        (_("Exclusivity"), label_of(Exclusivity, snapshot["exclusivity"])),
        (_("Changes to the text"), label_of(Modifications, snapshot["modifications"])),
        (_("Fee"), f"{price} · {tax_words(snapshot, locale)}"),
    )


def _wide_facts(snapshot: Snapshot, locale: Locale) -> list[dict[str, str]]:
    """The answers that may be long, one to a row."""
    purposes = [label_of(AiPurpose, purpose) for purpose in snapshot["ai_purposes"]]
    return _present(
        (_("Territory"), wording.territory_words(snapshot["territory"], locale)),
        (_("Licensed passage"), snapshot.get("excerpt_text") or ""),
        (_("Placement"), "  ".join(snapshot["placement_urls"])),
        (_("AI purposes allowed"), format_list(purposes, locale=locale) if purposes else ""),
        (_("Not included"), "; ".join(snapshot["exclusions"])),
        (_("In place of"), snapshot.get("supersedes") or ""),
    )


def tax_words(snapshot: Snapshot, locale: Locale) -> str:
    """How the fee is taxed: the treatment, and the amount where there is one."""
    tax = snapshot["tax"]
    if tax["treatment"] == TaxTreatment.MANUAL:
        return _("tax as on the invoice")
    how = wording.taxed_words(tax["treatment"], snapshot["licensee"].get("country") or "", locale)
    if not Decimal(tax["amount"]):
        return _("no tax") if tax["treatment"] == TaxTreatment.DOMESTIC else how
    words = _("tax (%(how)s)") % {"how": how} if how else _("tax")
    return f"{words}: {wording.money_words(tax['amount'], snapshot['price']['currency'], locale)}"


def _fingerprints(snapshot: Snapshot) -> list[dict[str, str]]:
    article = snapshot["article"]
    revision = _("Text, revision %(number)s") % {"number": article["revision"]}
    references = [article["reference"], snapshot["request"], snapshot["quote"]]
    return _present(
        (_("References"), " · ".join(part for part in references if part)),
        (revision, article["revision_sha256"]),
        (_("Terms %(version)s") % {"version": snapshot["terms"]["version"]}, snapshot["terms"]["sha256"]),
    )


def _present(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in pairs if value]
