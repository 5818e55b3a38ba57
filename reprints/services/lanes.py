"""Free, priced, or for a person: what a request is answered with, and every reason why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.events.models import Event
from reprints import moments, pricing
from reprints.models import License, LicenseRequest, Quote, RateCard, RequestItem
from reprints.services import allowance, excerpts, exclusive
from reprints.services.askers import Asker, asker_of
from reprints.services.checking import CleanItem
from reprints.vocabulary import (
    AI_USES,
    COUNTED_PORTIONS,
    NEVER_FREE,
    PROMOTIONAL_USES,
    Exclusivity,
    Lane,
    Modifications,
    OrganizationType,
    Portion,
    Use,
)
from reprints.workflow import OPEN_REQUEST, QuoteStatus

MANUAL_REASONS = {
    "zero_price",
    "exclusivity",
    "ai_use",
    "blocked_organization",
    "other_kind",
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
    "exclusive_elsewhere",
    "third_party_parts",
    "asked_already",
    "quantity_missing",
}
"""Why a person must look. Each is stored with the index of its item, or None for the whole request."""

PICTURES = frozenset(
    {"photo", "image", "picture", "graphic", "illustration", "cartoon", "chart", "map", "video", "audio", "logo"}
)
"""Parts of an article that a license of its text never holds: they are named, and nobody has to look. Any other part
that is not ours may stand in the text itself.
"""
CHARTS = frozenset({"graphic", "illustration", "chart", "map"})

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
    wanted, or it is not looked up. `words_in_all` are those of its article that this asker would then hold.
    """

    amount: Decimal | None
    currency: str
    trace: list[dict[str, str]]
    free: bool
    exclusions: list[str]
    words: int | None = None
    found: bool | None = None
    words_in_all: int | None = None


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

    def lane_of(self, index: int) -> str:
        """The lane of one item, taken by itself."""
        line = self.lines[index]
        if line.amount is None or any(reason["item"] == index for reason in self.reasons):
            return Lane.MANUAL.value
        return Lane.FREE.value if line.free else Lane.PRICED.value


def assess(
    items: Sequence[CleanItem | RequestItem], *, asker: Asker, today: date, card: RateCard | None = None
) -> Assessment:
    """Work out lane and price. Reads only, as many queries for one item as for fifty.

    `card` is a draft to preview; else the newest in force that day.
    """
    publication, organization, currency = asker.publication, asker.organization, asker.currency
    card = card or RateCard.objects.filter(publication=publication, currency=currency).in_force(today).first()
    rules = [row.as_rule() for row in card.rules.all()] if card and card.currency == currency else []
    discount = organization.discount_percent if organization else Decimal(0)
    reasons: list[dict[str, Any]] = []
    if organization is not None and organization.blocked:
        reasons.append({"item": None, "code": "blocked_organization"})
    if organization is not None and asker.organization_type != organization.kind:
        reasons.append({"item": None, "code": "other_kind"})
    if currency != publication.currency:
        reasons.append({"item": None, "code": "currency_mismatch"})
    found = _facts(items, asker)
    lines: list[LinePrice] = []
    for index, item in enumerate(items):
        codes = article_reasons(item.article, reported=found.reported)
        codes += _use_reasons(item, asker.organization_type)
        codes += [code for code, held in found.reasons_of(index).items() if held]
        line, price_codes = _line(item, rules, asker, discount, in_all=found.words_in_all.get(item.article.pk))
        codes += price_codes
        counted = item.words if item.portion in COUNTED_PORTIONS else None
        lines.append(replace(line, words=counted, found=found.passages.get(index)))
        reasons += [{"item": index, "code": code} for code in codes]
    total = _sum(lines)
    if total is not None and total > Decimal(str(publication.policy("priced_limit"))):
        reasons.append({"item": None, "code": "over_limit"})
    unaided = Lane.FREE if all(line.free for line in lines) else Lane.PRICED
    lane = Lane.MANUAL if reasons else unaided
    return Assessment(lane.value, reasons, lines, currency, total)


def assess_request(request: LicenseRequest, *, card: RateCard | None = None) -> Assessment:
    """Lane and prices of a stored request as of today; `card` previews a draft card. Reads only."""
    rows = list(request.items.select_related("article__publication"))
    today = request.day()
    return assess(rows, asker=asker_of(request), today=today, card=card)


@dataclass(frozen=True)
class Facts:
    """What is looked up about all items at once: by the place of an item, or by article."""

    reported: set[int]
    passages: dict[int, bool]
    words_in_all: dict[int, int]
    clashes: list[License | None]
    asked: set[int]

    def reasons_of(self, index: int) -> dict[str, bool]:
        """Code → whether it holds for this item."""
        return {
            "passage_not_found": self.passages.get(index) is False,
            "exclusive_elsewhere": self.clashes[index] is not None,
            "asked_already": index in self.asked,
        }


def _facts(items: Sequence[CleanItem | RequestItem], asker: Asker) -> Facts:
    grants = [exclusive.grant_of(item) for item in items]
    wanted: dict[int, list[str]] = {}
    for item in items:
        if is_free(item, asker.publication, asker.organization_type):
            wanted.setdefault(item.article.pk, []).append(item.excerpt_text)
    return Facts(
        reported=articles_with_accepted_report({item.article.pk for item in items}),
        passages=_passages(items),
        words_in_all=allowance.words_in_all(wanted, allowance.given(wanted, asker=asker) if wanted else {}),
        clashes=exclusive.clashes(grants, asker=asker),
        asked=_asked_already(grants, asker),
    )


def _asked_already(grants: Sequence[exclusive.Grant], asker: Asker) -> set[int]:
    """Places of what this asker wants in a request that is open already: it would get two answers.

    None for an address that is not confirmed: lane and reason would say what its owner asked for.
    """
    if asker.organization is None and not asker.address_confirmed:
        return set()
    rows = RequestItem.objects.filter(
        article__in={grant.article_id for grant in grants},
        request__status__in=OPEN_REQUEST,
        request__publication=asker.publication,
        request__organization=asker.organization,
        request__test=asker.test,
    ).exclude(request__quotes__in=Quote.objects.filter(status=QuoteStatus.OPEN, valid_until__lt=moments.now()))
    if asker.organization is None:
        rows = rows.filter(request__contact__address_mark__in=asker.address_marks)
    if asker.request is not None:
        rows = rows.exclude(request=asker.request)
    open_ones = [exclusive.grant_of(row) for row in rows.select_related("article")]
    return {place for place, grant in enumerate(grants) if any(exclusive.meet(grant, other) for other in open_ones)}


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
        and organization_type not in NEVER_FREE
    )


def excluded_parts(article: Article) -> list[str]:
    """What is not ours to license in it, as `photo: AP`: the components that do not say `licensable: true`."""
    found = [f"{part.get('kind', 'part')}: {part.get('credit', '') or '?'}" for part in _foreign_parts(article)]
    return list(dict.fromkeys(found))


def _foreign_parts(article: Article) -> list[dict[str, Any]]:
    parts = article.components or []
    return [part for part in parts if isinstance(part, dict) and part.get("licensable") is not True]


def _holds_foreign_parts(item: CleanItem | RequestItem) -> bool:
    """Whether what is asked for may hold a part that is not ours: one of the text, or the very chart."""
    kinds = {str(part.get("kind", "")).strip().casefold() for part in _foreign_parts(item.article)}
    if item.portion == Portion.CHART:
        return bool(kinds & CHARTS)
    return item.portion != Portion.LOGO_BADGE and bool(kinds - PICTURES)


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
    if item.use == Use.OTHER:
        codes.append("unusual_use")
    if _holds_foreign_parts(item):
        codes.append("third_party_parts")
    return codes


def _line(
    item: CleanItem | RequestItem, rules: list[pricing.Rule], asker: Asker, discount: Decimal, *, in_all: int | None
) -> tuple[LinePrice, list[str]]:
    """`in_all`: how many words of the article its asker would hold free of charge; None where nothing is free."""
    exclusions, currency = excluded_parts(item.article), asker.currency
    nothing = LinePrice(None, currency, [], free=False, exclusions=exclusions, words_in_all=in_all)
    limit = int(asker.publication.policy("free_words"))
    if in_all is not None and in_all <= limit and is_free(item, asker.publication, asker.organization_type):
        zero = pricing.to_minor_units(Decimal(0), currency)
        step = pricing.Step(pricing.FREE, f"{in_all} ≤ {limit}", zero)
        return replace(nothing, amount=zero, trace=[step.row(currency)], free=True), []
    ask = ask_of(item, asker.organization_type)
    rule = pricing.rule_for(ask, rules)
    if rule is None:
        return nothing, ["no_rule"]
    if item.quantity is None and rule.counts:
        return nothing, ["quantity_missing"]
    try:
        found = pricing.price_by(rule, ask, currency=currency, discount_percent=discount)
    except pricing.TooLarge:
        return nothing, ["over_limit"]
    codes = [] if found.amount > 0 else ["zero_price"]
    return replace(nothing, amount=found.amount, trace=found.trace_rows()), codes


def _sum(lines: list[LinePrice]) -> Decimal | None:
    amounts = [line.amount for line in lines]
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) if None not in amounts else None
