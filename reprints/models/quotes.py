"""What the desk offers: a quote with lines. Never edited once sent, only superseded."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Contact, Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.events import sealed
from newsroom.records import Record
from reprints import moments, pricing
from reprints.models.asking import LicenseRequest, RequestItem
from reprints.models.ratecard import TermsTemplate
from reprints.vocabulary import Lane, TaxTreatment, Use
from reprints.workflow import QuoteStatus


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Quotes, in English."""

    def visible_to(self, person: User) -> QuoteQuerySet:
        """Of the publications where this member of staff does licensing; without test records."""
        return self.filter(publication__in=person.publications("licensing_editor"), test=False)

    def for_lists(self) -> QuoteQuerySet:
        """Joined with what every list shows."""
        return self.select_related("request", "publication", "organization", "terms").prefetch_related(
            "lines__article__publication", "lines__item"
        )

    def seen_by_partner(self) -> QuoteQuerySet:
        """Those that were sent: a partner never sees a draft, nor one canceled before it was sent."""
        return self.exclude(opened_at=None)


class Quote(Record):
    """An offer for a request. Money is net per line, rounded per line; tax and gross are sums."""

    noun = "quote"

    request = models.ForeignKey(LicenseRequest, on_delete=models.PROTECT, related_name="quotes")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="quotes")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes"
    )
    number = models.PositiveIntegerField(_("number"), help_text=_("Counts the quotes of a request from 1."))
    status = models.CharField(
        _("status"), max_length=10, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT, editable=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=3, default=0)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3, default=0)
    gross = models.DecimalField(_("gross"), max_digits=14, decimal_places=3, default=0)
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, default=0)
    tax_treatment = models.CharField(
        _("tax treatment"), max_length=24, choices=TaxTreatment.choices, blank=True, default=""
    )
    tax_evidence = models.JSONField(_("evidence for the tax treatment"), null=True, blank=True, editable=False)
    terms = models.ForeignKey(TermsTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    exclusions_confirmed = models.BooleanField(_("exclusions confirmed"), default=False)
    note = models.TextField(_("note to the requester"), max_length=5000, blank=True)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    signatory = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signatory_encrypted = models.TextField(blank=True, editable=False)
    ended_reason = models.TextField(_("reason"), max_length=2000, blank=True, editable=False)
    reconfirm_since = models.DateTimeField(_("article changed"), null=True, blank=True, editable=False)
    test = models.BooleanField(_("test"), default=False, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=QuoteStatus.values), name="quote_status_known"),
            models.UniqueConstraint(fields=["request", "number"], name="quote_number_once"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(status=QuoteStatus.OPEN), name="quote_one_open_per_request"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(status=QuoteStatus.ACCEPTED),
                name="quote_one_accepted_per_request",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[QuoteStatus.OPEN, QuoteStatus.ACCEPTED])
                | Q(terms__isnull=False, valid_until__isnull=False, opened_at__isnull=False) & ~Q(tax_treatment=""),
                name="quote_sent_is_complete",
            ),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0, gross__gte=0), name="quote_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-id"], name="quote_of_partner"),
            models.Index(fields=["publication", "status", "-id"], name="quote_queue"),
        ]

    def is_expired(self, at: datetime | None = None) -> bool:
        """Open, and its date has passed. The moment of `valid_until` itself still counts."""
        now = at or moments.now()
        return self.status == QuoteStatus.OPEN and self.valid_until is not None and now > self.valid_until

    def effective_status(self, at: datetime | None = None) -> str:
        """The stored status, or `expired`."""
        return "expired" if self.is_expired(at) else self.status

    def by_date(self) -> str:
        """`expired`, where it is."""
        return "expired" if self.is_expired() else ""

    @property
    def signatory_name(self) -> str:
        """Who signed, for the certificate and the desk."""
        return self.signatory.name if self.signatory else sealed.open_text(self.signatory_encrypted)


class QuoteLine(models.Model):
    """What is granted for one item, and its price: the item's members, the differences, what is left out, and
    why so much.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("item"))
    item = models.ForeignKey(RequestItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="lines")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    granted = models.JSONField(_("granted"), default=dict)
    changes = models.JSONField(_("asked and granted"), default=list, blank=True)
    exclusions = models.JSONField(_("left out"), default=list, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=3, null=True, blank=True)
    trace = models.JSONField(_("how the price came about"), default=list, blank=True)
    override_reason = models.CharField(_("reason for another price"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_position_once"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="quote_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quote} · {self.position + 1}"

    @property
    def lane(self) -> str:
        """How this item came by its price: free of charge, by the rate card, or by a person."""
        rules = {step["rule"] for step in self.trace}
        if not rules or pricing.BY_HAND in rules:
            return Lane.MANUAL.value
        return Lane.FREE.value if pricing.FREE in rules and not self.price else Lane.PRICED.value

    def get_use_display(self) -> str:
        """What the article may be used for, in the words of `RequestItem.get_use_display`."""
        code = str(self.granted.get("use", ""))
        return str(Use(code).label) if code in Use.values else code
