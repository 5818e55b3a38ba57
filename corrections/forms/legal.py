"""The legal desk's forms: each needs a reason, which is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from corrections.models import Report
from corrections.services.drafting import unpublished_with_words_of
from newsroom.admin import WorkForm
from newsroom.web.fields import CleanTextField


class LegalReasonForm(WorkForm):
    """Why."""

    reason = CleanTextField(label=_("Why (internal)"), help_text=_("Kept with your name and the time."), max_length=500)


class ReportRestrictForm(LegalReasonForm):
    """Why; with the notices in the making that hold words of the report, since they stay with the desk."""

    def prepare(self) -> None:
        """Name them before the press: to restrict takes nothing out of them."""
        found = unpublished_with_words_of(self.subject) if isinstance(self.subject, Report) else []
        if found:
            self.fields["reason"].help_text = still_read(found)


def still_read(notices: list[Any]) -> str:
    """The sentence for the legal desk about these notices."""
    words = _(
        "Words of this report stand in a notice that the desk writes: %(references)s. Everyone at the desk reads them "
        "there until they are taken out or the notice is discarded."
    )
    return words % {"references": ", ".join(notice.reference for notice in notices)}
