"""The legal desk's forms: each needs a reason, which is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from newsroom.admin import WorkForm
from newsroom.web.fields import CleanTextField


class LegalReasonForm(WorkForm):
    """Why."""

    reason = CleanTextField(label=_("Why (internal)"), help_text=_("Kept with your name and the time."), max_length=500)
