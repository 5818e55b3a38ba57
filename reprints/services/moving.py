"""The one shape of every move: lock, compare, ask the table, save, record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.errors import Invalid
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.web.text import BadText, clean_text
from newsroom.workflow import Actor, lock
from reprints.events import EVENT_OF_MOVE
from reprints.models import LicenseRequest, Quote, RequestMessage
from reprints.workflow import WORKFLOWS

MAX_WORDS = 5000
Row = TypeVar("Row")


def move(
    row: Any,
    name: str,
    *,
    by: Actor,
    fields: Iterable[str] = (),
    data: dict[str, Any] | None = None,
    article: Article | None = None,
) -> Event:
    """Make the move on a locked row, save its status with the `fields` the caller set, and record the one
    event.

    Raises `NotAllowed` or `Conflict` before anything is written.
    """
    change: dict[str, Any] = dict(WORKFLOWS[row.noun].move(row, name, by))
    row.save(update_fields=["status", "version", "updated_at", *fields])
    said = {**beside(row), **change, **(data or {})}
    return record(EVENT_OF_MOVE[row.noun][name], row, by=by, data=said, article=article)


def tell(
    kind: Kind, row: Any, *, by: Actor, data: dict[str, Any] | None = None, article: Article | None = None
) -> Event:
    """Record what is no move: with the status as it is, and what stands beside the row."""
    status = row.effective_status() if hasattr(row, "effective_status") else row.status
    return record(kind, row, by=by, data={**beside(row), "status": status, **(data or {})}, article=article)


def beside(row: Any) -> dict[str, str | None]:
    """The records that hooks name beside this one, as references: in the event itself, so that reading a thousand
    events back looks up none of them.
    """
    return BESIDE[row.noun](row)


BESIDE: dict[str, Callable[[Any], dict[str, str | None]]] = {
    "license_request": lambda row: {},
    "quote": lambda row: {"request": row.request.reference},
    "license": lambda row: {"request": row.request.reference},
    "update_notice": lambda row: {
        "license": row.license.reference,
        "article": row.article.reference,
        "correction": row.correction_reference or None,
    },
    "invoice": lambda row: {"quote": row.quote.reference},
}
"""Noun → the references of what belongs to it."""


def lock_quote(quote: Quote, *, seen: int | None = None) -> Quote:
    """The quote, locked after its request (`quote.request`, locked too).

    Either may end the other's wait, so that both are always locked in this order: in two orders, PostgreSQL would end
    one of two people's presses as a deadlock.
    """
    request = lock(quote.request)
    fresh = lock(quote, seen=seen)
    fresh.request = request
    return fresh


def touch(row: Any, *, fields: Iterable[str]) -> None:
    """Save a change that is no move; it counts the version up all the same."""
    row.version += 1
    row.save(update_fields=["version", "updated_at", *fields])


def words_of(text: str, *, pointer: str = "/words", required: bool = True, most: int = MAX_WORDS) -> str:
    """What a person wrote, cleaned. Raises `Invalid` at the pointer."""
    try:
        cleaned = clean_text(text, max_length=most, multiline=True)
    except BadText as error:
        raise Invalid.one(pointer, str(error), error.code) from error
    if required and not cleaned:
        raise Invalid.one(pointer, _("Please write a few words: the person who waits will read them."), "required")
    return cleaned


def say(
    request: LicenseRequest,
    text: str,
    *,
    by: Actor,
    made: str = "",
    internal: bool = False,
    proposal: dict[str, Any] | None = None,
) -> RequestMessage:
    """A row of the thread, signed by the side that wrote it."""
    return RequestMessage.objects.create(
        request=request,
        author_kind="partner" if by.actor_kind == "partner" else "editor",
        author=by if isinstance(by, User) else None,
        body=text,
        internal=internal,
        move=made,
        proposal=proposal,
    )
