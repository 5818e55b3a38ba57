"""The forms that can begin with a template: the text is filled in and shown, and a person sends it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.models import AnswerTemplate, Report
from corrections.services import answers
from newsroom.admin import WorkForm
from newsroom.errors import Invalid
from newsroom.web.fields import CleanTextField


class TemplatedForm(WorkForm):
    """Words, begun with one of the templates for this button. What was typed before stays above them."""

    fills = True
    purpose: ClassVar[str] = ""

    template = forms.ModelChoiceField(
        AnswerTemplate.objects.none(), required=False, label=_("Template"), empty_label=_("None")
    )
    words = CleanTextField(label=_("Words"))

    def prepare(self) -> None:
        """Only templates of the publication at hand; no choice where there are none."""
        if not isinstance(self.subject, Report):
            return
        rows = AnswerTemplate.objects.for_report(self.subject, self.purpose)[:100]
        self.fields["template"].queryset = AnswerTemplate.objects.for_report(self.subject, self.purpose)  # type: ignore[attr-defined]  # -- a model field
        self.fields["template"].choices = [("", _("None")), *((row.pk, str(row)) for row in rows)]  # type: ignore[attr-defined]  # -- idem

    def fill(self) -> bool:
        """Put the template's text under the words, and its reason into the reason. False, with an error, if not."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # -- a QueryDict is copied to be changed
        try:
            chosen = self.fields["template"].clean(self.data.get("template"))
            text = answers.fill(chosen, self.subject, by=self.person) if chosen else ""
        except (forms.ValidationError, Invalid) as refusal:
            return self._refused(refusal.message if isinstance(refusal, Invalid) else refusal)
        if chosen is None:
            return self._refused(_("Choose a template first."))
        typed = str(self.data.get("words", "")).strip()
        self.data["words"] = f"{typed}\n\n{text}" if typed and text not in typed else typed or text  # type: ignore[index]  # -- the copy is mutable
        if chosen.code and "code" in self.fields:
            self.data["code"] = chosen.code  # type: ignore[index]  # -- idem
        return True

    def _refused(self, reason: Any) -> bool:
        """Say this alone: what else is missing is no concern until the form is sent."""
        self.full_clean()
        self.errors.clear()
        self.add_error("template", reason)
        return False

    def clean(self) -> dict[str, Any]:
        """Hand the service words alone: which template they began with is nobody's business."""
        data = super().clean() or {}
        data.pop("template", None)
        return data
