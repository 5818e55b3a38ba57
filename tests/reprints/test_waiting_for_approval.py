"""What waits for a manager's word: on the first page, in the lists it leads to, and in which words."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reprints.services import licenses, quoting
from tests import factories
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db
BREACH = {"reason": "breach", "words": "Sold on."}


@pytest.fixture
def daily():
    return make.make_publication(settings={"editor_limit": "1.00"})


@pytest.fixture
def editor(daily):
    return factories.make_staff(daily, "licensing_editor")


@pytest.fixture
def manager(daily):
    return factories.make_staff(daily, "licensing_manager")


def proposed_quote(daily, editor):
    request = make.make_request(daily, make.make_article(daily, licensable=None))
    lines = [quoting.Line(row, price=Decimal(500), override_reason="By hand.") for row in request.items.all()]
    quote = quoting.draft(request, by=editor, lines=lines, exclusions_confirmed=True)
    quoting.propose(quote, by=editor)
    return quote


def proposed_revocation(daily, editor):
    held = make.make_license(daily, make.make_article(daily))
    licenses.propose_revoke(held, by=editor, **BREACH)
    return held


def start(client, person):
    client.force_login(person)
    return client.get(reverse("admin:index"))


def test_a_manager_finds_on_the_first_page_what_waits_for_approval_and_since_when(client, daily, editor, manager):
    quote = proposed_quote(daily, editor)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        held = proposed_revocation(daily, editor)
        page = start(client, manager)
    waiting = [(row.url, str(row.status)) for row in page.context_data["agenda"] if row.since]
    assert waiting == [
        (reverse("admin:reprints_quote_change", args=[quote.pk]), "Quote to approve"),
        (reverse("admin:reprints_license_change", args=[held.pk]), "Revocation to decide"),
    ]
    assert page.content.decode().count("waits since") == 2
    cards = {str(card.label): card for card in page.context_data["cards"]}
    for label, record in (("quotes to approve", quote), ("revocations to decide", held)):
        listed = client.get(cards[label].url).context_data["cl"].result_list
        assert (cards[label].count, [row.pk for row in listed]) == (1, [record.pk])


def test_nobody_is_asked_for_a_second_word_on_what_is_their_own_or_was_written_anew(client, daily, editor, manager):
    quote, held = proposed_quote(daily, editor), proposed_revocation(daily, manager)
    labels = {str(card.label) for card in start(client, editor).context_data["cards"]}
    assert {"quotes to approve", "revocations to decide"} & labels == set()

    def counted():
        cards = {str(card.label): card.count for card in start(client, manager).context_data["cards"]}
        return cards["quotes to approve"], cards["revocations to decide"]

    assert counted() == (1, 0)
    quoting.draft(quote.request, by=editor, exclusions_confirmed=True)
    assert counted() == (0, 0)
    assert held.status == "active"
    other = factories.make_staff(make.make_publication(), "licensing_manager")
    proposed_quote(daily, editor)
    assert "quotes to approve" in {str(card.label) for card in start(client, other).context_data["cards"]}
    assert [row for row in start(client, other).context_data["agenda"] if row.since] == []


def test_the_first_page_costs_the_same_however_much_waits(client, daily, editor, manager):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            start(client, manager)
        return len(seen)

    for _ in range(2):
        proposed_quote(daily, editor)
        proposed_revocation(daily, editor)
    queries()
    two = queries()
    for _ in range(3):
        proposed_quote(daily, editor)
        proposed_revocation(daily, editor)
    assert queries() == two


def test_the_reason_of_a_proposed_revocation_is_read_by_its_name(client, daily, editor, manager):
    held = proposed_revocation(daily, editor)
    client.force_login(manager)
    shown = client.get(reverse("admin:reprints_license_change", args=[held.pk])).content.decode()
    assert "Breach of the terms: Sold on." in shown
    assert "breach: Sold" not in shown
