"""The chooser of uses in plain words, and which fields each use needs."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from reprints.models import UseType
from reprints.vocabulary import AI_USES, COUNTED_PORTIONS, SHAPES, Portion, Use

GROUPS: list[tuple[Any, list[str]]] = [
    (
        _("Publish the article"),
        [
            Use.REPUBLISH_WEB,
            Use.REPUBLISH_PRINT,
            Use.EMAIL_NEWSLETTER,
            Use.TRANSLATION,
            Use.SOCIAL_POST,
            Use.BOOK_CHAPTER,
            Use.BROADCAST_READ,
            Use.TEXT_TO_SPEECH,
        ],
    ),
    (_("Quote from it"), [Use.EXCERPT_QUOTE, Use.ADVERTISING_QUOTE, Use.BADGE_LOGO]),
    (
        _("Hand out copies"),
        [
            Use.EPRINT_PDF,
            Use.REPRINT_HARDCOPY,
            Use.INTRANET_INTERNAL,
            Use.PRESENTATION_EVENT,
            Use.COURSE_MATERIAL,
            Use.EXAM,
        ],
    ),
    (
        _("Feeds, archives and machines"),
        [
            Use.SYNDICATION_FEED,
            Use.ARCHIVE_DATABASE,
            Use.MEDIA_MONITORING,
            Use.SEARCH_INDEX,
            Use.AI_INPUT,
            Use.AI_INDEX,
            Use.AI_TRAIN,
            Use.TDM_RESEARCH,
        ],
    ),
    (_("Anything else"), [Use.OTHER]),
]
"""The chooser: what people want, in the order in which most of them want it."""

FIXED_PORTION = {
    use: Portion(shape.portions[0]) for use, shape in SHAPES.items() if Portion.FULL_TEXT not in shape.portions
}
"""Uses of no whole text: what is asked for goes without saying."""
WHOLE_TEXT = AI_USES | {
    Use.SYNDICATION_FEED,
    Use.ARCHIVE_DATABASE,
    Use.MEDIA_MONITORING,
    Use.SEARCH_INDEX,
    Use.TEXT_TO_SPEECH,
    Use.EPRINT_PDF,
    Use.REPRINT_HARDCOPY,
}
EXCLUSIVE_USES = {Use.REPUBLISH_WEB, Use.REPUBLISH_PRINT, Use.TRANSLATION, Use.BOOK_CHAPTER, Use.SYNDICATION_FEED}
CHANGED_USES = {Use.REPUBLISH_WEB, Use.REPUBLISH_PRINT, Use.EMAIL_NEWSLETTER, Use.BOOK_CHAPTER, Use.OTHER}
PLACED_USES = {Use.REPUBLISH_WEB, Use.TRANSLATION, Use.EXCERPT_QUOTE, Use.SOCIAL_POST, Use.BADGE_LOGO}
COUNTED_USES = {Use.PRESENTATION_EVENT, Use.BROADCAST_READ, Use.SOCIAL_POST, Use.ADVERTISING_QUOTE, Use.BADGE_LOGO}


def needed_by(use: UseType) -> set[str]:
    """The fields that asking for this use needs, and those that everyone fills in."""
    code = Use(use.code)
    shown = {"scope", "countries", "starts_on", "ends_on", "perpetual", "deadline", "note"}
    shown |= {"name", "email", "company", "po_number", "website"}
    shown |= {str(name) for name in use.required_fields}
    if code in FIXED_PORTION:
        shown |= {"excerpt_text"} if FIXED_PORTION[code] in COUNTED_PORTIONS else set()
    elif code not in WHOLE_TEXT:
        shown |= {"portion", "excerpt_text"}
    for name, uses in (
        ("exclusivity", EXCLUSIVE_USES),
        ("modifications", CHANGED_USES),
        ("placement_urls", PLACED_USES),
        ("quantity", COUNTED_USES),
        ("ai_purposes", AI_USES),
    ):
        shown |= {name} if code in uses else set()
    return shown


def use_choices(use_types: dict[str, UseType]) -> list[tuple[Any, Any]]:
    """The offered uses in groups, each with its words."""
    grouped = []
    for label, codes in GROUPS:
        rows = [(code, use_types[code]) for code in codes if code in use_types]
        if rows:
            grouped.append((label, [(str(code), _described(row)) for code, row in rows]))
    return grouped


def _described(use: UseType) -> Any:
    return format_html('<span><strong>{}</strong><br><span class="quiet">{}</span></span>', use.label, use.help_text)
