"""How a quote is taxed: a decision that is recorded, not tax advice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reprints.vocabulary import TaxTreatment

if TYPE_CHECKING:
    from reprints.models import Quote


@dataclass(frozen=True)
class TaxDecision:
    """The treatment and its rate in percent."""

    treatment: str
    rate: Decimal


def decide(quote: Quote) -> TaxDecision:
    """The default: invoicing is external, the quote is net, and the accounting system adds what is due."""
    if quote.net == 0:
        return TaxDecision(TaxTreatment.EXEMPT, Decimal(0))
    return TaxDecision(TaxTreatment.MANUAL, Decimal(0))
