"""Requests, quotes, licenses, the notices that follow them, and the rate card behind the prices."""

from reprints.models.asking import LicenseRequest, RequesterContact, RequestItem, RequestMessage
from reprints.models.drafts import RequestDraft
from reprints.models.invoices import Invoice, InvoiceCounter, Payment
from reprints.models.licenses import License, Placement
from reprints.models.partners import PartnerSession, SignInLink
from reprints.models.quotes import Quote, QuoteLine
from reprints.models.ratecard import PriceRule, RateCard, TermsTemplate, UseType
from reprints.models.updates import UpdateNotice

__all__ = [
    "Invoice",
    "InvoiceCounter",
    "License",
    "LicenseRequest",
    "PartnerSession",
    "Payment",
    "Placement",
    "PriceRule",
    "Quote",
    "QuoteLine",
    "RateCard",
    "RequestDraft",
    "RequestItem",
    "RequestMessage",
    "RequesterContact",
    "SignInLink",
    "TermsTemplate",
    "UpdateNotice",
    "UseType",
]
