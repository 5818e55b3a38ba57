"""A forgotten password: the mail with the link leaves through the same door as every other mail.

The event holds no token: it is made when the mail is rendered, from the password as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _now

from newsroom.accounts import access_log
from newsroom.accounts.access import Access
from newsroom.accounts.events import RESET_ASKED, Member
from newsroom.accounts.models import User
from newsroom.api import throttles
from newsroom.api.networks import network_mark
from newsroom.events.kinds import Recipient, mail_context, notice
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import Outsider

SOMEONE = Outsider("staff")


class ForgottenForm(PasswordResetForm):
    """Django's form, whose mail is owed instead of sent. Five an hour for an address; the page always says the same."""

    def save(self, *_args: Any, **_options: Any) -> None:
        """Owe a mail to each active member with this address."""
        email = self.cleaned_data["email"]
        hidden = salted_hmac("masthead.forgotten", email.casefold()).hexdigest()[:32]
        if not throttles.hit("link-request", f"forgotten:{hidden}").allowed:
            return
        for person in self.get_users(email):
            with transaction.atomic():
                record(RESET_ASKED, Member(str(person.pk)), by=SOMEONE)


class ForgottenView(PasswordResetView):
    """Django's page, which a network may send as often as any other form."""

    form_class = ForgottenForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """429 with `Retry-After` beyond the throttle `form`."""
        verdict = throttles.hit("form", f"forgotten:{throttles.caller(request)}")
        return super().post(request, *args, **kwargs) if verdict.allowed else too_many(request, verdict.retry_after)


class ChoosingView(PasswordResetConfirmView):
    """Django's page behind the link; a password that was chosen there stands in the sign-in log."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it."""
        with transaction.atomic():
            response = super().form_valid(form)
            access_log.note(Access.PASSWORD_CHANGED, person=form.user, network=network_mark(self.request))
        return response


def too_many(request: HttpRequest, seconds: int, context: dict[str, Any] | None = None) -> HttpResponse:
    """The page that asks to wait, 429 with `Retry-After`."""
    minutes = -(-seconds // 60)
    shown = {"title": _now("Please wait"), "minutes": minutes, **(context or {})}
    response = TemplateResponse(request, "admin/too_many.html", shown, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


@notice("member.reset_asked", "accounts/mail/member_reset_asked", priority=2)
@notice("member.factor_added", "accounts/mail/member_factor_added")
@notice("member.factor_removed", "accounts/mail/member_factor_removed")
def the_member(event: Event) -> Iterable[Recipient]:
    """Whose account it is."""
    return [Recipient("user", event.subject_reference)]


@mail_context("member")
def about_member(event: Event, recipient: Recipient) -> dict[str, Any]:
    """The link, good for `PASSWORD_RESET_TIMEOUT` seconds and for one change."""
    person = User.objects.get(pk=event.subject_reference)
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(person)])
    return {
        "username": person.get_username(),
        "reset_url": settings.BASE_URL + path,
        "forgotten_url": settings.BASE_URL + reverse("admin_password_reset"),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
