"""State machines as tables. No models in here: both apps, the admin, the API, the docs and the tests read the tables.

A `Transition` says which status leads where and who may do it; `Workflow.move` is the only code that sets a status;
`lock` takes the row and compares the version that the caller saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, NotAllowed, NotFound, Stale

READER = "reader"
PARTNER = "partner"
CLOCK = "clock"
LOG = "log"
DESK = "desk_editor"
STANDARDS = "standards_editor"
LEGAL = "legal"
LICENSING = "licensing_editor"
MANAGER = "licensing_manager"
ADMIN = "admin"


class Actor(Protocol):
    """Whoever does a move: a staff member, or one of the four below."""

    @property
    def actor_kind(self) -> str:
        """`staff`, `reader`, `partner`, `clock` or `log`."""

    def roles_at(self, publication: Any) -> frozenset[str]:
        """The roles held there; a reader holds `reader` on the record whose private link they have."""


@dataclass(frozen=True)
class Outsider:
    """An actor without an account: its right is the link or key that led here, checked by the interface."""

    actor_kind: str
    name: str = ""

    def roles_at(self, publication: Any) -> frozenset[str]:
        """Its own kind is its only role."""
        return frozenset({self.actor_kind})


THE_READER = Outsider(READER)
THE_PARTNER = Outsider(PARTNER)
THE_CLOCK = Outsider(CLOCK)
THE_LOG = Outsider(LOG)


def no_block(obj: Any, by: Actor) -> str:
    """The guard of a move that needs none."""
    return ""


@dataclass(frozen=True)
class Transition:
    """One named move. `guard` answers the sentence that forbids it for this object and person, or an empty string.

    An empty `target` leads back to the status that the object keeps in `status_before`.
    """

    name: str
    sources: frozenset[str]
    target: str
    who: frozenset[str]
    label: Any
    needs_words: bool = False
    guard: Callable[[Any, Actor], str] = no_block


def transition(
    name: str,
    sources: Iterable[str],
    target: str,
    *,
    who: Iterable[str],
    label: Any,
    needs_words: bool = False,
    guard: Callable[[Any, Actor], str] = no_block,
) -> Transition:
    """A row of a table, written as it reads."""
    return Transition(name, frozenset(sources), target, frozenset(who), label, needs_words, guard)


class Workflow:
    """A table of transitions over one status field."""

    def __init__(self, noun: str, statuses: type[models.TextChoices], table: Iterable[Transition]) -> None:
        self.noun = noun
        self.statuses = statuses
        self.transitions: dict[str, Transition] = {row.name: row for row in table}

    def available(self, obj: Any, by: Actor) -> list[Transition]:
        """The moves this person may make on this object now, in the table's order: the admin's buttons."""
        roles = by.roles_at(obj.publication)
        return [
            row
            for row in self.transitions.values()
            if obj.status in row.sources and row.who & roles and not row.guard(obj, by)
        ]

    def check(self, obj: Any, name: str, by: Actor) -> Transition:
        """The transition, or the reason it cannot be: `NotAllowed` for a missing right, `Conflict` for a wrong state.

        The right is asked first, so that a stranger learns nothing about the state.
        """
        row = self.transitions[name]
        if not row.who & by.roles_at(obj.publication):
            raise NotAllowed(_("Your role does not include “%(move)s”.") % {"move": row.label})
        if obj.status not in row.sources:
            raise Conflict(
                _("“%(move)s” is not possible: this is already “%(status)s”.")
                % {"move": row.label, "status": obj.get_status_display()}
            )
        if reason := row.guard(obj, by):
            raise Conflict(reason, code="blocked")
        return row

    def move(self, obj: Any, name: str, by: Actor) -> dict[str, str]:
        """Set the status and count the version up. Answers what changed, for the event. Saves nothing."""
        row = self.check(obj, name, by)
        before = obj.status
        obj.status = row.target or obj.status_before
        obj.version += 1
        return {"move": name, "from": before, "to": obj.status}


Row = TypeVar("Row", bound=models.Model)


def lock(obj: Row, *, seen: int | None = None) -> Row:
    """The row itself, locked until the transaction ends; related rows are read afresh.

    `seen` is the version that the caller's page or `If-Match` stated: an older one is refused with `Stale`.
    """
    manager = type(obj)._default_manager  # noqa: SLF001 -- Django's name for what works on any model
    fresh = manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
    if fresh is None:
        raise NotFound(_("This record no longer exists."))
    if seen is not None and fresh.version != seen:  # type: ignore[attr-defined]  # -- every worked record has one
        raise Stale(
            _("Someone changed this since you opened it: it is now “%(status)s” (version %(now)s, you saw %(seen)s).")
            % {
                "status": fresh.get_status_display(),  # type: ignore[attr-defined]  # -- idem
                "now": fresh.version,  # type: ignore[attr-defined]  # -- idem
                "seen": seen,
            }
        )
    return fresh
