"""The place where the corrections desk says what it has published about an article, without being imported
from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

Rows = dict[int, list[dict[str, Any]]]
Provider = Callable[[Collection[int]], Rows]

_providers: list[Provider] = []


def register_corrections(provider: Provider) -> Provider:
    """Take `provider(article_ids) → {article_id: rows}` as the source of public corrections.

    Rows have the API's Correction shape, newest first; an article without any may be missing. The provider
    decides what is public: a notice it leaves out does not appear in histories or JSON-LD either. Registering
    twice is an error.
    """
    if _providers and _providers[0] is not provider:
        raise ValueError("The corrections of articles already have a provider.")
    _providers[:] = [provider]
    return provider


def corrections_of(article_ids: Collection[int]) -> Rows:
    """What the registered provider knows of these articles, in one call; every id has a list, perhaps an
    empty one.
    """
    rows = _providers[0](article_ids) if _providers and article_ids else {}
    return {article_id: rows.get(article_id, []) for article_id in article_ids}
