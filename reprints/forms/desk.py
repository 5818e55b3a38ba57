"""The forms behind the licensing desk's buttons, each named after its move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Role, User
from newsroom.accounts.people import working_at
from newsroom.admin import WorkForm
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField
from reprints.models import License, UpdateNotice
from reprints.vocabulary import REVOCATION_REASONS, SUSPENSION_REASONS, DeclineCode, answer_choices


class WordsForm(WorkForm):
    """A move that needs words for the person who waits."""

    words = CleanTextField(label=_("Words"))


class RequestAskForm(WordsForm):
    """Ask the requester."""

    words = CleanTextField(label=_("Your question"))


class RequestDeclineForm(WordsForm):
    """Decline with a reason and words."""

    code = forms.ChoiceField(choices=DeclineCode.choices, label=_("Reason"))
    words = CleanTextField(label=_("Answer to the requester"))


class RequestRedirectForm(WordsForm):
    """Name the owner of the rights."""

    words = CleanTextField(label=_("Who owns the rights, and how to reach them"))


class RequestAssignForm(WorkForm):
    """Hand it to a colleague, or to nobody."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Assignee"), empty_label=_("Nobody"))

    def prepare(self) -> None:
        """Only people who do licensing at this publication."""
        if self.subject is not None:
            people = working_at(self.subject.publication, Role.LICENSING_EDITOR)
            self.fields["to"].queryset = people  # type: ignore[attr-defined]  # -- a model field


class NoteForm(WordsForm):
    """An internal note."""

    words = CleanTextField(label=_("Note, seen by the desk only"))


class RequestRevealContactForm(WorkForm):
    """Why the contact details are needed."""

    reason = CleanTextField(
        label=_("Why you need it"),
        help_text=_("Kept with your name and the time."),
        max_length=500,
        multiline=False,
    )


class MessageForm(WordsForm):
    """A message that changes no status."""

    words = CleanTextField(label=_("Message to the requester"))


class QuoteApproveForm(WorkForm):
    """The second person agrees to the amount."""

    reason = CleanTextField(label=_("Reason"), required=False, multiline=False, max_length=500)


class LicenseSuspendForm(WordsForm):
    """Suspend with a reason."""

    reason = forms.ChoiceField(choices=[(row.value, row.label) for row in SUSPENSION_REASONS], label=_("Reason"))
    until = DayField(required=False, label=_("Until"))


class LicenseProposeRevokeForm(WordsForm):
    """The first of the two people."""

    reason = forms.ChoiceField(choices=[(row.value, row.label) for row in REVOCATION_REASONS], label=_("Reason"))


class LicenseRevokeForm(LicenseProposeRevokeForm):
    """The second of the two people."""

    hours = forms.IntegerField(min_value=1, max_value=24 * 365, initial=72, label=_("Remove within (hours)"))

    def clean(self) -> dict[str, Any]:
        """Hours as the service takes them."""
        data = super().clean() or {}
        if "hours" in data:
            data["remove_within"] = timedelta(hours=data.pop("hours"))
        return data


class PlacementSeenForm(WorkForm):
    """At which of the addresses the text was seen."""

    url = forms.ChoiceField(choices=(), label=_("Address"))

    def prepare(self) -> None:
        """Only where it is said to stand."""
        if isinstance(self.subject, License):
            standing = self.subject.placements.filter(removed_at=None).values_list("url", flat=True)
            self.fields["url"].choices = [(url, url) for url in standing]  # type: ignore[attr-defined]  # -- a choice field


class NoticeWaiveForm(WordsForm):
    """Release the licensee from it."""

    words = CleanTextField(label=_("Why the licensee need not do anything, told to the licensee"), max_length=500)


class NoticeAcknowledgeForm(WorkForm):
    """What the licensee told us it did."""

    action = forms.ChoiceField(choices=(), label=_("Done"))
    url = forms.URLField(required=False, max_length=1000, label=_("Where"), assume_scheme="https")
    note = CleanTextField(required=False, max_length=2000, label=_("Note"))

    def prepare(self) -> None:
        """Only the answers that this notice takes."""
        if isinstance(self.subject, UpdateNotice):
            choices = answer_choices(self.subject.duty, self.subject.kind)
            self.fields["action"].choices = choices  # type: ignore[attr-defined]  # -- a choice field
