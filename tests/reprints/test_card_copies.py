"""A rate card is copied as a draft: the rules are changed and tried there, while the card in force goes on pricing."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from reprints.models import PriceRule, RateCard
from reprints.services import asking, ratecard
from tests.reprints import factories as make
from tests.reprints.test_admin import staff

pytestmark = pytest.mark.django_db
OF_A_RULE = {field.name for field in PriceRule._meta.concrete_fields} - {"id", "card"}


@pytest.fixture
def publication():
    return make.make_publication()


@pytest.fixture
def card(publication):
    return RateCard.objects.get(publication=publication)


@pytest.fixture
def house(client):
    def become(role, at=None):
        client.force_login(staff(at, role))
        return client

    return become


def rules_of(card):
    return list(card.rules.order_by("priority").values(*sorted(OF_A_RULE)))


def copy(client, card):
    return client.post(reverse("admin:reprints_ratecard_copy", args=[card.pk]))


def test_the_copy_has_every_rule_begins_tomorrow_and_prices_nothing(publication, card):
    request = make.make_request(publication, make.make_article(publication))
    RateCard.objects.filter(pk=card.pk).update(valid_to=date(2099, 1, 1))
    before = rules_of(card)
    with time_machine.travel("2026-11-28T03:00:00Z", tick=False):  # the evening of the 27th in New York
        copied = ratecard.copy_as_draft(card)
    assert (copied.draft, copied.valid_from, copied.valid_to) == (True, date(2026, 11, 28), None)
    assert (copied.publication, copied.currency, copied.name) == (publication, "USD", "2026, from 2026-11-28")
    assert (rules_of(copied), rules_of(card), len(before) > 10) == (before, before, True)
    copied.rules.update(base=1)
    RateCard.objects.filter(pk=copied.pk).update(valid_from=request.day() - timedelta(days=1))
    assert asking.assess_request(request).total == 150
    assert rules_of(card) == before


def test_a_long_name_still_fits_and_the_defaults_are_installed_once_more(publication, card):
    RateCard.objects.filter(pk=card.pk).update(name="x" * 80)
    card.refresh_from_db()
    assert ratecard.copy_as_draft(card).name == "x" * 80
    ratecard.install_defaults(publication)
    ratecard.copy_as_draft(RateCard.objects.get(name="2026"))
    assert ratecard.install_defaults(publication).name == "2026"


def test_a_manager_copies_by_a_button_on_the_card_and_lands_on_the_draft(publication, card, house):
    client = house("licensing_manager")
    page = client.get(reverse("admin:reprints_ratecard_change", args=[card.pk])).content.decode()
    assert f'action="{reverse("admin:reprints_ratecard_copy", args=[card.pk])}"' in page
    answer = copy(client, card)
    copied = RateCard.objects.get(draft=True)
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("admin:reprints_ratecard_change", args=[copied.pk]),
    )
    assert "It prices nothing while it is a draft." in client.get(answer["Location"]).content.decode()
    assert LogEntry.objects.get().object_id == str(copied.pk)


def test_nobody_else_copies_and_no_link_does(publication, card, house):
    address = reverse("admin:reprints_ratecard_copy", args=[card.pk])
    assert house("licensing_manager").get(address).status_code == 405
    refused = [copy(house("licensing_editor"), card), copy(house("licensing_manager", publication), card)]
    assert [row.status_code for row in refused] == [403, 403]
    assert RateCard.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "x", "²", "9" * 30])
def test_a_card_that_does_not_exist_is_not_copied(card, house, number):
    address = reverse("admin:reprints_ratecard_copy", args=[card.pk]).replace(str(card.pk), number)
    assert house("licensing_manager").post(address).status_code == 404
    assert RateCard.objects.count() == 1
