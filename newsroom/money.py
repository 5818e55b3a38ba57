"""Amounts as people read them, on every page and in every mail: `USD 1,250.00`."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.template.defaultfilters import floatformat


def shown(amount: Decimal | str, currency: str) -> str:
    """The code of the currency and the amount in the language of the page, with the places that CLDR gives the
    currency: two for USD, none for JPY.
    """
    return f"{currency} {floatformat(amount, f'{get_currency_precision(currency)}g')}"
