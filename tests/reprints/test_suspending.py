"""A license that is suspended for a time: back by itself, looked at, or over."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from newsroom.errors import Conflict, Invalid
from newsroom.events import planning
from newsroom.events.models import Event
from reprints import papers
from reprints.models import License
from reprints.services import clock, licenses, payments, updates
from tests.reprints import billing
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make.make_publication()


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def held(publication, article):
    return make.make_license(publication, article)


def suspend(row, editor, *, days=10, reason="suspected_breach"):
    until = row.day() + timedelta(days=days)
    return licenses.suspend(row, by=editor, reason=reason, words="Please explain.", until=until)


def noon(row, day):
    return timezone.datetime.combine(day, timezone.datetime.min.time(), tzinfo=row.publication.zone).replace(hour=12)


def test_on_its_day_it_is_in_force_again_by_itself(held, editor):
    row = suspend(held, editor)
    assert clock.tick(noon(row, row.suspended_until - timedelta(days=1)))["reinstated"] == 0
    assert clock.tick(noon(row, row.suspended_until))["reinstated"] == 1
    row.refresh_from_db()
    assert (row.status, row.suspended_until, row.end_words) == ("active", None, "")
    event = Event.objects.filter(kind="license.reinstated").get()
    assert (event.actor_kind, event.audience) == ("clock", "organization")


def test_its_event_says_until_when(held, editor):
    row = suspend(held, editor)
    data = planning.hook_data(Event.objects.get(kind="license.suspended"))
    assert (data["reason"], data["suspended_until"], data["status"]) == (
        "suspected_breach",
        row.suspended_until.isoformat(),
        "suspended",
    )


def test_a_day_that_is_over_is_refused(held, editor):
    with pytest.raises(Invalid) as refused:
        suspend(held, editor, days=0)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/until", "past_date")]


def test_without_a_day_it_stays_suspended(held, editor):
    licenses.suspend(held, by=editor, reason="suspected_breach", words="x")
    assert clock.tick(timezone.now() + timedelta(days=100))["reinstated"] == 0


def _withheld(row, article, editor):
    type(article).objects.filter(pk=article.pk).update(desk_status="withheld")


def _must_come_down(row, article, editor):
    with transaction.atomic():
        updates.open_for(make.happened("correction.published", article, kind="retraction"))


def _to_be_revoked(row, article, editor):
    licenses.propose_revoke(row, by=editor, reason="breach", words="They sold it on.")


@pytest.mark.parametrize("stand_against", [_withheld, _must_come_down, _to_be_revoked])
def test_while_something_stands_against_it_the_desk_decides(held, article, editor, stand_against):
    row = suspend(held, editor)
    stand_against(row, article, editor)
    assert clock.tick(noon(row, row.suspended_until))["reinstated"] == 0
    assert License.objects.get().status == "suspended"


def test_while_the_debt_it_was_suspended_for_is_open_it_is_not_reinstated():
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    row = suspend(License.objects.get(quote=invoice.quote), editor, reason="payment_overdue")
    assert clock.tick(noon(row, row.suspended_until))["reinstated"] == 0


def test_what_became_overdue_for_too_long_meanwhile_stands_against_it_as_well():
    publication = billing.billing_publication()
    editor = make.make_staff(publication, "licensing_editor")
    invoice = billing.owed(publication)
    row = License.objects.get()
    row = suspend(row, editor, days=(invoice.due_on - row.day()).days + 60)
    clock.tick(billing.days_after_due(invoice, 50))
    assert clock.tick(billing.days_after_due(invoice, 60))["reinstated"] == 0
    payments.pay(invoice, by=editor, reference="TX-1")
    assert clock.tick(billing.days_after_due(invoice, 60))["reinstated"] == 1


def test_past_its_end_it_is_expired_says_so_and_hands_nothing_out(held, editor):
    License.objects.filter(pk=held.pk).update(archival=True)
    row = suspend(held, editor, days=500)
    after = noon(row, row.ends_on + timedelta(days=1))
    assert (row.effective_status(), row.public_status()) == ("suspended", "suspended")
    assert (row.effective_status(after), row.public_status(after)) == ("expired", "expired")
    assert clock.tick(after)["expired"] == 1
    assert clock.tick(after)["expired"] == 0
    event = Event.objects.get(kind="license.expired")
    assert planning.hook_data(event)["status"] == "expired"
    License.objects.filter(pk=row.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
    row.refresh_from_db()
    assert (row.effective_status(), papers.text_in_hand(row)) == ("expired", False)
    with pytest.raises(Conflict):
        licenses.renew(row)
