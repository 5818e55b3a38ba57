"""The forms of a partner's pages that are about no request: keys and webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.scopes import PARTNER, SCOPES
from newsroom.events.kinds import KINDS
from newsroom.web.fields import CleanTextField

LONGEST_URL = 500


class KeyForm(forms.Form):
    """A new key."""

    use_required_attribute = False

    label = CleanTextField(
        multiline=False,
        max_length=80,
        label=_("What is it for?"),
        error_messages={"required": _("Give the key a name, so that you know it again.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {SCOPES[name]}") for name in SCOPES if name in PARTNER],
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("A key needs at least one right.")},
    )
    test = forms.BooleanField(
        required=False, label=_("A test key: everything it does is marked as a test and obliges nobody")
    )


def hearable() -> list[tuple[str, str]]:
    """Every type that an organization's hook may have, with its words."""
    found = {kind.partner_name: kind.label for kind in KINDS.values() if kind.partner_name}
    return [(name, f"{name}: {label}") for name, label in sorted(found.items())]


class EndpointForm(forms.Form):
    """A new webhook."""

    use_required_attribute = False

    url = CleanTextField(
        multiline=False,
        max_length=LONGEST_URL,
        label=_("Address"),
        help_text=_("https, on port 443 or 8443, at a public address."),
        error_messages={"required": _("Where shall we send to?")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    types = forms.MultipleChoiceField(
        required=False,
        label=_("What shall it hear?"),
        help_text=_("Nothing ticked: everything that you may receive."),
        widget=forms.CheckboxSelectMultiple,
    )
    test = forms.BooleanField(required=False, label=_("For tests: it hears of tests only"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["types"].choices = hearable()  # type: ignore[attr-defined]  # -- a choice field


class ClockForm(forms.Form):
    """How far a test clock moves."""

    use_required_attribute = False

    days = forms.IntegerField(
        min_value=1,
        max_value=400,
        initial=30,
        label=_("How many days?"),
        error_messages={"required": _("How many days?"), "invalid": _("Give a whole number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
