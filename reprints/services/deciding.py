"""What the desk does with a request, one function a move."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.errors import Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.workflow import LICENSING, THE_CLOCK, Actor, lock
from reprints import events, moments
from reprints.models import LicenseRequest
from reprints.services import quoting
from reprints.services.moving import move, say, touch, words_of
from reprints.vocabulary import DeclineCode
from reprints.workflow import REQUEST


@transaction.atomic
def take_up(request: LicenseRequest, *, by: User, seen: int | None = None) -> LicenseRequest:
    """Begin to look at it; it is the editor's from now on."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "take_up", by)
    request.assignee = by
    move(request, "take_up", by=by, fields=["assignee"])
    return request


@transaction.atomic
def assign(request: LicenseRequest, *, by: User, to: User | None, seen: int | None = None) -> LicenseRequest:
    """Give it to a colleague who does licensing there, or to nobody. Not a move: the status stays."""
    request = lock(request, seen=seen)
    if LICENSING not in by.roles_at(request.publication):
        raise NotAllowed(_("Your role does not include this."))
    if to is not None and LICENSING not in to.roles_at(request.publication):
        raise Invalid.one("/to", _("%(name)s does not do licensing here.") % {"name": to}, "not_allowed")
    request.assignee = to
    touch(request, fields=["assignee"])
    data = {"to": to.pk} if to is not None else {}
    record(events.ASSIGNED, request, by=by, article=request.first_article, data=data)
    return request


@transaction.atomic
def ask(request: LicenseRequest, *, by: Actor, words: str, seen: int | None = None) -> LicenseRequest:
    """Ask the requester something; our clock stands until the reply."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "ask", by)
    message = say(request, words_of(words), by=by, made="ask")
    request.waiting_since, request.reminders = moments.now(), 0
    move(request, "ask", by=by, fields=["waiting_since", "reminders"], data={"message": message.pk})
    promises.pause(request, "quote")
    return request


@transaction.atomic
def resume(request: LicenseRequest, *, by: User, seen: int | None = None) -> LicenseRequest:
    """Go on without a reply."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "resume", by)
    request.waiting_since = None
    move(request, "resume", by=by, fields=["waiting_since"])
    promises.resume(request, "quote")
    return request


@transaction.atomic
def decline(request: LicenseRequest, *, by: Actor, code: str, words: str, seen: int | None = None) -> LicenseRequest:
    """Say no, with a reason of `DeclineCode` and words for the requester."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "decline", by)
    if code not in DeclineCode.values:
        raise Invalid.one("/code", _("Choose a reason."), "unknown_value")
    request.decline_code = code
    _close(request, "decline", by=by, words=words, fields=["decline_code"], data={"code": code})
    promises.keep(request, "quote")
    return request


@transaction.atomic
def redirect(request: LicenseRequest, *, by: User, words: str, seen: int | None = None) -> LicenseRequest:
    """The rights are someone else's: tell the requester whose."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "redirect", by)
    _close(request, "redirect", by=by, words=words)
    promises.keep(request, "quote")
    return request


@transaction.atomic
def lapse(request: LicenseRequest, *, by: Actor = THE_CLOCK, seen: int | None = None) -> LicenseRequest:
    """Nobody answered: close it, and say that it can be reopened for 30 days."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "lapse", by)
    quoting.cancel_all(request)
    request.closed_at, request.waiting_since = moments.now(), None
    move(request, "lapse", by=by, fields=["closed_at", "waiting_since"])
    promises.drop(request)
    return request


@transaction.atomic
def reopen(request: LicenseRequest, *, by: Actor, seen: int | None = None) -> LicenseRequest:
    """Take a lapsed request up again, within 30 days; a new date is promised."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "reopen", by)
    request.closed_at = None
    move(request, "reopen", by=by, fields=["closed_at"])
    promises.give(request, "quote", quoting.reply_due(request.publication))
    return request


def _close(
    request: LicenseRequest,
    name: str,
    *,
    by: Actor,
    words: str,
    fields: list[str] | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    message = say(request, words_of(words), by=by, made=name)
    quoting.cancel_all(request)
    request.closed_at, request.waiting_since = moments.now(), None
    move(
        request,
        name,
        by=by,
        fields=["closed_at", "waiting_since", *(fields or [])],
        data={"message": message.pk, **(data or {})},
    )
