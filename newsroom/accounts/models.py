"""Publications, the people who work there, the organizations that license from them, and their keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom import workflow
from newsroom.accounts.access import AccessEntry, RecoveryCode, SecondFactor  # noqa: F401 -- Django looks for them here
from newsroom.accounts.checking import faults_in, is_time_zone
from newsroom.accounts.policies import POLICIES
from newsroom.business_time import WEEKDAYS, Calendar, minutes_of


class Role(models.TextChoices):
    """What a membership lets a person do. The wider roles include the narrower: see `INCLUDES`."""

    DESK_EDITOR = workflow.DESK, _("Desk editor")
    STANDARDS_EDITOR = workflow.STANDARDS, _("Standards editor")
    LEGAL = workflow.LEGAL, _("Legal")
    LICENSING_EDITOR = workflow.LICENSING, _("Licensing editor")
    LICENSING_MANAGER = workflow.MANAGER, _("Licensing manager")
    ADMIN = workflow.ADMIN, _("Administrator")


INCLUDES: dict[str, frozenset[str]] = {
    Role.DESK_EDITOR: frozenset({Role.DESK_EDITOR}),
    Role.STANDARDS_EDITOR: frozenset({Role.STANDARDS_EDITOR, Role.DESK_EDITOR}),
    Role.LEGAL: frozenset({Role.LEGAL}),
    Role.LICENSING_EDITOR: frozenset({Role.LICENSING_EDITOR}),
    Role.LICENSING_MANAGER: frozenset({Role.LICENSING_MANAGER, Role.LICENSING_EDITOR}),
    Role.ADMIN: frozenset(Role.values),
}


class Publication(models.Model):
    """A title with its hosts, addresses, money, time and policies."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    hosts = models.JSONField(_("article hosts"), default=list, help_text=_("Hosts that its articles are on."))
    desk_host = models.CharField(_("desk host"), max_length=200, blank=True, help_text=_("Host of these pages."))
    is_default = models.BooleanField(_("default publication"), default=False)
    language = models.CharField(_("language"), max_length=20, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    legal_entity = models.CharField(_("legal entity"), max_length=200, blank=True)
    legal_address = models.TextField(_("legal address"), blank=True, max_length=500)
    vat_id = models.CharField(_("VAT id"), max_length=30, blank=True)
    corrections_email = models.EmailField(_("corrections address"), blank=True)
    licensing_email = models.EmailField(_("licensing address"), blank=True)
    legal_phone = models.CharField(_("legal telephone"), max_length=40, blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="publication_one_default"
            ),
            models.UniqueConstraint(
                fields=["desk_host"], condition=~Q(desk_host=""), name="publication_desk_host_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What the clocks and pages could not read is refused where it is typed."""
        faults: dict[str, list[str]] = {}
        if not is_time_zone(self.time_zone):
            faults["time_zone"] = [
                _now("“%(zone)s” is not a time zone, like Europe/Berlin.") % {"zone": self.time_zone}
            ]
        if wrong := faults_in(self.settings):
            faults["settings"] = wrong
        if faults:
            raise ValidationError(faults)

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone, in which its days begin and end."""
        return ZoneInfo(self.time_zone)

    @property
    def calendar(self) -> Calendar:
        """When its desks work: business days and hours are counted by it."""
        hours = self.policy("opening_hours")
        opening = {WEEKDAYS.index(day): minutes_of(text) for day, text in hours.items()}
        return Calendar(self.zone, opening, self.policy("holidays"))

    def policy(self, name: str) -> Any:
        """A setting of this publication, else the default of `accounts.policies`. KeyError for an unknown name."""
        default = POLICIES[name]
        return self.settings.get(name, default)


class User(AbstractUser):
    """A member of staff. Partners and readers have no account."""

    email = models.EmailField(_("email address"), unique=True)

    actor_kind = "staff"

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")  # type: ignore[assignment]  # -- lazy text, as Django documents
        verbose_name_plural = _("staff")  # type: ignore[assignment]  # -- idem

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With a new password, wherever it comes from, a second factor that was begun under the old one is gone."""
        # Django keeps a password that was set until it is saved, and tells the validators by that.
        renewed = getattr(self, "_password", None) is not None and not self._state.adding
        super().save(*args, **kwargs)
        if renewed:
            self.second_factors.filter(confirmed_at=None).delete()

    def roles_at(self, publication: Publication | None) -> frozenset[str]:
        """Every role held at that publication, the included ones too. Inactive people hold none."""
        if not self.is_active:
            return frozenset()
        held = {
            membership.role
            for membership in self._memberships()
            if membership.publication_id is None or (publication and membership.publication_id == publication.pk)
        }
        if self.is_superuser:
            held.add(Role.ADMIN)
        return frozenset().union(*(INCLUDES[role] for role in held))

    def roles_anywhere(self) -> frozenset[str]:
        """Every role held at any publication."""
        held = {membership.role for membership in self._memberships()} if self.is_active else set()
        if self.is_superuser and self.is_active:
            held.add(Role.ADMIN)
        return frozenset().union(*(INCLUDES[role] for role in held))

    def publications(self, *roles: str) -> models.QuerySet[Publication]:
        """Where this person holds one of the roles (any role when none is named). Every staff queryset starts here."""
        if not self.is_active:
            return Publication.objects.none()
        if self.is_superuser:
            return Publication.objects.all()
        wanted = set(roles) or set(Role.values)
        rows = [row for row in self._memberships() if INCLUDES[row.role] & wanted]
        if any(row.publication_id is None for row in rows):
            return Publication.objects.all()
        return Publication.objects.filter(pk__in=[row.publication_id for row in rows])

    def _memberships(self) -> list[Membership]:
        if not hasattr(self, "_membership_cache"):
            self._membership_cache = list(self.memberships.all())
        return self._membership_cache


class Membership(models.Model):
    """A right: this person, at this publication (or at all), in this role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("member"))
    publication = models.ForeignKey(
        Publication,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("publication"),
        help_text=_("Empty: every publication."),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "publication", "role"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class DeskKind(models.TextChoices):
    """Which work a desk does."""

    CORRECTIONS = "corrections", _("Corrections")
    LICENSING = "licensing", _("Licensing")


class Desk(models.Model):
    """Who handles which sections. The desk without sections is the fallback."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="desks")
    kind = models.CharField(_("kind"), max_length=20, choices=DeskKind.choices, default=DeskKind.CORRECTIONS)
    name = models.CharField(_("name"), max_length=80)
    sections = models.JSONField(_("sections"), default=list, blank=True)
    members = models.ManyToManyField(User, related_name="desks", blank=True, verbose_name=_("members"))

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "kind", "name"], name="desk_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Guideline(models.Model):
    """A version of the editorial or AI guidelines. Published versions stay readable."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="guidelines")
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=[("editorial", _("Editorial")), ("ai", _("Use of AI"))],
        default="editorial",
    )
    number = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("text"), max_length=50_000, help_text=_("Paragraphs separated by a blank line."))
    effective_on = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")
        ordering: ClassVar = ["kind", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "kind", "number"], name="guideline_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Organization(models.Model):
    """A partner: who licenses from us, on which terms."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, default="publisher")
    country = models.CharField(_("country"), max_length=2, default="US")
    address = models.TextField(_("address"), max_length=500, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=30, blank=True)
    payment_terms = models.CharField(
        _("payment"),
        max_length=12,
        choices=[("on_account", _("On account")), ("prepay", _("Pay first"))],
        default="prepay",
    )
    credit_limit = models.DecimalField(_("credit limit"), max_digits=12, decimal_places=2, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    blocked = models.BooleanField(_("blocked"), default=False)
    test_clock_seconds = models.PositiveBigIntegerField(
        _("test clock, seconds ahead"), default=0, db_default=0, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="organization_discount_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at an organization, and what they may do there."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("email address"))
    is_requester = models.BooleanField(_("may ask"), default=True)
    is_signatory = models.BooleanField(_("may sign"), default=False)
    is_billing = models.BooleanField(_("gets invoices"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "email"], name="contact_email_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.organization.name})"


def full_hour(moment: datetime) -> datetime:
    """When that hour began."""
    return moment.replace(minute=0, second=0, microsecond=0)


class KeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys that count."""

    def in_force(self, now: datetime) -> KeyQuerySet:
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class ApiKey(models.Model):
    """A key to the API, of an organization (partner) or of publications (their CMS). Stored as id and SHA-256.

    `mh_live_<id>_<secret>` or `mh_test_…`; the secret is 256 random bits and is shown once.
    """

    key_id = models.CharField(_("key id"), max_length=16, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    label = models.CharField(_("label"), max_length=80)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="api_keys"
    )
    publications = models.ManyToManyField(Publication, blank=True, related_name="api_keys")
    scopes = models.JSONField(_("scopes"), default=list)
    test = models.BooleanField(_("test key"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    rotated_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = KeyQuerySet.as_manager()
    actor_kind = "partner"

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"mh_{'test' if self.test else 'live'}_{self.key_id}…"

    @property
    def last_used_hour(self) -> datetime | None:
        """The full hour in which it was last used: it is noted no more exactly than that."""
        return self.last_used_at and full_hour(self.last_used_at)

    @property
    def is_authenticated(self) -> bool:
        """DRF asks this of whoever is behind a request."""
        return True

    def roles_at(self, publication: Publication | None) -> frozenset[str]:
        """A partner's key acts as the partner on the partner's own records."""
        return frozenset({workflow.PARTNER}) if self.organization_id else frozenset()


class Approval(models.Model):
    """Two people: one proposed a move on a version of something, another approved it. Written by `approvals` alone.

    Closed without an approval: it was sent back, or there is nothing left to decide; `closed_words` says why.
    """

    subject_kind = models.CharField(max_length=30)
    subject_reference = models.CharField(max_length=16)
    subject_version = models.PositiveIntegerField()
    move = models.CharField(max_length=40)
    reason = models.TextField(max_length=2000, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_words = models.TextField(max_length=2000, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_reference", "subject_version", "move"], name="approval_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=models.F("proposed_by")),
                name="approval_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.subject_reference}"

    @property
    def is_waiting(self) -> bool:
        """Whether a second person is still awaited."""
        return self.approved_at is None and self.closed_at is None


class ContactReveal(models.Model):
    """Somebody at a desk looked at how to reach a reader or a requester: who, when, and why."""

    subject_kind = models.CharField(max_length=30)
    subject_reference = models.CharField(max_length=16)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reveal of contact details")
        verbose_name_plural = _("reveals of contact details")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_reference"], name="contact_reveal_of_subject"),
            models.Index(fields=["at"], name="contact_reveal_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_reference} · {self.by}"
