"""The forms of the requester's private page, one a move. Each states the version that was seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Contact, Organization
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField
from reprints.forms.typed import country_code
from reprints.models import UpdateNotice
from reprints.vocabulary import answer_choices

MAX_ADDRESSES = 120_000
AGREE = _("I have read the terms and agree to them")
PLEASE_AGREE = _("Please read the terms, and tick the box if you agree to them.")


class MoveForm(forms.Form):
    """A move: the version that the page showed, and the form's token."""

    use_required_attribute = False

    seen = forms.IntegerField(min_value=0, max_value=10**9, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)


class RequestReplyForm(MoveForm):
    """Answer the desk's question."""

    words = CleanTextField(label=_("Your answer"), error_messages={"required": _("Please write your answer.")})


class RequestMessageForm(MoveForm):
    """Say something; the status stays."""

    words = CleanTextField(label=_("Your message"), error_messages={"required": _("Please write your message.")})


class RequestWithdrawForm(MoveForm):
    """Ask no longer."""

    sure = forms.BooleanField(
        label=_("Yes, I no longer need this"),
        error_messages={"required": _("Tick the box if you want to take your request back.")},
    )


class RequestReopenForm(MoveForm):
    """Take a lapsed request up again."""


class RequestItemsForm(MoveForm):
    """Ask for other articles: those that stay, and the addresses of further ones, in the same uses."""

    keep = forms.MultipleChoiceField(required=False, label=_("What you ask for"), widget=forms.CheckboxSelectMultiple)
    add = forms.CharField(
        required=False,
        max_length=MAX_ADDRESSES,
        label=_("Further articles"),
        help_text=_("Their addresses, one a line. You then ask for the same uses of each."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, items: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.position), f"{row.get_use_display()}: {row.article.headline}") for row in items]
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]  # -- a choice field
        self.initial.setdefault("keep", [value for value, _label in choices])


class RequestEraseContactForm(MoveForm):
    """Have one's name and address forgotten."""

    sure = forms.BooleanField(
        label=_("Yes, erase my contact details"),
        error_messages={"required": _("Tick the box if you want your contact details erased.")},
    )


class RequestEraseTextForm(MoveForm):
    """Have one's words forgotten."""

    sure = forms.BooleanField(
        label=_("Yes, erase what I wrote"),
        error_messages={"required": _("Tick the box if you want your words erased.")},
    )


class QuoteAcceptForm(MoveForm):
    """Agree to the quote, in one's name, to the terms that were shown.

    `signer` is the contact who is signed in: then nobody types a name.
    """

    terms_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    signatory = CleanTextField(
        multiline=False,
        name=True,
        max_length=120,
        label=_("Your full name"),
        help_text=_("Whoever agrees for the licensee."),
        error_messages={"required": _("Who agrees? Please give your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    agreed = forms.BooleanField(
        label=AGREE,
        error_messages={"required": PLEASE_AGREE},
    )

    def __init__(self, *args: Any, signer: Contact | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = signer
        if signer is not None:
            del self.fields["signatory"]

    def clean(self) -> dict[str, Any]:
        """With who signs."""
        data = super().clean() or {}
        return data if self.signer is None else {**data, "signatory": self.signer.email}


class QuoteBillForm(MoveForm):
    """Say whom the invoice is made out to. The licensing desk keeps the name of an `organization`."""

    legal_name = CleanTextField(
        multiline=False,
        name=True,
        max_length=200,
        label=_("Name on the invoice"),
        help_text=_("The full legal name of whoever pays."),
        error_messages={"required": _("Whom is the invoice made out to?")},
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    address = CleanTextField(
        max_length=500,
        label=_("Address"),
        error_messages={"required": _("Where does whoever pays have their seat?")},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address", "dir": "auto"}),
    )
    country = CleanTextField(
        multiline=False,
        max_length=80,
        label=_("Country"),
        help_text=_("Its name or two-letter code. The tax depends on it."),
        error_messages={"required": _("Which country? The tax depends on it.")},
        widget=forms.TextInput(attrs={"autocomplete": "country-name"}),
    )
    vat_id = CleanTextField(
        multiline=False,
        max_length=30,
        required=False,
        label=_("VAT id"),
        help_text=_("If you have one, like DE136695976."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, organization: Organization | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        if organization is not None:
            del self.fields["legal_name"]

    def clean_country(self) -> str:
        """The code; what is no country comes back as it is, for the check to refuse."""
        code = country_code(self.cleaned_data["country"]).upper()
        if len(code) != 2:
            raise forms.ValidationError(_("We know no country of this name."), code="unknown_country")
        return code


class QuoteDeclineForm(MoveForm):
    """Say no; the desk may offer something else."""

    words = CleanTextField(
        required=False,
        label=_("Why not?"),
        help_text=_("What would suit you instead? The desk may make another offer."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class QuoteCounterForm(MoveForm):
    """Propose another amount."""

    amount = forms.DecimalField(
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        label=_("Your proposal, net"),
        error_messages={"required": _("Propose an amount.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    words = CleanTextField(
        required=False,
        max_length=4000,
        label=_("Why?"),
        help_text=_("Other terms that would suit you, too. The quote stays open until the desk answers."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class NoticeAcknowledgeForm(MoveForm):
    """Say what was done about a change of the article: one of the answers that this notice takes."""

    action = forms.ChoiceField(
        choices=(),
        label=_("What did you do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what you did."), "invalid_choice": _("Say what you did.")},
    )
    url = CleanTextField(
        required=False,
        multiline=False,
        max_length=1000,
        label=_("Where can we see it?"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    note = CleanTextField(
        required=False,
        max_length=2000,
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, notice: UpdateNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = answer_choices(notice.duty, notice.kind)
        self.fields["action"].choices = choices  # type: ignore[attr-defined]  # -- a choice field


class LicensePlacementsForm(MoveForm):
    """Where it was published: the whole list, as of now."""

    urls = forms.CharField(
        required=False,
        max_length=MAX_ADDRESSES,
        label=_("Where you published it"),
        help_text=_("Addresses, one a line. Anyone can then check the license by the address of your page."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )


class LicenseRenewForm(MoveForm):
    """Ask for the next term of a license."""

    ends_on = DayField(
        required=False,
        label=_("Until"),
        help_text=_("Empty: as long as before. The new term begins on the day after the old one."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Give a date, like 2027-11-30.")},
    )


class LicenseTerminateForm(MoveForm):
    """End a license before its last day."""

    words = CleanTextField(
        max_length=2000,
        label=_("Why do you end it?"),
        error_messages={"required": _("Please write a few words: the desk reads them.")},
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    sure = forms.BooleanField(
        label=_("Yes, end this license now. I stop using the text"),
        error_messages={"required": _("Tick the box if you want to end the license.")},
    )
