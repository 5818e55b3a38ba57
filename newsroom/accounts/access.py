"""How staff prove who they are beside the password, and the log of who came in and who gave which right to whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """An authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). One in use at most, and one being set up.

    `last_step` is the time step of the newest code that was taken: no code works twice.
    """

    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="second_factors")
    key_sealed = models.CharField(max_length=400)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=False), name="second_factor_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=True), name="second_factor_one_set_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"


class RecoveryCode(models.Model):
    """A code on paper for the day the device is lost: once. Stored as SHA-256, because it holds 118 random bits."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.factor} · {self.pk}"


class Access(models.TextChoices):
    """What the sign-in log tells."""

    SIGNED_IN = "signed_in", _("Signed in")
    PASSWORD_TAKEN = "password_taken", _("Password right, second step asked for")
    PASSWORD_REFUSED = "password_refused", _("Name or password refused")
    FACTOR_REFUSED = "factor_refused", _("Second step refused")
    TOO_MANY = "too_many", _("Too many tries")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    FACTOR_ADDED = "factor_added", _("Second step set up")
    FACTOR_REMOVED = "factor_removed", _("Second step removed")
    CODES_MADE = "codes_made", _("Recovery codes made")
    CODE_USED = "code_used", _("Recovery code used")
    ACCOUNT_MADE = "account_made", _("Account made")
    ACCOUNT_OPENED = "account_opened", _("Account opened")
    ACCOUNT_CLOSED = "account_closed", _("Account closed")
    ROLE_GIVEN = "role_given", _("Role given")
    ROLE_TAKEN = "role_taken", _("Role taken away")
    KEY_ISSUED = "key_issued", _("API key issued")
    KEY_REVOKED = "key_revoked", _("API key revoked")


REFUSALS = frozenset({Access.PASSWORD_REFUSED, Access.FACTOR_REFUSED, Access.TOO_MANY})


class AccessEntry(models.Model):
    """One line of the sign-in log. No password, no code, no address, no name that was typed: `person` is empty then.

    `network` is `api.networks.network_mark`: the same for one network on one day, and nothing after eight days.
    `detail` holds a role, a slug or a key's id.
    """

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("what"), max_length=20, choices=Access.choices)
    refused = models.BooleanField(_("refused"), default=False)
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("about")
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    network = models.CharField(_("network"), max_length=32, blank=True)
    detail = models.CharField(_("detail"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("line of the sign-in log")
        verbose_name_plural = _("sign-in log")
        indexes: ClassVar = [
            models.Index(fields=["at"], name="access_entry_by_age"),
            models.Index(fields=["person", "at"], name="access_entry_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.at:%Y-%m-%d %H:%M}"
