"""Splitting a report, and weighing it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.models import Report
from corrections.vocabulary import Category, Severity
from newsroom.admin import WorkForm
from newsroom.web.fields import CleanTextField


class ReportSplitForm(WorkForm):
    """The error that goes into a report of its own."""

    claim = CleanTextField(
        label=_("The other error"),
        help_text=_(
            "In the reader’s words, as far as they are about it: the reader sees them as a report of their own."
        ),
    )
    passage = CleanTextField(label=_("Its passage"), required=False, max_length=500)
    suggestion = CleanTextField(label=_("What would be right"), required=False)
    category = forms.ChoiceField(choices=Category.choices, label=_("Category"))

    def prepare(self) -> None:
        """Begin with what the reader wrote, to be cut down."""
        if isinstance(self.subject, Report):
            self.initial.setdefault("claim", self.subject.claim)
            self.initial.setdefault("category", self.subject.category)


class ReportWeighForm(WorkForm):
    """How bad the error would be if the reader is right."""

    severity = forms.ChoiceField(
        required=False, choices=[("", _("Not judged yet")), *Severity.choices], label=_("Severity")
    )

    def prepare(self) -> None:
        """Begin with what it is."""
        if isinstance(self.subject, Report):
            self.initial.setdefault("severity", self.subject.severity)
