"""The passage that someone wants to use: its words counted, and looked up in the article as it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db.models import F

from newsroom.articles.models import Article, Revision

LETTERS_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and ideographs
)
WORD = re.compile(rf"[{LETTERS_ALONE}]|[^\W_{LETTERS_ALONE}]+(?:(?:[.,](?=\d)|['’])[^\W_{LETTERS_ALONE}]+)*")
LEFT_OUT = re.compile(r"\[\s*(?:…|\.{3})\s*\]|…|\.{3}")


def count_words(text: str) -> int:
    """How many words: runs of letters and digits, whatever stands between them; a script that writes no spaces counts
    each letter.
    """
    return len(_words(text))


def is_in(text: str, passage: str) -> bool:
    """Whether the passage stands in the text word for word; parts left out by “…” stand in the same order.

    Case, punctuation and white space do not count. A passage without words is nowhere.
    """
    words, at = line_of(text), 0
    pieces = [piece for piece in (_words(part) for part in LEFT_OUT.split(passage)) if piece]
    for piece in pieces:
        wanted = f" {' '.join(piece)} "
        found = words.find(wanted, at)
        if found < 0:
            return False
        at = found + len(wanted) - 1
    return bool(pieces)


def line_of(text: str) -> str:
    """Its words alone, with a blank before, between and after them: what is compared word for word."""
    return f" {' '.join(_words(text))} "


def texts_of(articles: Iterable[Article]) -> dict[int, str]:
    """Article → headline and text of its current revision, in one query. One without a text is missing."""
    rows = Revision.objects.filter(article__in={row.pk for row in articles}, number=F("article__revision"))
    return {key: f"{headline}\n\n{body}" for key, headline, body in rows.values_list("article_id", "headline", "body")}


def _words(text: str) -> list[Any]:
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))
