"""What was granted: an immutable snapshot, a status beside it, and where the licensee published it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.days import by_the_day
from newsroom.accounts.models import Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.records import Record
from reprints import moments
from reprints.models.asking import LicenseRequest
from reprints.models.quotes import Quote, QuoteLine
from reprints.vocabulary import EndReason, Exclusivity, Use
from reprints.workflow import LicenseStatus

CHANGEABLE = frozenset(
    {
        "status",
        "version",
        "updated_at",
        "superseded_by",
        "end_reason",
        "end_words",
        "ended_at",
        "suspended_until",
        "removal_deadline",
        "issued_at",
        "expiring_told",
        "expired_told_at",
    }
)
"""The only columns of an issued license that a service may write."""

PUBLIC_STATUS = {
    "active": "valid",
    "scheduled": "not_yet_valid",
    "pending_payment": "not_yet_valid",
    "expired": "expired",
    "terminated": "expired",
    "suspended": "suspended",
    "revoked": "revoked",
    "superseded": "superseded",
}


def running_on(day: date) -> Q:
    """Active or suspended and not over on that day of the publication, or over with archival rights."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=day) | Q(archival=True)
    return Q(status__in=[LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED]) & lasting


class LicenseQuerySet(models.QuerySet["License"]):
    """Licenses, in English."""

    def visible_to(self, person: User) -> LicenseQuerySet:
        """Of the publications where this member of staff does licensing; without test records."""
        return self.filter(publication__in=person.publications("licensing_editor"), test=False)

    def for_lists(self) -> LicenseQuerySet:
        """Joined with what every list shows."""
        return self.select_related("publication", "organization", "article", "request", "quote", "superseded_by")

    def with_placements(self) -> LicenseQuerySet:
        """Each with the addresses where it stands now: `placements.all()` answers those alone."""
        return self.prefetch_related(models.Prefetch("placements", Placement.objects.filter(removed_at=None)))

    def suspended_past_their_day(self, now: datetime) -> LicenseQuerySet:
        """Still suspended although the day came until which they were, and not over: something stands against it."""

        def late(day: date) -> Q:
            return Q(suspended_until__lt=day) & (Q(ends_on=None) | Q(ends_on__gte=day))

        return self.filter(by_the_day(now, late), status=LicenseStatus.SUSPENDED)

    def standing_as(self, status: str, now: datetime) -> LicenseQuerySet:
        """Whose `effective_status` at that moment is this."""
        ended = by_the_day(now, lambda day: Q(ends_on__lt=day))
        ahead = by_the_day(now, lambda day: Q(starts_on__gt=day))
        if status == "expired":
            return self.filter(ended, status__in=[LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED])
        if status == "scheduled":
            return self.filter(ahead, status=LicenseStatus.ACTIVE)
        rows = self.filter(status=status)
        if status in (LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED):
            rows = rows.exclude(ended)
        return rows.exclude(ahead) if status == LicenseStatus.ACTIVE else rows

    def without_renewal(self) -> LicenseQuerySet:
        """Which no other license is to follow: none in force, none that waits for its payment."""
        following = License.objects.filter(
            renews=models.OuterRef("pk"), status__in=[LicenseStatus.ACTIVE, LicenseStatus.PENDING_PAYMENT]
        )
        return self.exclude(models.Exists(following))

    def holding(self, article: Article) -> LicenseQuerySet:
        """Whose snapshot holds that article."""
        return self.filter(article=article)

    def owed_updates(self, day: date) -> LicenseQuerySet:
        """Who must hear of a correction on that day of the publication: see `running_on`.

        A license that is superseded hears through the one that replaced it; a revoked or ended one holds
        nothing.
        """
        return self.filter(running_on(day))


class License(Record):
    """The right to one use of one article.

    The documents are all rendered from `snapshot`, which never changes.
    """

    noun = "license"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="licenses")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="licenses"
    )
    request = models.ForeignKey(LicenseRequest, on_delete=models.PROTECT, related_name="licenses")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="licenses")
    line = models.OneToOneField(QuoteLine, on_delete=models.PROTECT, related_name="license")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="licenses")
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=LicenseStatus.choices,
        default=LicenseStatus.ACTIVE,
        editable=False,
    )
    snapshot = models.JSONField(_("snapshot"), editable=False)
    use = models.CharField(_("use"), max_length=24, choices=Use.choices, editable=False)
    territory = models.JSONField(_("territory"), default=list, editable=False)
    exclusivity = models.CharField(
        _("exclusivity"), max_length=10, choices=Exclusivity.choices, default=Exclusivity.NONE, editable=False
    )
    starts_on = models.DateField(_("from"), editable=False)
    ends_on = models.DateField(_("until"), null=True, blank=True, editable=False)
    perpetual = models.BooleanField(_("perpetual"), default=False, editable=False)
    archival = models.BooleanField(_("archival rights"), default=False, editable=False)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True, editable=False)
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by", editable=False
    )
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes", editable=False
    )
    end_reason = models.CharField(
        _("reason"), max_length=20, choices=EndReason.choices, blank=True, default="", editable=False
    )
    end_words = models.TextField(_("words to the licensee"), max_length=2000, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    suspended_until = models.DateField(_("suspended until"), null=True, blank=True, editable=False)
    removal_deadline = models.DateTimeField(_("remove by"), null=True, blank=True, editable=False)
    expiring_told = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    expired_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    test = models.BooleanField(_("test"), default=False, editable=False)

    objects = LicenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("license")
        verbose_name_plural = _("licenses")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=LicenseStatus.values), name="license_status_known"),
            models.CheckConstraint(
                condition=Q(perpetual=True, ends_on=None)
                | Q(perpetual=False, ends_on__isnull=False, ends_on__gte=models.F("starts_on")),
                name="license_dates",
            ),
            models.CheckConstraint(
                condition=Q(status=LicenseStatus.PENDING_PAYMENT)
                | Q(status=LicenseStatus.TERMINATED)
                | Q(issued_at__isnull=False),
                name="license_in_force_was_issued",
            ),
            models.CheckConstraint(
                condition=~Q(status=LicenseStatus.REVOKED) | (~Q(end_reason="") & Q(removal_deadline__isnull=False)),
                name="license_revoked_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=LicenseStatus.SUPERSEDED) | Q(superseded_by__isnull=False),
                name="license_superseded_names_other",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["article", "status"], name="license_of_article"),
            models.Index(fields=["organization", "-id"], name="license_of_partner"),
            models.Index(fields=["ends_on"], condition=Q(status="active"), name="license_ending"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What was granted never changes: only the status and what belongs to it may be written again."""
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or not set(fields) <= CHANGEABLE):
            raise TypeError("The grant of a license is never changed: issue another that supersedes it.")
        super().save(*args, **kwargs)

    @property
    def number(self) -> str:
        """The license number is the reference."""
        return self.reference

    def day(self, at: datetime | None = None) -> date:
        """The calendar day at that moment where the publication is."""
        return (at or moments.now()).astimezone(self.publication.zone).date()

    def effective_status(self, at: datetime | None = None) -> str:
        """The stored status; `scheduled` before the first day while active, `expired` after the last, which counts,
        while active or suspended.
        """
        if self.status not in (LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED):
            return self.status
        day = self.day(at)
        if self.ends_on is not None and day > self.ends_on:
            return "expired"
        if self.status == LicenseStatus.ACTIVE and day < self.starts_on:
            return "scheduled"
        return self.status

    def by_date(self) -> str:
        """`scheduled` or `expired`, where it is."""
        status = self.effective_status()
        return "" if status == self.status else status

    def public_status(self, at: datetime | None = None) -> str:
        """What anyone may ask: valid, not_yet_valid, expired, suspended, revoked, superseded; `test` for what permits
        nothing to anyone.
        """
        return "test" if self.test else PUBLIC_STATUS[self.effective_status(at)]


class Placement(models.Model):
    """Where the licensee says the article stands."""

    license = models.ForeignKey(License, on_delete=models.CASCADE, related_name="placements")
    url = models.URLField(_("address"), max_length=1000)
    note = models.CharField(_("note"), max_length=200, blank=True)
    declared_at = models.DateTimeField(_("declared"), auto_now_add=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    verified_at = models.DateTimeField(_("seen by us"), null=True, blank=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["license", "url"], name="reprint_placement_once"),
        ]

    def __str__(self) -> str:
        return self.url
