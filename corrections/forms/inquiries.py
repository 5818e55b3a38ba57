"""Asking a colleague, taking the question back, and the colleague's answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.forms.private import MoveForm
from corrections.forms.said import MAX_WORDS, MailField, WordsField
from corrections.models import Inquiry, Report
from corrections.services import inquiries
from newsroom.admin import WorkForm
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField


class ReportAskColleagueForm(WorkForm):
    """Whom, what, and by when."""

    name = CleanTextField(multiline=False, name=True, max_length=120, label=_("Colleague"))
    email = MailField(label=_("Mail address"))
    words = CleanTextField(
        label=_("Your question"),
        help_text=_("They see it with the headline and the passage, and never who the reader is."),
    )
    reply_by = DayField(label=_("Reply by"), widget=forms.DateInput(attrs={"type": "date"}))
    show_claim = forms.BooleanField(required=False, label=_("Show what the reader says is wrong, word by word"))


class ReportCloseInquiryForm(WorkForm):
    """Which question is no longer needed."""

    inquiry = forms.ModelChoiceField(Inquiry.objects.none(), label=_("Question"), empty_label=None)

    def prepare(self) -> None:
        """Only the open ones."""
        if isinstance(self.subject, Report):
            rows = inquiries.open_ones(self.subject)
            self.fields["inquiry"].queryset = rows  # type: ignore[attr-defined]  # -- a model field
            self.fields["inquiry"].choices = [(row.pk, f"{row.reference}: {row.question[:60]}") for row in rows]  # type: ignore[attr-defined]  # -- idem


class InquiryAnswerForm(MoveForm):
    """What the colleague knows."""

    words = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        label=_("Your answer"),
        help_text=_("Only the corrections desk reads it."),
        error_messages={"required": _("Please write your answer.")},
    )
