"""The rate card at its edges: the exact limits, what a stored rule may say, and what an ask says when it is silent."""

from decimal import Decimal

import pytest

from reprints import pricing, steps
from reprints.pricing import Ask, BadRule, Factor, Rule

WEB = Ask(use="republish_web", quantity=5000, territory=("US",), days=365)


def refusal(read, raw):
    with pytest.raises(BadRule) as refused:
        read(raw)
    return str(refused.value)


def test_a_silent_ask_is_the_plainest_one():
    assert Ask(use="x") == Ask(
        use="x",
        portion="full_text",
        format="web",
        quantity=None,
        quantity_unit="monthly_users",
        territory=("001",),
        languages=("en",),
        days=365,
        words=0,
        exclusivity="none",
        modifications="none",
        organization_type="publisher",
    )


def test_a_silent_rule_costs_nothing_and_matches_everything():
    silent = Rule("free", 1)
    assert (silent.match, silent.base, silent.per_unit, silent.unit_size, silent.factors, silent.minimum) == (
        {},
        Decimal(0),
        Decimal(0),
        1,
        (),
        Decimal(0),
    )
    found = pricing.price(WEB, [silent], currency="USD", discount_percent=Decimal(10))
    assert (found.amount, found.currency) == (Decimal("0.00"), "USD")
    assert found.trace_rows() == [{"rule": "free", "effect": "0.00", "subtotal": "0.00"}]
    assert (Factor("words").otherwise, Factor("words").unlimited, Factor("words").bands) == (Decimal(1), None, ())


def test_every_unit_begun_is_paid_and_the_trace_says_so():
    rule = Rule("copies", 1, base=Decimal(10), per_unit=Decimal("0.50"), unit_size=100)
    found = pricing.price(WEB.__class__(use="x", quantity=101), [rule], currency="USD")
    assert found.trace_rows() == [
        {"rule": "copies", "effect": "10.00", "subtotal": "10.00"},
        {"rule": "quantity", "effect": "+ 2 × 0.5", "subtotal": "11.00"},
    ]


@pytest.mark.parametrize(("base", "steps"), [("49.99", ["≥ 50.00"]), ("50", []), ("50.01", [])])
def test_the_minimum_is_named_only_where_it_raises_the_price(base, steps):
    found = pricing.price(WEB, [Rule("flat", 1, base=Decimal(base), minimum=Decimal(50))], currency="USD")
    assert [(row["rule"], row["effect"]) for row in found.trace_rows()[1:]] == [("minimum", step) for step in steps]
    assert found.amount == max(Decimal(base), Decimal(50))


@pytest.mark.parametrize(
    ("discount", "steps"),
    [
        ("20", [("discount", "− 20 %", "64.00")]),
        ("37.5", [("discount", "− 37.5 %", "50.00")]),
        ("50", [("discount", "− 50 %", "40.00"), ("minimum", "≥ 50.00", "50.00")]),
        ("100", [("discount", "− 100 %", "0.00"), ("minimum", "≥ 50.00", "50.00")]),
    ],
)
def test_no_discount_goes_below_the_minimum_and_the_trace_says_in_which_order(discount, steps):
    rule = Rule("flat", 1, base=Decimal(80), minimum=Decimal(50))
    found = pricing.price(WEB, [rule], currency="USD", discount_percent=Decimal(discount))
    assert [tuple(row.values()) for row in found.trace_rows()[1:]] == steps
    assert found.amount == Decimal(steps[-1][2])


def test_no_discount_leaves_no_trace():
    found = pricing.price(WEB, [Rule("flat", 1, base=Decimal(5))], currency="USD", discount_percent=Decimal(0))
    assert [row["rule"] for row in found.trace_rows()] == ["flat"]


def test_the_largest_price_is_a_cent_below_ten_to_the_ten():
    below = Rule("big", 1, base=Decimal("9999999999.99"))
    assert pricing.price(WEB, [below], currency="USD").amount == Decimal("9999999999.99")
    with pytest.raises(pricing.TooLarge):
        pricing.price(WEB, [Rule("big", 1, base=Decimal(10**10))], currency="USD")


BANDS = ((5, Decimal(1)), (10, Decimal(2)), (20, Decimal(3)))


@pytest.mark.parametrize(("words", "by"), [(0, 1), (5, 1), (6, 2), (10, 2), (11, 3), (20, 3), (21, 3), (10**6, 3)])
def test_a_band_holds_its_end_and_the_last_one_what_is_above(words, by):
    assert pricing.multiplier(Factor("words", bands=BANDS), Ask(use="x", words=words)) == Decimal(by)


def test_without_limit_is_the_unlimited_factor_else_the_last_band():
    worldwide, perpetual = Ask(use="x"), Ask(use="x", territory=("US",), days=None)
    for ask, by in ((worldwide, "territory"), (perpetual, "duration")):
        assert pricing.multiplier(Factor(by, bands=BANDS), ask) == Decimal(3)
        assert pricing.multiplier(Factor(by, bands=BANDS, unlimited=Decimal(9)), ask) == Decimal(9)


def test_measures_count_what_is_different_and_a_quantity_not_named_is_one():
    ask = Ask(use="x", territory=("US", "CA", "US"), languages=("en", "en", "fr"), days=7, words=12)
    assert [pricing.measure(by, ask) for by in ("quantity", "territory", "duration", "languages", "words")] == [
        1, 2, 7, 2, 12,
    ]  # fmt: skip
    assert pricing.measure("quantity", Ask(use="x", quantity=40)) == 40
    assert pricing.measure("territory", Ask(use="x")) is None


@pytest.mark.parametrize("by", sorted(pricing.WORDS))
def test_a_factor_by_word_is_the_word_s_or_otherwise(by):
    factor = Factor(by, values={getattr(WEB, by): Decimal(7)}, otherwise=Decimal(4))
    assert pricing.multiplier(factor, WEB) == Decimal(7)
    assert pricing.multiplier(Factor(by, values={"?": Decimal(7)}, otherwise=Decimal(4)), WEB) == Decimal(4)


def test_money_outside_is_a_string_and_a_currency():
    assert pricing.money(Decimal("1250"), "USD") == {"amount": "1250.00", "currency": "USD"}
    assert pricing.money(Decimal("0.0005"), "KWD") == {"amount": "0.001", "currency": "KWD"}


@pytest.mark.parametrize(
    ("number", "said"),
    [("1.50", "1.5"), ("100", "100"), ("1.00", "1"), ("0.00", "0"), ("10.0", "10"), ("0.05", "0.05"), ("1E+2", "100")],
)
def test_a_factor_in_the_trace_has_no_needless_zeros(number, said):
    rule = Rule("flat", 1, base=Decimal(1), factors=(Factor("use", values={WEB.use: Decimal(number)}),))
    steps = pricing.price(WEB, [rule], currency="USD").trace
    assert [step.effect for step in steps if step.rule == "use"] == ([f"× {said}"] if Decimal(number) != 1 else [])
    assert pricing._short(Decimal(number)) == said


def test_what_a_rule_may_match_on():
    assert {
        "use", "portion", "format", "organization_type", "modifications", "exclusivity", "quantity_unit",
        "territory", "languages",
    } == pricing.MATCHABLE  # fmt: skip
    assert {"quantity", "territory", "duration", "languages", "words"} == pricing.NUMBERS
    assert pricing.read_match({"use": "quote", "languages": ["en", "fr"]}) == {
        "use": frozenset({"quote"}),
        "languages": frozenset({"en", "fr"}),
    }
    assert refusal(pricing.read_match, []) == "“Applies to” must be an object."
    assert refusal(pricing.read_match, {"words": ["1"]}) == "A rule cannot match on “words”."
    for bad in ([], ["a", 1], 3, {}):
        assert refusal(pricing.read_match, {"use": bad}) == "“use” needs a word or a list of words."


def test_factors_are_read_as_they_are_written():
    assert pricing.read_factors(
        [
            {"by": "portion", "values": {"excerpt": "0.5", "headline": 0}, "otherwise": "2"},
            {"by": "format", "values": {"web": "1"}},
            {"by": "words", "bands": [[1, "0"], [500, "1"], [None, "1000"]], "unlimited": 1000},
            {"by": "duration", "bands": [[30, "1"]]},
        ]
    ) == (
        Factor("portion", values={"excerpt": Decimal("0.5"), "headline": Decimal(0)}, otherwise=Decimal(2)),
        Factor("format", values={"web": Decimal(1)}, otherwise=Decimal(1)),
        Factor(
            "words",
            bands=((1, Decimal(0)), (500, Decimal(1)), (None, Decimal(1000))),
            unlimited=Decimal(1000),
        ),
        Factor("duration", bands=((30, Decimal(1)),), unlimited=None),
    )


ASCEND = "The bands by words must ascend, the open one last."
ENDS = "A band by words ends at a whole number of at least 1, or is open."
NEEDS = "The factor by words needs bands: [up to, factor]."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "Factors must be a list."),
        ([7], "A factor names what it goes by."),
        ([{"by": 7}], "A factor names what it goes by."),
        ([{"by": "weather"}], "There is no factor by “weather”."),
        ([{"by": "use"}], "The factor by use needs values."),
        ([{"by": "use", "values": ["a"]}], "The factor by use needs values."),
        ([{"by": "use", "values": {}}], "The factor by use needs values."),
        ([{"by": "use", "values": {"a": "1"}, "otherwise": "dear"}], "“dear” is not a number."),
        ([{"by": "words", "bands": {"a": "b"}}], NEEDS),
        ([{"by": "words", "bands": []}], NEEDS),
        ([{"by": "words", "bands": ["12"]}], NEEDS),
        ([{"by": "words", "bands": [[1]]}], NEEDS),
        ([{"by": "words", "bands": [[1, "1", "1"]]}], NEEDS),
        ([{"by": "words", "bands": [[1, "1"], 5]}], NEEDS),
        ([{"by": "words", "bands": [["1", "1"]]}], ENDS),
        ([{"by": "words", "bands": [[True, "1"]]}], ENDS),
        ([{"by": "words", "bands": [[0, "1"]]}], ENDS),
        ([{"by": "words", "bands": [[-3, "1"]]}], ENDS),
        ([{"by": "words", "bands": [[5, "1"], [5, "2"]]}], ASCEND),
        ([{"by": "words", "bands": [[None, "1"], [None, "2"]]}], ASCEND),
        ([{"by": "words", "bands": [[1, "1"], [None, "2"], [9, "3"]]}], ASCEND),
        ([{"by": "words", "bands": [[1, "1"], [2, "3"], [3, "2"]]}], "More words must not cost less."),
        ([{"by": "words", "bands": [[1, "1"], [2, "3"]], "unlimited": "2"}], "Unlimited words must not cost less."),
        ([{"by": "words", "bands": [[1, True]]}], "A factor is written as text, like “1.5”."),
        ([{"by": "words", "bands": [[1, None]]}], "A factor is written as text, like “1.5”."),
        ([{"by": "words", "bands": [[1, "1000.01"]]}], "“1000.01” cannot be a factor."),
        ([{"by": "words", "bands": [[1, "-0.01"]]}], "“-0.01” cannot be a factor."),
        ([{"by": "words", "bands": [[1, "NaN"]]}], "“NaN” cannot be a factor."),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_reason(raw, said):
    assert refusal(pricing.read_factors, raw) == said


def test_equal_factors_side_by_side_are_no_fault():
    bands = [[1, "2"], [2, "2"], [None, "2"]]
    (factor,) = pricing.read_factors([{"by": "words", "bands": bands, "unlimited": "2"}])
    assert [by for _end, by in factor.bands] == [Decimal(2)] * 3


def test_every_step_of_a_price_has_a_name_that_people_read():
    codes = pricing.NUMBERS | pricing.WORDS | {"discount", "minimum", "rounding", pricing.BY_HAND}
    assert set(steps.NAMES) == codes
    rule = Rule("minimum", 1, base=Decimal("80.001"), minimum=Decimal("50.005"))
    found = pricing.price(WEB, [rule], currency="USD", discount_percent=Decimal(50)).trace_rows()
    said = [(str(row["rule"]), row["effect"], row["subtotal"]) for row in steps.in_words(found)]
    assert said == [
        ("minimum", "80.00", "80.00"),  # what the desk called its rule
        ("Discount", "− 50 %", "40.00"),
        ("Minimum", "raised to 50.01", "50.01"),
        ("Rounding", "to the smallest coin", "50.01"),
    ]
    free = [{"rule": "free", "effect": "12 ≤ 100", "subtotal": "0.00"}]
    assert steps.in_words(free) == [{"rule": "Free of charge", "effect": "12 ≤ 100 words", "subtotal": "0.00"}]
    unknown = [*found[:1], {"rule": "moon", "effect": "× 2", "subtotal": "1.00"}]
    assert steps.in_words(unknown) == unknown
