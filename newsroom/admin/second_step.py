"""The pages of the second step: the one that asks for it while signing in, and everybody's own, to set it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.accounts import access_log, factors
from newsroom.accounts.access import Access
from newsroom.accounts.models import Publication, User
from newsroom.api import throttles
from newsroom.api.networks import network_mark
from newsroom.errors import DomainError
from newsroom.web.passwords import too_many
from newsroom.web.second_step import BEGUN, go_on, half_signed_in
from newsroom.web.text import has_forbidden_characters

if TYPE_CHECKING:
    from newsroom.admin.site import DeskSite

FEW_CODES = 3
WRONG = _("This code is not right, or it was used before. Please try the next one.")


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "size": 30}),
    )


class PasswordForm(forms.Form):
    """One's own password once more."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """It is theirs."""
        password: str = self.cleaned_data["password"]
        if has_forbidden_characters(password) or not self.person.check_password(password):
            raise forms.ValidationError(_now("This is not your password."), code="wrong")
        return password


def ask(site: DeskSite, request: HttpRequest) -> HttpResponse:
    """The page between the password and the desk: a code; or, for whoever must have an authenticator, setting it up."""
    person = half_signed_in(request)
    target = _target(request)
    if person is None:
        return HttpResponseRedirect(target)
    if request.method != "POST":
        return _asking(site, request, person)
    wish = request.POST.get("do", "")
    if wish == "leave":
        access_log.note(Access.SIGNED_OUT, person=person, network=network_mark(request))
        logout(request)
        return HttpResponseRedirect(reverse("admin:login"))
    if factors.in_use(person) is None:
        if wish == "begin":
            request.session[BEGUN] = factors.begin(person).pk
            return redirect_to_login(target, reverse("admin:second_step"))
        return _confirmed(site, request, person, target=target)
    if refusal := _throttled(request, person):
        return refusal
    form = CodeForm(request.POST)
    factor = factors.check(person, code=_code(form), network=network_mark(request)) if form.is_valid() else None
    if factor is None:
        form.add_error("code", WRONG)
        access_log.note(Access.FACTOR_REFUSED, person=person, network=network_mark(request))
        return _asking(site, request, person, form=form)
    go_on(request, factor.pk)
    access_log.note(Access.SIGNED_IN, person=person, network=network_mark(request), detail="second_step")
    left = factors.codes_left(factor)
    if left < FEW_CODES:
        words = ngettext("%(count)s recovery code is left.", "%(count)s recovery codes are left.", left)
        messages.warning(request, words % {"count": left} + " " + _now("Make new ones under “Second step”."))
    return HttpResponseRedirect(target)


def own(site: DeskSite, request: HttpRequest) -> HttpResponse:
    """One's own second step: set up, renew the recovery codes, remove. Asks again for password or code first."""
    if settings.STAFF_MFA == factors.OFF:
        raise Http404
    person = cast(User, request.user)
    if request.method != "POST":
        return _own(site, request, person)
    wish = request.POST.get("do", "")
    if wish == "confirm":
        return _confirmed(site, request, person, target=reverse("admin:second_factor"))
    if refusal := _throttled(request, person):
        return refusal
    factor = factors.in_use(person)
    form: forms.Form = PasswordForm(request.POST, person=person) if factor is None else CodeForm(request.POST)
    sure = form.is_valid()
    if sure and factor is not None and factors.check(person, code=_code(form), network=network_mark(request)) is None:
        form.add_error("code", WRONG)
        sure = False
    if not sure:
        access_log.note(Access.FACTOR_REFUSED, person=person, network=network_mark(request))
        return _own(site, request, person, form=form)
    if wish == "begin":
        request.session[BEGUN] = factors.begin(person).pk
    elif wish == "codes" and factor is not None:
        return _codes(site, request, factors.renew_codes(factor, network=network_mark(request)))
    elif wish == "remove" and factor is not None and not factors.is_required(person):
        factors.remove(person, by=person, network=network_mark(request))
        messages.success(request, _now("The second step is removed."))
    return HttpResponseRedirect(reverse("admin:second_factor"))


def _confirmed(site: DeskSite, request: HttpRequest, person: User, *, target: str) -> HttpResponse:
    """The first code of a new authenticator; the recovery codes are on this one answer."""
    if refusal := _throttled(request, person):
        return refusal
    form = CodeForm(request.POST)
    half = half_signed_in(request) is not None
    if form.is_valid():
        try:
            begun = request.session.get(BEGUN)
            factor, codes = factors.confirm(person, begun=begun, code=_code(form), network=network_mark(request))
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            go_on(request, factor.pk)
            if half:
                access_log.note(Access.SIGNED_IN, person=person, network=network_mark(request), detail="second_step")
            return _codes(site, request, codes, target=target)
    access_log.note(Access.FACTOR_REFUSED, person=person, network=network_mark(request))
    return _asking(site, request, person, form=form) if half else _own(site, request, person, form=form)


def _asking(site: DeskSite, request: HttpRequest, person: User, *, form: forms.Form | None = None) -> HttpResponse:
    in_use = factors.in_use(person)
    context = {
        **site.each_context(request),
        "title": _now("Second step"),
        "form": form or CodeForm(),
        "in_use": in_use,
        "setting_up": None if in_use else _shown(request, person),
        "next": _target(request),
    }
    return TemplateResponse(request, "admin/second_step.html", context, status=422 if form else 200)


def _own(site: DeskSite, request: HttpRequest, person: User, *, form: forms.Form | None = None) -> HttpResponse:
    in_use = factors.in_use(person)
    shown = _shown(request, person)
    blank = CodeForm() if in_use or shown else PasswordForm(person=person)
    context = {
        **site.each_context(request),
        "title": _now("Second step"),
        "form": form or blank,
        "password_form": form if isinstance(form, PasswordForm) else PasswordForm(person=person),
        "in_use": in_use,
        "codes_left": factors.codes_left(in_use) if in_use else 0,
        "setting_up": shown,
        "required": factors.is_required(person),
    }
    return TemplateResponse(request, "admin/second_factor.html", context, status=422 if form else 200)


def _codes(site: DeskSite, request: HttpRequest, codes: list[str], *, target: str = "") -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _now("Your recovery codes"),
        "codes": codes,
        "next": target or reverse("admin:second_factor"),
    }
    response = TemplateResponse(request, "admin/recovery_codes.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: HttpRequest, person: User) -> dict[str, str] | None:
    """QR code and key of the authenticator that is being set up in this session."""
    factor = factors.being_set_up(person, begun=request.session.get(BEGUN))
    if factor is None:
        return None
    publication = Publication.objects.order_by("-is_default", "pk").first()
    address = factors.address_of(factor, issuer=publication.name if publication else "Masthead")
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return {"picture": picture, "key": factors.secret_of(factor), "address": address}


def _throttled(request: HttpRequest, person: User) -> HttpResponse | None:
    """429 beyond the throttle `second-step`, from whatever network. A new password opens a new count."""
    verdict = throttles.hit("second-step", f"{person.pk}:{person.get_session_auth_hash()[:16]}")
    if verdict.allowed:
        return None
    if verdict.beyond == 1:
        access_log.note(Access.TOO_MANY, person=person, network=network_mark(request), detail="second_step")
    return too_many(request, verdict.retry_after)


def _code(form: forms.Form) -> str:
    return str(form.cleaned_data["code"])


def _target(request: HttpRequest) -> str:
    """Where one was going; this site's pages only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and not has_forbidden_characters(wanted) else reverse("admin:index")
