"""The log: recorded inside the transaction that made it happen, and never changed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from newsroom.accounts.models import ApiKey, User
from newsroom.events import kinds, log, wake
from newsroom.events.models import Event, Unplanned
from newsroom.workflow import THE_CLOCK
from tests.factories import make_article

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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [None, OSError("no broker")])
def test_after_the_commit_senders_are_woken_and_trouble_with_that_is_nobodys(publication, world, monkeypatch, trouble):
    woken = []

    def wake_them():
        woken.append(Event.objects.count())
        if trouble:
            raise trouble

    monkeypatch.setattr(wake, "after_commit", wake_them)
    with transaction.atomic():
        world.happen()
        assert woken == []
    assert woken == [1]


# --- what is written down, and how it reads ------------------------------------------------------------


def about(publication, **more):
    return SimpleNamespace(noun="thing", reference="T-9", publication=publication, **more)


@pytest.mark.django_db
def test_an_event_names_the_article_and_the_organization_that_were_given_else_those_of_its_subject(
    publication, world, partner
):
    publication.hosts = ["daily.example"]
    article, other = make_article(publication), make_article(publication)

    def named(subject, **given):
        event = Event.objects.get(pk=log.record("thing.happened", subject, by=THE_CLOCK, **given).pk)
        return event.publication, event.article, event.organization, event.data, event.test

    of_its_own = about(publication, article=article, organization=partner, test=True)
    assert named(of_its_own) == (publication, article, partner, {}, True)
    assert named(of_its_own, article=other)[1] == other
    assert named(about(publication), organization=partner, data={"n": 1}) == (
        (publication, None, partner, {"n": 1}, False)
    )
    assert named(about(publication, article="as it was typed"))[1] is None
    article.noun = publication.noun = "thing"
    publication.reference = "daily"
    assert named(article)[:2] == (publication, article)
    assert named(publication)[:2] == (publication, None)
    assert named(SimpleNamespace(noun="thing", reference="T-8"))[0] is None


@pytest.mark.django_db
def test_an_event_says_who_did_it(publication, world, partner):
    user = User.objects.create(username="ed")
    keys = (ApiKey(organization=partner), ApiKey(organization=None))
    told = [log.record("thing.happened", about(publication), by=by) for by in (user, *keys, THE_CLOCK)]
    assert [(event.actor_kind, event.actor) for event in told] == [
        ("staff", user),
        ("partner", None),
        ("cms", None),
        ("clock", None),
    ]


@pytest.mark.django_db
def test_the_last_word_names_who_did_what_and_how_long_ago(publication, world):
    subject = about(publication)
    assert log.last_word(subject) == ""
    log.record("thing.happened", subject, by=THE_CLOCK)
    assert log.last_word(subject) == "Last here: clock, “A thing happened”, just now."
    event = log.record("thing.kept", subject, by=User.objects.create(username="ed", first_name="Ed", last_name="Itor"))
    later = event.happened_at + timedelta(minutes=59, seconds=59)
    who = str(event.actor)
    assert log.last_word(subject, now=later) == f"Last here: {who}, “A thing was kept”, 59\xa0minutes ago."
    del kinds.KINDS["thing.kept"]
    assert log.last_word(subject, now=later) == f"Last here: {who}, “thing.kept”, 59\xa0minutes ago."


@pytest.mark.django_db
def test_the_last_word_is_that_of_whoever_wrote_words_after_what_happened(publication, world):
    subject = about(publication)
    event = log.record("thing.happened", subject, by=THE_CLOCK)
    for minutes, said in ((-1, "clock, “A thing happened”"), (1, "Ann, “Words written”")):
        subject.last_written = lambda moved=minutes: ("Ann", event.happened_at + timedelta(minutes=moved))
        assert log.last_word(subject, now=event.happened_at + timedelta(minutes=1)).startswith(f"Last here: {said}")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "just now"), (60, "1\xa0minute ago"), (5400, "1\xa0hour ago"), (7199, "1\xa0hour ago")],
)
def test_how_long_ago_is_said_in_one_unit(seconds, words):
    now = timezone.now()
    assert log.ago(now - timedelta(seconds=seconds), now) == words


@pytest.mark.django_db
def test_a_history_is_of_one_kind_of_record_and_of_one_record(publication, world):
    mine = log.record("thing.happened", about(publication), by=THE_CLOCK)
    log.record("thing.happened", SimpleNamespace(noun="other", reference="T-9", publication=publication), by=THE_CLOCK)
    log.record("thing.happened", SimpleNamespace(noun="thing", reference="T-8", publication=publication), by=THE_CLOCK)
    assert list(log.history_of(about(publication))) == [mine]
