"""The engine of the tables, on a table of its own: who may move what, which refusal comes first, what a lock sees."""

from dataclasses import FrozenInstanceError
from types import SimpleNamespace

import pytest
from django.db import models, transaction
from django.db.models import QuerySet

from newsroom import workflow
from newsroom.accounts.models import Organization
from newsroom.errors import Conflict, NotAllowed, NotFound, Stale
from newsroom.workflow import (
    THE_CLOCK,
    THE_LOG,
    THE_PARTNER,
    THE_READER,
    Workflow,
    lock,
    no_block,
    transition,
)
from tests.factories import make_report


class Light(models.TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    DARK = "dark", "Dark"


def dirty(lamp, by):
    return f"{by.actor_kind} finds it dirty." if lamp.dirty else ""


LAMP = Workflow(
    "lamp",
    Light,
    [
        transition("go", ["red"], "green", who=["reader", "clock"], label="Go"),
        transition("stop", {"green", "dark"}, "red", who=["clock"], label="Stop", needs_words=True),
        transition("darken", ["red", "green"], "dark", who=["clock"], label="Darken", guard=dirty),
        transition("light", ["dark"], "", who=["clock"], label="Light"),
    ],
)


def lamp(status, **more):
    return SimpleNamespace(
        status=status, version=3, publication=None, dirty=False, get_status_display=lambda: Light(status).label, **more
    )


def test_a_table_is_read_by_name_and_says_who_where_and_what():
    assert list(LAMP.transitions) == ["go", "stop", "darken", "light"]
    assert (LAMP.noun, LAMP.statuses) == ("lamp", Light)
    stop = LAMP.transitions["stop"]
    assert (stop.name, stop.sources, stop.target, stop.who) == ("stop", {"green", "dark"}, "red", {"clock"})
    assert (stop.label, stop.needs_words, stop.guard) == ("Stop", True, no_block)
    go = LAMP.transitions["go"]
    assert (go.sources, go.who, go.needs_words) == ({"red"}, {"reader", "clock"}, False)
    assert no_block(lamp("red"), THE_CLOCK) == ""


def test_the_roles_are_called_as_in_the_contract():
    assert [workflow.READER, workflow.PARTNER, workflow.CLOCK, workflow.LOG] == ["reader", "partner", "clock", "log"]
    assert [workflow.DESK, workflow.STANDARDS, workflow.LEGAL] == ["desk_editor", "standards_editor", "legal"]
    assert [workflow.LICENSING, workflow.MANAGER, workflow.ADMIN] == ["licensing_editor", "licensing_manager", "admin"]


def test_a_row_needs_neither_words_nor_a_guard_unless_it_says_so():
    written = workflow.transition("go", ["red"], "green", who=["reader"], label="Go")
    assert written == workflow.Transition("go", frozenset({"red"}), "green", frozenset({"reader"}), "Go")
    assert (written.needs_words, written.guard) == (False, no_block)
    careful = workflow.transition("go", ["red"], "green", who=["reader"], label="Go", needs_words=True, guard=dirty)
    assert (careful.needs_words, careful.guard) == (True, dirty)
    table = workflow.Workflow("lamp", Light, [careful])
    assert (table.noun, table.statuses, table.transitions) == ("lamp", Light, {"go": careful})


def test_what_is_passed_around_cannot_be_changed():
    for kept in (LAMP.transitions["go"], THE_READER):
        with pytest.raises(FrozenInstanceError):
            kept.name = "other"


@pytest.mark.parametrize(
    ("actor", "kind"), [(THE_READER, "reader"), (THE_PARTNER, "partner"), (THE_CLOCK, "clock"), (THE_LOG, "log")]
)
def test_an_outsider_holds_its_own_kind_only(actor, kind):
    assert (actor.actor_kind, actor.name, actor.roles_at(None)) == (kind, "", frozenset({kind}))


def test_buttons_are_what_the_person_may_do_now_in_the_order_of_the_table():
    def names(row, by):
        return [one.name for one in LAMP.available(row, by)]

    assert names(lamp("red"), THE_CLOCK) == ["go", "darken"]
    assert names(lamp("red"), THE_READER) == ["go"]
    assert names(lamp("green"), THE_READER) == []
    assert names(lamp("red"), THE_LOG) == []
    blocked = lamp("red")
    blocked.dirty = True
    assert names(blocked, THE_CLOCK) == ["go"]


def test_a_move_sets_the_status_counts_the_version_and_says_what_changed():
    row = lamp("red")
    assert LAMP.move(row, "go", THE_READER) == {"move": "go", "from": "red", "to": "green"}
    assert (row.status, row.version) == ("green", 4)


def test_an_empty_target_leads_back_to_the_status_before():
    row = lamp("dark", status_before="green")
    assert LAMP.move(row, "light", THE_CLOCK) == {"move": "light", "from": "dark", "to": "green"}
    assert (row.status, row.version) == ("green", 4)


def test_the_right_is_asked_before_the_state_and_the_state_before_the_guard():
    row = lamp("green")
    row.dirty = True
    with pytest.raises(NotAllowed) as stranger:
        LAMP.check(row, "go", THE_LOG)
    assert str(stranger.value) == "Your role does not include “Go”."
    with pytest.raises(Conflict) as late:
        LAMP.check(row, "go", THE_READER)
    assert (str(late.value), late.value.code) == ("“Go” is not possible: this is already “Green”.", Conflict.code)
    with pytest.raises(Conflict) as guarded:
        LAMP.check(row, "darken", THE_CLOCK)
    assert (str(guarded.value), guarded.value.code) == ("clock finds it dirty.", "blocked")
    with pytest.raises(Conflict):
        LAMP.move(row, "darken", THE_CLOCK)
    assert (row.status, row.version) == ("green", 3)
    assert LAMP.check(row, "stop", THE_CLOCK) is LAMP.transitions["stop"]


def test_a_move_that_is_not_in_the_table_is_the_developer_s_error():
    with pytest.raises(KeyError):
        LAMP.check(lamp("red"), "fly", THE_CLOCK)


@pytest.mark.django_db
def test_a_lock_reads_the_row_afresh_and_compares_what_was_seen():
    report = make_report()
    type(report).objects.filter(pk=report.pk).update(status="in_review", version=5)
    with transaction.atomic():
        fresh = lock(report)
        assert (fresh.pk, fresh.status, fresh.version) == (report.pk, "in_review", 5)
        assert lock(report, seen=5).version == 5
        with pytest.raises(Stale) as stale:
            lock(report, seen=4)
    assert str(stale.value) == (
        "Someone changed this since you opened it: it is now “In review” (version 5, you saw 4)."
    )
    assert isinstance(stale.value, Conflict)


@pytest.mark.django_db
def test_a_lock_takes_the_row_alone_and_not_what_it_points_to(monkeypatch):
    asked = []
    real = QuerySet.select_for_update
    monkeypatch.setattr(
        QuerySet, "select_for_update", lambda rows, **how: asked.append((rows.model, how)) or real(rows, **how)
    )
    report = make_report()
    asked.clear()
    with transaction.atomic():
        lock(report)
    assert asked == [(type(report), {"of": ("self",)})]


@pytest.mark.django_db
def test_a_row_that_is_gone_cannot_be_locked():
    gone = Organization.objects.create(name="Gone Inc.", slug="gone")
    Organization.objects.filter(pk=gone.pk).delete()
    with transaction.atomic(), pytest.raises(NotFound, match="no longer exists"):
        lock(gone)
