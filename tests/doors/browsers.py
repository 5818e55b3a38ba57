"""Django's test client as a browser is: what it sends is checked for the token of the form, here as in production."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

TOKEN = "t" * 32


class Stranger(Client):
    """Somebody else's page, or a program: it has no token of ours. A crash is a 500, as it is for people."""

    def __init__(self, **over):
        super().__init__(enforce_csrf_checks=True, raise_request_exception=False, **over)


class Browser(Stranger):
    """A browser on our own page: each form brings the token that its cookie knows."""

    def __init__(self, **over):
        super().__init__(headers={"X-CSRFToken": TOKEN}, **over)
        self.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
