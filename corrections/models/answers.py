"""What the desk says often, written once."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Report
from corrections.placeholders import fault_of
from corrections.vocabulary import DECLINE_CODES
from newsroom.accounts.models import Publication, Role, User


class Purpose(models.TextChoices):
    """Which button of the desk a template is for."""

    ASK = "ask", _("Asking the reader")
    DECLINE = "decline", _("Declining")


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    """Templates, in English."""

    def visible_to(self, person: User) -> AnswerTemplateQuerySet:
        """Those of the person's publications, and those for all."""
        desks = person.publications(Role.DESK_EDITOR, Role.STANDARDS_EDITOR, Role.LEGAL, Role.ADMIN)
        return self.filter(Q(publication__in=desks) | Q(publication=None))

    def for_report(self, report: Report, purpose: str) -> AnswerTemplateQuerySet:
        """Those in use for this button and publication, the reader's language first."""
        language = report.language.partition("-")[0]
        return (
            self.filter(active=True, purpose=purpose)
            .filter(Q(publication=report.publication_id) | Q(publication=None))
            .annotate(
                foreign=Case(
                    When(language__istartswith=language, then=Value(0)), default=Value(1), output_field=IntegerField()
                )
            )
            .order_by("foreign", "code", "title", "pk")
        )


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
        _("reason"),
        max_length=24,
        blank=True,
        choices=[(code.value, code.label) for code in DECLINE_CODES],
        help_text=_("Which reason for declining it belongs to; empty for any."),
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
        """Only names that can be filled in, and a reason only for a refusal."""
        if sentence := fault_of(self.body):
            raise ValidationError({"body": sentence})
        if self.code and self.purpose != Purpose.DECLINE:
            raise ValidationError({"code": _("A question has no reason for declining.")})
