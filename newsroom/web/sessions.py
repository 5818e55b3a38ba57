"""Sessions are for staff: public pages read one that is there, and never make or send one.

A session ends twelve hours after it began and four hours after its last page, whichever comes first. Four, because a
notice is written with the telephone in hand, and what was typed is lost to whoever has to sign in again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SIGNED_IN = ("/admin/",)
IDLE = timedelta(hours=4)
SEEN = "seen"
"""When a page was last asked for, in seconds since 1970."""
NOTED_EVERY = timedelta(minutes=5)
"""A page looked at sooner after another one writes nothing."""


class StaffSessionMiddleware(SessionMiddleware):
    """Django's, except that an idle session is over, and that pages outside the signed-in areas set no cookie."""

    def process_request(self, request: HttpRequest) -> None:
        """End a session that nobody used for too long."""
        super().process_request(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            _go_on_or_end(request.session)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session only where people sign in."""
        if not request.path.startswith(SIGNED_IN):
            return response
        return super().process_response(request, response)


def _go_on_or_end(session: SessionBase) -> None:
    idle = timezone.now().timestamp() - session.get(SEEN, 0)
    if SEEN in session and idle > IDLE.total_seconds():
        session.flush()
    elif idle > NOTED_EVERY.total_seconds():
        session[SEEN] = timezone.now().timestamp()


@receiver(user_logged_in)
def begin(request: HttpRequest, **_said: Any) -> None:
    """The clocks of a new session: saving it again must not make it longer."""
    request.session[SEEN] = timezone.now().timestamp()
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
