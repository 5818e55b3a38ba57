"""How a contact of an organization gets to its own pages: a link that works once, and the session it opens."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Contact
from newsroom.links import new_nonce


class SignInLink(models.Model):
    """A link that was mailed to a contact. Only its nonce is kept: without the server's key it opens nothing."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sign_in_links")
    nonce = models.CharField(max_length=22, unique=True, default=new_nonce, editable=False)
    next_path = models.CharField(max_length=200, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("made"), editable=False)
    used_at = models.DateTimeField(_("used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")
        indexes: ClassVar = [models.Index(fields=["created_at"], name="sign_in_link_by_age")]

    def __str__(self) -> str:
        return f"{self.contact_id} · {self.created_at:%Y-%m-%d %H:%M}"


class PartnerSession(models.Model):
    """A contact who is signed in. The secret is in a cookie, its SHA-256 here; signing out deletes the row."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sessions")
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("signed in"), editable=False)

    class Meta:
        verbose_name = _("session of a partner")
        verbose_name_plural = _("sessions of partners")
        indexes: ClassVar = [models.Index(fields=["created_at"], name="partner_session_by_age")]

    def __str__(self) -> str:
        return f"{self.contact_id} · {self.created_at:%Y-%m-%d %H:%M}"
