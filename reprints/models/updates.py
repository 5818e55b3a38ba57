"""A licensee must act: the article changed under a license."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.events.models import Event
from newsroom.records import Record
from reprints import moments
from reprints.models.licenses import License
from reprints.vocabulary import Action, Duty, NoticeKind
from reprints.workflow import UNANSWERED, NoticeStatus


class NoticeQuerySet(models.QuerySet["UpdateNotice"]):
    """Update notices, in English."""

    def visible_to(self, person: User) -> NoticeQuerySet:
        """Of the publications where this member of staff does licensing; without test records."""
        return self.filter(publication__in=person.publications("licensing_editor"), test=False)

    def for_lists(self) -> NoticeQuerySet:
        """Joined with what every list shows."""
        return self.select_related("license", "article", "publication", "organization")

    def standing(self) -> NoticeQuerySet:
        """Without those that another took the place of, or that the end of the license made needless."""
        return self.exclude(status__in=[NoticeStatus.SUPERSEDED, NoticeStatus.CANCELED])

    def told_with(self, notice: UpdateNotice) -> NoticeQuerySet:
        """What was told to the holders of all licenses about the same correction, or by the same event where there
        is none.
        """
        same = Q(origin_event=notice.origin_event_id)
        if notice.correction_reference:
            same = Q(correction_reference=notice.correction_reference)
        return self.filter(same, test=notice.test).standing()

    def overdue(self, now: datetime) -> NoticeQuerySet:
        """Unanswered, and their date has passed."""
        return self.unanswered().filter(due_at__lt=now)

    def unanswered(self) -> NoticeQuerySet:
        """Open or escalated."""
        return self.filter(status__in=UNANSWERED)


class UpdateNotice(Record):
    """One per license and event.

    Kind, duty and deadline come from the terms in the license's own snapshot.
    """

    noun = "update_notice"

    license = models.ForeignKey(License, on_delete=models.PROTECT, related_name="update_notices")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="update_notices")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="update_notices")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="update_notices"
    )
    origin_event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", editable=False)
    correction_reference = models.CharField(_("correction"), max_length=16, blank=True, default="", db_index=True)
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind.choices)
    duty = models.CharField(_("duty"), max_length=20, choices=Duty.choices)
    revision = models.PositiveIntegerField(
        _("corrected revision"),
        null=True,
        blank=True,
        help_text=_("Empty until the corrected text is there."),
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=NoticeStatus.choices, default=NoticeStatus.OPEN, editable=False
    )
    action = models.CharField(_("done"), max_length=16, choices=Action.choices, blank=True, default="")
    action_url = models.URLField(_("where"), max_length=1000, blank=True, default="")
    action_note = models.TextField(_("note"), max_length=2000, blank=True, default="")
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True, editable=False)
    remind_at = models.DateTimeField(_("remind on"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    overdue_told_at = models.DateTimeField(_("told that it is overdue"), null=True, blank=True, editable=False)
    waived_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    test = models.BooleanField(_("test"), default=False, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("update notice")
        verbose_name_plural = _("update notices")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=NoticeStatus.values), name="update_notice_status_known"),
            models.UniqueConstraint(fields=["license", "origin_event"], name="update_notice_once_per_event"),
            models.UniqueConstraint(
                fields=["license", "article"],
                condition=Q(status__in=[NoticeStatus.OPEN, NoticeStatus.ESCALATED]),
                name="update_notice_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[NoticeStatus.ACKNOWLEDGED, NoticeStatus.VERIFIED])
                | (~Q(action="") & Q(acknowledged_at__isnull=False)),
                name="update_notice_answer_has_action",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status__in=["open", "escalated"]), name="update_notice_due"),
            models.Index(fields=["organization", "-id"], name="update_notice_of_partner"),
        ]

    def by_date(self) -> str:
        """`overdue`, where it is."""
        return "overdue" if self.is_overdue() else ""

    def tells_withdrawal(self) -> bool:
        """Whether it tells that a correction was withdrawn. Asks the log."""
        if self.kind != NoticeKind.UPDATE or not self.correction_reference:
            return False
        article = Event.objects.filter(pk=self.origin_event_id).values("article")
        by_notice = Q(article__in=article, data__by_notice=self.correction_reference)
        withdrawn = Event.objects.filter(kind="correction.withdrawn")
        return withdrawn.filter(Q(pk=self.origin_event_id) | by_notice).exists()

    def is_overdue(self, at: datetime | None = None) -> bool:
        """Unanswered, and its date has passed."""
        return self.status in UNANSWERED and self.due_at is not None and (at or moments.now()) > self.due_at
