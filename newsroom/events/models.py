"""What happened (`Event`), who is owed a message about it (`Delivery`), and what date was promised (`Promise`)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.business_time import CLOCK, Term
from newsroom.records import WrittenOnce

SHOWN_TRIES = 20


class Audience(models.TextChoices):
    """The widest circle that may receive an event."""

    STAFF = "staff", _("Staff")
    ORGANIZATION = "organization", _("The organization concerned")
    PUBLIC = "public", _("Anyone subscribed")
    NOBODY = "nobody", _("Nobody outside this desk")


class Event(WrittenOnce):
    """One thing that happened. Append-only: history, audit and outbox at once. Holds no personal data."""

    NEVER = "An event is never changed."

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60, db_index=True)
    schema = models.PositiveSmallIntegerField(default=1)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, related_name="events")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=30)
    subject_reference = models.CharField(max_length=16)
    actor_kind = models.CharField(max_length=10)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)
    test = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_reference", "id"], name="event_of_subject"),
            models.Index(fields=["article", "id"], name="event_of_article"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_reference}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise TypeError("An event is never deleted.")


class Unplanned(models.Model):
    """An event whose deliveries are not worked out yet. Gone once they are."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="unplanned")
    failures = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Position(models.Model):
    """The public place of an event in the stream, given after its commit, so that a cursor never skips one."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="position")
    number = models.BigIntegerField(unique=True)
    mails = models.PositiveIntegerField(default=0, help_text=_("How many mails it was turned into."))
    hooks = models.PositiveIntegerField(default=0, db_default=0, help_text=_("How many hooks it was turned into."))
    endpoints = models.JSONField(null=True, help_text=_("The endpoints of these hooks, as they were then."))

    def __str__(self) -> str:
        return str(self.number)


class Endpoint(models.Model):
    """A webhook of an organization or of a publication's CMS. Secrets are encrypted; two are valid during rotation."""

    noun = "endpoint"

    class State(models.TextChoices):
        """Whether we send there. `unverified`: pings alone, until one of them was answered 2xx."""

        UNVERIFIED = "unverified", _("Not verified yet")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        GONE = "gone", _("Gone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="endpoints"
    )
    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, null=True, blank=True, related_name="endpoints"
    )
    url = models.URLField(_("address"), max_length=500)
    types = models.JSONField(_("event types"), default=list, blank=True, help_text=_("Empty: all it may receive."))
    test = models.BooleanField(_("test"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNVERIFIED)
    secret_encrypted = models.TextField(editable=False)
    previous_secret_encrypted = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, db_default=0, editable=False)
    # While a hook is on its way there, the end of its lease; after a failure, the end of the rest that follows.
    ready_at = models.DateTimeField(_("nothing is sent before"), null=True, blank=True, editable=False)
    paused_reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organization=None, publication__isnull=False)
                | Q(organization__isnull=False, publication=None),
                name="endpoint_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def has_two_secrets(self) -> bool:
        """Whether the secret before this one still signs too."""
        until = self.previous_until
        return bool(self.previous_secret_encrypted) and until is not None and until > timezone.now()

    @property
    def reference(self) -> str:
        """What events call it: the beginning of its id."""
        return self.public_id.hex[:16]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, in English."""

    def with_tries(self) -> DeliveryQuerySet:
        """Each with what its log shows, `newest_tries`: the last twenty, the newest first."""
        newest = Attempt.objects.order_by("-number")[:SHOWN_TRIES]
        shown = models.Prefetch("tries", newest, to_attr="newest_tries")
        return self.select_related("event", "endpoint").prefetch_related(shown)


class Delivery(models.Model):
    """One message owed to one address. Claimed by lease; the id stays the same at every try."""

    class Channel(models.TextChoices):
        """How it leaves."""

        EMAIL = "email", _("Mail")
        WEBHOOK = "webhook", _("Webhook")

    class State(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", _("Pending")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        CANCELED = "canceled", _("Canceled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    template = models.CharField(max_length=80, blank=True)
    recipient_kind = models.CharField(max_length=20, blank=True)
    recipient_key = models.CharField(max_length=60, blank=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, null=True, related_name="deliveries")
    dedupe_key = models.CharField(max_length=200, unique=True)
    body = models.TextField(blank=True, help_text=_("Frozen body of a hook."))
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    priority = models.PositiveSmallIntegerField(default=5)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    digest = models.UUIDField(null=True, blank=True, help_text=_("The mail in which a burst leaves, at every try."))
    last_verdict = models.CharField(max_length=10, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before", "id"],
                condition=Q(state__in=["pending", "leased"]),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(
                fields=["endpoint", "priority", "not_before", "id"],
                condition=Q(state__in=["pending", "leased"]),
                name="delivery_due_at_endpoint",
            ),
            models.Index(fields=["digest"], condition=Q(digest__isnull=False), name="delivery_of_digest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "leased", "sent", "dead", "canceled"]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="delivery_leased_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.dedupe_key}"

    @property
    def next_try_at(self) -> datetime | None:
        """When it is tried next, its endpoint's rest counted in; None once it is sent, given up or canceled."""
        if self.state not in {self.State.PENDING, self.State.LEASED}:
            return None
        rest = self.endpoint.ready_at if self.endpoint and self.state == self.State.PENDING else None
        return max(self.not_before, rest) if rest else self.not_before


class Attempt(models.Model):
    """One try at a delivery, and how it ended."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    excerpt = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"

    @property
    def milliseconds(self) -> int | None:
        """How long it took; None while it is on its way."""
        return None if self.finished_at is None else int((self.finished_at - self.started_at).total_seconds() * 1000)


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Dates given to people, in English."""

    def owed(self) -> PromiseQuerySet:
        """Neither kept nor dropped, whether its clock runs or stands."""
        return self.filter(kept_at=None, dropped_at=None)

    def running(self) -> PromiseQuerySet:
        """Owed, and not paused."""
        return self.owed().filter(paused_at=None)

    def overdue(self, now: datetime) -> PromiseQuerySet:
        """Running, and its date has passed."""
        return self.running().filter(due_at__lt=now)


class Promise(models.Model):
    """A date someone was given: acknowledge, decide, publish, quote. Kept, broken, or paused while we wait for them.

    `counting` says what a pause adds (see `business_time`), `latest_at` which moment the date never passes. What is
    kept or dropped while it was paused keeps `paused_at`: the clock stood then.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="promises")
    subject_kind = models.CharField(max_length=30)
    subject_reference = models.CharField(max_length=16)
    kind = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    counting = models.CharField(max_length=8, default=CLOCK, db_default=CLOCK)
    latest_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(kept_at=None, dropped_at=None, paused_at=None), name="promise_running"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_reference", "kind"],
                condition=Q(kept_at=None, dropped_at=None),
                name="promise_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_reference}"

    @property
    def is_running(self) -> bool:
        """Neither kept nor dropped nor paused."""
        return self.kept_at is None and self.dropped_at is None and self.paused_at is None

    @property
    def term(self) -> Term:
        """The date, and how it is counted."""
        return Term(self.due_at, self.counting, self.latest_at)

    def outcome(self, now: datetime) -> str:
        """`kept` in time, `late`, or nothing while neither is decided, and when it was dropped before its date."""
        stood = self.paused_at is not None and self.paused_at <= self.due_at
        ended = self.kept_at or self.dropped_at
        if not stood and self.due_at < (ended or now):
            return "late"
        return "kept" if self.kept_at is not None else ""

    @property
    def is_overdue(self) -> bool:
        """Running, and its date has passed."""
        return self.is_running and self.due_at < timezone.now()
