"""How a sale is taxed, and what the decision rests on."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from newsroom.accounts.models import Publication
from reprints.services import tax

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GERMAN, FRENCH, AUSTRIAN, GREEK = "DE136695976", "FR83404833048", "ATU13585627", "EL094259216"
HOME = {"country": "DE", "rate": "19", "oss_rates": {"FR": "20"}}


def decide(policy, country="", vat_id="", *, private=False, net="100"):
    seller = Publication(settings={"tax": policy})
    buyer = tax.Taxed(country, vat_id, private)
    return tax.decide_for(seller, buyer, net=Decimal(net), at=NOW)


@pytest.mark.parametrize(
    ("policy", "country", "vat_id", "private", "net", "expected"),
    [
        ({}, "DE", GERMAN, False, "100", ("manual", "0")),
        (HOME, "DE", GERMAN, False, "0", ("exempt", "0")),
        (HOME, "DE", "", False, "100", ("domestic", "19")),
        (HOME, "de", "", True, "100", ("domestic", "19")),
        (HOME, "FR", FRENCH, False, "100", ("eu_b2b_reverse_charge", "0")),
        (HOME, "GR", GREEK, False, "100", ("eu_b2b_reverse_charge", "0")),
        (HOME, "FR", GERMAN, False, "100", ("manual", "0")),
        (HOME, "FR", "FR1", False, "100", ("manual", "0")),
        (HOME, "FR", "", False, "100", ("manual", "0")),
        (HOME, "FR", "", True, "100", ("eu_b2c_oss", "20")),
        (HOME, "AT", "", True, "100", ("manual", "0")),
        (HOME, "US", "", False, "100", ("outside_eu", "0")),
        (HOME, "GB", "", False, "100", ("outside_eu", "0")),
        (HOME, "", "", False, "100", ("manual", "0")),
        ({"country": "US", "rate": "0"}, "US", "", False, "100", ("domestic", "0")),
        ({"country": "US", "rate": "0"}, "DE", "", False, "100", ("outside_eu", "0")),
        ({"country": "DE"}, "DE", "", False, "100", ("manual", "0")),
        ({"country": "DE", "rate": "NaN"}, "DE", "", False, "100", ("manual", "0")),
        ({"country": "DE", "rate": "-1"}, "DE", "", False, "100", ("manual", "0")),
        ({"country": "DE", "rate": "100"}, "DE", "", False, "100", ("manual", "0")),
    ],
)
def test_the_treatment_follows_the_policy(policy, country, vat_id, private, net, expected):
    decided = decide(policy, country, vat_id, private=private, net=net)
    assert (decided.treatment, decided.rate) == (expected[0], Decimal(expected[1]))


def test_the_evidence_says_what_was_known_and_how_it_was_checked():
    assert decide(HOME, "AT", AUSTRIAN).evidence == {
        "seller_country": "DE",
        "buyer_country": "AT",
        "vat_id": AUSTRIAN,
        "vat_id_check": "valid",
        "private_person": False,
        "method": tax.METHOD,
        "decided_at": "2026-11-23T12:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("vat_id", "country", "answer"),
    [
        ("", "DE", "not_given"),
        (GERMAN, "DE", "valid"),
        ("de 136 695 976", "DE", "valid"),
        ("136695976", "DE", "valid"),
        ("DE136695978", "DE", "invalid"),
        (FRENCH, "DE", "invalid"),
        ("GR094259216", "GR", "valid"),
        ("GB980780684", "GB", "valid"),
        ("GB980780685", "GB", "invalid"),
        ("12", "US", "no_check_known"),
        ("=HYPERLINK(1)", "DE", "invalid"),
        ("9" * 31, "DE", "invalid"),
        ("x", "../..", "no_check_known"),
    ],
)
def test_a_vat_id_is_checked_as_one_of_that_country(vat_id, country, answer):
    assert tax.check_vat_id(vat_id, country) == answer
