"""The kinds of use, a first rate card and the first terms of a publication."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.models import Publication
from reprints.models import PriceRule, RateCard, TermsTemplate, UseType
from reprints.vocabulary import Format, QuantityUnit, Use

TERMS_VERSION = "2026-1"
MAX_NAME = 80
OF_A_RULE = ("priority", "name", "match", "base", "per_unit", "unit_size", "factors", "minimum")

USE_TYPES: list[tuple[str, str, str, str, list[str]]] = [
    (
        Use.REPUBLISH_WEB,
        "Publish the article on your website or app, with our credit line.",
        Format.WEB,
        QuantityUnit.MONTHLY_USERS,
        ["quantity"],
    ),
    (
        Use.REPUBLISH_PRINT,
        "Print the article in a newspaper, magazine or brochure.",
        Format.PRINT,
        QuantityUnit.COPIES,
        ["quantity"],
    ),
    (
        Use.EXCERPT_QUOTE,
        "Quote a passage in your own text. Short quotations are free.",
        Format.WEB,
        QuantityUnit.MONTHLY_USERS,
        [],
    ),
    (
        Use.EMAIL_NEWSLETTER,
        "Send the article to your newsletter's subscribers.",
        Format.EMAIL,
        QuantityUnit.RECIPIENTS,
        ["quantity"],
    ),
    (
        Use.EPRINT_PDF,
        "An e-print is a designed PDF of the article that you may pass on.",
        Format.PDF_EPRINT,
        QuantityUnit.COPIES,
        ["quantity"],
    ),
    (
        Use.REPRINT_HARDCOPY,
        "Printed copies of the article to hand out.",
        Format.PRINT,
        QuantityUnit.COPIES,
        ["quantity"],
    ),
    (
        Use.INTRANET_INTERNAL,
        "Circulate the article inside your organization.",
        Format.INTRANET,
        QuantityUnit.SEATS,
        ["quantity"],
    ),
    (
        Use.PRESENTATION_EVENT,
        "Show the article at a talk, a fair or a meeting.",
        Format.SLIDES,
        QuantityUnit.RECIPIENTS,
        [],
    ),
    (
        Use.TRANSLATION,
        "Translate the article and publish the translation.",
        Format.WEB,
        QuantityUnit.MONTHLY_USERS,
        ["quantity", "languages"],
    ),
    (Use.BOOK_CHAPTER, "Include the article in a book or e-book.", Format.BOOK, QuantityUnit.COPIES, ["quantity"]),
    (
        Use.COURSE_MATERIAL,
        "Give the article to the students of a course.",
        Format.PDF_EPRINT,
        QuantityUnit.SEATS,
        ["quantity"],
    ),
    (Use.EXAM, "Use the article in an exam.", Format.PRINT, QuantityUnit.COPIES, ["quantity"]),
    (
        Use.BROADCAST_READ,
        "Read the article out on radio, television or a podcast.",
        Format.AUDIO,
        QuantityUnit.RECIPIENTS,
        [],
    ),
    (
        Use.TEXT_TO_SPEECH,
        "Offer the article as synthetic speech.",
        Format.AUDIO,
        QuantityUnit.MONTHLY_USERS,
        ["quantity"],
    ),
    (
        Use.SOCIAL_POST,
        "Post the text itself. Sharing the link needs no license.",
        Format.SOCIAL,
        QuantityUnit.SUBSCRIBERS,
        [],
    ),
    (
        Use.SYNDICATION_FEED,
        "Receive our articles continuously for publication.",
        Format.API_FEED,
        QuantityUnit.MONTHLY_USERS,
        ["quantity"],
    ),
    (
        Use.ARCHIVE_DATABASE,
        "Keep the article in a database that others search.",
        Format.DATASET,
        QuantityUnit.SEATS,
        ["quantity"],
    ),
    (
        Use.MEDIA_MONITORING,
        "Deliver clippings to your clients.",
        Format.API_FEED,
        QuantityUnit.RECIPIENTS,
        ["quantity"],
    ),
    (Use.ADVERTISING_QUOTE, "Quote us in advertising or packaging.", Format.PRINT, QuantityUnit.COPIES, []),
    (Use.BADGE_LOGO, "Show our name or logo with your product.", Format.WEB, QuantityUnit.MONTHLY_USERS, []),
    (Use.AI_TRAIN, "Train or fine-tune a model with the text.", Format.DATASET, QuantityUnit.TOKENS, ["ai_purposes"]),
    (Use.AI_INPUT, "Give the text to a model to answer with.", Format.API_FEED, QuantityUnit.REQUESTS, ["ai_purposes"]),
    (
        Use.AI_INDEX,
        "Build an index that a model retrieves from.",
        Format.DATASET,
        QuantityUnit.REQUESTS,
        ["ai_purposes"],
    ),
    (
        Use.SEARCH_INDEX,
        "Index the text to find it, showing no more than a snippet.",
        Format.DATASET,
        QuantityUnit.REQUESTS,
        [],
    ),
    (Use.TDM_RESEARCH, "Analyze the text for scientific research.", Format.DATASET, QuantityUnit.TOKENS, []),
    (Use.OTHER, "Anything else: tell us in your own words.", Format.WEB, QuantityUnit.COPIES, []),
]
"""Code, plain words, usual format, usual unit, members that cannot be missing."""

TERRITORY = {"by": "territory", "bands": [[1, "1"], [5, "1.3"], [None, "1.7"]], "unlimited": "2"}
DURATION = {
    "by": "duration",
    "bands": [[31, "0.5"], [184, "0.8"], [366, "1"], [1098, "1.8"], [None, "2.5"]],
    "unlimited": "3",
}
LANGUAGES = {"by": "languages", "bands": [[1, "1"], [3, "1.4"], [None, "2"]]}
PORTION = {
    "by": "portion",
    "values": {"full_text": "1", "excerpt": "0.5", "quote": "0.4", "headline_summary": "0.3", "chart": "0.6"},
}
WHO = {
    "by": "organization_type",
    "values": {
        "education": "0.5",
        "nonprofit": "0.5",
        "individual": "0.6",
        "corporate": "1.5",
        "agency_pr": "1.5",
    },
    "otherwise": "1",
}
AUDIENCE = {
    "by": "quantity",
    "bands": [[10_000, "1"], [100_000, "1.5"], [1_000_000, "2.5"], [10_000_000, "4"], [None, "6"]],
}
USUAL = [AUDIENCE, TERRITORY, DURATION, LANGUAGES, PORTION, WHO]
EACH = [TERRITORY, DURATION, LANGUAGES, PORTION, WHO]

RULES: list[dict[str, Any]] = [
    {
        "priority": 10,
        "name": "web",
        "match": {"use": ["republish_web"]},
        "base": "150",
        "factors": USUAL,
        "minimum": "50",
    },
    {
        "priority": 20,
        "name": "print",
        "match": {"use": ["republish_print"]},
        "base": "200",
        "factors": USUAL,
        "minimum": "75",
    },
    {
        "priority": 30,
        "name": "newsletter",
        "match": {"use": ["email_newsletter"]},
        "base": "120",
        "factors": USUAL,
        "minimum": "40",
    },
    {
        "priority": 40,
        "name": "quotation",
        "match": {"use": ["excerpt_quote"]},
        "base": "60",
        "factors": USUAL,
        "minimum": "25",
    },
    {
        "priority": 50,
        "name": "e-print",
        "match": {"use": ["eprint_pdf"]},
        "base": "100",
        "per_unit": "25",
        "unit_size": 100,
        "factors": EACH,
        "minimum": "100",
    },
    {
        "priority": 60,
        "name": "printed reprints",
        "match": {"use": ["reprint_hardcopy"]},
        "base": "150",
        "per_unit": "60",
        "unit_size": 100,
        "factors": EACH,
        "minimum": "150",
    },
    {
        "priority": 70,
        "name": "internal",
        "match": {"use": ["intranet_internal", "presentation_event"]},
        "base": "80",
        "per_unit": "10",
        "unit_size": 50,
        "factors": EACH,
        "minimum": "40",
    },
    {
        "priority": 80,
        "name": "translation",
        "match": {"use": ["translation"]},
        "base": "200",
        "factors": USUAL,
        "minimum": "75",
    },
    {
        "priority": 90,
        "name": "book",
        "match": {"use": ["book_chapter"]},
        "base": "120",
        "per_unit": "15",
        "unit_size": 1000,
        "factors": EACH,
        "minimum": "60",
    },
    {
        "priority": 100,
        "name": "teaching",
        "match": {"use": ["course_material", "exam"]},
        "base": "40",
        "per_unit": "5",
        "unit_size": 25,
        "factors": EACH,
        "minimum": "20",
    },
    {
        "priority": 110,
        "name": "broadcast",
        "match": {"use": ["broadcast_read", "text_to_speech"]},
        "base": "180",
        "factors": USUAL,
        "minimum": "75",
    },
    {
        "priority": 120,
        "name": "social",
        "match": {"use": ["social_post"]},
        "base": "90",
        "factors": USUAL,
        "minimum": "40",
    },
]  # fmt: skip -- one rule a line is a rate card


@transaction.atomic
def install_defaults(publication: Publication) -> RateCard:
    """Kinds of use (shared by all), a rate card in the publication's currency and terms 2026-1. Twice adds
    nothing.

    Uses without a rule (syndication, archives, monitoring, advertising, AI, something else) are answered by a
    person.
    """
    for order, (code, words, usual_format, unit, needed) in enumerate(USE_TYPES):
        UseType.objects.get_or_create(
            code=code,
            defaults={
                "label": str(Use(code).label),
                "help_text": words,
                "default_format": usual_format,
                "default_unit": unit,
                "required_fields": needed,
                "order": order,
            },
        )
    today = timezone.now().astimezone(publication.zone).date()
    if not TermsTemplate.objects.filter(publication=publication, label=TERMS_VERSION).exists():
        TermsTemplate.objects.create(
            publication=publication,
            label=TERMS_VERSION,
            text=get_template("reprints/terms/2026-1.txt", using="text").render({"publication": publication}),
            duties=DUTIES,
            archival_uses=ARCHIVAL_USES,
            effective_on=today,
        )
    card, created = RateCard.objects.get_or_create(
        publication=publication,
        name="2026",
        defaults={"currency": publication.currency, "valid_from": today, "draft": False},
    )
    if created:
        PriceRule.objects.bulk_create(PriceRule(card=card, **_columns(rule)) for rule in RULES)
    return card


@transaction.atomic
def copy_as_draft(card: RateCard) -> RateCard:
    """A draft with the rules of this card, from the publication's tomorrow on without an end. It prices nothing yet."""
    tomorrow = timezone.localdate(timezone=card.publication.zone) + timedelta(days=1)
    name = _("%(name)s, from %(day)s") % {"name": card.name, "day": tomorrow.isoformat()}
    copied = RateCard.objects.create(
        publication=card.publication, name=name[:MAX_NAME], currency=card.currency, valid_from=tomorrow, draft=True
    )
    PriceRule.objects.bulk_create(PriceRule(card=copied, **columns) for columns in card.rules.values(*OF_A_RULE))
    return copied


DUTIES: dict[str, dict[str, Any]] = {
    "hold": {"duty": "take_down", "within_hours": 24},
    "update": {"duty": "inform"},
    "clarification": {"duty": "inform"},
    "correction": {"duty": "replace_or_append", "within_hours": 72},
    "retraction": {"duty": "take_down", "within_hours": 24},
    "legal_removal": {"duty": "take_down", "within_hours": 24},
    "release": {"duty": "inform"},
}
"""What terms 2026-1 oblige a licensee to, by kind of notice."""

ARCHIVAL_USES = [
    Use.ARCHIVE_DATABASE.value,
    Use.BOOK_CHAPTER.value,
    Use.REPUBLISH_PRINT.value,
    Use.EPRINT_PDF.value,
]
"""Uses whose copies outlive the license."""


def _columns(rule: dict[str, Any]) -> dict[str, Any]:
    columns = dict(rule)
    for name in ("base", "per_unit", "minimum"):
        if name in columns:
            columns[name] = Decimal(columns[name])
    return columns
