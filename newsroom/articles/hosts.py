"""Which publication an address belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from newsroom.accounts.models import Publication
from newsroom.articles.addresses import BadAddress, host_of


def owns(publication: Publication, url: str) -> bool:
    """Whether the address is on one of the publication's hosts or below one. Raises BadAddress."""
    return _depth(publication, host_of(url)) > 0


def publication_of(url: str, publications: Iterable[Publication]) -> Publication | None:
    """The publication with the most specific host that the address is on; None for a stranger's. Raises
    BadAddress.
    """
    host = host_of(url)
    ranked = sorted(publications, key=lambda row: (-_depth(row, host), row.pk))
    return ranked[0] if ranked and _depth(ranked[0], host) else None


def _depth(publication: Publication, host: str) -> int:
    """The number of labels of the publication's host that matches; 0 when none does."""
    found = 0
    for given in publication.hosts:
        try:
            known = host_of(given)
        except BadAddress:
            continue
        if host == known or host.endswith(f".{known}"):
            found = max(found, known.count(".") + 1)
    return found
