"""The forms behind the desk's buttons, each named after its move."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from corrections.forms.answers import TemplatedForm
from corrections.models import Correction, CorrectionArticle, Purpose, Report
from corrections.services import writing
from corrections.vocabulary import DECLINE_CODES, OTHERWISE, URGENCY, Category, Resolution
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import Desk, DeskKind, Role, User
from newsroom.accounts.people import working_at
from newsroom.admin import WorkForm
from newsroom.articles.addresses import BadAddress, clean_url
from newsroom.articles.models import Article
from newsroom.articles.services import find
from newsroom.references import is_valid, normalize
from newsroom.web.fields import CleanTextField

LIKE_A_REFERENCE = re.compile(r"A-[0-9A-Z-]*")


class ArticleField(forms.CharField):
    """An article by reference or by any of its addresses, of the publication at hand.

    With `or_address` an address that no article is known under is taken as well, as it would be shown.
    """

    def __init__(self, *, or_address: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Article"))
        kwargs.setdefault("help_text", _("Its reference (A-…) or any of its addresses."))
        super().__init__(max_length=2000, **kwargs)
        self.or_address = or_address

    def clean(self, value: Any) -> Any:
        """The article, its address as a text, or None when nothing was entered."""
        text = super().clean(value)
        if not text:
            return None
        wanted = normalize(text)
        if LIKE_A_REFERENCE.fullmatch(wanted) and not is_valid(wanted, "article"):
            raise forms.ValidationError(_("This reference is mistyped. It looks like A-7K3QX2MW-4."), code="mistyped")
        try:
            article = Article.objects.filter(reference=wanted).first() or find(text)
        except BadAddress as error:
            raise forms.ValidationError(str(error), code="bad_address") from error
        if article is None and self.or_address:
            return clean_url(text)
        if article is None:
            raise forms.ValidationError(_("No article is known under that reference or address."))
        return article


class UrgencyField(forms.ChoiceField):
    """Whether it can wait, and why not."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Urgent"))
        kwargs.setdefault("help_text", _("An urgent report calls the editor on duty at once."))
        super().__init__(choices=URGENCY, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The report's two fields."""
        reason = super().clean(value)
        return {"urgent": bool(reason), "urgent_reason": "" if reason == OTHERWISE else reason}


class WordsForm(WorkForm):
    """A move that needs words for the person who waits."""

    words = CleanTextField(label=_("Words"))


class ReportAskForm(TemplatedForm):
    """Ask the reader."""

    purpose = Purpose.ASK

    words = CleanTextField(label=_("Your question"))


class ReportReopenForm(WordsForm):
    """Reopen."""

    words = CleanTextField(label=_("Why (internal)"))


DRAFTS_SHOWN = 100
LABEL_HEADLINE, LABEL_WORDS = 60, 60


class ReportAcceptForm(TemplatedForm):
    """Accept, starting a correction or joining one that is being drafted."""

    purpose = Purpose.ACCEPT
    field_order = ("correction", "template", "words")

    correction = forms.ModelChoiceField(
        Correction.objects.none(),
        required=False,
        label=_("Join a draft"),
        empty_label=_("Start a new correction"),
    )
    words = CleanTextField(
        label=_("Words to the reader"),
        help_text=_("Under the sentence that they are right and that we write the correction. May stay empty."),
        required=False,
    )

    def prepare(self) -> None:
        """Any open draft of the publication may be joined; shown are the newest, those of the same article first."""
        super().prepare()
        if not isinstance(self.subject, Report):
            return
        drafts = Correction.objects.filter(
            publication=self.subject.publication_id,
            status__in=[CorrectionStatus.DRAFT, CorrectionStatus.AWAITING_APPROVAL],
        )
        own = CorrectionArticle.objects.filter(correction=OuterRef("pk"), article=self.subject.article_id)
        shown = drafts.annotate(own=Exists(own)).prefetch_related("articles__article").order_by("-own", "-pk")
        field: Any = self.fields["correction"]
        field.queryset = drafts
        field.choices = [("", field.empty_label), *((row.pk, _label(row)) for row in shown[:DRAFTS_SHOWN])]


def _label(draft: Correction) -> str:
    """A draft as it is told from others: its article, and how it begins."""
    article = draft.main_article
    words = " ".join((draft.text or draft.original_text).split())
    parts = [Truncator(article.headline).chars(LABEL_HEADLINE) if article else "", Truncator(words).chars(LABEL_WORDS)]
    return " · ".join([*(part for part in parts if part), draft.reference])


class ReportDeclineForm(TemplatedForm):
    """Decline with a reason, an answer, and where else to turn."""

    purpose = Purpose.DECLINE
    field_order = ("code", "agency", "template", "words", "turn_to")

    code = forms.ChoiceField(
        choices=[(code.value, code.label) for code in DECLINE_CODES],
        label=_("Reason"),
        initial=Resolution.NO_ERROR_FOUND,
    )
    words = CleanTextField(label=_("Answer to the reader"))
    turn_to = CleanTextField(label=_("Where else to turn"), required=False, max_length=2000)
    agency = CleanTextField(
        multiline=False,
        required=False,
        max_length=120,
        label=_("Agency"),
        help_text=_("Only for what is passed on to an agency; the reader sees its name."),
    )

    def prepare(self) -> None:
        """Begin with the article's agency; say who reads the answer: readers who joined get the same one."""
        super().prepare()
        if isinstance(self.subject, Report) and self.subject.article is not None:
            self.initial.setdefault("agency", self.subject.article.source_agency)
        if isinstance(self.subject, Report) and self.subject.joined.filter(status=ReportStatus.DUPLICATE).exists():
            self.fields["words"].help_text = _("The readers who joined this report get the same answer.")


class ReportJoinForm(TemplatedForm):
    """Join to another report."""

    purpose = Purpose.JOIN
    field_order = ("other", "template", "words")

    other = forms.CharField(label=_("The other report (R-…)"), max_length=20)
    words = CleanTextField(label=_("Words to the reader"))

    def clean_other(self) -> Report:
        """The report, which this person may see."""
        reference = normalize(self.cleaned_data["other"])
        rows = Report.objects.visible_to(self.person) if self.person else Report.objects.none()
        other = rows.filter(reference=reference).first()
        if other is None:
            raise forms.ValidationError(_("No such report."))
        return other


class ReportJoinHereForm(ReportJoinForm):
    """Join the other report to this one, as it was when the page was drawn."""

    theirs = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReportAssignForm(WorkForm):
    """Hand it to somebody, or to nobody."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Assignee"), empty_label=_("Nobody"))

    def prepare(self) -> None:
        """Only people who work at this publication; on a restricted report, only those of legal who do."""
        if isinstance(self.subject, Report):
            needed = [Role.DESK_EDITOR, *([Role.LEGAL] if self.subject.confidential else [])]
            people = working_at(self.subject.publication, *needed)
            self.fields["to"].queryset = people  # type: ignore[attr-defined]  # -- a model field
            self.initial.setdefault("to", self.subject.assignee_id)


class ReportRefileForm(WorkForm):
    """Desk, category, article and urgency, as they are, to be changed."""

    desk = forms.ModelChoiceField(Desk.objects.none(), required=False, label=_("Desk"), empty_label=_("No desk"))
    category = forms.ChoiceField(choices=Category.choices, label=_("Category"))
    article = ArticleField(required=False)
    urgency = UrgencyField(help_text=_("What becomes urgent calls the editor on duty. No date is ever put off."))

    def prepare(self) -> None:
        """Begin with what it is filed under now."""
        if not isinstance(self.subject, Report):
            return
        report = self.subject
        desks = Desk.objects.filter(publication=report.publication_id, kind=DeskKind.CORRECTIONS).order_by("name")
        self.fields["desk"].queryset = desks  # type: ignore[attr-defined]  # -- a model field
        filed: dict[str, Any] = {
            "desk": report.desk_id,
            "category": report.category,
            "article": report.article.reference if report.article is not None else "",
            "urgency": (report.urgent_reason or OTHERWISE) if report.urgent else "",
        }
        self.initial.update(filed)

    def clean(self) -> dict[str, Any]:
        """What the service takes. An article that was not known before may stay so."""
        data = super().clean() or {}
        urgency = data.pop("urgency", None) or {}
        return data | urgency


class ReportAdviseForm(WordsForm):
    """What legal says."""

    words = CleanTextField(label=_("Your advice (internal)"))


class ReportWriteToReaderForm(WordsForm):
    """A message to the reader; where nobody confirmed the address, whether it is mailed there all the same."""

    words = CleanTextField(
        label=_("Message to the reader"),
        help_text=_("It moves nothing. To wait for an answer, ask the reader instead."),
    )
    unconfirmed = forms.BooleanField(
        required=False,
        label=_("Mail it to the address that nobody confirmed"),
        help_text=_("It may be a stranger’s: write nothing there that only the reader may know."),
    )
    reason = CleanTextField(
        multiline=False,
        required=False,
        max_length=writing.MAX_REASON,
        label=_("Why (internal)"),
        help_text=_("Only where you mail it to an unconfirmed address."),
    )

    def prepare(self) -> None:
        """Say who gets it; without an unconfirmed address nothing is asked about one."""
        if not isinstance(self.subject, Report) or writing.may_mail_unconfirmed(self.subject):
            return
        del self.fields["unconfirmed"], self.fields["reason"]


class NoteForm(WordsForm):
    """An internal note."""

    words = CleanTextField(label=_("Note, seen by the desk only"))


class ReportRevealContactForm(WorkForm):
    """Why the contact details are needed."""

    reason = CleanTextField(
        label=_("Why you need it"),
        help_text=_("Kept with your name and the time."),
        max_length=500,
        multiline=False,
    )


class ReportRevealLinkForm(ReportRevealContactForm):
    """For whom the private link is."""

    reason = CleanTextField(
        label=_("For whom, and how they get it"),
        help_text=_("Kept with your name and the time. Whoever has the link reads and answers as this person."),
        max_length=500,
        multiline=False,
    )


class ReportExportForm(WorkForm):
    """Why the whole life of a report is exported, and whether with its words."""

    reason = CleanTextField(
        label=_("Why you need it"),
        help_text=_("Kept as an internal note with your name."),
        max_length=500,
        multiline=False,
    )
    with_words = forms.BooleanField(
        required=False, label=_("With the words of the reader and the desk (never with contact details)")
    )
