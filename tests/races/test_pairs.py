"""Every two moves that are possible from the same status, made at once on connections of their own, on both databases.

With the version that both saw, exactly one of them happens and the other reads why. Without it the later one happens
only if it is possible after the first: each happens once or is refused, never half. Twice the same move is a pair too.
On each run six pairs of each noun on PostgreSQL, and four others on SQLite, which lets one writer in at a time: once
with and once without a version. With MASTHEAD_CHAOS=1 all, fifty times on both, with and without by turns.
"""

from __future__ import annotations

import os
from itertools import combinations_with_replacement

import pytest
from django.db import connection

from newsroom.errors import DomainError, Stale
from newsroom.events.models import Event
from tests.races.world import NOUNS
from tests.racing import at_once

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(8 * 3600),
]
FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
ROUNDS = int(os.environ.get("RACE_ROUNDS", "50")) if FULL else 2
POSTGRESQL, SQLITE = 6, 4
"""How many pairs of a noun are tried on each run, spread over its statuses: none of them on both databases."""
OTHERS = {"withdraw_the_request", "edit_the_request", "lapse_the_request"}
"""Moves of the request that end its quote: they state no version of the quote."""


def happened_to(row):
    """How often a move of this very record was written down, and its version."""
    fresh = type(row).objects.get(pk=row.pk)
    told = Event.objects.filter(subject_kind=row.noun, subject_reference=row.reference, data__has_key="move")
    return told.count(), fresh.version, fresh.status


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_of_two_moves_at_once_one_is_decided_and_the_other_reads_why(noun):
    pairs = [(stage, *two) for stage in NOUNS[noun]() for two in combinations_with_replacement(stage.moves, 2)]
    for stage, one, two in pairs if FULL else sample(pairs):
        for number in range(ROUNDS):
            race(stage, one, two, versions=number % 2 == 0)


def sample(pairs):
    """What is tried of these on each run on this database."""
    assert len(pairs) >= POSTGRESQL + SQLITE
    first = spread(range(len(pairs)), POSTGRESQL)
    if connection.vendor == "postgresql":
        return [pairs[place] for place in first]
    return spread([pair for place, pair in enumerate(pairs) if place not in first], SQLITE)


def spread(rows, count):
    return [rows[number * len(rows) // count] for number in range(count)]


def race(stage, one, two, *, versions):
    row = stage.build()
    row.refresh_from_db()
    told, version, status = happened_to(row)
    assert status == stage.name
    seen = version if versions else None
    answers = at_once(*[lambda name=name: stage.moves[name](row, seen) for name in (one, two)])
    where = f"{stage.name}: {one} and {two} with {'versions' if versions else 'no version'}: {answers!r}"
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, DomainError) and str(answer) for answer in refused), where
    now_told, now_version, now_status = happened_to(row)
    assert now_status != stage.name, where
    if versions and not {one, two} & OTHERS and one != "accept":
        assert len(refused) == 1, where
        assert isinstance(refused[0], Stale), where
    assert len(refused) < 2, where
    assert 1 <= now_told - told <= 2 - len(refused), where
    assert now_version - version >= now_told - told, where
