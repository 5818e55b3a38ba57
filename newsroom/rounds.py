"""Rounds of the clock: one act for each of many rows, of which none holds up the others. No models."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from newsroom.availability import is_away
from newsroom.errors import DomainError

logger = logging.getLogger(__name__)
Row = TypeVar("Row")
_failed: ContextVar[list[Exception] | None] = ContextVar("failed", default=None)


def one_by_one(rows: Iterable[Row], act: Callable[[Row], int]) -> int:
    """Do this for each row, in a transaction that `act` begins. The sum of what it answers.

    A refusal says that somebody was quicker, by a move that makes this one needless. A row that fails otherwise is
    logged, and the first such failure is raised when the round is over: then the task has failed for whoever watches
    it. Only a database that is away or busy ends the round.
    """
    done = 0
    with to_the_end() as failed:
        for row in rows:
            try:
                done += act(row)
            except DomainError as refusal:
                logger.info("the clock leaves %s alone: %s", _name_of(row), refusal.message)
            except Exception as error:
                if is_away(error):
                    raise
                logger.exception("the clock failed at %s", _name_of(row))
                failed.append(error)
    return done


@contextmanager
def to_the_end() -> Iterator[list[Exception]]:
    """Several rounds as one: the first failure of any of them is raised when all are over."""
    outer = _failed.get()
    if outer is not None:
        yield outer
        return
    failed: list[Exception] = []
    token = _failed.set(failed)
    try:
        yield failed
    finally:
        _failed.reset(token)
    if failed:
        raise failed[0]


def _name_of(row: Any) -> str:
    return str(getattr(row, "reference", "") or f"{type(row).__name__} {row.pk}")
