"""What the desk says often, written once."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Report
from corrections.placeholders import fault_of, names_in
from corrections.vocabulary import DECLINE_CODES, Resolution
from newsroom.accounts.models import Publication, Role, User


class Purpose(models.TextChoices):
    """Which button of the desk a template is for."""

    ASK = "ask", _("Asking the reader")
    ACCEPT = "accept", _("Accepting")
    DECLINE = "decline", _("Declining")
    JOIN = "join", _("Joining to another report")
    APPEAL = "appeal", _("Answering a second look")
    CLOSE = "close", _("Closed by itself: a notice is out, or no reply came")


CODES: dict[str, list[Resolution]] = {
    Purpose.DECLINE: DECLINE_CODES,
    Purpose.APPEAL: DECLINE_CODES,
    Purpose.CLOSE: [code for code in Resolution if code not in DECLINE_CODES],
}
"""The outcomes that a template of this purpose may be for; none for the others."""
NOBODY_SENDS = frozenset({"editor", "answer_by"})
"""What a text that goes out by itself cannot say: no editor answers, and nothing is promised any more."""


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    """Templates, in English."""

    def visible_to(self, person: User) -> AnswerTemplateQuerySet:
        """Those of the person's publications, and those for all."""
        desks = person.publications(Role.DESK_EDITOR, Role.STANDARDS_EDITOR, Role.LEGAL, Role.ADMIN)
        return self.filter(Q(publication__in=desks) | Q(publication=None))

    def for_report(self, report: Report, purpose: str) -> AnswerTemplateQuerySet:
        """Those in use for this button and publication, the reader's language first; before all others those for a
        second look, where the reader asked for one.
        """
        wanted = Q(purpose=purpose)
        if report.appealed_at is not None and purpose == Purpose.DECLINE:
            wanted |= Q(purpose=Purpose.APPEAL)
        elif report.appealed_at is not None and purpose == Purpose.ACCEPT:
            wanted |= Q(purpose=Purpose.APPEAL, code="")
        language = report.language.partition("-")[0]
        return (
            self.filter(wanted, active=True)
            .filter(Q(publication=report.publication_id) | Q(publication=None))
            .annotate(
                foreign=Case(
                    When(language__istartswith=language, then=Value(0)), default=Value(1), output_field=IntegerField()
                ),
                usual=Case(When(purpose=Purpose.APPEAL, then=Value(0)), default=Value(1), output_field=IntegerField()),
            )
            .order_by("foreign", "usual", "code", "title", "pk")
        )

    def closing(self, report: Report, code: str) -> AnswerTemplate | None:
        """The one that goes out by itself when this report ends so: in the reader's language, of this outcome before
        one of any, of this publication before one of all. None where nobody wrote one.
        """
        language = report.language.partition("-")[0]
        rows = self.filter(
            Q(publication=report.publication_id) | Q(publication=None),
            Q(language__iexact=language) | Q(language__istartswith=f"{language}-"),
            active=True,
            purpose=Purpose.CLOSE,
            code__in=[code, ""],
        )
        return rows.order_by("-code", F("publication").asc(nulls_last=True), "pk").first()


class AnswerTemplate(models.Model):
    """A text for a question or an answer, with `{names}` that are filled in for the report at hand."""

    publication = models.ForeignKey(
        Publication,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("publication"),
        help_text=_("Empty: every publication."),
    )
    purpose = models.CharField(_("for"), max_length=8, choices=Purpose.choices, default=Purpose.DECLINE)
    code = models.CharField(
        _("outcome"),
        max_length=24,
        blank=True,
        choices=Resolution.choices,
        help_text=_("Which outcome it belongs to; empty for any."),
    )
    language = models.CharField(_("language"), max_length=20, default="en")
    title = models.CharField(_("title"), max_length=120, help_text=_("For the desk; readers never see it."))
    body = models.TextField(_("text"), max_length=4000)
    active = models.BooleanField(_("in use"), default=True)

    objects = AnswerTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering: ClassVar = ["purpose", "code", "title", "pk"]

    def __str__(self) -> str:
        reason = f": {self.get_code_display()}" if self.code else ""
        return f"{self.title} ({self.language}){reason}"

    def clean(self) -> None:
        """Only names that can be filled in, and an outcome only where there is one to have."""
        if sentence := fault_of(self.body):
            raise ValidationError({"body": sentence})
        if self.code and self.code not in CODES.get(self.purpose, []):
            raise ValidationError({"code": _("A text for this purpose has no such outcome.")})
        if self.purpose == Purpose.CLOSE and (mute := NOBODY_SENDS & set(names_in(self.body))):
            sentence = _("It goes out by itself: {%(name)s} is nobody’s then.") % {"name": min(mute)}
            raise ValidationError({"body": sentence})
