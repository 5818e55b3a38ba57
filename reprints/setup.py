"""What a new publication's licensing desk begins with."""

from __future__ import annotations

from newsroom.accounts.models import Publication
from reprints.services import ratecard


def install(publication: Publication) -> list[str]:
    """Kinds of use, a first rate card, the first terms. Sentences for the operator. Twice adds nothing."""
    had_one = publication.rate_cards.exists()
    card = ratecard.install_defaults(publication)
    if had_one:
        return []
    return [
        f"Rate card “{card}” in {card.currency}, {card.rules.count()} rules. Change it in the admin before you sell."
    ]
