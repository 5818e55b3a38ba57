"""How a quote and its invoice are taxed: a decision that is recorded with its evidence, not tax advice.

The policy `tax` of a publication says where the seller is and at which rate it charges at home; without one, a
person decides. VAT ids are checked offline, by format and check digits: that an id is registered is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import stdnum
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat

from newsroom.errors import Fault, Invalid
from reprints import pricing
from reprints.services import buyers
from reprints.vocabulary import OrganizationType, TaxTreatment

if TYPE_CHECKING:
    from newsroom.accounts.models import Publication
    from reprints.models import LicenseRequest, Quote

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 -- reads
)
NOT_GIVEN, VALID, INVALID, UNKNOWN = "not_given", "valid", "invalid", "no_check_known"
CHARGED = (TaxTreatment.DOMESTIC, TaxTreatment.EU_B2C_OSS)
FIELDS = ("tax", "gross", "tax_treatment", "tax_rate", "tax_evidence")
METHOD = f"offline, format and check digits: python-stdnum {stdnum.__version__}"


@dataclass(frozen=True)
class TaxDecision:
    """The treatment, its rate in percent, and what it rests on (JSON)."""

    treatment: str
    rate: Decimal
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taxed:
    """What the decision depends on. `country`: ISO 3166-1 alpha-2, empty when not known."""

    country: str = ""
    vat_id: str = ""
    private: bool = False


@dataclass(frozen=True)
class TaxChoice:
    """How a person decided that it is taxed: a treatment other than `manual`, and its rate in percent."""

    treatment: str
    rate: Decimal
    by: int | None = None


def decide(quote: Quote, *, at: datetime | None = None) -> TaxDecision:
    """The treatment of a quote by the policy of its publication; nothing to pay is exempt."""
    return decide_for(quote.publication, taxed_of(quote.request), net=quote.net, at=at)


def decide_by_hand(quote: Quote, choice: TaxChoice, *, at: datetime | None = None) -> TaxDecision:
    """What a person decided, with the facts that were known. Raises `Invalid` for what cannot be."""
    known = decide(quote, at=at).evidence
    faults = faults_in(
        choice, seller=known["seller_country"], buyer=known["buyer_country"], check=known["vat_id_check"]
    )
    if faults:
        raise Invalid(faults)
    return TaxDecision(choice.treatment, choice.rate, {**known, "decided_by": choice.by})


def choice_of(quote: Quote) -> TaxChoice | None:
    """What a person decided for this quote; None where the settings did, or nobody could."""
    evidence = quote.tax_evidence or {}
    if "decided_by" not in evidence:
        return None
    return TaxChoice(quote.tax_treatment, quote.tax_rate, evidence["decided_by"])


def decision_of(quote: Quote, *, anew: bool = False) -> TaxDecision:
    """How what was accepted is taxed: as the quote said, or where it left that open by the settings and what is known
    of the buyer now. `anew` asks the settings again, unless a person decided.
    """
    if quote.tax_treatment == TaxTreatment.MANUAL or (anew and choice_of(quote) is None):
        return decide(quote)
    return TaxDecision(quote.tax_treatment, quote.tax_rate, quote.tax_evidence or {})


def faults_in(choice: TaxChoice, *, seller: str, buyer: str, check: str) -> list[Fault]:
    """Why this cannot be how it is taxed; where a country is not known yet, nothing is said about it."""
    if choice.treatment not in TaxTreatment.values or choice.treatment == TaxTreatment.MANUAL:
        return [Fault("/treatment", _("Choose how it is taxed."), "unknown_value")]
    if not 0 <= choice.rate < 100 or (choice.rate and choice.treatment not in CHARGED):
        return [Fault("/rate", _("This rate does not go with the treatment."), "out_of_range")]
    if not seller or not buyer:
        return []
    fitting = {
        TaxTreatment.DOMESTIC: seller == buyer,
        TaxTreatment.EU_B2B_REVERSE_CHARGE: seller != buyer and {seller, buyer} <= EU,
        TaxTreatment.EU_B2C_OSS: seller != buyer and {seller, buyer} <= EU,
        TaxTreatment.OUTSIDE_EU: seller != buyer and not {seller, buyer} <= EU,
    }
    if not fitting.get(TaxTreatment(choice.treatment), True):
        words = _("This does not go with the countries: seller %(seller)s, buyer %(buyer)s.")
        return [Fault("/treatment", words % {"seller": seller, "buyer": buyer}, "wrong_country")]
    if choice.treatment == TaxTreatment.EU_B2B_REVERSE_CHARGE and check != VALID:
        return [Fault("/vat_id", _("Reverse charge needs a valid VAT id of the buyer."), "bad_vat_id")]
    return []


def taxed_of(request: LicenseRequest) -> Taxed:
    """What is known of whoever would pay."""
    buyer = buyers.buyer_of(request)
    return Taxed(buyer.country, buyer.vat_id, request.organization_type == OrganizationType.INDIVIDUAL)


def write(quote: Quote, decided: TaxDecision) -> None:
    """Put the decision and the sums that follow from it into the quote; `FIELDS` are to be saved then. The tax is that
    of the whole, rounded once.
    """
    quote.tax_treatment, quote.tax_rate, quote.tax_evidence = decided.treatment, decided.rate, decided.evidence
    quote.tax = pricing.to_minor_units(quote.net * decided.rate / 100, quote.currency)
    quote.gross = quote.net + quote.tax


def decide_for(publication: Publication, buyer: Taxed, *, net: Decimal, at: datetime | None = None) -> TaxDecision:
    """The treatment of that net amount sold to that buyer.

    At home: `domestic` at the home rate. From one EU country to another: `eu_b2b_reverse_charge` when the VAT id
    is well formed and of the buyer's country, `eu_b2c_oss` for a private person where the policy has the rate of
    their country. Across the border of the EU: `outside_eu`. Everything else, and every country or rate that is
    not known: `manual`.
    """
    policy = publication.policy("tax") or {}
    seller, home_rate = str(policy.get("country", "")).upper(), _rate(policy.get("rate"))
    country = buyer.country.upper()
    check = check_vat_id(buyer.vat_id, country)
    evidence = {
        "seller_country": seller,
        "buyer_country": country,
        "vat_id": buyer.vat_id,
        "vat_id_check": check,
        "private_person": buyer.private,
        "method": METHOD,
        "decided_at": (at or timezone.now()).isoformat(),
    }
    treatment, rate = _treatment(policy, seller, home_rate, country, check=check, private=buyer.private, net=net)
    return TaxDecision(treatment, rate, evidence)


def check_vat_id(vat_id: str, country: str) -> str:
    """`valid`, `invalid`, `not_given` or `no_check_known`: the form and check digits of the VAT id, as one of that
    country.

    An EU id may stand with or without its prefix; one with the prefix of another country is invalid.
    """
    text, country = "".join(vat_id.split()).upper(), country.upper()
    if not text:
        return NOT_GIVEN
    if len(text) > 30:
        return INVALID
    if country in EU:
        prefix = "EL" if country == "GR" else country
        stated = text if text.startswith((prefix, country)) else f"{prefix}{text}"
        return VALID if eu_vat.is_valid(stated) else INVALID
    module = get_cc_module(country.lower(), "vat") if len(country) == 2 and country.isalpha() else None
    if module is None:
        return UNKNOWN
    return VALID if module.is_valid(text) or module.is_valid(text.removeprefix(country)) else INVALID


def _treatment(
    policy: dict[str, Any],
    seller: str,
    home_rate: Decimal | None,
    country: str,
    *,
    check: str,
    private: bool,
    net: Decimal,
) -> tuple[str, Decimal]:
    by_hand = (TaxTreatment.MANUAL.value, Decimal(0))
    if net == 0:
        return TaxTreatment.EXEMPT.value, Decimal(0)
    if not seller or not country:
        return by_hand
    if country == seller:
        return by_hand if home_rate is None else (TaxTreatment.DOMESTIC.value, home_rate)
    if seller not in EU or country not in EU:
        return TaxTreatment.OUTSIDE_EU.value, Decimal(0)
    if check == VALID and not private:
        return TaxTreatment.EU_B2B_REVERSE_CHARGE.value, Decimal(0)
    there = _rate((policy.get("oss_rates") or {}).get(country))
    if private and there is not None:
        return TaxTreatment.EU_B2C_OSS.value, there
    return by_hand


def _rate(value: Any) -> Decimal | None:
    """A rate in percent from the settings, or None for what is none: a typing error must not become a tax."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and 0 <= rate < 100 else None
