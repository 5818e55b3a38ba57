"""From an accepted quote to an invoice: drafted, completed, numbered without a gap, taken back.

Where the accounting system writes the invoices (`invoicing: external`), the draft is the order that it exports, and
the number comes back by hand.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from newsroom import references
from newsroom.accounts.models import Organization, Publication, User
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.workflow import LICENSING, THE_LOG, Actor, lock
from reprints import events, moments, pricing
from reprints.models import Invoice, InvoiceCounter, License, Quote, QuoteLine
from reprints.models.invoices import STANDING
from reprints.services import tax
from reprints.services.buyers import buyer_of, writes_invoices
from reprints.services.moving import lock_quote, move, tell, touch, words_of
from reprints.services.snapshots import licensee_block, publication_block
from reprints.vocabulary import InvoiceKind, TaxTreatment
from reprints.workflow import INVOICE, InvoiceStatus, QuoteStatus

LONGEST_NUMBER = 40
AMOUNT_FIELDS = ("tax", "gross", "tax_rate", "tax_evidence")
ISSUE_FIELDS = ("number", "series", "sequence", "legal_entity", "issued_at", "due_on")


def bill(quote: Quote) -> Invoice | None:
    """What follows from an acceptance: nothing when it is free, else a draft; issued at once where this desk writes
    the invoices and the tax is decided. Inside the transaction that accepted.
    """
    if quote.net <= 0:
        return None
    invoice = draft_for(quote)
    if writes_invoices(quote.publication) and invoice.tax_treatment != TaxTreatment.MANUAL:
        return issue(invoice, by=THE_LOG)
    return invoice


def open_sum(organization: Organization, currency: str, *, test: bool = False) -> Decimal:
    """What the organization owes in this currency: unpaid invoices, and orders that have no number yet."""
    owed = Invoice.objects.filter(
        organization=organization,
        currency=currency,
        test=test,
        kind=InvoiceKind.INVOICE,
        status__in=[InvoiceStatus.DRAFT, InvoiceStatus.ISSUED],
    ).aggregate(sum=Sum(F("gross") - F("paid_amount")))["sum"]
    return owed or Decimal(0)


@transaction.atomic
def draft_for(quote: Quote, *, anew: bool = False) -> Invoice:
    """The draft of an accepted quote, with seller, buyer and lines copied in as they are now; taxed as the quote said,
    or `anew` by what is known now.

    An unfinished draft is answered as it is. Raises `Conflict` before the acceptance, and while an invoice of
    the quote stands.
    """
    quote = lock_quote(quote)
    if quote.status != QuoteStatus.ACCEPTED:
        raise Conflict(_("An invoice follows the acceptance: this quote is not accepted."), code="not_accepted")
    invoices = quote.invoices.filter(kind=InvoiceKind.INVOICE)
    if found := invoices.filter(status=InvoiceStatus.DRAFT).first():
        return found
    if standing := invoices.filter(status__in=STANDING).first():
        raise Conflict(_("%(number)s stands: credit it first.") % {"number": standing.number}, code="already_invoiced")
    decided = tax.decision_of(quote, anew=anew)
    return Invoice.objects.create(
        reference=references.new("invoice", test=quote.test),
        publication=quote.publication,
        organization=quote.organization,
        quote=quote,
        legal_entity=_legal_entity(quote.publication),
        seller=_seller(quote),
        buyer=_buyer(quote),
        lines=_lines(quote),
        currency=quote.currency,
        net=quote.net,
        tax_treatment=decided.treatment,
        tax_rate=decided.rate,
        tax_evidence=decided.evidence,
        test=quote.test,
        **_sums(quote.net, decided.rate, quote.currency),
    )


@transaction.atomic
def prepare(
    invoice: Invoice,
    *,
    by: User,
    treatment: str,
    rate: Decimal,
    words: str,
    buyer: dict[str, str] | None = None,
    seen: int | None = None,
) -> Invoice:
    """Decide the tax of a draft by hand, with the reason in words, and complete `address`, `country` and `vat_id` of
    the buyer. Raises `Invalid` or `Conflict`.
    """
    invoice = lock(invoice, seen=seen)
    _require(invoice, by)
    if invoice.status != InvoiceStatus.DRAFT:
        raise Conflict(_("This invoice is issued: credit it, and issue another."), code="frozen")
    given = {name: value.strip() for name, value in (buyer or {}).items() if name in ("address", "country", "vat_id")}
    invoice.buyer = {**invoice.buyer, **given}
    country = invoice.buyer["country"]
    check = tax.check_vat_id(invoice.buyer["vat_id"], country)
    choice = tax.TaxChoice(treatment, rate, by.pk)
    if faults := tax.faults_in(choice, seller=invoice.seller["country"], buyer=country, check=check):
        raise Invalid(faults)
    invoice.tax_evidence = {
        **invoice.tax_evidence,
        "buyer_country": country,
        "vat_id": invoice.buyer["vat_id"],
        "vat_id_check": check,
        "decided_by": by.pk,
        "decided_at": moments.now().isoformat(),
        "reason": words_of(words, most=500),
    }
    invoice.tax_treatment, invoice.tax_rate = treatment, rate
    for name, amount in _sums(invoice.net, rate, invoice.currency).items():
        setattr(invoice, name, amount)
    touch(invoice, fields=["buyer", "tax_evidence", "tax_treatment", "tax_rate", "tax", "gross"])
    tell(events.INVOICE_PREPARED, invoice, by=by, data={"treatment": treatment, "rate": str(rate)})
    return invoice


@transaction.atomic
def issue(invoice: Invoice, *, by: Actor, seen: int | None = None) -> Invoice:
    """Give the draft the next number of its series and freeze it.

    Raises `Conflict` where the accounting system writes the invoices (`external`) and while the tax is not decided
    (`tax_undecided`).
    """
    invoice = lock(invoice, seen=seen)
    INVOICE.check(invoice, "issue", by)
    if not writes_invoices(invoice.publication):
        raise Conflict(_("The accounting system writes the invoices: enter its number."), code="external")
    if invoice.tax_treatment == TaxTreatment.MANUAL:
        raise Conflict(_("Decide first how this is taxed."), code="tax_undecided")
    return _issue(invoice, by=by)


@transaction.atomic
def enter_number(
    invoice: Invoice,
    *,
    by: User,
    number: str,
    due_on: date | None = None,
    tax: Decimal | None = None,
    gross: Decimal | None = None,
    seen: int | None = None,
) -> Invoice:
    """The accounting system wrote it: its number, the day by which it is due, and its tax and gross amount, in the
    invoice's currency, where they are not as calculated; one of them follows from the other.

    Raises `Invalid` for a number that is taken and for amounts that do not add up, `Conflict` (`builtin`) where this
    desk writes them.
    """
    invoice = lock(invoice, seen=seen)
    INVOICE.check(invoice, "issue", by)
    if writes_invoices(invoice.publication):
        raise Conflict(_("Numbers are given here: issue the invoice."), code="builtin")
    number = words_of(number, pointer="/number", most=LONGEST_NUMBER)
    # Held until the end, so that two people cannot enter the same number for two orders at once.
    Publication.objects.select_for_update().get(pk=invoice.publication_id)
    if Invoice.objects.filter(publication=invoice.publication, number=number).exists():
        raise Invalid.one("/number", _("Another invoice has this number."), "duplicate")
    invoice.number, invoice.due_on, invoice.issued_at = number, due_on, moments.now()
    _take_amounts(invoice, tax, gross, by=by)
    move(invoice, "issue", by=by, fields=[*ISSUE_FIELDS, *AMOUNT_FIELDS], data={"number": number})
    return invoice


@transaction.atomic
def credit(
    invoice: Invoice, *, by: User, words: str, again: bool = False, seen: int | None = None
) -> tuple[Invoice, Invoice | None]:
    """Take an invoice back by a credit note over the whole, with the reason in words; `again` also drafts the new
    invoice, with seller, buyer and tax as they are now. Answers the credit note and the draft.

    What was paid is owed back: `credit_note.outstanding`.
    """
    invoice = lock(invoice, seen=seen)
    INVOICE.check(invoice, "credit", by)
    invoice.reason = words_of(words, most=500)
    note = Invoice.objects.create(
        reference=references.new("invoice", test=invoice.test),
        publication=invoice.publication,
        organization=invoice.organization,
        quote=invoice.quote,
        kind=InvoiceKind.CREDIT_NOTE,
        credits=invoice,
        legal_entity=invoice.legal_entity,
        seller=invoice.seller,
        buyer=invoice.buyer,
        lines=invoice.lines,
        currency=invoice.currency,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        tax_rate=invoice.tax_rate,
        tax_treatment=invoice.tax_treatment,
        tax_evidence=invoice.tax_evidence,
        reason=invoice.reason,
        test=invoice.test,
    )
    move(invoice, "credit", by=by, fields=["reason"], data={"credit_note": note.reference})
    if invoice.sequence is not None:
        note = _issue(note, by=THE_LOG)
    return note, draft_for(invoice.quote, anew=True) if again else None


def next_number(legal_entity: str, series: str) -> int:
    """The next of the series, from 1. The counter stays locked until the transaction ends: a rollback gives the
    number back, so there is never a gap.
    """
    InvoiceCounter.objects.get_or_create(legal_entity=legal_entity, series=series)
    counter = InvoiceCounter.objects.select_for_update().get(legal_entity=legal_entity, series=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def series_of(invoice: Invoice) -> str:
    """Prefix and year, as `INV-2026`; test invoices count apart."""
    policy = "credit_note_prefix" if invoice.kind == InvoiceKind.CREDIT_NOTE else "invoice_prefix"
    prefix = str(invoice.publication.policy(policy))[:16]
    return f"{'TEST-' if invoice.test else ''}{prefix}-{invoice.day().year}"


def _issue(invoice: Invoice, *, by: Actor) -> Invoice:
    invoice.issued_at = moments.now()
    if invoice.kind == InvoiceKind.INVOICE:
        days = int(invoice.publication.policy("invoice_due_days"))
        invoice.due_on = invoice.day(invoice.issued_at) + timedelta(days=days)
    invoice.series = series_of(invoice)
    # Last of all: whoever else issues waits here until this transaction ends.
    invoice.sequence = next_number(invoice.legal_entity, invoice.series)
    invoice.number = f"{invoice.series}-{invoice.sequence:05d}"
    move(invoice, "issue", by=by, fields=ISSUE_FIELDS, data={"number": invoice.number})
    return invoice


def _take_amounts(invoice: Invoice, tax: Decimal | None, gross: Decimal | None, *, by: User) -> None:
    """Tax and gross as the accounting system wrote them, of which one may be left out; with neither all stays."""
    for name, amount in (("tax", tax), ("gross", gross)):
        if amount is not None and amount != pricing.to_minor_units(amount, invoice.currency):
            raise Invalid.one(f"/{name}", _("This currency has no such fraction."), "too_precise")
    if tax is None:
        tax = invoice.tax if gross is None else gross - invoice.net
    if gross is None:
        gross = invoice.net + tax
    if tax and not 0 < tax < invoice.net:
        raise Invalid.one("/tax", _("The tax is between nothing and the net amount."), "out_of_range")
    if invoice.net + tax != gross:
        said = {"sum": pricing.plain(invoice.net + tax, invoice.currency), "currency": invoice.currency}
        raise Invalid.one("/gross", _("Net and tax are %(sum)s %(currency)s together.") % said, "sum_differs")
    if tax == invoice.tax:
        return
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        raise Invalid.one("/tax", _("A credit note takes back what was invoiced, no more and no less."), "sum_differs")
    calculated = f"{pricing.plain(invoice.tax, invoice.currency)} {invoice.currency}"
    invoice.tax_evidence = {**invoice.tax_evidence, "calculated_tax": calculated, "entered_by": by.pk}
    invoice.tax, invoice.gross = tax, gross
    invoice.tax_rate = (tax * 100 / invoice.net).quantize(Decimal("0.01"))


def _legal_entity(publication: Publication) -> str:
    return publication.legal_entity or publication.name


def _seller(quote: Quote) -> dict[str, Any]:
    publication = quote.publication
    policy = publication.policy("tax") or {}
    return {
        **publication_block(publication),
        "country": str(policy.get("country", "")).upper(),
        "email": publication.licensing_email,
        "payment_instructions": str(publication.policy("payment_instructions")),
    }


def _buyer(quote: Quote) -> dict[str, str]:
    organization, buyer = quote.organization, buyer_of(quote.request)
    return {
        **licensee_block(quote),
        "name": buyer.legal_name,
        "address": buyer.address,
        "country": buyer.country,
        "vat_id": buyer.vat_id,
        "slug": organization.slug if organization else "",
        "po_number": quote.request.po_number,
        "request": quote.request.reference,
    }


def _lines(quote: Quote) -> list[dict[str, Any]]:
    numbers = dict(License.objects.filter(quote=quote).values_list("line_id", "reference"))
    rows = quote.lines.select_related("article")
    return [_line(row, numbers.get(row.pk, ""), quote.currency) for row in rows]


def _line(line: QuoteLine, number: str, currency: str) -> dict[str, Any]:
    granted = ("use", "portion", "quantity", "quantity_unit", "territory", "starts_on", "ends_on", "perpetual")
    return {
        "license": number,
        "article": line.article.reference,
        "headline": line.article.headline,
        **{name: line.granted[name] for name in granted},
        "net": pricing.money(line.price or pricing.ZERO, currency),
    }


def _sums(net: Decimal, rate: Decimal, currency: str) -> dict[str, Decimal]:
    """Tax of the whole, rounded once as on the quote, and the gross amount."""
    owed = pricing.to_minor_units(net * rate / 100, currency)
    return {"tax": owed, "gross": net + owed}


def _require(invoice: Invoice, by: Actor) -> None:
    if LICENSING not in by.roles_at(invoice.publication):
        raise NotAllowed(_("Your role does not include this."))
