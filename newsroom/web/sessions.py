"""Sessions are for staff: public pages read one that is there, and never make or send one.

A session ends twelve hours after it began and two hours after its last page, whichever comes first. What was typed
meanwhile is carried through the next sign-in: see `keeping`. In read-only mode pages are not noted, and nobody is
signed out for want of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from newsroom.availability import read_only

SIGNED_IN = ("/admin/",)
IDLE = timedelta(hours=2)
SEEN = "seen"
"""When a page was last asked for, in seconds since 1970."""
NOTED_EVERY = timedelta(minutes=5)
"""A page looked at sooner after another one writes nothing."""


class SessionStore(db.SessionStore):
    """Django's in the database, in which a session that nobody used for too long is none."""

    def load(self) -> dict[str, Any]:
        """What is in it, as it is asked for the first time."""
        held: dict[str, Any] = super().load()
        if SEEN in held and _since(held[SEEN]) > IDLE and not read_only():
            self.delete()
            self._session_key = None
            return {}
        return held

    def note(self) -> None:
        """That a page was asked for, where this session was read for it and the last note is not from just now."""
        held = getattr(self, "_session_cache", {})  # without the database there is none
        if SESSION_KEY in held and _since(held.get(SEEN, 0)) > NOTED_EVERY and not read_only():
            self[SEEN] = timezone.now().timestamp()


class StaffSessionMiddleware(SessionMiddleware):
    """Django's, except that pages outside the signed-in areas set no cookie and write nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session only where people sign in."""
        if not request.path.startswith(SIGNED_IN):
            return response
        cast("SessionStore", request.session).note()
        return super().process_response(request, response)


@receiver(user_logged_in)
def begin(request: HttpRequest, **_said: Any) -> None:
    """The clocks of a new session: saving it again must not make it longer."""
    request.session[SEEN] = timezone.now().timestamp()
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _since(moment: float) -> timedelta:
    return timedelta(seconds=timezone.now().timestamp() - moment)
