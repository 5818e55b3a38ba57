"""The site of both desks: its door, and its first page."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import wraps
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.admin.work import CARDS, WorkflowAdmin
from newsroom.api import throttles

REDIRECTED = 302


class DeskSite(admin.AdminSite):
    """The site of both desks."""

    site_header = _("Masthead")
    site_title = _("Masthead")
    index_title = _("What waits for you")
    index_template = "admin/desk_index.html"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, and the queues this person works, for the line under the head of every page."""
        context = super().each_context(request)
        shown = {row["model"]: row for app in context["available_apps"] for row in app["models"]}
        queues = [model for model, page in self._registry.items() if isinstance(page, WorkflowAdmin)]
        return {**context, "queues": [shown[model] for model in queues if model in shown]}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's
        """Django's, after the query: no list or search can mean a NUL, and PostgreSQL cannot be asked for one."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if any("\x00" in value for name, values in request.GET.lists() for value in (name, *values)):
                raise BadRequest(_now("This address has a character in it that cannot be meant."))
            return guarded(request, *args, **kwargs)

        return asked

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's page, behind the throttle `login`: so many tries for a name from a network, right or wrong.

        Beyond that 429 with `Retry-After`, without looking at the password: a name that nobody has gets the same.
        """
        if request.method == "POST":
            verdict = throttles.hit("login", _attempt(request))
            if not verdict.allowed:
                return self._too_many(request, verdict.retry_after)
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated and response.status_code == REDIRECTED:
            # Django keeps the session of someone who signs in once more.
            request.session.cycle_key()
        return response

    def _too_many(self, request: HttpRequest, seconds: int) -> HttpResponse:
        context = {**self.each_context(request), "title": _("Please wait"), "minutes": -(-seconds // 60)}
        response = TemplateResponse(request, "admin/too_many.html", context, status=429)
        response["Retry-After"] = str(seconds)
        response["Cache-Control"] = "no-store"
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page: what waits, most urgent first."""
        cards = [card for make in CARDS for card in make(cast(User, request.user))]
        return super().index(request, {**(extra_context or {}), "cards": cards})


def _attempt(request: HttpRequest) -> str:
    """Name and network of a try to sign in, as a counter's key: the name is not kept."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")[:200]).casefold()
    hidden = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{throttles.caller(request)}:{hidden}"
