"""What a reader says is wrong, what was answered, and the thread in between."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corrections.vocabulary import Anchor, Category, Channel, Medium, Origin, Resolution, Severity, Visibility, YesNo
from corrections.workflow import CLOSED, ReportStatus
from newsroom.accounts.models import Desk, Publication, Role, User
from newsroom.articles.models import Article
from newsroom.business_time import last_moment
from newsroom.records import Record, WrittenOnce

OPEN = [status for status in ReportStatus.values if status not in {closed.value for closed in CLOSED}]


def _answer(label: Any) -> Any:
    return models.CharField(
        label, max_length=3, choices=YesNo.choices, blank=True, default="", db_default="", editable=False
    )


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, in English."""

    def visible_to(self, person: User) -> ReportQuerySet:
        """What this member of staff may see: their publications; restricted ones only with the legal role there."""
        desks = person.publications(Role.DESK_EDITOR, Role.STANDARDS_EDITOR, Role.LEGAL, Role.ADMIN)
        legal = person.publications(Role.LEGAL)
        return self.filter(publication__in=desks).filter(Q(visibility=Visibility.NORMAL) | Q(publication__in=legal))

    def open(self) -> ReportQuerySet:
        """Not closed."""
        return self.filter(status__in=OPEN)


class Report(Record):
    """A claim by a reader (or entered for one) that something we published is wrong."""

    noun = "report"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="reports")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    article_url = models.CharField(_("address"), max_length=2000, blank=True)
    anchor = models.CharField(_("post of a live blog"), max_length=200, blank=True, default="", db_default="")
    article_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    medium = models.CharField(_("seen"), max_length=12, choices=Medium.choices, default=Medium.WEB)
    medium_detail = models.CharField(_("where exactly"), max_length=300, blank=True)
    passage_exact = models.CharField(_("passage"), max_length=500, blank=True)
    passage_prefix = models.CharField(max_length=64, blank=True)
    passage_suffix = models.CharField(max_length=64, blank=True)
    anchor_state = models.CharField(
        _("passage now"),
        max_length=16,
        choices=Anchor.choices,
        default=Anchor.OK,
        db_default=Anchor.OK.value,
        editable=False,
    )
    claim = models.TextField(_("what is wrong"), max_length=5000)
    suggestion = models.TextField(_("what would be right"), max_length=5000, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, default=Category.OTHER)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    about_me = models.BooleanField(_("the reader is the subject"), default=False)
    acting_for = models.CharField(_("acting for"), max_length=120, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(_("why urgent"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=20, default="en")
    status = models.CharField(_("status"), max_length=12, choices=ReportStatus.choices, default=ReportStatus.NEW)
    visibility = models.CharField(_("visibility"), max_length=12, choices=Visibility.choices, default=Visibility.NORMAL)
    legal_hold = models.BooleanField(_("legal hold"), default=False)
    referred_at = models.DateTimeField(_("referred to legal"), null=True, editable=False)
    channel = models.CharField(_("came by"), max_length=12, choices=Channel.choices, default=Channel.FORM)
    origin = models.CharField(_("found by"), max_length=8, choices=Origin.choices, default=Origin.READER)
    severity = models.CharField(
        _("severity"), max_length=4, choices=Severity.choices, blank=True, default="", db_default=""
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    priority_reasons = models.JSONField(default=list, blank=True)
    held_reasons = models.JSONField(default=list, blank=True)
    desk = models.ForeignKey(Desk, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned_reports"
    )
    resolution_code = models.CharField(_("resolution"), max_length=24, choices=Resolution.choices, blank=True)
    joined_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined")
    waiting_on = models.CharField(_("waits for"), max_length=120, blank=True, default="", db_default="")
    waiting_reason = models.CharField(_("why"), max_length=500, blank=True, default="", db_default="")
    waiting_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    waiting_until = models.DateTimeField(_("waits until"), null=True, editable=False)
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    correction = models.ForeignKey(
        "Correction", on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    token_nonce = models.CharField(max_length=32, unique=True, editable=False)
    form_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    network_hash = models.CharField(max_length=64, blank=True, editable=False)
    reminders_sent = models.PositiveSmallIntegerField(default=0, editable=False)
    first_answered_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    appealed_at = models.DateTimeField(_("appealed"), null=True, editable=False)
    text_erased_at = models.DateTimeField(_("words erased"), null=True, editable=False)
    settled_answer = _answer(_("the reader: the published notice settles it"))
    same_answer = _answer(_("the reader: another report says the same"))
    same_as = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="said_same"
    )
    fixed_answer = _answer(_("the reader, four weeks later: it is fixed"))
    fix_asked_at = models.DateTimeField(_("asked whether it is fixed"), null=True, editable=False)
    test = models.BooleanField(default=False, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["status", "-priority", "id"], name="report_queue"),
            models.Index(fields=["article", "status"], name="report_of_article"),
            models.Index(
                fields=["closed_at"],
                condition=Q(fix_asked_at=None, status=ReportStatus.RESOLVED),
                name="report_fix_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known"),
            models.CheckConstraint(
                condition=~Q(status=ReportStatus.DUPLICATE) | Q(joined_to__isnull=False),
                name="report_duplicate_names_another",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReportStatus.DECLINED) | ~Q(resolution_code=""),
                name="report_declined_has_code",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[status.value for status in CLOSED]) | Q(closed_at__isnull=False),
                name="report_closed_has_time",
            ),
        ]

    @property
    def address(self) -> str:
        """Where the error stands: the article's address, at the post that is meant."""
        return f"{self.article_url}#{quote(self.anchor)}" if self.anchor and self.article_url else self.article_url

    @property
    def headline(self) -> str:
        """What it is about, in words anyone may read: the article's headline unless it is under embargo, else the
        address, else where it was seen.
        """
        return self.published_headline or self.article_url or f"{self.get_medium_display()}: {self.medium_detail}"

    @property
    def published_headline(self) -> str:
        """The article's headline; empty without one of our articles, or while it is under embargo."""
        return self.article.headline if self.article is not None and not self.article.is_embargoed else ""

    @property
    def place(self) -> str:
        """Host and path of the address that was given, whatever else stands in it; empty when there is none."""
        try:
            parts = urlsplit(self.article_url)
        except ValueError:
            return ""
        return f"{parts.hostname or ''}{parts.path}"

    @property
    def is_open(self) -> bool:
        """Whether anyone still owes anything."""
        return self.status in OPEN

    @property
    def confidential(self) -> bool:
        """Whether only the legal role may know of it."""
        return self.visibility != Visibility.NORMAL

    @property
    def outside_status(self) -> str:
        """What the reader and the API see: `held` is `new` to them."""
        return str(ReportStatus.NEW if self.status == ReportStatus.HELD else self.status)

    @property
    def outcome_at(self) -> datetime | None:
        """When the reader had the outcome: that of the report it was joined to once there is one, else its own."""
        if self.status != ReportStatus.DUPLICATE or self.joined_to is None or self.closed_at is None:
            return self.closed_at
        return max(self.closed_at, self.joined_to.closed_at or self.closed_at)

    @property
    def appeal_until(self) -> datetime | None:
        """The end of the last day for a second look, in the publication's zone. None while it is open."""
        if self.outcome_at is None:
            return None
        days = int(self.publication.policy("appeal_within_days"))
        return last_moment(self.outcome_at, days, zone=self.publication.zone)

    def first_deciders(self) -> set[int]:
        """The members of staff who decided before the appeal."""
        decisions = self.decisions.filter(at__lte=self.appealed_at) if self.appealed_at else self.decisions.all()
        return set(decisions.exclude(by=None).values_list("by_id", flat=True))


class ReporterContact(models.Model):
    """How to reach the reader: encrypted, in a row of its own, so that it can be erased alone."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="contact")
    name_sealed = models.TextField(blank=True)
    email_sealed = models.TextField(blank=True)
    email_mark = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    phone_sealed = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("mail bounced"), null=True, blank=True)
    given_at = models.DateTimeField(_("another address given"), null=True, blank=True)
    address_number = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["email_mark"], condition=~Q(email_mark=""), name="contact_of_address"),
        ]

    def __str__(self) -> str:
        return str(self.report_id)


def confirm_purpose(address_number: int) -> str:
    """What a confirm token is for: the address of this number. The button sent to an earlier one confirms nothing."""
    return f"confirm-{address_number}" if address_number else "confirm"


class Decision(WrittenOnce):
    """One answer to a report. An appeal brings a second one."""

    NEVER = "A decision is never changed."

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="decisions")
    move = models.CharField(max_length=20)
    resolution_code = models.CharField(max_length=24, choices=Resolution.choices, blank=True)
    answer = models.TextField(_("answer to the reader"), max_length=5000, blank=True)
    turn_to = models.TextField(_("where else to turn"), max_length=2000, blank=True)
    agency = models.CharField(_("passed on to"), max_length=120, blank=True, default="", db_default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.move} {self.report_id}"

    @property
    def reason(self) -> str:
        """The resolution in words, with the agency it was passed on to; empty without one."""
        label = str(self.get_resolution_code_display()) if self.resolution_code else ""
        return f"{label}: {self.agency}" if self.agency else label


class Message(models.Model):
    """A message of the thread between reader and desk, or an internal note."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    author_kind = models.CharField(
        max_length=10, choices=[("reader", _("Reader")), ("staff", _("Desk")), ("colleague", _("Colleague"))]
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    internal = models.BooleanField(_("internal note"), default=False)
    body = models.TextField(_("message"), max_length=5000)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.author_kind} {self.report_id}"
