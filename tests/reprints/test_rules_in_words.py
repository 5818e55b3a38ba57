"""A rule of the rate card as whoever edits it reads it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from reprints import pricing
from reprints.admin.rules import in_words
from tests.reprints import factories as make


def rule(**values):
    return pricing.Rule(name="web", priority=1, **{"base": Decimal(150), **values})


def test_a_rule_without_conditions_applies_to_everything():
    assert in_words(rule(), "USD") == ["Applies to everything.", "$150.00."]


def test_what_it_applies_to_is_named_and_not_coded():
    match = {"use": frozenset({"republish_web", "exam"}), "territory": frozenset({"DE", "AT"})}
    assert in_words(rule(match=match), "USD")[0] == ("Applies to: Exam or Republish on a website; Austria and Germany.")


def test_the_price_of_units_and_the_minimum_are_said():
    sentences = in_words(rule(per_unit=Decimal(25), unit_size=1000, minimum=Decimal("50.5")), "EUR")
    assert sentences[1] == "€150.00 and €25.00 for each 1,000 begun, at least €50.50 after every discount."


def test_bands_and_words_of_factors_are_said():
    factors = pricing.read_factors(
        [
            {"by": "quantity", "bands": [[10000, "1"], [None, "2.5"]], "unlimited": "3"},
            {"by": "portion", "values": {"excerpt": "0.5"}, "otherwise": "1"},
        ]
    )
    assert in_words(rule(factors=factors), "USD")[2:] == [
        "By how many: up to 10,000 × 1, more × 2.5, without limit × 3.",
        "Portion: An excerpt × 0.5, else × 1.",
    ]


@pytest.mark.django_db
def test_every_rule_of_a_new_house_can_be_said_without_a_code():
    publication = make.make_publication()
    rows = list(publication.rate_cards.get().rules.all())
    said = " ".join(" ".join(in_words(row.as_rule(), "USD")) for row in rows)
    assert len(rows) >= 10
    assert "_" not in said


@pytest.mark.django_db
def test_the_page_of_a_card_says_each_rule_and_why_one_cannot_be_computed(client):
    publication = make.make_publication()
    card = publication.rate_cards.get()
    card.rules.filter(name="web").update(factors=[{"by": "phase of the moon"}])
    person = make.make_staff(None, "licensing_manager")
    person.is_staff = True
    person.save()
    client.force_login(person)
    page = client.get(reverse("admin:reprints_ratecard_change", args=[card.pk])).content.decode()
    assert "Applies to: Republish in print." in page
    assert "There is no factor by" in page
