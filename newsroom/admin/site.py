"""The site of both desks: its door, and its first page."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import partial, wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from newsroom import availability
from newsroom.accounts import access_log, factors
from newsroom.accounts.access import Access
from newsroom.accounts.models import User
from newsroom.admin import second_step
from newsroom.admin.start import waiting
from newsroom.admin.work import WorkflowAdmin
from newsroom.api import throttles
from newsroom.api.networks import network_mark
from newsroom.web import keeping
from newsroom.web.passwords import too_many
from newsroom.web.second_step import SHOWN, half_signed_in
from newsroom.web.text import has_forbidden_characters

REDIRECTED = 302
KEPT = "kept"
"""The session's note of a form that was sent without one: its action, and `keeping.carry` of it."""


class DeskSite(admin.AdminSite):
    """The site of both desks."""

    site_header = _("Masthead")
    site_title = _("Masthead")
    index_title = _("What needs you now")
    index_template = "admin/desk_index.html"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, the queues this person works, for the line under the head of every page, whether anything can be
        written, and whether there is a second step to set up.
        """
        context = super().each_context(request)
        shown = {row["model"]: row for app in context["available_apps"] for row in app["models"]}
        queues = [model for model, page in self._registry.items() if isinstance(page, WorkflowAdmin)]
        closed = availability.read_only()
        return {
            **context,
            "queues": [shown[model] for model in queues if model in shown],
            "read_only": closed,
            "read_only_reason": availability.reason() if closed else "",
            "has_second_step": settings.STAFF_MFA != factors.OFF,
        }

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's
        """Django's, after the query: no list or search can mean a NUL, and PostgreSQL cannot be asked for one.

        What was typed while the session ended goes through the sign-in, and comes back to be sent.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if any("\x00" in value for name, values in request.GET.lists() for value in (name, *values)):
                raise BadRequest(_now("This address has a character in it that cannot be meant."))
            if request.method != "POST":
                return guarded(request, *args, **kwargs)
            if not self.has_permission(request):
                form = keeping.kept(request)
                if form.words and (carried := keeping.carry(form)):
                    return self._sign_in_first(request, carried)
            elif request.session.get(KEPT, {}).get("action") == request.get_full_path():
                del request.session[KEPT]
            return guarded(request, *args, **kwargs)

        return asked

    def get_urls(self) -> list[Any]:
        """Django's, the two pages of the second step, and the page of what was typed before the sign-in."""
        return [
            path("kept/", self.admin_view(self.kept_view), name="kept"),
            path("second-step/", never_cache(partial(second_step.ask, self)), name="second_step"),
            path("second-factor/", self.admin_view(partial(second_step.own, self)), name="second_factor"),
            *super().get_urls(),
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's page, behind the throttle `login`: so many tries for a name from a network, right or wrong.

        Beyond that 429 with `Retry-After`, without looking at the password: a name that nobody has gets the same.
        Whoever owes the second step is led there.
        """
        if request.method != "POST":
            if half_signed_in(request):
                return _to_second_step(request.GET.get("next", ""))
            return super().login(request, extra_context)
        verdict = throttles.hit("login", _attempt(request))
        if not verdict.allowed:
            if verdict.beyond == 1:
                access_log.note(Access.TOO_MANY, person=_named(request), network=network_mark(request))
            return too_many(request, verdict.retry_after, self.each_context(request))
        carried = request.POST.get(KEPT, "")
        response = super().login(request, {**(extra_context or {}), KEPT: carried})
        if response.status_code != REDIRECTED or not request.user.is_authenticated:
            access_log.note(Access.PASSWORD_REFUSED, person=_named(request), network=network_mark(request))
            return response
        # Django keeps the session of someone who signs in once more.
        request.session.cycle_key()
        if form := keeping.carried(carried):
            request.session[KEPT] = {"action": form.action, "form": carried}
            response["Location"] = reverse("admin:kept")
        person = request.user
        if factors.owes(person, passed=request.session.get(SHOWN)):
            access_log.note(Access.PASSWORD_TAKEN, person=person, network=network_mark(request))
            # The same response: the new token for forms is in it.
            response["Location"] = _to_second_step(response["Location"])["Location"]
            return response
        access_log.note(Access.SIGNED_IN, person=person, network=network_mark(request))
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's, with a line in the sign-in log."""
        if request.method == "POST" and isinstance(request.user, User):
            access_log.note(Access.SIGNED_OUT, person=request.user, network=network_mark(request))
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's page, behind the throttle `login`: whoever found an open browser cannot guess the old password."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        person = cast(User, request.user)
        verdict = throttles.hit("login", f"change:{person.pk}")
        if not verdict.allowed:
            return too_many(request, verdict.retry_after, self.each_context(request))
        response = super().password_change(request, extra_context)
        if response.status_code == REDIRECTED:
            access_log.note(Access.PASSWORD_CHANGED, person=person, network=network_mark(request))
        return response

    def kept_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed while the session had ended, to be sent now; without it, the first page."""
        form = keeping.carried(request.session.get(KEPT, {}).get("form", ""))
        if form is None:
            return HttpResponseRedirect(reverse("admin:index"))
        title = _now("You are signed in again")
        context = {**self.each_context(request), **keeping.shown(form), "title": title}
        return TemplateResponse(request, "admin/kept.html", context)

    def _sign_in_first(self, request: HttpRequest, carried: str) -> HttpResponse:
        """The sign-in page, 403, with the form that was sent in it."""
        context = {
            **self.each_context(request),
            "title": _now("Log in"),
            "form": AdminAuthenticationForm(request),
            "app_path": reverse("admin:login"),
            "next": reverse("admin:index"),
            KEPT: carried,
        }
        response = TemplateResponse(request, "admin/login.html", context, status=403)
        add_never_cache_headers(response)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page: what waits, most urgent first, and what is due next."""
        return super().index(request, {**(extra_context or {}), **waiting(cast(User, request.user))})


def _to_second_step(target: str) -> HttpResponse:
    return redirect_to_login(target, reverse("admin:second_step"))


def _named(request: HttpRequest) -> User | None:
    """Who has the name that was typed; None for a name that nobody has, which is not kept."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")[:150]).strip()
    return None if has_forbidden_characters(name) else User.objects.filter(username=name).first()


def _attempt(request: HttpRequest) -> str:
    """Name and network of a try to sign in, as a counter's key: the name is not kept."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")[:200]).casefold()
    hidden = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{throttles.caller(request)}:{hidden}"
