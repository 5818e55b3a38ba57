"""Two people at the licensing desk: the second is told, and both stand in the history."""

from decimal import Decimal

import pytest

from newsroom.errors import Conflict, NotAllowed
from newsroom.events import planning
from newsroom.events.log import history_of
from newsroom.events.models import Delivery, Event
from reprints.services import licenses, quoting
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily():
    return make.make_publication(settings={"editor_limit": "1.00"})


@pytest.fixture
def article(daily):
    return make.make_article(daily, licensable=None)


@pytest.fixture
def editor(daily):
    return make.make_staff(daily, "licensing_editor")


@pytest.fixture
def managers(daily):
    return [make.make_staff(daily, "licensing_manager") for _ in range(2)]


def drafted(daily, article, editor):
    request = make.make_request(daily, article)
    lines = [quoting.Line(row, price=Decimal(500), override_reason="By hand.") for row in request.items.all()]
    return quoting.draft(request, by=editor, lines=lines, exclusions_confirmed=True)


def told(template):
    while planning.plan_due():
        pass
    return set(Delivery.objects.filter(template=f"reprints/mail/{template}").values_list("recipient_key", flat=True))


def test_a_manager_hears_that_an_amount_waits_and_the_editor_that_it_is_approved(daily, article, editor, managers):
    make.make_terms(daily, duties={})
    quote = drafted(daily, article, editor)
    with pytest.raises(Conflict) as refused:
        quoting.open(quote, by=editor)
    assert refused.value.code == "needs_approval"

    quoting.propose(quote, by=editor)
    assert told("quote_approval_asked") == {str(person.pk) for person in managers}
    with pytest.raises(NotAllowed):
        quoting.approve(quote, by=editor)
    quoting.approve(quote, by=managers[0], reason="A fair price.")
    assert told("quote_approved") == {str(editor.pk)}
    quoting.open(quote, by=editor)

    seen = [(event.kind, event.actor, event.audience) for event in history_of(quote)]
    assert seen[:2] == [("quote.approval_asked", editor, "staff"), ("quote.approved", managers[0], "staff")]
    with pytest.raises(Conflict):
        quoting.approve(quote, by=managers[1])


def test_a_manager_who_sends_what_others_drafted_is_the_second_person(daily, article, editor, managers):
    make.make_terms(daily, duties={})
    quote = quoting.open(drafted(daily, article, editor), by=managers[0])
    assert [event.kind for event in history_of(quote)] == ["quote.opened"]


def test_a_proposed_revocation_is_in_the_history_and_reaches_the_other_managers(daily, managers):
    held = make.make_license(daily, make.make_article(daily))
    licenses.propose_revoke(held, by=managers[0], reason="breach", words="Sold on.")
    assert told("license_revocation_proposed") == {str(managers[1].pk)}
    assert list(history_of(held).values_list("kind", "audience"))[-1] == ("license.revocation_proposed", "staff")
    assert "Sold on." not in str(
        Event.objects.filter(kind="license.revocation_proposed").values_list("data", flat=True)
    )
