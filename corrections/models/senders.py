"""Senders whose reports a person looks at first."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Report
from newsroom.accounts.models import Publication, User


class ListedSenderQuerySet(models.QuerySet["ListedSender"]):
    """Entries, in English."""

    def visible_to(self, person: User) -> ListedSenderQuerySet:
        """Those of the publications where this person works at the corrections desk, from reports they may see."""
        return self.filter(report__in=Report.objects.visible_to(person).values("pk"))

    def in_force(self, now: datetime) -> ListedSenderQuerySet:
        """Neither lifted nor expired."""
        return self.filter(lifted_at=None, expires_at__gt=now)


class ListedSender(models.Model):
    """A mail address, mail domain or network at one publication: a keyed hash of it, why, and until when."""

    class Kind(models.TextChoices):
        """What of the sender."""

        ADDRESS = "address", _("Mail address")
        DOMAIN = "domain", _("Mail domain")
        NETWORK = "network", _("Network")

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="listed_senders")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    mark = models.CharField(max_length=64, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("since"))
    expires_at = models.DateTimeField(_("until"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = ListedSenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sender to look at")
        verbose_name_plural = _("senders to look at")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="listed_sender_by_age")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "kind", "mark"], condition=Q(lifted_at=None), name="listed_sender_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["address", "domain", "network"]), name="listed_sender_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.report.reference}"
