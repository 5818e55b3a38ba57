"""The forms of the list of senders to look at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.models import ListedSender, Report
from corrections.services import doubting
from newsroom.admin import WorkForm
from newsroom.web.fields import CleanTextField


class ReportListSenderForm(WorkForm):
    """What of the sender, why, and for how long."""

    kind = forms.ChoiceField(choices=ListedSender.Kind.choices, label=_("What of the sender"))
    reason = CleanTextField(
        label=_("Why"),
        help_text=_("Kept with your name. Reports of this sender are held for a look, not refused."),
        max_length=500,
        multiline=False,
    )
    days = forms.IntegerField(
        min_value=1, max_value=365, initial=90, label=_("Days"), help_text=_("A network: eight at most.")
    )

    def prepare(self) -> None:
        """Only what this report still has."""
        if isinstance(self.subject, Report):
            can = doubting.can_be_listed(self.subject)
            choices = [row for row in ListedSender.Kind.choices if row[0] in can]
            self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # -- a choice field
