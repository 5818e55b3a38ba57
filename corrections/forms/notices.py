"""The forms behind the buttons of a notice, each named after its move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.forms.desk import ArticleField, WordsForm
from corrections.models import Correction
from corrections.services import fixing
from corrections.vocabulary import Effect, Kind, Place, Severity
from corrections.workflow import PUBLIC
from newsroom.admin import WorkForm
from newsroom.articles.models import Article
from newsroom.references import normalize
from newsroom.web.dates import LocalMomentField
from newsroom.web.fields import CleanTextField


class CorrectionEditForm(WorkForm):
    """The words of a draft, written where the notice stands on the page."""

    page_template = "admin/corrections/write.html"
    kind = forms.ChoiceField(choices=Kind.choices, label=_("Kind"))
    severity = forms.ChoiceField(choices=Severity.choices, label=_("Severity"))
    text = CleanTextField(label=_("Text"), help_text=_("What was wrong, and what is right, understandable by itself."))
    original_text = CleanTextField(label=_("Original passage"), required=False)
    corrected_text = CleanTextField(label=_("Corrected passage"), required=False)
    error_published_at = LocalMomentField(
        label=_("The error appeared"),
        required=False,
        help_text=_("Like 2026-11-20 08:30, on the publication’s clock."),
    )
    not_fixed_reason = CleanTextField(
        label=_("Why the article is not changed"), required=False, max_length=500, multiline=False
    )

    def prepare(self) -> None:
        """Begin with the words as they are."""
        if self.subject is not None:
            self.fields["error_published_at"].zone = self.subject.publication.zone  # type: ignore[attr-defined]  # -- LocalMomentField
            for name in self.fields:
                if name != "not_fixed_reason" and hasattr(self.subject, name):
                    self.initial.setdefault(name, getattr(self.subject, name))
            self._reason_of_the_only_article(self.subject)

    def _reason_of_the_only_article(self, subject: Correction) -> None:
        """Several articles are left as they are one by one: see `CorrectionLeaveUnchangedForm`."""
        rows = list(subject.articles.all()[:2])
        if len(rows) == 1:
            self.initial.setdefault("not_fixed_reason", rows[0].not_fixed_reason)
        else:
            del self.fields["not_fixed_reason"]


class CorrectionAnswerWarningForm(WordsForm):
    """Answer a warning of the linter."""

    code = forms.ChoiceField(choices=[], label=_("Warning"))
    words = CleanTextField(label=_("Why the notice may stand as it is"), max_length=500)
    field_order = ("code", "words")

    def prepare(self) -> None:
        """Only the warnings that wait for an answer."""
        if self.subject is not None:
            waiting = [(finding.code, finding.sentence) for finding in self.subject.unanswered()]
            self.fields["code"].choices = waiting  # type: ignore[attr-defined]  # -- a choice field


class CorrectionNameArticleForm(WorkForm):
    """The same error in one more article, or in one post of a live blog."""

    article = ArticleField()
    anchor = CleanTextField(
        label=_("Post of a live blog"),
        help_text=_("The id in the post’s address, after the #. Name an article again to change its post."),
        required=False,
        max_length=201,
        multiline=False,
    )

    def prepare(self) -> None:
        """Begin with the place that a reader's address named, where the notice does not lead there."""
        if self.subject is None:
            return
        said = self.subject.reports.exclude(anchor="").exclude(article=None).select_related("article").order_by("pk")
        report = said.exclude(article__in=self.subject.articles.exclude(anchor="").values("article")).first()
        if report is not None:
            self.initial.setdefault("article", report.article.reference)
            self.initial.setdefault("anchor", report.anchor)


class CorrectionDropArticleForm(WorkForm):
    """Not this article."""

    article = forms.ModelChoiceField(Article.objects.none(), label=_("Article"))

    def prepare(self) -> None:
        """Only articles that the notice names."""
        if self.subject is not None:
            self.fields["article"].queryset = Article.objects.filter(corrections__correction=self.subject)  # type: ignore[attr-defined]  # -- a model field


class CorrectionSeeFixForm(CorrectionDropArticleForm):
    """Which revision holds the fix."""

    revision = forms.IntegerField(min_value=1, max_value=100_000, label=_("Revision with the fix"))
    before = forms.IntegerField(
        min_value=1,
        max_value=100_000,
        required=False,
        label=_("Revision with the error"),
        help_text=_("Only when another one than the page says."),
    )


class CorrectionLeaveUnchangedForm(CorrectionDropArticleForm):
    """Why an article stays as it is."""

    reason = CleanTextField(
        label=_("Why it is not changed"), max_length=fixing.MAX_REASON, multiline=False, help_text=_("Internal.")
    )


class CorrectionPlaceForm(WorkForm):
    """Where the notice stands now."""

    where = forms.ChoiceField(choices=Place.choices, label=_("Place"))
    url = forms.URLField(label=_("Address"), required=False, max_length=2000, assume_scheme="https")
    detail = CleanTextField(label=_("In print or an alert: which one"), required=False, max_length=200, multiline=False)
    at = LocalMomentField(
        label=_("Since"),
        required=False,
        help_text=_("Empty: now. Like 2026-11-20 08:30, on the publication’s clock."),
    )

    def prepare(self) -> None:
        """Begin with the first place that is still owed."""
        if self.subject is not None:
            self.fields["at"].zone = self.subject.publication.zone  # type: ignore[attr-defined]  # -- LocalMomentField
            owed = self.subject.placements.filter(seen_at=None).order_by("pk").values_list("place", flat=True).first()
            if owed:
                self.initial.setdefault("where", owed)


class CorrectionSuppressForm(WordsForm):
    """Suppress under an order."""

    words = CleanTextField(label=_("The order (internal)"), max_length=500)
    hidden = forms.BooleanField(required=False, label=_("Under an injunction: no placeholder, a plain 404"))


class CorrectionProposeDestroyForm(WordsForm):
    """The first of the two people."""

    words = CleanTextField(
        label=_("The order (internal)"),
        help_text=_("It cannot be undone: another of the legal desk destroys text, passages and salt, or keeps them."),
        max_length=500,
    )


class CorrectionKeepForm(WordsForm):
    """The second person does not agree."""

    words = CleanTextField(label=_("Why its words are kept (internal)"), max_length=500)


class CorrectionStartForm(WorkForm):
    """A correction without any report."""

    article = ArticleField(
        required=False,
        help_text=_(
            "Its reference (A-…) or any of its addresses. A notice that acts on another one names its articles."
        ),
    )
    kind = forms.ChoiceField(choices=Kind.choices, label=_("Kind"), initial=Kind.CORRECTION)
    target = forms.CharField(
        required=False,
        max_length=20,
        label=_("Notice it acts on (C-…)"),
        help_text=_("Empty for a plain correction."),
    )
    effect = forms.ChoiceField(
        required=False, choices=[("", "—"), *Effect.choices], label=_("What it does to that notice")
    )

    def clean_target(self) -> Correction | None:
        """The public notice that is superseded, withdrawn or reinstated."""
        text = self.cleaned_data.get("target")
        if not text:
            return None
        rows = Correction.objects.visible_to(self.person) if self.person else Correction.objects.none()
        found = rows.filter(reference=normalize(text), status__in=PUBLIC).first()
        if found is None:
            raise forms.ValidationError(_("No public notice has that reference."))
        return found

    def clean(self) -> dict[str, Any]:
        """Hand the service what it takes."""
        data = super().clean() or {}
        article, target = data.pop("article", None), data.get("target")
        begun = target or article
        if begun is None:
            if not self.errors:
                self.add_error("article", _("Name the article, or the notice it acts on."))
            return data
        return data | {"publication": begun.publication, "articles": [article] if article else []}
