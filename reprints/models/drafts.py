"""A request that somebody began to write, kept for them until they go on or it is forgotten."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Organization
from newsroom.links import new_nonce


class RequestDraft(models.Model):
    """What was typed into the two steps, sealed: it may hold a name and an address. Whoever has its link may go on.

    Without an organization the private link is the only way to it.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="request_drafts"
    )
    nonce = models.CharField(max_length=22, unique=True, default=new_nonce, editable=False)
    fields_encrypted = models.TextField(editable=False)
    saved_at = models.DateTimeField(_("saved"), editable=False)

    class Meta:
        verbose_name = _("draft of a license request")
        verbose_name_plural = _("drafts of license requests")
        indexes: ClassVar = [models.Index(fields=["saved_at"], name="request_draft_by_age")]

    def __str__(self) -> str:
        return f"{self.organization_id or '–'} · {self.saved_at:%Y-%m-%d %H:%M}"
