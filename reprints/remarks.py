"""What the licensing desk says on the page of a correction: how many licensees answered."""

from __future__ import annotations

from django.utils.translation import ngettext

from newsroom.accounts.models import Publication
from newsroom.web.remarks import remark
from reprints.services import updates


@remark("correction")
def licensees_confirmed(publication: Publication, reference: str, *, public: bool) -> str:
    """“14 of 15 licensees confirmed …”; on the public page only where the publication shows it."""
    if public and not publication.policy("show_update_counts"):
        return ""
    counts = updates.counts_for(reference)
    if not counts["told"]:
        return ""
    return ngettext(
        "%(confirmed)d of %(told)d publisher who licensed this article has confirmed the update.",
        "%(confirmed)d of %(told)d publishers who licensed this article have confirmed the update.",
        counts["told"],
    ) % {"confirmed": counts["confirmed"], "told": counts["told"]}
