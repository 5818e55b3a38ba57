"""The words of the documents: names for the closed vocabularies, and numbers, dates and money as the reader
writes them.

A document is written in the publication's language where the desk speaks it (`settings.LANGUAGES`), else in
English, and never in the language of whoever happens to download it: the same snapshot gives the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reprints.vocabulary import (
    WORLD,
    AiPurpose,
    Duty,
    Exclusivity,
    Format,
    Modifications,
    NoticeKind,
    Portion,
    QuantityUnit,
    TaxTreatment,
    Use,
)

FALLBACK = "en"

TASKS: Mapping[str, Promise | str] = {
    Duty.INFORM: _("For your information: nothing has to be done."),
    Duty.REPLACE_OR_APPEND: _("Replace the text by the corrected one, or append the notice to it."),
    Duty.TAKE_DOWN: _("Take the text down, wherever it stands."),
    Duty.PURGE: _("Delete every copy of the text, also from indexes, caches and archives."),
    Duty.REQUESTED: _("Please replace the text by the corrected one, or append the notice to it."),
}
"""Duty → what to do."""
HOLD = _("Take the text down until we tell you that it may be used again.")
TELL_US = _("Read the notice, and tell us that you did.")
ASKED_TO_TAKE_DOWN = _("Please take the text down, wherever it stands.")
ASKED_TO_UPDATE = _("Please bring your copy up to date, if you can.")
RELEASED = _("You may use the text again: nothing has to be done.")
GONE = frozenset({NoticeKind.HOLD, NoticeKind.RETRACTION, NoticeKind.LEGAL_REMOVAL})

OCCASIONS: Mapping[str, Promise | str] = {
    NoticeKind.HOLD: _("is withheld"),
    NoticeKind.UPDATE: _("is updated"),
    NoticeKind.CLARIFICATION: _("is clarified"),
    NoticeKind.CORRECTION: _("is corrected"),
    NoticeKind.RETRACTION: _("is retracted"),
    NoticeKind.LEGAL_REMOVAL: _("must be removed by law"),
    NoticeKind.RELEASE: _("is released again"),
}
"""What becomes of an article."""
FIELD_LABELS: Mapping[str, Promise | str] = {
    "use": _("Use"),
    "portion": _("Portion"),
    "excerpt_text": _("Passage"),
    "format": _("Format"),
    "quantity": _("How many"),
    "quantity_unit": _("Of what"),
    "territory": _("Where"),
    "languages": _("Language"),
    "starts_on": _("From"),
    "ends_on": _("Until"),
    "perpetual": _("Without end"),
    "exclusivity": _("Exclusivity"),
    "modifications": _("Changes to the text"),
    "placement_urls": _("Placement"),
    "ai_purposes": _("Purposes"),
}
"""Member of an item → its name; the keys are `ITEM_FIELDS`."""
VOCABULARIES: Mapping[str, type[TextChoices]] = {
    "use": Use,
    "portion": Portion,
    "format": Format,
    "quantity_unit": QuantityUnit,
    "exclusivity": Exclusivity,
    "modifications": Modifications,
}
"""Member of an item → the closed list that its value is of."""


def label_of(vocabulary: type[TextChoices], token: str) -> str:
    """The words for a token of a closed list. A token this release no longer knows keeps its letters,
    readable.
    """
    return str(vocabulary(token).label) if token in vocabulary.values else token.replace("_", " ")


def phrase_of(table: Mapping[str, Promise | str], token: str) -> str:
    """The phrase for a token inside a sentence; as in `label_of`, an unknown one keeps its letters."""
    return str(table[token]) if token in table else token.replace("_", " ")


def document_locale(language: str) -> Locale:
    """The locale of a document for a BCP 47 tag: itself when the desk speaks its language, else English."""
    spoken = {code.split("-")[0] for code, _name in settings.LANGUAGES}
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale(FALLBACK)
    return locale if locale.language in spoken else Locale(FALLBACK)


def spoken_locale() -> Locale:
    """The locale of the language that gettext answers in now."""
    return document_locale(translation.get_language() or FALLBACK)


@contextmanager
def speaking(language: str) -> Iterator[Locale]:
    """Within the block gettext answers in the language of the document; the locale is handed out for the
    rest.
    """
    locale = document_locale(language)
    with translation.override(locale.language):
        yield locale


def date_words(day: str | date, locale: Locale) -> str:
    """A calendar day (ISO text or date) in long form: “December 1, 2026”."""
    return format_date(date.fromisoformat(day) if isinstance(day, str) else day, format="long", locale=locale)


def moment(at: str) -> datetime:
    """An RFC 3339 time as an aware datetime."""
    return datetime.fromisoformat(at.replace("Z", "+00:00"))


def day_of(at: str, zone: str, locale: Locale) -> str:
    """The local day of an RFC 3339 time, in long form."""
    return date_words(moment(at).astimezone(ZoneInfo(zone)).date(), locale)


def time_words(at: str, zone: str, locale: Locale) -> str:
    """An RFC 3339 time as local day, time and zone."""
    local = moment(at).astimezone(ZoneInfo(zone))
    clock = format_time(local, format="short", locale=locale)
    return f"{date_words(local.date(), locale)}, {clock} {get_timezone_name(local, 'short', locale=locale)}"


def term_words(grant: Mapping[str, Any], locale: Locale) -> str:
    """From when to when: both days count."""
    start = date_words(grant["starts_on"], locale)
    if grant.get("perpetual") or not grant.get("ends_on"):
        return say("From %(start)s, without end") % {"start": start}
    return say("%(start)s to %(end)s, both days included") % {
        "start": start,
        "end": date_words(grant["ends_on"], locale),
    }


def money_words(amount: str | Decimal, currency: str, locale: Locale) -> str:
    """An amount with its currency, as the locale writes it and with the currency's own minor digits."""
    return format_currency(Decimal(amount), currency, locale=locale)


def territory_words(codes: Iterable[str], locale: Locale) -> str:
    """Country names for ISO 3166-1 alpha-2 codes, in the order given; `001` is the world."""
    codes = list(codes)
    if WORLD in codes:
        return say("Worldwide")
    return format_list([locale.territories.get(code, code) for code in codes], locale=locale)


def language_words(tags: Iterable[str], locale: Locale) -> str:
    """Names for BCP 47 tags."""
    return format_list([_language_name(tag, locale) for tag in tags], locale=locale)


def _language_name(tag: str, locale: Locale) -> str:
    try:
        return Locale.parse(tag.replace("-", "_")).get_display_name(locale) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def quantity_words(grant: Mapping[str, Any], locale: Locale) -> str:
    """“Up to 50,000 monthly users”; empty when no quantity was agreed."""
    if not grant.get("quantity"):
        return ""
    number = format_decimal(grant["quantity"], locale=locale)
    unit = label_of(QuantityUnit, grant.get("quantity_unit") or "")
    return say("Up to %(number)s %(unit)s") % {"number": number, "unit": unit}


def portion_words(grant: Mapping[str, Any], locale: Locale) -> str:
    """“Full text (812 words)”."""
    portion = label_of(Portion, grant["portion"])
    words = grant.get("words")
    if not words:
        return portion
    number = format_decimal(words, locale=locale)
    return f"{portion} ({ngettext('%(number)s word', '%(number)s words', words) % {'number': number}})"


def task_words(kind: str, duty: str, *, dated: bool) -> str:
    """What a licensee does about a change of this kind under this duty, as a sentence: the same in the certificate
    that announces it and in the notice that asks for it. `dated`: an answer is due by a time.
    """
    if kind == NoticeKind.RELEASE:
        return str(RELEASED)
    if duty == Duty.INFORM and dated:
        return str(TELL_US)
    if duty == Duty.REQUESTED and kind in GONE:
        return str(ASKED_TO_TAKE_DOWN)
    if duty == Duty.REQUESTED and kind in {NoticeKind.UPDATE, NoticeKind.CLARIFICATION}:
        return str(ASKED_TO_UPDATE)
    if duty == Duty.TAKE_DOWN and kind == NoticeKind.HOLD:
        return str(HOLD)
    return str(TASKS[duty])


def duties_in(terms: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Kind of notice → `{"duty", "within_hours"}`, the hours only where an answer is due by a time. What the desk
    wrote otherwise is left out, and counts as `requested` everywhere.
    """
    found: dict[str, dict[str, Any]] = {}
    for kind, term in terms.items():
        if not isinstance(term, dict) or term.get("duty") not in Duty.values:
            continue
        hours = term.get("within_hours")
        timed = isinstance(hours, int | float) and hours > 0
        found[kind] = {"duty": term["duty"], **({"within_hours": hours} if timed else {})}
    return found


def duty_lines(duties: Mapping[str, Any], locale: Locale) -> list[str]:
    """One sentence for all that asks the same within the same time: “If the article is corrected, within 72 hours of
    our notice: Replace the text …”.
    """
    occasions: dict[tuple[str, Any], list[str]] = {}
    for kind, term in duties_in(duties).items():
        hours = term.get("within_hours")
        asked = (task_words(kind, term["duty"], dated=hours is not None), hours)
        occasions.setdefault(asked, []).append(phrase_of(OCCASIONS, kind))
    lines = []
    for (task, hours), happens in occasions.items():
        lead = say("If the article %(happens)s") % {"happens": format_list(happens, style="or", locale=locale)}
        if hours is not None:
            within = ngettext("within %(number)s hour of our notice", "within %(number)s hours of our notice", hours)
            lead = f"{lead}, {within % {'number': format_decimal(hours, locale=locale)}}"
        lines.append(f"{lead}: {task}")
    return lines


def value_words(field: str, value: Any, locale: Locale) -> str:
    """The value of a member of an item, in words."""
    if value in (None, "", []):
        return say("not said")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if field == "territory":
        return territory_words(value, locale)
    if field == "languages":
        return language_words(value, locale)
    if field in VOCABULARIES:
        return label_of(VOCABULARIES[field], str(value))
    if field in {"starts_on", "ends_on"}:
        return date_words(value, locale)
    if field == "quantity":
        return format_decimal(value, locale=locale)
    if field == "ai_purposes":
        return format_list([label_of(AiPurpose, str(entry)) for entry in value], locale=locale)
    return ", ".join(str(entry) for entry in value) if isinstance(value, list) else str(value)


def change_rows(changes: Iterable[Mapping[str, Any]], locale: Locale) -> list[dict[str, str]]:
    """`[{label, asked, granted}]`: what is offered otherwise than it was asked for."""
    rows = []
    for change in changes:
        name = str(change["field"])
        sides = {side: value_words(name, change[side], locale) for side in ("asked", "granted")}
        rows.append({"label": phrase_of(FIELD_LABELS, name), **sides})
    return rows


def taxed_words(treatment: str, country: str, locale: Locale) -> str:
    """How an amount is taxed: for what is sold within one country that country's name, empty while it is unknown."""
    if treatment == TaxTreatment.DOMESTIC:
        return locale.territories.get(country, country)
    return label_of(TaxTreatment, treatment)


def tax_words(tax: Mapping[str, Any], locale: Locale) -> str:
    """“Tax 19 % (Germany)”. `tax`: `rate`, `treatment`, and the buyer's `country` where it is known."""
    words = say("Tax %(rate)s %%") % {"rate": format_decimal(Decimal(tax["rate"]), locale=locale)}
    how = taxed_words(tax["treatment"], tax.get("country") or "", locale)
    return f"{words} ({how})" if how else words
