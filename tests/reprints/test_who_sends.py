"""What the page of a quote beyond the editor's limits offers to whom, and the days in the list of quotes."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from newsroom.accounts.models import Membership
from reprints.models import Quote
from reprints.services import quoting
from tests.reprints import factories as make
from tests.reprints.test_admin import buttons, page, press, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily():
    return make.make_publication(settings={"editor_limit": "1.00"})


@pytest.fixture
def editor(daily):
    return staff(daily, "licensing_editor")


@pytest.fixture
def manager(daily):
    return staff(daily, "licensing_manager")


@pytest.fixture
def at(client):
    def become(person):
        client.force_login(person)
        return client

    return become


def drafted(daily, by, *, price=500):
    request = make.make_request(daily, make.make_article(daily, licensable=None))
    lines = [quoting.Line(row, price=Decimal(price), override_reason="By hand.") for row in request.items.all()]
    return quoting.draft(request, by=by, lines=lines, exclusions_confirmed=True)


def said(client, quote):
    return client.get(page(quote)).context_data["who_approves"]


def test_an_editor_asks_and_is_not_offered_to_send(daily, editor, manager, at):
    quote, client = drafted(daily, editor), at(editor)
    assert buttons(client, quote) == ["cancel", "propose"]
    assert said(client, quote) == f"Before it is sent, one of these approves it: {manager}."
    assert str(manager) in client.get(page(quote)).content.decode()
    assert press(client, quote, "propose") == 302
    assert buttons(client, quote) == ["cancel"]
    assert said(client, quote) == f"It waits for the word of one of: {manager}."


def test_whoever_presses_send_on_an_older_page_still_reads_why_not(daily, editor, manager, at):
    quote, client = drafted(daily, editor), at(editor)
    answer = client.post(
        reverse("admin:reprints_quote_do", args=[quote.pk, "open"]), {"seen": quote.version}, follow=True
    )
    assert answer.status_code == 409
    assert "It is above the editor’s limit of 1.00 USD. A manager approves it first." in answer.content.decode()


def test_a_manager_approves_or_sends_what_somebody_else_drafted(daily, editor, manager, at):
    quote, client = drafted(daily, editor), at(manager)
    assert buttons(client, quote) == ["open", "cancel", "approve"]
    assert said(client, quote) == "You can approve it, or send it, which says the same."
    assert press(client, quote, "approve", reason="Fair.") == 302
    assert buttons(client, quote) == ["open", "cancel"]
    client = at(editor)
    assert buttons(client, quote) == ["open", "cancel"]
    assert said(client, quote) == "A second person approved it: it can be sent."
    assert press(client, quote, "open") == 302
    assert Quote.objects.get().status == "open"


def test_a_manager_asks_for_what_they_drafted_and_the_others_are_named(daily, manager, at):
    other = staff(daily, "licensing_manager")
    quote, client = drafted(daily, manager), at(manager)
    assert buttons(client, quote) == ["cancel", "propose"]
    assert said(client, quote) == f"Before it is sent, one of these approves it: {other}."
    assert buttons(at(other), quote) == ["open", "cancel", "approve"]


def test_where_nobody_could_approve_nobody_is_asked_and_the_page_says_what_to_do(daily, manager, at):
    quote, client = drafted(daily, manager), at(manager)
    assert buttons(client, quote) == ["cancel"]
    assert said(client, quote) == "Nobody else is a licensing manager here: an administrator gives somebody that role."
    late = staff(daily, "licensing_editor")
    Membership.objects.filter(user=late).update(role="licensing_manager")
    assert buttons(client, quote) == ["cancel", "propose"]


def test_what_is_within_the_limits_is_sent_and_nothing_is_said(daily, editor, manager, at):
    daily.settings["editor_limit"] = "500.00"
    daily.save(update_fields=["settings"])
    quote, client = drafted(daily, editor), at(editor)
    assert (buttons(client, quote), said(client, quote)) == (["open", "cancel"], "")


def test_the_list_says_until_when_a_quote_holds_by_the_clock_of_its_publication(daily, editor, manager, at):
    with time_machine.travel("2026-11-02T15:00:00Z", tick=False):
        make.make_terms(daily, duties={})
        quote = quoting.open(drafted(daily, editor), by=manager)
        Quote.objects.update(valid_until="2026-11-27T21:30:00Z")
        address = reverse("admin:reprints_quote_changelist")
        row = at(editor).get(address).content.decode()
        assert 'Fri 27 Nov 2026<span class="second-line">16:30 EST</span>' in row
        assert "Friday 27 November 2026, 16:30 EST" in at(editor).get(page(quote)).content.decode()
        assert '<span class="due--over">expired</span>' not in row
    with time_machine.travel(Quote.objects.get().valid_until + timedelta(seconds=1), tick=False):
        assert '<span class="due--over">expired</span>' in at(editor).get(address).content.decode()
