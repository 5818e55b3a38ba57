"""A forgotten password: the mail with the link leaves through the same door as every other mail.

The event holds no token: it is made when the mail is rendered, from the password as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.api import throttles
from newsroom.events.kinds import STAFF, Recipient, declare, mail_context, notice
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import Outsider

ASKED = declare("member.reset_asked", STAFF, _("New password asked for"))
SOMEONE = Outsider("staff")


@dataclass(frozen=True)
class Member:
    """A member of staff as the subject of an event: by number, never by name."""

    reference: str
    noun: str = "member"
    publication: None = None


class ForgottenForm(PasswordResetForm):
    """Django's form, whose mail is owed instead of sent. Five an hour for an address; the page always says the same."""

    def save(self, *_args: Any, **_options: Any) -> None:
        """Owe a mail to each active member with this address."""
        email = self.cleaned_data["email"]
        if not throttles.hit("link-request", f"forgotten:{email.lower()}").allowed:
            return
        for person in self.get_users(email):
            with transaction.atomic():
                record(ASKED, Member(str(person.pk)), by=SOMEONE)


@notice("member.reset_asked", "accounts/mail/member_reset_asked")
def the_member(event: Event) -> Iterable[Recipient]:
    """Whose password it is."""
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
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
