"""A question to a colleague without an account: the journalist who wrote the article, or whoever else knows."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corrections.models.report import Message, Report
from newsroom.accounts.models import Publication, User
from newsroom.records import Record

GRACE = timedelta(days=7)
"""How long after its date a question can still be answered."""


class InquiryState(models.TextChoices):
    """Whether an answer is still expected. Told by dates, never stored."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("No longer needed")
    EXPIRED = "expired", _("Not answered in time")


class Inquiry(Record):
    """One question, with a date, to one address. The answer is an internal note of the report."""

    noun = "inquiry"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="inquiries")
    question = models.TextField(_("question"), max_length=5000)
    show_claim = models.BooleanField(_("shows the reader’s words"), default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reply_by = models.DateTimeField(_("reply by"))
    name_sealed = models.TextField(blank=True)
    email_sealed = models.TextField(blank=True)
    token_nonce = models.CharField(max_length=32, unique=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    answer = models.OneToOneField(Message, on_delete=models.SET_NULL, null=True, related_name="inquiry")

    class Meta:
        ordering: ClassVar = ["pk"]

    @property
    def publication(self) -> Publication:
        """Whose desk asks."""
        return self.report.publication

    @property
    def state(self) -> InquiryState:
        """Answered, no longer needed (closed, or the report is), too late, or open."""
        if self.answered_at is not None:
            return InquiryState.ANSWERED
        if self.closed_at is not None or not self.report.is_open or self.report.confidential:
            return InquiryState.CLOSED
        return InquiryState.EXPIRED if timezone.now() > self.reply_by + GRACE else InquiryState.OPEN

    @property
    def is_overdue(self) -> bool:
        """Open, and its date is past."""
        return self.state == InquiryState.OPEN and timezone.now() > self.reply_by
