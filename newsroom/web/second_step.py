"""Between the password and the desk: who has not yet shown the second factor is nobody, on every page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from newsroom.accounts import factors
from newsroom.accounts.models import User

SHOWN = "second_step"
"""The session's note of the factor that was shown in it; it ends with the session, and with the factor."""
BEGUN = "second_step_begun"
"""The session's note of the factor that is being set up in it."""


class SecondStepMiddleware:
    """`request.user` is anonymous while the second step is owed: one place, so that no page can forget to ask.

    Nothing is asked of the database before somebody reads `request.user`, and nothing while `STAFF_MFA` is `off`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        if settings.STAFF_MFA != factors.OFF:
            request.user = SimpleLazyObject(  # type: ignore[assignment]  # -- as Django's own middleware does
                lambda: AnonymousUser() if half_signed_in(request) else get_user(request)
            )
        return self.get_response(request)


def half_signed_in(request: HttpRequest) -> User | None:
    """Who gave the right password in this session and still owes the second step; else None."""
    if settings.STAFF_MFA == factors.OFF:
        return None
    person = get_user(request)
    if not isinstance(person, User) or not factors.owes(person, passed=request.session.get(SHOWN)):
        return None
    return person


def go_on(request: HttpRequest, factor_id: int) -> None:
    """The factor was shown: from now on this session, under a new key, is signed in."""
    request.session[SHOWN] = factor_id
    request.session.pop(BEGUN, None)
    request.session.cycle_key()
