"""The form that joins all ticked reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.models import Report
from corrections.services.similar import MOST_COMPARED
from newsroom.admin import WorkForm
from newsroom.web.fields import CleanTextField


class TicksField(forms.MultipleChoiceField):
    """Values like `R-7K3QX2MW-4.3`: a reference, and the version of the report that the page showed."""

    def valid_value(self, value: str) -> bool:
        """Whether it has that shape: the form looks the reports up."""
        reference, _dot, version = value.partition(".")
        return bool(reference) and len(value) <= 30 and version.isascii() and version.isdigit()


class ReportJoinAllForm(WorkForm):
    """Which reports to join to this one, each as it was when the page was drawn."""

    others = TicksField(widget=forms.MultipleHiddenInput, error_messages={"required": _("Tick at least one report.")})
    words = CleanTextField(label=_("What their readers are told"), max_length=5000)

    def clean_others(self) -> list[tuple[Report, int]]:
        """The reports that this person may see, with their versions. One that is not there is an error."""
        ticked = dict(value.split(".") for value in self.cleaned_data["others"][: MOST_COMPARED + 1])
        rows: Any = Report.objects.visible_to(self.person) if self.person else Report.objects.none()
        found = list(rows.filter(reference__in=ticked).order_by("pk"))
        if len(found) != len(ticked):
            raise forms.ValidationError(_now("One of these reports is no longer there."))
        return [(report, int(ticked[report.reference])) for report in found]
