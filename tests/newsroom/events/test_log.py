"""The log: recorded inside the transaction that made it happen, and never changed."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from newsroom.events import log
from newsroom.events.models import Event, Unplanned

pytestmark = pytest.mark.both


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(publication, world):
    with pytest.raises(RuntimeError):
        world.happen()
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_an_undeclared_kind_is_refused(publication, world):
    with pytest.raises(KeyError):
        world.happen("thing.renamed")


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_did_not_happen(publication, world):
    def happen_and_fail():
        with transaction.atomic():
            world.happen()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        happen_and_fail()
    assert (Event.objects.count(), Unplanned.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_event_is_owed_its_consequences(publication, world):
    event = world.happen(data={"amount": 3})
    assert list(Unplanned.objects.values_list("pk", flat=True)) == [event.pk]
    assert (event.kind, event.audience, event.publication, event.actor_kind) == (
        "thing.happened",
        "public",
        publication,
        "clock",
    )


@pytest.mark.django_db
def test_the_history_of_a_subject_is_its_own_and_in_order(publication, world):
    first = world.happen()
    world.happen()
    world.count -= 2
    third = world.happen("thing.kept")

    class Subject:
        noun, reference = "thing", "T-1"

    assert list(log.history_of(Subject)) == [first, third]


@pytest.mark.django_db
def test_the_model_refuses_change_and_deletion(publication, world):
    event = world.happen()
    event.kind = "thing.other"
    for refused in (event.save, event.delete):
        with pytest.raises(TypeError):
            refused()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events_event SET kind = 'thing.other'",
        "UPDATE events_event SET happened_at = happened_at",
        "DELETE FROM events_event",
    ],
)
def test_the_database_refuses_too(publication, world, sql):
    event = world.happen()
    Unplanned.objects.all().delete()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM masthead_allow_flush")  # as in production, where it is empty
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            cursor.execute(sql)
    assert list(Event.objects.values_list("pk", "kind")) == [(event.pk, "thing.happened")]
