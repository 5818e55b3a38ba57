"""What is kept about people, and for how long: the two registries behind `manage.py retain` and `manage.py person`.

Each app says in its `privacy.py` what it forgets with time, and on which shelves it keeps something about a person. The
newsroom itself knows neither desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from newsroom.rounds import to_the_end


class Retainer(Protocol):
    """Forgets what is older than each publication's policies say."""

    def __call__(self, *, now: datetime, dry_run: bool) -> dict[str, int]:
        """How many of each kind; with `dry_run` how many there would be, and nothing is written."""


@dataclass
class Erasure:
    """What became of somebody's records on one shelf: how many were erased, and a sentence for each that is kept."""

    erased: int = 0
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Shelf:
    """Where an app keeps something about people. Both functions take a mail address in any spelling of case.

    `find` answers plain values, one entry a record; mails to the person stand in the entry's `deliveries`.
    """

    find: Callable[[str], list[dict[str, Any]]]
    erase: Callable[[str], Erasure]


RETAINERS: dict[str, Retainer] = {}
SHELVES: dict[str, Shelf] = {}


@to_the_end()
def retain(*, now: datetime | None = None, dry_run: bool = False) -> dict[str, int]:
    """Everything that every app forgets with time, as `app.kind` → how many."""
    moment = now or timezone.now()
    return {
        f"{app}.{kind}": count
        for app, forget in sorted(RETAINERS.items())
        for kind, count in forget(now=moment, dry_run=dry_run).items()
    }


def person(email: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held on whoever has this address, by shelf."""
    return {name: shelf.find(email) for name, shelf in sorted(SHELVES.items())}


def erase(email: str) -> dict[str, Erasure]:
    """Erase what may be erased, by shelf. Again: erases nothing more."""
    return {name: shelf.erase(email) for name, shelf in sorted(SHELVES.items())}


def same_address(one: str, other: str) -> bool:
    """Whether two spellings mean one mailbox, as people mean it: case and surrounding blanks do not count."""
    return one.strip().casefold() == other.strip().casefold()
