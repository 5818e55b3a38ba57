"""The rate card, by example and by property."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprints import pricing
from reprints.pricing import Ask, BadRule, Factor, Rule
from reprints.services.ratecard import RULES


def rules_of(rows):
    return [
        Rule(
            name=row["name"],
            priority=row["priority"],
            match=pricing.read_match(row["match"]),
            base=Decimal(row["base"]),
            per_unit=Decimal(row.get("per_unit", "0")),
            unit_size=row.get("unit_size", 1),
            factors=pricing.read_factors(row["factors"]),
            minimum=Decimal(row["minimum"]),
        )
        for row in rows
    ]


CARD = rules_of(RULES)
WEB = Ask(use="republish_web", quantity=5000, territory=("US",), days=365)
EPRINT = replace(WEB, use="eprint_pdf", format="pdf_eprint", quantity=100, quantity_unit="copies")

EXAMPLES = [
    # audience
    (WEB, "150.00"),
    (replace(WEB, quantity=1), "150.00"),
    (replace(WEB, quantity=None), "150.00"),
    (replace(WEB, quantity=10_000), "150.00"),
    (replace(WEB, quantity=10_001), "225.00"),
    (replace(WEB, quantity=100_000), "225.00"),
    (replace(WEB, quantity=100_001), "375.00"),
    (replace(WEB, quantity=1_000_000), "375.00"),
    (replace(WEB, quantity=1_000_001), "600.00"),
    (replace(WEB, quantity=10_000_000), "600.00"),
    (replace(WEB, quantity=10_000_001), "900.00"),
    (replace(WEB, quantity=10**9), "900.00"),
    # territory
    (replace(WEB, territory=("US", "CA")), "195.00"),
    (replace(WEB, territory=("US", "CA", "MX", "GB", "IE")), "195.00"),
    (replace(WEB, territory=("US", "CA", "MX", "GB", "IE", "FR")), "255.00"),
    (replace(WEB, territory=("001",)), "300.00"),
    (replace(WEB, territory=("US", "US")), "150.00"),
    # duration
    (replace(WEB, days=1), "75.00"),
    (replace(WEB, days=31), "75.00"),
    (replace(WEB, days=32), "120.00"),
    (replace(WEB, days=184), "120.00"),
    (replace(WEB, days=185), "150.00"),
    (replace(WEB, days=366), "150.00"),
    (replace(WEB, days=367), "270.00"),
    (replace(WEB, days=1098), "270.00"),
    (replace(WEB, days=1099), "375.00"),
    (replace(WEB, days=None), "450.00"),
    # languages
    (replace(WEB, languages=("en", "es")), "210.00"),
    (replace(WEB, languages=("en", "es", "fr")), "210.00"),
    (replace(WEB, languages=("en", "es", "fr", "de")), "300.00"),
    # portion
    (replace(WEB, portion="excerpt"), "75.00"),
    (replace(WEB, portion="quote"), "60.00"),
    (replace(WEB, portion="headline_summary"), "50.00"),
    (replace(WEB, portion="chart"), "90.00"),
    (replace(WEB, portion="logo_badge"), "150.00"),
    # who asks
    (replace(WEB, organization_type="education"), "75.00"),
    (replace(WEB, organization_type="nonprofit"), "75.00"),
    (replace(WEB, organization_type="individual"), "90.00"),
    (replace(WEB, organization_type="corporate"), "225.00"),
    (replace(WEB, organization_type="agency_pr"), "225.00"),
    (replace(WEB, organization_type="broadcaster"), "150.00"),
    # several at once
    (replace(WEB, quantity=50_000, territory=("001",)), "450.00"),
    (replace(WEB, quantity=50_000, territory=("001",), days=None), "1350.00"),
    (replace(WEB, quantity=50_000, territory=("001",), days=None, organization_type="education"), "675.00"),
    (replace(WEB, days=10, portion="headline_summary", organization_type="education"), "50.00"),
    # other uses
    (replace(WEB, use="republish_print", quantity_unit="copies"), "200.00"),
    (replace(WEB, use="republish_print", quantity=200_000), "500.00"),
    (replace(WEB, use="republish_print", days=20, portion="headline_summary"), "75.00"),
    (replace(WEB, use="email_newsletter"), "120.00"),
    (replace(WEB, use="email_newsletter", quantity=20_000), "180.00"),
    (replace(WEB, use="excerpt_quote", portion="excerpt"), "30.00"),
    (replace(WEB, use="excerpt_quote", portion="quote"), "25.00"),
    (replace(WEB, use="translation", languages=("es",)), "200.00"),
    (replace(WEB, use="broadcast_read"), "180.00"),
    (replace(WEB, use="text_to_speech"), "180.00"),
    (replace(WEB, use="social_post"), "90.00"),
    (EPRINT, "125.00"),
    (replace(EPRINT, quantity=1), "125.00"),
    (replace(EPRINT, quantity=101), "150.00"),
    (replace(EPRINT, quantity=1000), "350.00"),
    (replace(EPRINT, quantity=None), "100.00"),
    (replace(EPRINT, organization_type="education"), "100.00"),
    (replace(EPRINT, use="reprint_hardcopy", quantity=250), "330.00"),
    (replace(EPRINT, use="intranet_internal", quantity=51), "100.00"),
    (replace(EPRINT, use="presentation_event", quantity=None), "80.00"),
    (replace(EPRINT, use="book_chapter", quantity=3000), "165.00"),
    (replace(EPRINT, use="book_chapter", quantity=3000, territory=("001",), days=None), "990.00"),
    (replace(EPRINT, use="course_material", quantity=30, organization_type="education"), "25.00"),
    (replace(EPRINT, use="exam", quantity=10, organization_type="education", days=5), "20.00"),
    # no rule
    (replace(WEB, use="ai_train"), None),
    (replace(WEB, use="archive_database"), None),
    (replace(WEB, use="advertising_quote"), None),
    (replace(WEB, use="other"), None),
]


def test_there_are_at_least_sixty_examples():
    assert len(EXAMPLES) >= 60


@pytest.mark.parametrize(("ask", "amount"), EXAMPLES)
def test_the_default_card_prices_the_examples(ask, amount):
    found = pricing.price(ask, CARD, currency="USD")
    assert (f"{found.amount:f}" if found else None) == amount


@pytest.mark.parametrize(
    ("base", "discount", "currency", "amount"),
    [
        ("100", "10", "USD", "90.00"),
        ("100", "12.5", "USD", "87.50"),
        ("99.99", "33.33", "USD", "66.66"),
        ("0.125", "0", "USD", "0.13"),
        ("0.124", "0", "USD", "0.12"),
        ("2.675", "0", "EUR", "2.68"),
        ("150.5", "0", "JPY", "151"),
        ("150.4", "0", "JPY", "150"),
        ("1.2345", "0", "KWD", "1.235"),
        ("100", "100", "USD", "0.00"),
        ("0", "0", "USD", "0.00"),
    ],
)
def test_discount_and_rounding_half_up_to_the_currencys_minor_units(base, discount, currency, amount):
    rule = Rule("flat", 1, base=Decimal(base))
    found = pricing.price(WEB, [rule], currency=currency, discount_percent=Decimal(discount))
    assert f"{found.amount:f}" == amount
    assert found.trace_rows()[-1]["subtotal"] == amount


def test_the_first_match_by_priority_wins_not_the_order_of_the_rows():
    rules = [
        Rule("general", 20, base=Decimal(100)),
        Rule("schools", 10, match=pricing.read_match({"organization_type": ["education"]}), base=Decimal(10)),
    ]
    assert pricing.price(WEB, rules, currency="USD").amount == Decimal("100.00")
    school = replace(WEB, organization_type="education")
    assert pricing.price(school, rules, currency="USD").amount == Decimal("10.00")


def test_a_rule_about_countries_matches_only_when_all_are_its_own():
    rule = Rule("nordic", 1, match=pricing.read_match({"territory": ["DK", "NO", "SE"]}), base=Decimal(10))
    assert pricing.matches(rule, replace(WEB, territory=("DK", "SE"))) is True
    assert pricing.matches(rule, replace(WEB, territory=("DK", "DE"))) is False
    assert pricing.matches(rule, replace(WEB, territory=("001",))) is False


def test_the_trace_tells_every_step():
    found = pricing.price(
        replace(WEB, quantity=50_000, territory=("US", "CA"), organization_type="corporate"),
        CARD,
        currency="USD",
        discount_percent=Decimal("10"),
    )
    assert found.trace_rows() == [
        {"rule": "web", "effect": "150.00", "subtotal": "150.00"},
        {"rule": "quantity", "effect": "× 1.5", "subtotal": "225.00"},
        {"rule": "territory", "effect": "× 1.3", "subtotal": "292.50"},
        {"rule": "organization_type", "effect": "× 1.5", "subtotal": "438.75"},
        {"rule": "discount", "effect": "− 10 %", "subtotal": "394.88"},
        {"rule": "rounding", "effect": "HALF_UP", "subtotal": "394.88"},
    ]


def test_a_price_that_no_amount_can_hold_is_refused():
    rule = Rule("mad", 1, per_unit=Decimal(100_000))
    with pytest.raises(pricing.TooLarge):
        pricing.price(replace(WEB, quantity=10**9), [rule], currency="USD")


@pytest.mark.parametrize(
    "raw",
    [
        "no list",
        [{"by": "weather", "bands": [[1, "1"]]}],
        [{"by": "quantity"}],
        [{"by": "quantity", "bands": []}],
        [{"by": "quantity", "bands": [[10, "2"], [100, "1"]]}],
        [{"by": "quantity", "bands": [[100, "1"], [10, "2"]]}],
        [{"by": "quantity", "bands": [[None, "1"], [10, "2"]]}],
        [{"by": "quantity", "bands": [[0, "1"]]}],
        [{"by": "quantity", "bands": [[10, "-1"]]}],
        [{"by": "quantity", "bands": [[10, 1.5]]}],
        [{"by": "quantity", "bands": [[10, "NaN"]]}],
        [{"by": "quantity", "bands": [[10, "Infinity"]]}],
        [{"by": "duration", "bands": [[10, "2"]], "unlimited": "1"}],
        [{"by": "portion"}],
        [{"by": "portion", "values": {"quote": "cheap"}}],
        ["x"],
    ],
)
def test_factors_that_make_no_sense_are_refused(raw):
    with pytest.raises(BadRule):
        pricing.read_factors(raw)


@pytest.mark.parametrize("raw", [[], {"weather": ["sunny"]}, {"use": []}, {"use": [1]}, {"use": None}])
def test_matches_that_make_no_sense_are_refused(raw):
    with pytest.raises(BadRule):
        pricing.read_match(raw)


amounts = st.decimals(min_value=0, max_value=5000, places=3)
factors = st.decimals(min_value=0, max_value=10, places=2)


@st.composite
def banded(draw, by):
    ends = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=4)))
    by_band = sorted(draw(st.lists(factors, min_size=len(ends) + 1, max_size=len(ends) + 1)))
    return Factor(by, bands=tuple(zip([*ends, None], by_band, strict=True)))


@st.composite
def any_rule(draw):
    return Rule(
        "any",
        1,
        base=draw(amounts),
        per_unit=draw(st.decimals(min_value=0, max_value=3, places=4)),
        unit_size=draw(st.integers(1, 1000)),
        factors=tuple(draw(banded(by)) for by in draw(st.sets(st.sampled_from(["quantity", "duration", "languages"])))),
        minimum=draw(amounts),
    )


asks = st.builds(
    Ask,
    use=st.just("republish_web"),
    quantity=st.none() | st.integers(1, 10**6),
    days=st.none() | st.integers(1, 40_000),
    languages=st.lists(st.sampled_from(["en", "es", "fr"]), min_size=1, max_size=3).map(tuple),
    territory=st.sampled_from([("US",), ("US", "CA"), ("001",)]),
)
discounts = st.decimals(min_value=0, max_value=100, places=2)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@settings(max_examples=150, deadline=None)
@given(rule=any_rule(), ask=asks, discount=discounts, currency=currencies, more=st.integers(0, 10**6))
def test_more_never_costs_less(rule, ask, discount, currency, more):
    quantity = ask.quantity or 1
    less = pricing.price(replace(ask, quantity=quantity), [rule], currency=currency, discount_percent=discount)
    greater = pricing.price(
        replace(ask, quantity=quantity + more), [rule], currency=currency, discount_percent=discount
    )
    assert greater.amount >= less.amount


@settings(max_examples=150, deadline=None)
@given(rule=any_rule(), ask=asks, discount=discounts, currency=currencies)
def test_a_price_is_never_negative_has_the_currencys_places_and_its_trace_ends_in_it(rule, ask, discount, currency):
    found = pricing.price(ask, [rule], currency=currency, discount_percent=discount)
    assert found.amount >= 0
    assert found.amount == pricing.to_minor_units(found.amount, currency)
    assert Decimal(found.trace_rows()[-1]["subtotal"]) == found.amount
    assert all(step.subtotal >= 0 for step in found.trace)


@settings(max_examples=100, deadline=None)
@given(rule=any_rule(), ask=asks, currency=currencies)
def test_each_row_of_the_trace_follows_from_the_one_before(rule, ask, currency):
    found = pricing.price(ask, [rule], currency=currency)
    total = found.trace[0].subtotal
    for step in found.trace[1:]:
        if step.rule in {"duration", "languages"} or step.effect.startswith("×"):
            total *= Decimal(step.effect.removeprefix("× "))
        elif step.effect.startswith("+"):
            units, each = step.effect.removeprefix("+ ").split(" × ")
            total += Decimal(units) * Decimal(each)
        else:
            total = step.subtotal
        assert total == step.subtotal
