"""Who is at a report at this moment. A mark of minutes, no history."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Report
from newsroom.accounts.models import User


class Doing(models.TextChoices):
    """What somebody does there."""

    READING = "reading", _("opened this report")
    REPLYING = "replying", _("started replying")


class Presence(models.Model):
    """One person at one report: what, and since when. At most one row a pair; gone after an hour."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    doing = models.CharField(max_length=10, choices=Doing.choices)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "person"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.doing} {self.report_id}"
