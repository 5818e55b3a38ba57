"""Which text a license hands out: the revision that was licensed, and the corrected ones that its notices name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, NotFound
from reprints import papers
from reprints.documents import delivery
from reprints.models import License
from reprints.rights import odrl


def revisions_of(row: License) -> list[int]:
    """The revisions that this license may hand out, ascending. A silent edit is not among them."""
    named = row.update_notices.exclude(revision=None).values_list("revision", flat=True)
    licensed = int(row.snapshot["article"]["revision"])
    # A notice about a revision older than the licensed one tells nothing that the licensed text does not say.
    return sorted({licensed, *(number for number in named if number is not None and number > licensed)})


def revision_of(row: License, wanted: int | None) -> int:
    """The wanted revision, else the newest that the license may hand out. Raises `NotFound` for any other."""
    allowed = revisions_of(row)
    if wanted is None:
        return allowed[-1]
    if wanted not in allowed:
        raise NotFound(_("This revision is not handed out under this license."))
    return wanted


def ninjs(row: License, *, revision: int) -> dict[str, Any]:
    """The licensed text as a ninjs 3.1 object. Raises `Conflict` unless the text is in the licensee's hand."""
    if not papers.text_in_hand(row):
        raise Conflict(_("The text is not handed out under this license at present."), code="not_in_force")
    article, text = papers.content_of(row, revision=revision)
    said = {"number": text.number, "sha256": text.sha256}
    return delivery.content_ninjs(row.snapshot, article, said, base_url=settings.BASE_URL)


def agreement(row: License) -> dict[str, Any]:
    """The license as an ODRL Agreement. Raises `Conflict` before the license was issued."""
    if row.issued_at is None:
        raise Conflict(_("This license is not in force yet: it waits for the payment."), code="not_issued")
    return odrl.agreement(row.snapshot, base_url=settings.BASE_URL)
