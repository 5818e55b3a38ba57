"""The first page of the desks: what waits, what is due next. Each app's admin adds its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from newsroom.accounts.models import Publication, User
from newsroom.admin.columns import due_line, moment_line

AGENDA_LENGTH = 8


@dataclass(frozen=True)
class Card:
    """How many of something wait for this person, and where. Without a count: a page that is only led to."""

    label: Any
    count: int | None
    url: str
    urgent: bool = False


@dataclass(frozen=True)
class Due:
    """Something of this person's, or nobody's, that is due: what it is about, where that stands, how it stands.

    What waits for this person without a date by which it is due says `since` when.
    """

    due_at: datetime
    publication: Publication
    what: str
    where: str
    url: str
    status: Any
    since: bool = False

    @property
    def line(self) -> str:
        """The date, marked when it is near or past."""
        if self.since:
            moment = moment_line(self.due_at, self.publication, weekday=True)
            return format_html("{} {}", _("waits since"), moment)
        return due_line(self)


CARDS: list[Callable[[User], Iterable[Card]]] = []
"""What the desks count; the most pressing first."""

AGENDA: list[Callable[[User], Iterable[Due]]] = []
"""What the desks have due, at most `AGENDA_LENGTH` or so of a kind."""


def waiting(person: User) -> dict[str, Any]:
    """The context of the first page: all `cards`; of these what is `now`, what is `quiet`, what only `leads` somewhere;
    and the `agenda`, the first date first.
    """
    cards = [card for make in CARDS for card in make(person)]
    due = sorted((row for make in AGENDA for row in make(person)), key=lambda row: row.due_at)
    now = [card for card in cards if card.count]
    return {
        "cards": cards,
        "now": sorted(now, key=lambda card: not card.urgent),
        "quiet": [card for card in cards if card.count == 0],
        "leads": [card for card in cards if card.count is None],
        "agenda": due[:AGENDA_LENGTH],
    }
