"""What the four machines share: a world that is undone afterwards, a moved clock, refusals that change nothing.

A machine makes random moves on the real services and on a model written by hand, and compares the two after each step.
The models know the product's promises, not the tables of `workflow.py`.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta

import hypothesis
import time_machine
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from newsroom.errors import DomainError
from newsroom.events.models import Event, Promise

FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
RUNS, STEPS = (int(os.environ.get("MACHINE_RUNS", "2000")), 50) if FULL else (5, 20)
START = datetime(2026, 11, 2, 15, tzinfo=UTC)


def play(machine):
    """Let it run; a finding is raised with the steps that led there."""
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            derandomize=not FULL,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # shortening fifty steps takes longer than reading them
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


class Machine(RuleBasedStateMachine):
    """One world an example. `self.clock` stands until a rule moves it."""

    app = ""

    def __init__(self):
        super().__init__()
        self.world = contextlib.ExitStack()
        self.clock = self.world.enter_context(time_machine.travel(START, tick=False))
        self.world.enter_context(_undone())

    def teardown(self):
        self.world.close()

    def rows(self):
        """Everything that a refused move must leave alone."""
        models = [*apps.get_app_config(self.app).get_models(), Event, Promise]
        found = {}
        with connection.cursor() as cursor:
            for table in (model._meta.db_table for model in models):
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 -- a table's own name
                found[table] = cursor.fetchall()
        return found

    def press(self, act, expected):
        """Do it: what it answers, or None when it was refused as the model expects, with nothing changed."""
        self.clock.shift(timedelta(seconds=1))  # nobody moves twice at the same instant
        before = self.rows() if expected else None
        answer, refusal = None, None
        try:
            answer = act()
        except DomainError as error:
            refusal = error
        if refusal is None:
            assert expected is None, f"went through, although {expected.__name__} was due"
            return answer
        assert expected is not None, f"refused: {refusal!r}"
        assert type(refusal) is expected, f"{refusal!r} instead of {expected.__name__}"
        assert str(refusal) or getattr(refusal, "faults", ()), "refused without a word"
        assert self.rows() == before, "a refusal changed something"
        return None


@contextlib.contextmanager
def _undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def moves_of(subject) -> list[str]:
    """The participles of the events that its moves recorded, oldest first."""
    told = Event.objects.filter(subject_kind=subject.noun, subject_reference=subject.reference, data__has_key="move")
    return [kind.partition(".")[2] for kind in told.order_by("pk").values_list("kind", flat=True)]


def promises_of(subject) -> dict[str, tuple[str, datetime]]:
    """What is still owed: kind → (running or paused, due)."""
    rows = Promise.objects.filter(
        subject_kind=subject.noun, subject_reference=subject.reference, kept_at=None, dropped_at=None
    )
    return {row.kind: ("paused" if row.paused_at else "running", row.due_at) for row in rows}
