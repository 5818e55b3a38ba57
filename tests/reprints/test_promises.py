"""The licensing desk's promise of an answer: warned of, broken, escalated; and who is handed a request is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsroom.errors import Invalid, NotAllowed
from newsroom.events import planning, promises
from newsroom.events.log import history_of
from newsroom.events.models import Delivery
from reprints.services import clock, deciding
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
WATCHED = ("license_request.due_soon", "license_request.overdue", "license_request.escalated")


@pytest.fixture
def daily():
    return make.make_publication()


@pytest.fixture
def editor(daily):
    return make.make_staff(daily, "licensing_editor")


def manual(daily, **values):
    return make.make_request(daily, make.make_article(daily), exclusivity="media", **values)


def happened(request):
    return [event.kind for event in history_of(request) if event.kind in WATCHED]


def mailed(template):
    while planning.plan_due():
        pass
    rows = Delivery.objects.filter(template=f"reprints/mail/{template}").order_by("pk")
    return [row.recipient_key for row in rows]


def test_a_broken_licensing_promise_is_told_to_the_desk_and_then_to_the_managers(daily, editor):
    manager = make.make_staff(daily, "licensing_manager")
    with time_machine.travel(MONDAY, tick=False):
        request = manual(daily)
    due = promises.running(request).get().due_at
    clock.tick(due - timedelta(hours=2))
    clock.tick(due + timedelta(minutes=1))
    clock.tick(due + timedelta(hours=23))
    assert happened(request) == ["license_request.due_soon", "license_request.overdue"]
    assert mailed("license_request_overdue_desk") == [str(editor.pk)]
    clock.tick(due + timedelta(hours=25))
    clock.tick(due + timedelta(hours=26))
    assert happened(request) == list(WATCHED)
    assert mailed("license_request_escalated_desk") == [str(manager.pk)]


def test_an_answered_request_and_one_that_waits_for_the_partner_break_nothing(daily, editor):
    with time_machine.travel(MONDAY, tick=False):
        declined = deciding.decline(manual(daily), by=editor, code="legal", words="Not for us.")
        asked = deciding.ask(deciding.take_up(manual(daily), by=editor), by=editor, words="Which edition?")
    clock.tick(MONDAY + timedelta(days=9))
    assert (happened(declined), happened(asked)) == ([], [])


def test_nobody_is_told_about_a_test_request(daily):
    key = make.make_key(make.make_organization(), test=True)
    with time_machine.travel(MONDAY, tick=False):
        request = manual(daily, by=key, organization=key.organization)
    clock.tick(MONDAY + timedelta(days=30))
    assert happened(request) == []


def test_the_pause_of_a_license_request_leaves_opening_hours(daily, editor):
    with time_machine.travel(MONDAY, tick=False):
        request = deciding.take_up(manual(daily), by=editor)
        first = promises.running(request).get().due_at
        request = deciding.ask(request, by=editor, words="Which edition?")
    with time_machine.travel(MONDAY + timedelta(days=5), tick=False):
        deciding.resume(request, by=editor)
    due = promises.running(request).get().due_at.astimezone(daily.zone)
    assert first.astimezone(daily.zone).strftime("%a %H:%M") == "Thu 18:00"
    assert due.strftime("%a %d %H:%M") == "Thu 03 17:00"


def test_whoever_is_handed_a_request_is_told_and_it_stands_in_the_history(daily, editor):
    other = make.make_staff(daily, "licensing_editor")
    request = deciding.assign(manual(daily), by=editor, to=other)
    request = deciding.assign(request, by=other, to=None)

    handed = [(event.kind, event.actor, event.data) for event in history_of(request)][-2:]
    assert handed == [
        ("license_request.assigned", editor, {"to": other.pk}),
        ("license_request.assigned", other, {}),
    ]
    assert mailed("license_request_assigned") == [str(other.pk)]
    with pytest.raises(Invalid):
        deciding.assign(request, by=editor, to=make.make_staff(daily, "desk_editor"))
    with pytest.raises(NotAllowed):
        deciding.assign(request, by=make.make_staff(daily, "desk_editor"), to=other)


def test_the_clock_locks_no_request_that_nothing_is_due_for(daily, editor):
    def ask():
        deciding.ask(deciding.take_up(manual(daily), by=editor), by=editor, words="Which edition?")

    def queries(now):
        with CaptureQueriesContext(connection) as seen:
            clock.tick(now)
        return len(seen)

    with time_machine.travel(MONDAY, tick=False):
        ask()
        one = queries(MONDAY + timedelta(minutes=1))
        for _ in range(9):
            ask()
        assert queries(MONDAY + timedelta(minutes=2)) == one
    assert clock.tick(MONDAY + timedelta(days=5, minutes=5))["reminded"] == 10
