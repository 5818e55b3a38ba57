"""What is asked for, by whom, and what was said about it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import ApiKey, Desk, Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.events import sealed
from newsroom.links import new_nonce
from newsroom.records import Record
from reprints import moments
from reprints.vocabulary import (
    DeclineCode,
    Exclusivity,
    Format,
    Lane,
    Modifications,
    OrganizationType,
    Portion,
    QuantityUnit,
    Use,
)
from reprints.workflow import OPEN_REQUEST, RequestStatus


class RequestQuerySet(models.QuerySet["LicenseRequest"]):
    """Requests, in English."""

    def still_open(self) -> RequestQuerySet:
        """Not closed, not agreed."""
        return self.filter(status__in=OPEN_REQUEST)

    def visible_to(self, person: User) -> RequestQuerySet:
        """Of the publications where this member of staff does licensing; without test records."""
        return self.filter(publication__in=person.publications("licensing_editor"), test=False)

    def for_lists(self) -> RequestQuerySet:
        """Joined with what every list shows."""
        return self.select_related("publication", "organization", "assignee", "desk", "contact").prefetch_related(
            "items__article__publication", "quotes", "licenses"
        )


class LicenseRequest(Record):
    """“May I?”: who asks for which uses of which articles. Its items are rows of `RequestItem`."""

    noun = "license_request"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="license_requests")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="license_requests"
    )
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=RequestStatus.choices,
        default=RequestStatus.SUBMITTED,
        editable=False,
    )
    organization_type = models.CharField(
        _("kind of organization"),
        max_length=20,
        choices=OrganizationType.choices,
        default=OrganizationType.PUBLISHER,
    )
    currency = models.CharField(_("currency"), max_length=3)
    po_number = models.CharField(_("order number"), max_length=60, blank=True)
    deadline = models.DateField(_("needed by"), null=True, blank=True)
    end_client = models.CharField(_("for the client"), max_length=200, blank=True, default="", db_default="")
    note = models.TextField(_("note"), max_length=5000, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    lane = models.CharField(_("lane"), max_length=8, choices=Lane.choices, default=Lane.MANUAL)
    lane_reasons = models.JSONField(_("reasons"), default=list, blank=True)
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="license_requests"
    )
    desk = models.ForeignKey(Desk, on_delete=models.SET_NULL, null=True, blank=True, related_name="license_requests")
    decline_code = models.CharField(
        _("reason"), max_length=24, choices=DeclineCode.choices, blank=True, default="", editable=False
    )
    renews = models.ForeignKey("License", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals")
    nonce = models.CharField(max_length=22, unique=True, default=new_nonce, editable=False)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True, editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    article_changed_at = models.DateTimeField(_("article changed"), null=True, blank=True, editable=False)
    test = models.BooleanField(_("test"), default=False, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("license request")
        verbose_name_plural = _("license requests")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="license_request_status_known"),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="license_request_lane_known"),
            models.CheckConstraint(
                condition=Q(decline_code="") | Q(status=RequestStatus.DECLINED),
                name="license_request_code_if_declined",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.DECLINED) | ~Q(decline_code=""),
                name="license_request_declined_has_code",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["publication", "status", "-id"], name="license_request_queue"),
            models.Index(fields=["organization", "-id"], name="license_request_of_partner"),
        ]

    def day(self) -> date:
        """Today where the publication is."""
        return moments.now().astimezone(self.publication.zone).date()

    @property
    def is_open(self) -> bool:
        """Neither closed nor agreed."""
        return self.status in OPEN_REQUEST

    @property
    def requester_name(self) -> str:
        """The organization, or what the web requester wrote: company, else name. Empty once erased."""
        if self.organization is not None:
            return self.organization.name
        contact = getattr(self, "contact", None)
        return (contact.company or contact.name) if contact else ""

    @property
    def first_article(self) -> Article | None:
        """The article of its first item: the one that its events name."""
        item = self.items.select_related("article").order_by("position").first()
        return item.article if item is not None else None

    @property
    def requester_house(self) -> str:
        """The organization, or the company that the web requester wrote: what the desk sees without asking. Never a
        person's name.
        """
        if self.organization is not None:
            return self.organization.name
        contact = getattr(self, "contact", None)
        return contact.company if contact else ""


class RequesterContact(models.Model):
    """Who asked by the web form: encrypted, in a row of its own, so that retention can blank it."""

    request = models.OneToOneField(LicenseRequest, on_delete=models.CASCADE, related_name="contact")
    name_encrypted = models.TextField(blank=True, editable=False)
    email_encrypted = models.TextField(blank=True, editable=False)
    company_encrypted = models.TextField(blank=True, editable=False)
    billing_encrypted = models.TextField(blank=True, default="", db_default="", editable=False)
    address_mark = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    email_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("requester")
        verbose_name_plural = _("requesters")

    def __str__(self) -> str:
        return str(self.request_id)

    @property
    def name(self) -> str:
        """As written."""
        return sealed.open_text(self.name_encrypted)

    @property
    def email(self) -> str:
        """As written; nothing but the confirmation goes there before `email_confirmed_at`."""
        return sealed.open_text(self.email_encrypted)

    @property
    def company(self) -> str:
        """As written."""
        return sealed.open_text(self.company_encrypted)


ITEM_FIELDS = (
    "use",
    "portion",
    "excerpt_text",
    "format",
    "quantity",
    "quantity_unit",
    "territory",
    "languages",
    "starts_on",
    "ends_on",
    "perpetual",
    "exclusivity",
    "modifications",
    "placement_urls",
    "ai_purposes",
)
"""The members of an item beside its article, in the order in which they are shown."""


class RequestItem(models.Model):
    """One use of one article.

    The rows of a request are what it asks for today; quotes keep what was asked then.
    """

    request = models.ForeignKey(LicenseRequest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(_("revision when asked"), default=0)
    use = models.CharField(_("use"), max_length=24, choices=Use.choices)
    portion = models.CharField(_("portion"), max_length=20, choices=Portion.choices, default=Portion.FULL_TEXT)
    excerpt_text = models.TextField(_("excerpt"), blank=True)
    words = models.PositiveIntegerField(_("words"), default=0, help_text=_("Counted by the server."))
    format = models.CharField(_("format"), max_length=12, choices=Format.choices, default=Format.WEB)
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    quantity_unit = models.CharField(
        _("unit"), max_length=16, choices=QuantityUnit.choices, default=QuantityUnit.MONTHLY_USERS, blank=True
    )
    territory = models.JSONField(_("territory"), default=list)
    languages = models.JSONField(_("languages"), default=list)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    perpetual = models.BooleanField(_("perpetual"), default=False)
    exclusivity = models.CharField(
        _("exclusivity"), max_length=10, choices=Exclusivity.choices, default=Exclusivity.NONE
    )
    modifications = models.CharField(
        _("changes"), max_length=12, choices=Modifications.choices, default=Modifications.NONE
    )
    placement_urls = models.JSONField(_("placements"), default=list, blank=True)
    ai_purposes = models.JSONField(_("purposes of a machine"), default=list, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "position"], name="request_item_position_once"),
            models.CheckConstraint(
                condition=Q(perpetual=True, ends_on=None)
                | Q(perpetual=False, ends_on__isnull=False, ends_on__gte=models.F("starts_on")),
                name="request_item_dates",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=1, quantity__lte=10**9),
                name="request_item_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} · {self.article}"

    def as_asked(self) -> dict[str, Any]:
        """The item as the API shows it and a quote line compares it: `article_url` and the members of
        `ITEM_FIELDS`.
        """
        values: dict[str, Any] = {"article_url": self.article.url}
        for name in ITEM_FIELDS:
            value = getattr(self, name)
            values[name] = value.isoformat() if isinstance(value, date) else value
        values["excerpt_text"] = self.excerpt_text or None
        return values


class RequestMessage(models.Model):
    """A word between partner and desk; an internal note stays with the desk. Never changed once sent."""

    class Author(models.TextChoices):
        """Which side wrote it."""

        PARTNER = "partner", _("Requester")
        EDITOR = "editor", _("Licensing desk")

    request = models.ForeignKey(LicenseRequest, on_delete=models.CASCADE, related_name="messages")
    author_kind = models.CharField(_("written by"), max_length=8, choices=Author.choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    body = models.TextField(_("text"), max_length=5000)
    internal = models.BooleanField(_("internal note"), default=False)
    move = models.CharField(_("move"), max_length=12, blank=True, default="")
    proposal = models.JSONField(_("proposal"), null=True, blank=True, default=None, editable=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(author_kind="editor") | Q(internal=False),
                name="request_message_partner_not_internal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.get_author_kind_display()}"
