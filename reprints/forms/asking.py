"""The requester's forms for asking: first which articles and what for, then only what that use needs.

What is right and wrong is decided in `services.checking` alone; here what people type becomes the API's members, and
each fault finds its way back to the field it was typed into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Publication
from newsroom.errors import Fault
from newsroom.web.fields import CleanTextField
from reprints.forms.faults import field_of, place_faults, place_of, shifted
from reprints.forms.private import AGREE, PLEASE_AGREE
from reprints.forms.typed import country_code, language_tag, lines_of, whole_number, words_of
from reprints.forms.uses import FIXED_PORTION, GROUPS, needed_by, use_choices
from reprints.models import TermsTemplate, UseType
from reprints.services import excerpts
from reprints.vocabulary import (
    COUNTED_PORTIONS,
    MAX_EXCERPT_CHARACTERS,
    WORLD,
    AiPurpose,
    Exclusivity,
    Modifications,
    OrganizationType,
    Portion,
    Use,
)

MAX_EMAIL = 254
PERSONAL = frozenset({"name", "email", "company", "website"})
"""What is not asked of a contact who is signed in."""
ABOUT_ALL = frozenset({"deadline", "note", "po_number", "end_client"})
"""What is said once for a request, whatever its uses."""
CONSENT = frozenset({"agreed", "terms_sha256"})
"""What is said of the terms where a license is granted at once. No draft keeps it."""
ACTS_FOR_OTHERS = frozenset({OrganizationType.AGENCY_PR})
"""Who may ask for a client."""


class ArticlesForm(forms.Form):
    """The first step: which articles, what for, who asks. Nothing personal."""

    use_required_attribute = False

    article_urls = forms.CharField(
        required=False,
        strip=True,
        label=_("Which article?"),
        help_text=_("Its address, from your browser. Several articles: one address a line."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )
    use = forms.ChoiceField(
        required=False,
        label=_("What would you like to do with it?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This is none of the choices.")},
    )
    organization_type = forms.ChoiceField(
        required=False,
        choices=[("", _("Please choose")), *OrganizationType.choices],
        label=_("Who are you?"),
        error_messages={"invalid_choice": _("This is none of the choices.")},
    )

    def __init__(self, *args: Any, use_types: Iterable[UseType] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = UseType.objects.filter(is_active=True) if use_types is None else use_types
        self.use_types = {row.code: row for row in offered}
        self.fields["use"].choices = use_choices(self.use_types)  # type: ignore[attr-defined]  # -- a choice field

    @property
    def chosen(self) -> UseType | None:
        """The use that was chosen, when it is one."""
        return self.use_types.get(str(self.data.get("use", ""))) if self.is_bound else None

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The chooser for the template: `[{label, options, names, open}]`, the first and the chosen group open."""
        options = {str(option.data["value"]): option for option in self["use"].subwidgets}
        chosen = str(self["use"].value() or "")
        found: list[dict[str, Any]] = []
        for label, codes in GROUPS:
            shown = [code for code in codes if code in options]
            if shown:
                names = ", ".join(str(self.use_types[code].label) for code in shown)
                is_open = not found or chosen in shown
                found.append(
                    {"label": label, "options": [options[code] for code in shown], "names": names, "open": is_open}
                )
        return found

    def urls(self) -> list[str]:
        """The addresses, each once, in the order they were given."""
        return lines_of(str(self.data.get("article_urls", "")))

    def clean(self) -> dict[str, Any]:
        """Whoever asks says who they are: the price depends on it."""
        data = super().clean() or {}
        if "organization_type" in data and not data["organization_type"]:
            self.add_error("organization_type", ValidationError(_("Please choose."), code="required"))
        if "use" in data and not data["use"]:
            self.add_error("use", ValidationError(_("Please choose."), code="required"))
        return data

    def smallest(self, *, words: int) -> dict[str, Any]:
        """The smallest request for these articles and this use, for the lowest price there is: `services` shape. A
        passage is a stand-in of so many words, to be measured and not to be looked up.
        """
        use = self.chosen
        code = str(self.data.get("use", ""))
        today = timezone.localdate()
        item = {
            "use": code,
            "portion": FIXED_PORTION.get(Use(code), Portion.FULL_TEXT).value if use else Portion.FULL_TEXT.value,
            "quantity": 1,
            "territory": ["US"],
            "starts_on": today + timedelta(days=1),
            "ends_on": today + timedelta(days=28),
        }
        if use is not None:
            item |= {"format": use.default_format, "quantity_unit": use.default_unit}
            item |= {"languages": ["en"]} if "languages" in use.required_fields else {}
            item |= {"ai_purposes": [AiPurpose.INDEX.value]} if "ai_purposes" in use.required_fields else {}
        if item["portion"] in COUNTED_PORTIONS:
            item["excerpt_text"] = ("a " * words)[:MAX_EXCERPT_CHARACTERS]
        items = [{**item, "article_url": url} for url in self.urls()]
        return {"items": items, "organization_type": str(self.data.get("organization_type", ""))}

    def take_faults(self, faults: Iterable[Fault]) -> None:
        """Show what is wrong beside the field it concerns; what concerns no field of this step is for the next."""
        place_faults(self, faults, self.urls())


class DetailsForm(forms.Form):
    """The second step: only what the chosen use needs, and how to reach whoever asks."""

    use_required_attribute = False

    quantity = forms.CharField(
        required=False,
        label=_("How many?"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    portion = forms.ChoiceField(
        required=False,
        choices=[
            (Portion.FULL_TEXT, Portion.FULL_TEXT.label),
            (Portion.EXCERPT, Portion.EXCERPT.label),
            (Portion.HEADLINE_SUMMARY, Portion.HEADLINE_SUMMARY.label),
        ],
        label=_("How much of it?"),
    )
    excerpt_text = forms.CharField(
        required=False,
        strip=False,
        label=_("The passage"),
        help_text=_("Paste the words that you want to use. We count them."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    scope = forms.ChoiceField(
        required=False,
        choices=[("world", _("Worldwide")), ("countries", _("In these countries only:"))],
        initial="world",
        label=_("Where?"),
        widget=forms.RadioSelect,
    )
    countries = forms.CharField(
        required=False,
        label=_("Countries"),
        help_text=_("Names or two-letter codes, with commas between them: United States, CA, Mexico."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    languages = forms.CharField(
        required=False,
        label=_("Into which language?"),
        help_text=_("Names or codes, with commas between them: Spanish, pt-BR."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    starts_on = forms.CharField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.CharField(
        required=False,
        label=_("Until"),
        help_text=_("This day included."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    perpetual = forms.BooleanField(required=False, label=_("Without end"))
    exclusivity = forms.ChoiceField(required=False, choices=Exclusivity.choices, label=_("Exclusive?"))
    modifications = forms.ChoiceField(
        required=False,
        choices=[row for row in Modifications.choices if row[0] != Modifications.TRANSLATE],
        label=_("Will you change the text?"),
    )
    placement_urls = forms.CharField(
        required=False,
        label=_("Where will it stand?"),
        help_text=_("Addresses, one a line, if you know them already."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )
    ai_purposes = forms.MultipleChoiceField(
        required=False,
        choices=AiPurpose.choices,
        label=_("What does the machine do with it?"),
        widget=forms.CheckboxSelectMultiple,
    )
    deadline = forms.CharField(required=False, label=_("Needed by"), widget=forms.DateInput(attrs={"type": "date"}))
    note = CleanTextField(
        required=False,
        label=_("Anything we should know"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    name = CleanTextField(
        multiline=False,
        name=True,
        max_length=120,
        label=_("Your name"),
        error_messages={"required": _("Please give your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = CleanTextField(
        multiline=False,
        max_length=MAX_EMAIL,
        label=_("Your email address"),
        help_text=_("One message with a button to confirm it; nothing else before you press that."),
        error_messages={"required": _("Please give an address at which we can reach you.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    company = CleanTextField(
        multiline=False,
        name=True,
        max_length=200,
        required=False,
        label=_("Organization"),
        help_text=_("Who gets the license, if it is not you yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    end_client = CleanTextField(
        multiline=False,
        name=True,
        max_length=200,
        required=False,
        label=_("For which client?"),
        help_text=_("If you ask for somebody else: who will use it. The quote and the certificate name them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    po_number = forms.CharField(
        required=False,
        label=_("Your order number"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed = forms.BooleanField(required=False, label=AGREE)
    terms_sha256 = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        step: ArticlesForm,
        use: UseType,
        publication: Publication,
        without: Set[str] = frozenset(),
        given: Mapping[str, Any] | None = None,
        before: Sequence[DetailsForm] = (),
    ) -> None:
        """`without` leaves fields out, `given` fills in what was typed elsewhere, and `before` are the other uses in
        the same request.
        """
        today = timezone.now().astimezone(publication.zone).date()
        initial = {
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=364)).isoformat(),
            "scope": "world",
            "portion": Portion.FULL_TEXT.value,
        }
        super().__init__(data, initial=initial | {name: value for name, value in (given or {}).items() if value})
        self.step, self.use, self.before = step, use, before
        shown = needed_by(use) | CONSENT
        if str(step.data.get("organization_type", "")) in ACTS_FOR_OTHERS:
            shown |= {"end_client"}
        shown -= without
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        if "quantity" in self.fields:
            self.fields["quantity"].label = _("How many %(unit)s?") % {"unit": use.get_default_unit_display()}

    @property
    def quantity_mark(self) -> str:
        """`none` where this use cannot do without a number."""
        return "none" if "quantity" in self.use.required_fields else ""

    @property
    def is_part(self) -> bool:
        """Whether less than the full text is asked for, or something is wrong with it."""
        part = self._given("portion") not in {"", Portion.FULL_TEXT} or bool(self._given("excerpt_text"))
        return part or bool({"portion", "excerpt_text"} & set(self.errors))

    def clean_email(self) -> str:
        """An address that mail can reach. A machine's number in brackets is none."""
        email = str(self.cleaned_data["email"])
        sentence = _("Please give an email address such as name@example.com.")
        try:
            validate_email(email)
        except ValidationError as error:
            raise ValidationError(sentence, code="bad_email") from error
        if "[" in email:
            raise ValidationError(sentence, code="bad_email")
        return email

    def request_data(self) -> dict[str, Any]:
        """What was typed, with the API's members: what `services.asking` takes. Nothing is checked yet."""
        return {
            "items": [item for form in (*self.before, self) for item in form.items()],
            "organization_type": self._given("organization_type"),
            "po_number": self._given("po_number"),
            "end_client": self._given("end_client") if "end_client" in self.fields else "",
            "deadline": self._given("deadline"),
            "note": self._given("note"),
        }

    def items(self) -> list[dict[str, Any]]:
        """This use of each article."""
        item = self._item()
        return [{**item, "article_url": url} for url in self.step.urls()]

    def need_consent(self, terms: TermsTemplate | None) -> None:
        """Find a fault unless these terms were agreed to."""
        if "agreed" in self.errors or terms is None:
            return
        if not self._ticked("agreed"):
            self.add_error("agreed", ValidationError(PLEASE_AGREE, code="required"))
        elif self._given("terms_sha256") != terms.sha256:
            words = _("The terms changed meanwhile. Please read them again.")
            self.add_error("agreed", ValidationError(words, code="terms_changed"))

    def words(self) -> int:
        """How many words the pasted passage has."""
        return excerpts.count_words(self._given("excerpt_text"))

    def take_faults(self, faults: Iterable[Fault]) -> None:
        """Show what is wrong beside the field it concerns, and of a use that was added before with its name."""
        uses = [form.use for form in self.before for _url in form.step.urls()]
        here = []
        for fault in faults:
            place = place_of(fault)
            if place is None or place >= len(uses):
                here.append(shifted(fault, len(uses)))
            else:
                self.add_error(None, ValidationError(f"{uses[place].label}: {fault.detail}", code=fault.code))
        place_faults(self, here, self.step.urls())
        place_faults(self.step, [fault for fault in here if field_of(fault) in self.step.fields], self.step.urls())

    def _item(self) -> dict[str, Any]:
        use = Use(self.use.code)
        portion = str(FIXED_PORTION.get(use) or self._given("portion") or Portion.FULL_TEXT.value)
        item: dict[str, Any] = {
            "use": use.value,
            "portion": portion,
            "format": self.use.default_format,
            "quantity_unit": self.use.default_unit,
            "territory": self._territory(),
            "starts_on": self._given("starts_on"),
            "ends_on": "" if self._ticked("perpetual") else self._given("ends_on"),
            "perpetual": self._ticked("perpetual"),
        }
        if portion in COUNTED_PORTIONS:
            item["excerpt_text"] = self._given("excerpt_text")
        if "quantity" in self.fields and self._given("quantity").strip():
            item["quantity"] = whole_number(self._given("quantity"))
        if "languages" in self.fields:
            item["languages"] = [language_tag(word) for word in words_of(self._given("languages"))]
            item["modifications"] = Modifications.TRANSLATE.value
        for name in ("exclusivity", "modifications"):
            if name in self.fields and self._given(name):
                item[name] = self._given(name)
        if "placement_urls" in self.fields:
            item["placement_urls"] = lines_of(self._given("placement_urls"))
        if "ai_purposes" in self.fields:
            item["ai_purposes"] = list(self["ai_purposes"].value() or [])
        return item

    def _territory(self) -> list[str]:
        if self._given("scope") != "countries" and not self._given("countries").strip():
            return [WORLD]
        return [country_code(word) for word in words_of(self._given("countries"))]

    def _given(self, name: str) -> str:
        return str(self.data.get(name, "") or "")

    def _ticked(self, name: str) -> bool:
        return name in self.data
