"""What the legal desk did to a report, or was asked to look at, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Report
from newsroom.accounts.models import User
from newsroom.records import WrittenOnce


class LegalAct(WrittenOnce):
    """One closing, opening or referral of a report, or one hold placed or lifted: who, when, why. Never changed."""

    NEVER = "What the legal desk did is never changed."

    class Act(models.TextChoices):
        """What was done."""

        RESTRICT = "restrict", _("Restricted to legal")
        UNRESTRICT = "unrestrict", _("Open to the desk again")
        PLACE_HOLD = "place_hold", _("Legal hold placed")
        LIFT_HOLD = "lift_hold", _("Legal hold lifted")
        REFER = "refer", _("Referred to legal")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="legal_acts")
    act = models.CharField(max_length=10, choices=Act.choices)
    reason = models.TextField(_("reason"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.report_id}"
