"""The closed list of things that can happen, and the three registries that hang off it.

The apps declare their kinds in `events.py`, who is told in `notices.py`, and what else follows in `reactions.py`.
A name that was never declared is refused at start, so a rename cannot pass unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsroom.events.models import Audience, Event


@dataclass(frozen=True)
class Kind:
    """A kind of event: its name, the widest audience, and the keys of `data` that may leave the building.

    A kind `on_request` is posted only to endpoints that name it: an empty list of types does not ask for it.
    """

    name: str
    audience: str
    label: Any
    public_data: tuple[str, ...] = ()
    outside_name: str = ""
    on_request: bool = False

    @property
    def partner_name(self) -> str:
        """The type that a partner's hook may have; empty for what only staff and their CMS hear."""
        return self.outside_name or (self.name if self.audience in {ORGANIZATION, PUBLIC} else "")


@dataclass(frozen=True)
class Recipient:
    """Who is told: a kind that `address_of` knows, and a key. Never an address: it is looked up when sending."""

    kind: str
    key: str


@dataclass(frozen=True)
class Address:
    """Where a mail goes, and in which language it speaks."""

    email: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True)
class Notice:
    """A mail about a kind of event. `recipients` reads, and never writes. The lower its `priority`, the sooner it is
    sent when much is owed.
    """

    kind: str
    template: str
    recipients: Callable[[Event], Iterable[Recipient]]
    priority: int = 5


KINDS: dict[str, Kind] = {}
NOTICES: list[Notice] = []
REACTIONS: list[tuple[str, Callable[[Event], None]]] = []
ADDRESS_BOOKS: dict[str, Callable[[str], Address | None]] = {}
REFUSALS: dict[str, Callable[[str, datetime], None]] = {}
CONTEXTS: dict[str, Callable[[Event, Recipient], dict[str, Any]]] = {}
PAYLOADS: dict[str, Callable[[Event], dict[str, Any]]] = {}

CLOSED: dict[str, Callable[[str], bool]] = {}

STAFF, ORGANIZATION, PUBLIC = Audience.STAFF.value, Audience.ORGANIZATION.value, Audience.PUBLIC.value


def declare(
    name: str,
    audience: str,
    label: Any,
    *,
    public_data: tuple[str, ...] = (),
    outside_name: str = "",
    on_request: bool = False,
) -> Kind:
    """Register a kind; twice is an error."""
    if name in KINDS:
        raise ValueError(f"The event kind {name} is declared twice.")
    KINDS[name] = Kind(name, audience, label, public_data, outside_name, on_request)
    return KINDS[name]


def notice(kind: str, template: str, *, priority: int = 5) -> Callable[[Callable[[Event], Iterable[Recipient]]], Any]:
    """Mail this template to whom the function names when that kind happens."""

    def register(function: Callable[[Event], Iterable[Recipient]]) -> Callable[[Event], Iterable[Recipient]]:
        NOTICES.append(Notice(kind, template, function, priority))
        return function

    return register


def reaction(*names: str) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Call the function once for each event of these kinds, in the planner's transaction. It must be idempotent."""

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        REACTIONS.extend((name, function) for name in names)
        return function

    return register


def address_book(kind: str) -> Callable[[Callable[[str], Address | None]], Callable[[str], Address | None]]:
    """The function answers the address behind a recipient key, or None when there is none (any more)."""

    def register(function: Callable[[str], Address | None]) -> Callable[[str], Address | None]:
        ADDRESS_BOOKS[kind] = function
        return function

    return register


def address_refused(*recipient_kinds: str) -> Callable[[Callable[[str, datetime], None]], Any]:
    """The function hears of a recipient key that a mail server said: this address takes no mail. And when that mail was
    owed, since the address may have been changed by now. It runs in the transaction that writes the verdict down.
    """

    def register(function: Callable[[str, datetime], None]) -> Callable[[str, datetime], None]:
        for kind in recipient_kinds:
            REFUSALS[kind] = function
        return function

    return register


def mail_context(subject_kind: str) -> Callable[[Any], Any]:
    """The function answers what the mails about this kind of subject may show."""

    def register(function: Any) -> Any:
        CONTEXTS[subject_kind] = function
        return function

    return register


def closed(subject_kind: str) -> Callable[[Callable[[str], bool]], Callable[[str], bool]]:
    """The function answers whether the record of this reference is confidential now. What happened to it before that
    and is not planned yet goes to nobody any more.
    """

    def register(function: Callable[[str], bool]) -> Callable[[str], bool]:
        CLOSED[subject_kind] = function
        return function

    return register


def payload(subject_kind: str) -> Callable[[Any], Any]:
    """The function answers the thin `data` of a hook about this kind of subject."""

    def register(function: Any) -> Any:
        PAYLOADS[subject_kind] = function
        return function

    return register
