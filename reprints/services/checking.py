"""What may be asked for. The one source of validation, for the web form and the API alike.

Territories are ISO 3166-1 alpha-2 as CLDR lists them, without its groupings and reserved codes, or `001`.
Languages are BCP 47 tags (see `languages`). Every fault is found and named by a JSON pointer (RFC 6901).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from babel.numbers import list_currencies
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from newsroom.accounts.models import Organization, Publication
from newsroom.articles.addresses import BadAddress, canonical_key
from newsroom.articles.models import Article, ArticleAddress
from newsroom.errors import Fault, Invalid
from newsroom.events import outbound
from newsroom.web.text import has_forbidden_characters
from reprints.languages import is_language
from reprints.models import RequestItem, UseType
from reprints.models.asking import ITEM_FIELDS
from reprints.services import excerpts
from reprints.services.members import Faults
from reprints.vocabulary import (
    COUNTED_PORTIONS,
    MAX_EXCERPT_CHARACTERS,
    MAX_ITEMS,
    MAX_LANGUAGES,
    MAX_PLACEMENTS,
    MAX_QUANTITY,
    MAX_TERRITORIES,
    MAX_YEARS,
    NEVER_FREE,
    SHAPES,
    WORLD,
    AiPurpose,
    Exclusivity,
    Format,
    Modifications,
    OrganizationType,
    Portion,
    QuantityUnit,
    Use,
)

NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])
MEMBERS = frozenset({"article_url", *ITEM_FIELDS})


@dataclass(frozen=True)
class CleanItem:
    """One item, checked and normal: countries in upper case, no repeats, words counted."""

    article: Article
    use: str
    portion: str = Portion.FULL_TEXT
    excerpt_text: str = ""
    words: int = 0
    format: str = Format.WEB
    quantity: int | None = None
    quantity_unit: str = QuantityUnit.MONTHLY_USERS
    territory: tuple[str, ...] = (WORLD,)
    languages: tuple[str, ...] = ("en",)
    starts_on: date = date.min
    ends_on: date | None = None
    perpetual: bool = False
    exclusivity: str = Exclusivity.NONE
    modifications: str = Modifications.NONE
    placement_urls: tuple[str, ...] = ()
    ai_purposes: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The columns of a `RequestItem` beside request and position."""
        values: dict[str, Any] = {name: getattr(self, name) for name in ITEM_FIELDS}
        for name, value in values.items():
            values[name] = list(value) if isinstance(value, tuple) else value
        return {**values, "article": self.article, "revision": self.article.revision, "words": self.words}

    def as_granted(self) -> dict[str, Any]:
        """As a line of a quote keeps it: the members of `RequestItem.as_asked`."""
        return RequestItem(**self.columns()).as_asked()


@dataclass(frozen=True)
class CleanAsk:
    """Everything of a request beside its items and its requester."""

    organization_type: str
    currency: str
    po_number: str = ""
    deadline: date | None = None
    note: str = ""
    end_client: str = ""


@functools.cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes in use."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if len(code) == 2) - NOT_COUNTRIES


@functools.cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes that CLDR knows."""
    return frozenset(list_currencies())


def check_ask(
    data: dict[str, Any], *, publication: Publication, today: date, organization: Organization | None
) -> CleanAsk:
    """The members around the items.

    Raises `Invalid` with every fault; unset members get the publication's defaults. An organization is what its record
    says, so that none gets another's price by a word; that it asks as one of `NEVER_FREE` is believed.
    """
    found = Faults("")
    known = organization.kind if organization else ""
    kind = found.choice(data, "organization_type", OrganizationType, default=known or OrganizationType.PUBLISHER)
    ask = CleanAsk(
        organization_type=known if known in OrganizationType.values and kind not in NEVER_FREE else kind,
        currency=found.text(data, "currency", most=3).upper() or publication.currency,
        po_number=found.text(data, "po_number", most=60),
        deadline=found.day(data, "deadline"),
        note=found.text(data, "note", most=5000, multiline=True),
        end_client=found.text(data, "end_client", most=200),
    )
    if ask.currency not in currencies():
        found.add("/currency", _("This is not a currency of ISO 4217."), "unknown_currency")
    elif ask.currency != publication.currency:
        found.add(
            "/currency",
            _("%(publication)s quotes in %(currency)s.")
            % {"publication": publication.name, "currency": publication.currency},
            "currency_mismatch",
        )
    if ask.deadline and ask.deadline < today:
        found.add("/deadline", _("This day is over."), "past_date")
    found.stop_if_any()
    return ask


def check_items(
    items: Any, *, publication: Publication, today: date, stored: Iterable[RequestItem] = ()
) -> list[CleanItem]:
    """The items as they may be stored. Raises `Invalid` with every fault, pointers like
    `/items/0/territory/1`.

    Each is a dictionary of the API's item members; dates are ISO strings or dates. `today` is the
    publication's day. A first day that has passed is taken where one of the `stored` items has it for that article.
    """
    if not isinstance(items, list) or not items:
        raise Invalid.one("/items", _("Name at least one article and what you want to do with it."), "required")
    if len(items) > MAX_ITEMS:
        raise Invalid.one("/items", _("At most %(most)d items fit in one request.") % {"most": MAX_ITEMS}, "too_many")
    kinds = {row.code: row for row in UseType.objects.all()}
    articles = _articles(items)
    begun = {(row.article_id, row.starts_on) for row in stored}
    faults: list[Fault] = []
    clean: list[CleanItem] = []
    for index, item in enumerate(items):
        found = Faults(f"/items/{index}")
        if not isinstance(item, dict):
            found.add("", _("An item is an object."), "wrong_type")
        else:
            made = _item(item, found, _article(item, found, articles, publication), kinds, today=today)
            _check_dates(made, found, today, begun=(made.article.pk, made.starts_on) in begun)
            _check_use(made, found, kinds, given=item)
            if made.article.pk and any(_is_same(made, other) for other in clean):
                words = _("The same article, use and terms stand in this request already: ask for them once.")
                found.add("", words, "duplicate")
            clean.append(made)
        faults += found.faults
    if faults:
        raise Invalid(faults)
    return clean


def check_granted(granted: dict[str, Any], *, article: Article, today: date, at: str) -> CleanItem:
    """What the desk grants, by the rules of what may be asked for; it may have begun already, and may be a use that is
    not offered. Raises `Invalid` with every fault, below the pointer `at`.
    """
    found = Faults(at)
    made = _item(granted, found, article, {}, today=today)
    _check_dates(made, found, today, begun=True)
    _check_passage(made, found)
    found.stop_if_any()
    return made


def _is_same(item: CleanItem, other: CleanItem) -> bool:
    """Whether both ask for one and the same: it would be charged twice. Where it is to stand makes no difference."""
    return replace(item, placement_urls=()) == replace(other, placement_urls=())


def publication_of(items: Any) -> Publication | None:
    """The publication of the first article that is known, to which the whole request goes; None when none is."""
    for item in items if isinstance(items, list) else []:
        key = _key(item.get("article_url")) if isinstance(item, dict) else ""
        address = ArticleAddress.objects.select_related("article__publication").filter(key=key).first() if key else None
        if address is not None:
            return address.article.publication
    return None


def _articles(items: list[Any]) -> dict[str, Article]:
    """Canonical key → article, in one query for the whole request."""
    keys = {_key(item.get("article_url")) for item in items if isinstance(item, dict)}
    rows = ArticleAddress.objects.filter(key__in=keys - {""}).select_related("article__publication")
    return {row.key: row.article for row in rows}


def _key(url: Any) -> str:
    if not isinstance(url, str) or has_forbidden_characters(url):
        return ""
    try:
        return canonical_key(url)
    except BadAddress:
        return ""


def _item(
    data: dict[str, Any], found: Faults, article: Article, kinds: Mapping[str, UseType], *, today: date
) -> CleanItem:
    """What is left out is what is usual for the use, by `kinds`."""
    for name in sorted(set(data) - MEMBERS):
        found.add(f"/{name}", _("There is no such member."), "unknown_member")
    use = found.choice(data, "use", Use, code="unknown_use", required=True)
    kind = kinds.get(use) or UseType()
    usual = SHAPES[Use(use)].portions[0] if use else Portion.FULL_TEXT
    item = CleanItem(
        article=article,
        use=use,
        portion=found.choice(data, "portion", Portion, default=usual),
        excerpt_text=found.text(data, "excerpt_text", most=MAX_EXCERPT_CHARACTERS, multiline=True),
        format=found.choice(data, "format", Format, default=kind.default_format),
        quantity=found.number(data, "quantity", least=1, most=MAX_QUANTITY),
        quantity_unit=found.choice(data, "quantity_unit", QuantityUnit, default=kind.default_unit),
        territory=_territory(data, found),
        languages=_languages(data, found, article),
        starts_on=found.day(data, "starts_on") or today,
        ends_on=found.day(data, "ends_on"),
        perpetual=found.boolean(data, "perpetual"),
        exclusivity=found.choice(data, "exclusivity", Exclusivity, default=Exclusivity.NONE),
        modifications=found.choice(data, "modifications", Modifications, default=Modifications.NONE),
        placement_urls=_placements(data, found),
        ai_purposes=tuple(dict.fromkeys(found.choices(data, "ai_purposes", AiPurpose))),
    )
    return replace(item, words=excerpts.count_words(item.excerpt_text))


def _article(data: dict[str, Any], found: Faults, articles: dict[str, Article], publication: Publication) -> Article:
    url = data.get("article_url")
    if not isinstance(url, str) or not url.strip():
        found.add("/article_url", _("Which article? Give its address."), "required")
        return Article(publication=publication)
    article = articles.get(_key(url))
    if article is None:
        found.add(
            "/article_url",
            _("We do not know this article. Check the address, or look for it by its headline."),
            "unknown_article",
        )
        return Article(publication=publication)
    if article.publication_id != publication.pk:
        found.add("/article_url", _("Articles of another title need a request of their own."), "other_publication")
    if article.status == "canceled":
        found.add("/article_url", _("This article was withdrawn and is not licensed."), "not_usable")
    return article


def _territory(data: dict[str, Any], found: Faults) -> tuple[str, ...]:
    given = found.strings(data, "territory", most=MAX_TERRITORIES)
    if given is None:
        return (WORLD,)
    codes = []
    for index, code in enumerate(given):
        upper = code.strip().upper()
        if upper != WORLD and upper not in countries():
            found.add(
                f"/territory/{index}",
                _("This is not a country code of ISO 3166, nor 001 for the world."),
                "unknown_country",
            )
        codes.append(upper)
    if not codes:
        found.add("/territory", _("Name at least one country, or 001 for the world."), "required")
    return (WORLD,) if WORLD in codes else tuple(dict.fromkeys(codes))


def _languages(data: dict[str, Any], found: Faults, article: Article) -> tuple[str, ...]:
    given = found.strings(data, "languages", most=MAX_LANGUAGES)
    if not given:
        return (article.language or "en",)
    for index, tag in enumerate(given):
        if not is_language(tag):
            found.add(f"/languages/{index}", _("This is no language, like “en” or “pt-BR”."), "unknown_language")
    return tuple(dict.fromkeys(given))


def _placements(data: dict[str, Any], found: Faults) -> tuple[str, ...]:
    given = found.strings(data, "placement_urls", most=MAX_PLACEMENTS) or []
    for index, url in enumerate(given):
        if fault := fault_of_page(url):
            found.add(f"/placement_urls/{index}", *fault)
    return tuple(dict.fromkeys(given))


def is_web_address(url: str) -> bool:
    """Whether it is an http(s) address with a host, at most 1000 characters, without blanks."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and len(url) <= 1000 and not re.search(r"\s", url)


def fault_of_page(url: str) -> tuple[str, str] | None:
    """What keeps it from being the address of a page that others can open: a sentence and a code; None when nothing
    does. The host must be a full name of the public internet.
    """
    if not is_web_address(url):
        return _("This is not a web address (https://…)."), "bad_url"
    try:
        outbound.judge_host((urlsplit(url).hostname or "").lower())
    except outbound.Refused:
        return _("Nobody outside can open this address: give one of the public internet."), "not_public"
    return None


def _check_dates(item: CleanItem, found: Faults, today: date, *, begun: bool) -> None:
    """With `begun` the first day may have passed, but not the last."""
    if item.starts_on < today and not begun:
        found.add("/starts_on", _("This day is over."), "past_date")
    if item.perpetual:
        if item.ends_on is not None:
            found.add("/ends_on", _("A perpetual use has no end."), "contradiction")
        return
    if item.ends_on is None:
        found.add("/ends_on", _("Until when? Give a date, or ask for a perpetual use."), "required")
    elif item.ends_on < item.starts_on:
        found.add("/ends_on", _("The end is before the beginning."), "reversed_dates")
    elif (item.ends_on - item.starts_on).days > MAX_YEARS * 366:
        found.add("/ends_on", _("That is too far away: ask for a perpetual use."), "too_large")
    elif begun and item.ends_on < today:
        found.add("/ends_on", _("This day is over."), "past_date")


def _check_use(item: CleanItem, found: Faults, kinds: Mapping[str, UseType], *, given: dict[str, Any]) -> None:
    kind = kinds.get(item.use)
    if kind is None or not kind.is_active:
        if item.use:
            found.add("/use", _("This use is not offered."), "unknown_use")
        return
    _check_shape(item, found, kind)
    _check_passage(item, found)
    for name in kind.required_fields:
        if given.get(name) in (None, "", []) and not found.has(f"/{name}") and name != "ends_on":
            found.add(f"/{name}", _("This use needs it."), "required")


def _check_shape(item: CleanItem, found: Faults, kind: UseType) -> None:
    """Another portion, format or unit than the use has would be another use, at another price."""
    shape = SHAPES[Use(item.use)]
    asked: list[tuple[str, type[TextChoices], str, set[str]]] = [
        ("portion", Portion, item.portion, set(shape.portions)),
        ("format", Format, item.format, {*shape.formats, kind.default_format}),
    ]
    if item.quantity is not None:
        asked.append(("quantity_unit", QuantityUnit, item.quantity_unit, {*shape.units, kind.default_unit}))
    for name, words, value, allowed in asked:
        if value not in allowed and not found.has(f"/{name}"):
            names = ", ".join(str(label) for code, label in words.choices if code in allowed)
            found.add(f"/{name}", _("With this use: %(names)s.") % {"names": names}, "not_with_this_use")


def _check_passage(item: CleanItem, found: Faults) -> None:
    if item.portion in COUNTED_PORTIONS and not item.excerpt_text and not found.has("/excerpt_text"):
        found.add("/excerpt_text", _("Paste the passage you want to use."), "required")
