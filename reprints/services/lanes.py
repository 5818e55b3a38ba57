"""Free, priced, or for a person: what a request is answered with, and every reason why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from newsroom.accounts.models import Organization, Publication
from newsroom.articles.models import Article
from newsroom.events.models import Event
from reprints import pricing
from reprints.models import RateCard, RequestItem
from reprints.services import excerpts
from reprints.services.checking import CleanItem
from reprints.vocabulary import (
    AI_USES,
    COUNTED_PORTIONS,
    PROMOTIONAL_USES,
    Exclusivity,
    Lane,
    Modifications,
    OrganizationType,
)

MANUAL_REASONS = {
    "zero_price",
    "exclusivity",
    "ai_use",
    "blocked_organization",
    "rights_unknown",
    "third_party_rights",
    "agency_content",
    "embargo",
    "not_usable",
    "open_report",
    "no_rule",
    "currency_mismatch",
    "over_limit",
    "promotional_use",
    "adaptation",
    "unusual_use",
    "passage_not_found",
}
"""Why a person must look. Each is stored with the index of its item, or None for the whole request."""

REPORT_DECISIONS = (
    "report.accepted",
    "report.reopened",
    "report.resolved",
    "report.declined",
    "report.withdrawn",
)


@dataclass(frozen=True)
class LinePrice:
    """What one item would cost, and how that came about; `amount` is None when only a person can say.

    `words` are those counted in a passage, and `found` says whether it stands in the article; None where no passage is
    wanted, or it is not looked up.
    """

    amount: Decimal | None
    currency: str
    trace: list[dict[str, str]]
    free: bool
    exclusions: list[str]
    words: int | None = None
    found: bool | None = None


@dataclass(frozen=True)
class Assessment:
    """The lane, the reasons against a quicker one (`{"item", "code"}`), the lines, and their total when all
    have one.
    """

    lane: str
    reasons: list[dict[str, Any]]
    lines: list[LinePrice]
    currency: str
    total: Decimal | None


def assess(
    items: Sequence[CleanItem | RequestItem],
    *,
    publication: Publication,
    organization: Organization | None,
    organization_type: str,
    currency: str,
    today: date,
    card: RateCard | None = None,
) -> Assessment:
    """Work out lane and price. Reads only.

    `card` is a draft to preview; else the newest in force that day.
    """
    card = card or RateCard.objects.filter(publication=publication, currency=currency).in_force(today).first()
    rules = [row.as_rule() for row in card.rules.all()] if card and card.currency == currency else []
    discount = organization.discount_percent if organization else Decimal(0)
    reported = articles_with_accepted_report({item.article.pk for item in items})
    reasons: list[dict[str, Any]] = []
    if organization is not None and organization.blocked:
        reasons.append({"item": None, "code": "blocked_organization"})
    if currency != publication.currency:
        reasons.append({"item": None, "code": "currency_mismatch"})
    lines: list[LinePrice] = []
    passages = _passages(items)
    for index, item in enumerate(items):
        codes = article_reasons(item.article, reported=reported)
        codes += _use_reasons(item, organization_type)
        found = passages.get(index)
        codes += ["passage_not_found"] * (found is False)
        free = is_free(item, publication, organization_type)
        line, price_codes = _line(item, rules, organization_type, currency, discount, free=free)
        codes += price_codes
        counted = item.words if item.portion in COUNTED_PORTIONS else None
        lines.append(replace(line, words=counted, found=found))
        reasons += [{"item": index, "code": code} for code in codes]
    total = _sum(lines)
    if total is not None and total > Decimal(str(publication.policy("priced_limit"))):
        reasons.append({"item": None, "code": "over_limit"})
    unaided = Lane.FREE if all(line.free for line in lines) else Lane.PRICED
    lane = Lane.MANUAL if reasons else unaided
    return Assessment(lane.value, reasons, lines, currency, total)


def article_reasons(article: Article, *, reported: set[int]) -> list[str]:
    """Why this article is not licensed without a person: asked when a request comes in, and again at accept."""
    codes = []
    if article.status != "usable":
        codes.append("not_usable")
    if article.licensable is None:
        codes.append("rights_unknown")
    elif not article.licensable:
        codes.append("third_party_rights")
    if article.source_agency:
        codes.append("agency_content")
    if article.is_embargoed:
        codes.append("embargo")
    if article.pk in reported:
        codes.append("open_report")
    return codes


def articles_with_accepted_report(article_ids: Iterable[int]) -> set[int]:
    """The articles with at least one report that was accepted and neither resolved nor taken back since.

    Read from the events: the latest of the deciding kinds for each report says where it stands.
    """
    latest = (
        Event.objects.filter(article__in=list(article_ids), kind__in=REPORT_DECISIONS, test=False)
        .values("subject_reference")
        .annotate(newest=Max("pk"))
        .values_list("newest", flat=True)
    )
    held = Event.objects.filter(Q(pk__in=list(latest)), kind="report.accepted")
    return set(held.values_list("article_id", flat=True))


def is_free(item: CleanItem | RequestItem, publication: Publication, organization_type: str) -> bool:
    """Inside the published threshold: a counted passage of few words, unchanged, not to advertise, not for a
    machine.
    """
    return (
        item.portion in COUNTED_PORTIONS
        and 0 < item.words <= int(publication.policy("free_words"))
        and item.use not in AI_USES | PROMOTIONAL_USES
        and not item.ai_purposes
        and item.exclusivity == Exclusivity.NONE
        and item.modifications in (Modifications.NONE, Modifications.STYLE_ONLY)
        and organization_type not in (OrganizationType.AI_DEVELOPER, OrganizationType.AGENCY_PR)
    )


def excluded_parts(article: Article) -> list[str]:
    """What is not ours to license in it, as `photo: AP`: the components that do not say `licensable: true`."""
    found = [
        f"{part.get('kind', 'part')}: {part.get('credit', '') or '?'}"
        for part in article.components or []
        if isinstance(part, dict) and part.get("licensable") is not True
    ]
    return list(dict.fromkeys(found))


def ask_of(item: CleanItem | RequestItem, organization_type: str) -> pricing.Ask:
    """The part of an item that the price depends on. Both ends of its dates count."""
    days = None if item.perpetual or item.ends_on is None else (item.ends_on - item.starts_on).days + 1
    return pricing.Ask(
        use=item.use,
        portion=item.portion,
        format=item.format,
        quantity=item.quantity,
        quantity_unit=item.quantity_unit,
        territory=tuple(item.territory),
        languages=tuple(item.languages),
        days=days,
        words=item.words,
        exclusivity=item.exclusivity,
        modifications=item.modifications,
        organization_type=organization_type,
    )


def _passages(items: Sequence[CleanItem | RequestItem]) -> dict[int, bool]:
    """Place of an item → whether its passage stands in the article.

    Not looked up where a person answers anyway and the text is not for everybody: nobody guesses at what is withheld
    or under embargo.
    """
    wanted = {
        index: item
        for index, item in enumerate(items)
        if item.portion in COUNTED_PORTIONS
        and item.excerpt_text
        and item.article.status == "usable"
        and not item.article.is_embargoed
    }
    texts = excerpts.texts_of(item.article for item in wanted.values()) if wanted else {}
    return {index: excerpts.is_in(texts.get(item.article.pk, ""), item.excerpt_text) for index, item in wanted.items()}


def _use_reasons(item: CleanItem | RequestItem, organization_type: str) -> list[str]:
    codes = []
    if item.exclusivity != Exclusivity.NONE:
        codes.append("exclusivity")
    if item.use in AI_USES or item.ai_purposes or organization_type == OrganizationType.AI_DEVELOPER:
        codes.append("ai_use")
    if item.use in PROMOTIONAL_USES:
        codes.append("promotional_use")
    if item.modifications == Modifications.ADAPT:
        codes.append("adaptation")
    if item.use == "other":
        codes.append("unusual_use")
    return codes


def _line(
    item: CleanItem | RequestItem,
    rules: list[pricing.Rule],
    organization_type: str,
    currency: str,
    discount: Decimal,
    *,
    free: bool,
) -> tuple[LinePrice, list[str]]:
    exclusions = excluded_parts(item.article)
    if free:
        zero = pricing.to_minor_units(Decimal(0), currency)
        trace = [{"rule": "free", "effect": f"{item.words}", "subtotal": pricing.plain(zero, currency)}]
        return LinePrice(zero, currency, trace, free, exclusions), []
    try:
        found = pricing.price(ask_of(item, organization_type), rules, currency=currency, discount_percent=discount)
    except pricing.TooLarge:
        return LinePrice(None, currency, [], free, exclusions), ["over_limit"]
    if found is None:
        return LinePrice(None, currency, [], free, exclusions), ["no_rule"]
    codes = [] if found.amount > 0 else ["zero_price"]
    return LinePrice(found.amount, currency, found.trace_rows(), free, exclusions), codes


def _sum(lines: list[LinePrice]) -> Decimal | None:
    amounts = [line.amount for line in lines]
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) if None not in amounts else None
