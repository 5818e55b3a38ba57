"""A rule of the rate card in sentences, for whoever edits it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_decimal
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reprints import pricing
from reprints.admin.wording import locale, money
from reprints.documents import wording
from reprints.vocabulary import OrganizationType

VOCABULARIES: dict[str, type[TextChoices]] = {**wording.VOCABULARIES, "organization_type": OrganizationType}
BY = {
    "quantity": gettext_lazy("By how many"),
    "territory": gettext_lazy("By the number of countries"),
    "duration": gettext_lazy("By days"),
    "languages": gettext_lazy("By the number of languages"),
    "words": gettext_lazy("By the words of the passage"),
    "organization_type": gettext_lazy("By who asks"),
}
"""What a factor goes by, where the name of the member does not say it."""


def in_words(rule: pricing.Rule, currency: str) -> list[str]:
    """What it applies to, the price, and each factor, a sentence each."""
    price = money(rule.base, currency)
    if rule.per_unit:
        each = {"price": money(rule.per_unit, currency), "size": _number(rule.unit_size)}
        price = _("%(base)s and %(price)s for each %(size)s begun") % {"base": price, **each}
    if rule.minimum:
        price = _("%(price)s, at least %(least)s after every discount") % {
            "price": price,
            "least": money(rule.minimum, currency),
        }
    return [_applies_to(rule), f"{price}.", *(_factor(factor) for factor in rule.factors)]


def _applies_to(rule: pricing.Rule) -> str:
    if not rule.match:
        return _("Applies to everything.")
    parts = [_words(name, sorted(allowed)) for name, allowed in rule.match.items()]
    return _("Applies to: %(what)s.") % {"what": "; ".join(parts)}


def _factor(factor: pricing.Factor) -> str:
    label = str(BY.get(factor.by) or wording.FIELD_LABELS.get(factor.by, factor.by))
    if factor.values:
        parts = [f"{_words(factor.by, [value])} {_times(by)}" for value, by in factor.values.items()]
        return f"{label}: {', '.join([*parts, _('else %(by)s') % {'by': _times(factor.otherwise)}])}."
    parts = [_band(up_to, by) for up_to, by in factor.bands]
    if factor.unlimited is not None:
        parts.append(_("without limit %(by)s") % {"by": _times(factor.unlimited)})
    return f"{label}: {', '.join(parts)}."


def _band(up_to: int | None, by: Decimal) -> str:
    if up_to is None:
        return _("more %(by)s") % {"by": _times(by)}
    return _("up to %(number)s %(by)s") % {"number": _number(up_to), "by": _times(by)}


def _words(name: str, values: Iterable[str]) -> str:
    if name == "territory":
        return wording.territory_words(values, locale())
    if name == "languages":
        return wording.language_words(values, locale())
    return format_list([wording.label_of(VOCABULARIES[name], value) for value in values], style="or", locale=locale())


def _times(number: Decimal) -> str:
    return f"× {format_decimal(number, locale=locale())}"


def _number(number: int) -> str:
    return str(format_decimal(number, locale=locale()))
