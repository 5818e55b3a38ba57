"""How much of an article one asker may quote free of charge: the published threshold counts for all passages of an
article together, those of this request and those that were given before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from reprints.models import QuoteLine
from reprints.services import excerpts
from reprints.services.askers import Asker

Passages = dict[int, list[str]]


def given(article_ids: Iterable[int], *, asker: Asker) -> Passages:
    """Article → the passages of it that this asker already holds free of charge, in one query. Nobody known holds
    none.
    """
    mine = Q(quote__organization=asker.organization)
    if asker.organization is None:
        mine = Q(quote__organization=None, quote__request__contact__address_mark__in=asker.address_marks)
        if not asker.address_marks:
            return {}
    rows = QuoteLine.objects.filter(
        mine, article__in=list(article_ids), price=0, license__isnull=False, quote__test=asker.test
    )
    found: Passages = {}
    for article_id, granted in rows.values_list("article_id", "granted"):
        if granted.get("excerpt_text"):
            found.setdefault(article_id, []).append(granted["excerpt_text"])
    return found


def words_in_all(wanted: Mapping[int, list[str]], held: Passages) -> dict[int, int]:
    """Article → how many of its words the passages have together. A passage inside another one counts once."""
    return {article_id: _union([*passages, *held.get(article_id, [])]) for article_id, passages in wanted.items()}


def _union(passages: Iterable[str]) -> int:
    kept: list[str] = []
    for line in sorted({excerpts.line_of(passage) for passage in passages}, key=lambda line: (-len(line), line)):
        if not any(line in other for other in kept):
            kept.append(line)
    return sum(len(line.split()) for line in kept)
