"""Amounts as people read them."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from newsroom.money import shown


@pytest.mark.parametrize(
    ("amount", "currency", "language", "said"),
    [
        (Decimal("1250"), "USD", "en", "USD 1,250.00"),
        ("1250.5", "EUR", "de", "EUR 1.250,50"),
        ("45000", "JPY", "en", "JPY 45,000"),
        ("12.345", "KWD", "en", "KWD 12.345"),
        (Decimal(0), "USD", "en", "USD 0.00"),
    ],
)
def test_an_amount_is_shown_as_its_currency_and_the_language_want_it(amount, currency, language, said):
    with translation.override(language):
        assert shown(amount, currency) == said
        page = render_to_string("includes/money.html", {"money": {"amount": amount, "currency": currency}})
        trace = [{"rule": "Base", "effect": "", "subtotal": str(amount)}]
        steps = render_to_string("reprints/trace.html", {"trace": trace, "currency": currency, "n": 1})
    assert f"<bdi>{said}</bdi>" in page
    assert f">{said}</td>" in steps
