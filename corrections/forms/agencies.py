"""Waiting for an agency, and entering the agency's own correction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.models import AgencyCorrection, Report
from corrections.services import agencies
from newsroom.accounts.models import Publication, Role
from newsroom.admin import WorkForm
from newsroom.articles.models import Article
from newsroom.references import is_valid, normalize
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanTextField


class ReportWaitForm(WorkForm):
    """For whom, for what, until when."""

    agency = CleanTextField(multiline=False, max_length=agencies.MAX_AGENCY, label=_("Agency"))
    reason = CleanTextField(max_length=agencies.MAX_REASON, label=_("What you wait for (internal)"))
    until = DayField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        """Begin with the agency that the article came from."""
        if isinstance(self.subject, Report) and self.subject.article is not None:
            self.initial.setdefault("agency", self.subject.article.source_agency)


class AgencyCorrectionForm(WorkForm):
    """What the agency says, and which of our articles it is about. First one finds them, then one chooses."""

    fills = True
    fill_label = _("Find our articles")

    publication = forms.ModelChoiceField(Publication.objects.none(), label=_("Publication"))
    agency = CleanTextField(
        multiline=False,
        max_length=agencies.MAX_AGENCY,
        label=_("Agency"),
        help_text=_("As it stands with our articles."),
    )
    headline = CleanTextField(
        multiline=False, max_length=agencies.MAX_HEADLINE, label=_("Headline of its story, or words of it")
    )
    text = CleanTextField(max_length=agencies.MAX_TEXT, label=_("What the agency says"))
    url = CleanTextField(multiline=False, required=False, max_length=2000, label=_("Address of its correction"))
    received = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    articles = forms.MultipleChoiceField(
        choices=[], widget=forms.CheckboxSelectMultiple, label=_("Our articles that used it")
    )

    def prepare(self) -> None:
        """Only the person's publications; the articles that are like the agency's story, once it is named."""
        if self.person is None:
            return
        rows = self.person.publications(Role.DESK_EDITOR)
        self.fields["publication"].queryset = rows  # type: ignore[attr-defined]  # -- a model field
        received = self._received()
        if received is not None and not self.is_bound:
            told = {name: getattr(received, name) for name in ("agency", "headline", "text", "url")}
            self.initial.update(told, publication=received.publication_id)
        said = {name: str(self.data.get(name, ""))[:4000] for name in ("publication", "agency", "headline", "text")}
        number = said.pop("publication")
        publication = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
        if publication is not None and said["agency"].strip() and "\x00" not in said["agency"]:
            self.fields["articles"].choices = [  # type: ignore[attr-defined]  # -- a choice field
                (article.reference, f"{article.headline} · {round(100 * score)} %")
                for article, score in agencies.candidates(publication, **said)
            ]
        if received is not None:
            self._offer(list(received.articles.order_by("pk")))

    def fill(self) -> bool:
        """Show the articles that were found. False when something is missing, or none was."""
        self.full_clean()
        self.errors.pop("articles", None)
        if not self.errors and not self.fields["articles"].choices:  # type: ignore[attr-defined]  # -- a choice field
            self.add_error("agency", _("No article of ours from that agency is like this story."))
        return not self.errors

    def clean_received(self) -> AgencyCorrection | None:
        """What came by the API, if this is begun from it."""
        return self._received()

    def _received(self) -> AgencyCorrection | None:
        """It, among those of the person's publications."""
        given = normalize(str((self.data if self.is_bound else self.initial).get("received") or "")[:20])
        if not is_valid(given, "agency_correction") or self.person is None:
            return None
        rows = AgencyCorrection.objects.filter(publication__in=self.person.publications(Role.DESK_EDITOR))
        return rows.filter(reference=given).first()

    def _offer(self, known: list[Article]) -> None:
        """These first, and ticked to begin with: they were found when it came in."""
        field: Any = self.fields["articles"]
        found = {article.reference: article.headline for article in known}
        others = [(value, label) for value, label in field.choices if value not in found]
        field.choices = [*found.items(), *others]
        self.initial.setdefault("articles", list(found))

    def clean_articles(self) -> list[Article]:
        """The chosen ones."""
        return list(Article.objects.filter(reference__in=self.cleaned_data["articles"]).order_by("pk"))

    def clean(self) -> dict[str, Any]:
        """Everything that the service takes."""
        data = super().clean() or {}
        data.pop("seen", None)
        return data
