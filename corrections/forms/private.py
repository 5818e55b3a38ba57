"""The forms of the private page: the reader's moves, answers to its questions, an address, and erasures."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.forms.said import MAX_WORDS, MailField, WordsField
from corrections.services.adding import MAX_ADDED_WORDS
from corrections.vocabulary import YesNo


class MoveForm(forms.Form):
    """A move of the private page: what the reader saw (a hint: nothing depends on its form), and the form's token."""

    use_required_attribute = False

    seen = forms.Field(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)


class ReportReplyForm(MoveForm):
    """Answer the desk's question."""

    words = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        label=_("Your answer"),
        error_messages={"required": _("Please write your answer.")},
    )


class ReportAddForm(MoveForm):
    """Add something while nothing is decided."""

    words = WordsField(
        limit=MAX_ADDED_WORDS,
        multiline=True,
        label=_("What would you like to add?"),
        help_text=_("A source, say, or a slip of the pen. It goes to the editor, and changes no date."),
        error_messages={"required": _("Please write what you would like to add.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReportAppealForm(MoveForm):
    """Ask, once, for a second look."""

    words = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        label=_("What should the second editor look at?"),
        error_messages={"required": _("Please say what the second editor should look at.")},
    )


class ReportWithdrawForm(MoveForm):
    """Take the report back."""

    sure = forms.BooleanField(
        label=_("Yes, I take this report back"),
        error_messages={"required": _("Tick the box if you want to take your report back.")},
    )


class ReportAnswerForm(MoveForm):
    """Answer a question of the page by one of its two buttons."""

    answer = forms.ChoiceField(
        choices=YesNo.choices, error_messages={"required": _("Please press one of the two buttons.")}
    )


class ReportFixedForm(ReportAnswerForm):
    """Whether it is fixed, and if not, what is still wrong."""

    words = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        required=False,
        label=_("If not: what is still wrong?"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReportAddressForm(MoveForm):
    """Where to write from now on."""

    email = MailField(
        label=_("Your email address"),
        help_text=_("We mail you one message with a button to confirm it, and nothing else before you press that."),
        error_messages={"required": _("Please give an email address such as name@example.com.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ReportEraseContactForm(MoveForm):
    """Forget how to reach me."""

    sure = forms.BooleanField(
        label=_("Yes, erase my name, mail address and telephone number"),
        error_messages={"required": _("Tick the box if you want your contact details erased.")},
    )


class ReportEraseTextForm(MoveForm):
    """Forget what I wrote."""

    sure = forms.BooleanField(
        label=_("Yes, erase what I wrote in this report"),
        error_messages={"required": _("Tick the box if you want what you wrote erased.")},
    )
