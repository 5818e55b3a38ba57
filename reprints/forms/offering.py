"""The desk's form of a quote: each item as it was asked, and beside it what is granted, for how much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from newsroom.admin import WorkForm
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField
from reprints import pricing
from reprints.documents import wording
from reprints.forms.typed import country_code, language_tag, lines_of, words_of
from reprints.models import LicenseRequest, Quote, QuoteLine, RequestItem
from reprints.services import tax
from reprints.services.completeness import LONGEST_OFFER
from reprints.services.lanes import Assessment, assess_request, excluded_parts
from reprints.services.quoting import Line, draft_mark
from reprints.vocabulary import (
    COUNTED_PORTIONS,
    MAX_QUANTITY,
    SHAPES,
    WORLD,
    Exclusivity,
    Modifications,
    Portion,
    TaxTreatment,
    Use,
)
from reprints.workflow import QuoteStatus

GRANTED = (
    *("portion", "quantity", "territory", "languages", "starts_on", "ends_on", "perpetual"),
    *("exclusivity", "modifications"),
)
"""What the desk may grant otherwise than it was asked."""
PRICED = ("price", "reason", "exclusions")
MOST_TEXT = 2000


@dataclass(frozen=True)
class ItemRows:
    """An item for the page: what was asked in words, beside each the field of what is granted; the fields of its price;
    and what the rate card says.
    """

    item: RequestItem
    rows: list[dict[str, Any]]
    fields: list[Any]
    card: str
    trace: list[dict[str, str]]


class QuoteDraftForm(WorkForm):
    """A quote for every item. A field that is not sent grants what was asked."""

    page_template = "admin/reprints/offer_form.html"

    note = CleanTextField(label=_("Note to the requester"), required=False)
    valid_days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=LONGEST_OFFER.days)
    treatment = forms.ChoiceField(label=_("Tax"), required=False)
    rate = forms.DecimalField(
        label=_("Tax rate, %"), required=False, min_value=Decimal(0), max_value=Decimal("99.99"), decimal_places=2
    )
    exclusions_confirmed = forms.BooleanField(label=_("What is left out is right"), required=False)
    draft_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """The fields of each item, with what is granted in the draft that there is, else with what was asked."""
        if not isinstance(self.subject, LicenseRequest):
            return
        self.items = list(self.subject.items.select_related("article__publication"))
        self.draft = self.subject.quotes.filter(status=QuoteStatus.DRAFT).prefetch_related("lines").first()
        lines = {line.item_id: line for line in self.draft.lines.all()} if self.draft else {}
        shared = dict(self.fields)
        self.fields.clear()
        for number, item in enumerate(self.items):
            for name, field in _fields_of(item, lines.get(item.pk), self.subject.currency).items():
                self.fields[f"{name}_{number}"] = field
        self.fields.update(shared)
        self._prepare_shared(self.subject, self.draft)

    def _prepare_shared(self, request: LicenseRequest, draft: Quote | None) -> None:
        decided = tax.choice_of(draft) if draft else None
        usual = tax.decide_for(request.publication, tax.taxed_of(request), net=Decimal(1))
        label = TaxTreatment(usual.treatment).label
        choices: Any = [("", _("By the settings: %(treatment)s") % {"treatment": label})]
        choices += [row for row in TaxTreatment.choices if row[0] != TaxTreatment.MANUAL]
        self.fields["treatment"].choices = choices  # type: ignore[attr-defined]  # -- a choice field
        self.initial.setdefault("valid_days", int(request.publication.policy("quote_valid_days")))
        if decided is not None:
            self.initial.update(treatment=decided.treatment, rate=decided.rate)
        if draft is not None:
            self.initial.update(note=draft.note, exclusions_confirmed=draft.exclusions_confirmed)

    @cached_property
    def assessment(self) -> Assessment:
        """What the rate card says to what was asked."""
        return assess_request(self.subject)

    @property
    def draft_mark(self) -> str:
        """The draft that is there as the page is drawn: what the next press has seen."""
        return draft_mark(self.subject)

    def items_for_page(self) -> list[ItemRows]:
        """The items with their fields, for the template."""
        locale = wording.document_locale(get_language() or wording.FALLBACK)
        found = []
        for number, item in enumerate(self.items):
            asked, line = item.as_asked(), self.assessment.lines[number]
            rows = [
                {
                    "label": wording.FIELD_LABELS[name],
                    "asked": _words(name, asked, locale),
                    "field": self[f"{name}_{number}"],
                }
                for name in GRANTED
                if f"{name}_{number}" in self.fields
            ]
            card = "" if line.amount is None else wording.money_words(line.amount, line.currency, locale)
            priced = [self[f"{name}_{number}"] for name in PRICED]
            found.append(ItemRows(item, rows, priced, card, line.trace))
        return found

    def shared_fields(self) -> list[Any]:
        """The fields of the whole."""
        return [self[name] for name in ("note", "valid_days", "treatment", "rate", "exclusions_confirmed")]

    def field_at(self, pointer: str) -> str:
        """`/lines/0/territory/1` is the field `territory_0`."""
        parts = pointer.strip("/").split("/")
        if parts[0] != "lines" or len(parts) < 3:
            return parts[0]
        return f"{'reason' if parts[2] == 'override_reason' else parts[2]}_{parts[1]}"

    def clean(self) -> dict[str, Any]:
        """Hand the service one `Line` an item, and the decision about the tax."""
        data = super().clean() or {}
        self._check_rate(data)
        if self.errors:
            return data
        taxed = None
        if data["treatment"]:
            by = self.person.pk if self.person else None
            taxed = tax.TaxChoice(data["treatment"], data["rate"] or Decimal(0), by)
        return {
            "seen": data.get("seen"),
            "lines": [self._line(number, item, data) for number, item in enumerate(self.items)],
            "taxed": taxed,
            **{name: data[name] for name in ("note", "valid_days", "exclusions_confirmed", "draft_seen")},
        }

    def _check_rate(self, data: dict[str, Any]) -> None:
        """A rate is that of a treatment, and a treatment that charges tax has one."""
        treatment, rate = data.get("treatment"), data.get("rate")
        if rate is not None and treatment == "":
            self.add_error("treatment", _("Choose how it is taxed at that rate, or leave the rate empty."))
        if rate is None and treatment in tax.CHARGED and "rate" not in self.errors:
            self.add_error("rate", _("At which rate? Type 0 for none."))

    def _line(self, number: int, item: RequestItem, data: dict[str, Any]) -> Line:
        asked, granted = item.as_asked(), {}
        sent = {name: data[f"{name}_{number}"] for name in GRANTED if self._is_sent(name, number)}
        if f"ends_on_{number}" in self.data:
            sent["perpetual"] = data[f"perpetual_{number}"]
        for name, value in sent.items():
            plain = _READERS[name](value) if name in _READERS else value
            if plain != asked[name]:
                granted[name] = plain
        exclusions = lines_of(data[f"exclusions_{number}"]) if self._is_sent("exclusions", number) else None
        return Line(
            item=item,
            granted=granted,
            price=data[f"price_{number}"],
            override_reason=data[f"reason_{number}"],
            exclusions=exclusions,
        )

    def _is_sent(self, name: str, number: int) -> bool:
        return f"{name}_{number}" in self.fields and f"{name}_{number}" in self.data


def _words(name: str, asked: dict[str, Any], locale: Locale) -> str:
    counted = wording.quantity_words(asked, locale) if name == "quantity" else ""
    return counted or wording.value_words(name, asked[name], locale)


def _territory(text: str) -> list[str]:
    codes = [country_code(word).upper() for word in words_of(text)]
    return [WORLD] if WORLD in codes else codes


_READERS: dict[str, Any] = {
    "territory": _territory,
    "languages": lambda text: [language_tag(word) for word in words_of(text)],
    "starts_on": lambda day: day.isoformat() if day else None,
    "ends_on": lambda day: day.isoformat() if day else None,
}
"""Member → what was typed, as a line of a quote keeps it."""


def _fields_of(item: RequestItem, line: QuoteLine | None, currency: str) -> dict[str, forms.Field]:
    """Name → field. The names of the members get the number of their item."""
    granted = line.granted if line else item.as_asked()
    by_hand = line is not None and any(step.get("rule") == pricing.BY_HAND for step in line.trace)
    fields: dict[str, forms.Field] = {
        "portion": forms.ChoiceField(choices=_portions(item), initial=granted["portion"], required=False),
        "quantity": forms.IntegerField(
            min_value=1,
            max_value=MAX_QUANTITY,
            initial=granted["quantity"],
            required=False,
        ),
        "territory": forms.CharField(max_length=MOST_TEXT, initial=", ".join(granted["territory"]), required=False),
        "languages": forms.CharField(max_length=MOST_TEXT, initial=", ".join(granted["languages"]), required=False),
        "starts_on": DayField(initial=granted["starts_on"], required=False, widget=_date()),
        "ends_on": DayField(initial=granted["ends_on"], required=False, widget=_date()),
        "perpetual": forms.BooleanField(initial=granted["perpetual"], required=False),
        "exclusivity": forms.ChoiceField(choices=Exclusivity.choices, initial=granted["exclusivity"], required=False),
        "modifications": forms.ChoiceField(
            choices=Modifications.choices, initial=granted["modifications"], required=False
        ),
        "price": forms.DecimalField(
            label=_("Price, net (%(currency)s)") % {"currency": currency},
            required=False,
            min_value=Decimal(0),
            max_digits=12,
            decimal_places=3,
            initial=pricing.plain(line.price, currency) if line and line.price is not None and by_hand else None,
            help_text=_("Empty: the rate card’s price for what is granted."),
        ),
        "reason": CleanTextField(
            label=_("Why it differs from the rate card"),
            required=False,
            multiline=False,
            max_length=500,
            initial=line.override_reason if line else "",
        ),
        "exclusions": CleanTextField(
            label=_("What is left out"),
            help_text=_("Pictures, graphics and texts of others, one a line."),
            required=False,
            max_length=MOST_TEXT,
            initial="\n".join(line.exclusions if line else excluded_parts(item.article)),
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }
    for name in GRANTED:
        fields[name].label = str(wording.FIELD_LABELS[name])
    return fields


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


def _portions(item: RequestItem) -> list[tuple[str, Any]]:
    """The parts that the use knows; a passage only where one was given."""
    known = {*SHAPES[Use(item.use)].portions, item.portion}
    return [
        (value, label)
        for value, label in Portion.choices
        if value in known and (value not in COUNTED_PORTIONS or item.excerpt_text)
    ]
