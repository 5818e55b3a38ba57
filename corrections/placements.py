"""Where a notice must stand, by its kind and severity, unless the publication's setting `placements` says otherwise.

IPSO's guidance on due prominence online (2024): the place follows the seriousness, the prominence of the breach,
and where it was seen: an error on social media is corrected there, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from corrections.vocabulary import Kind, Medium, Place, Severity

HOUSE_RULE: Mapping[str, tuple[str, ...]] = {
    Severity.LOW: (Place.ARTICLE_FOOT, Place.CORRECTIONS_PAGE),
    Severity.HIGH: (Place.UNDER_HEADLINE, Place.HOMEPAGE, Place.CORRECTIONS_PAGE),
    Kind.RETRACTION: (Place.UNDER_HEADLINE, Place.HOMEPAGE, Place.CORRECTIONS_PAGE, Place.SOCIAL),
    Kind.MINOR_FIX: (),
}
"""Kind or severity → places; a kind that is named goes before the severity."""
WHERE_SEEN = {Medium.PRINT: Place.PRINT, Medium.SOCIAL: Place.SOCIAL}
"""Where a reader saw the error → where its notice must stand as well."""


def owed(kind: str, severity: str, *, setting: object, media: set[str]) -> list[str]:
    """The places of a notice, in the order of the vocabulary. `setting` is the publication's; what it does not name, or
    names wrongly, is left to the house.
    """
    own = setting if isinstance(setting, dict) else {}
    rules = (own.get(kind), HOUSE_RULE.get(kind), own.get(severity), HOUSE_RULE[severity])
    wanted = set(next(rule for rule in rules if isinstance(rule, list | tuple)))
    if kind != Kind.MINOR_FIX:
        wanted |= {WHERE_SEEN[Medium(medium)] for medium in media if medium in WHERE_SEEN}
    return [place for place in Place.values if place in wanted]
