"""The rate card: kinds of use, dated rules, and the versions of the terms."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Publication
from newsroom.records import WrittenOnce
from reprints import pricing
from reprints.vocabulary import Format, QuantityUnit, Use


class UseType(models.Model):
    """A kind of use in plain words, with the fields that asking for it needs."""

    code = models.CharField(_("code"), max_length=24, choices=Use.choices, unique=True)
    label = models.CharField(_("label"), max_length=80)
    help_text = models.CharField(_("in plain words"), max_length=300, blank=True)
    default_format = models.CharField(_("usual format"), max_length=12, choices=Format.choices, default=Format.WEB)
    default_unit = models.CharField(
        _("usual unit"), max_length=16, choices=QuantityUnit.choices, default=QuantityUnit.MONTHLY_USERS
    )
    required_fields = models.JSONField(
        _("needed"),
        default=list,
        blank=True,
        help_text=_("Members of an item that this use cannot do without."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("kind of use")
        verbose_name_plural = _("kinds of use")
        ordering: ClassVar = ["order", "code"]

    def __str__(self) -> str:
        return self.label


class RateCardQuerySet(models.QuerySet["RateCard"]):
    """Cards, in English."""

    def in_force(self, day: date) -> RateCardQuerySet:
        """Not drafts, and valid on that day; the newest first."""
        return (
            self.filter(draft=False, valid_from__lte=day)
            .filter(Q(valid_to=None) | Q(valid_to__gte=day))
            .order_by("-valid_from", "-pk")
        )


class RateCard(models.Model):
    """A dated table of prices in one currency. `valid_to` is inclusive.

    A draft prices nothing but previews.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="rate_cards")
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    draft = models.BooleanField(_("draft"), default=True)

    objects = RateCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate card")
        verbose_name_plural = _("rate cards")
        ordering: ClassVar = ["-valid_from", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="rate_card_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceRule(models.Model):
    """One row of a card. The first rule that matches, by ascending priority, makes the price."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rules")
    priority = models.PositiveIntegerField(_("priority"), help_text=_("The lowest number that matches wins."))
    name = models.CharField(_("name"), max_length=120)
    match = models.JSONField(
        _("applies to"),
        default=dict,
        blank=True,
        help_text=_('For example {"use": ["republish_web"], "organization_type": ["publisher"]}; empty: everything.'),
    )
    base = models.DecimalField(_("base price"), max_digits=14, decimal_places=3)
    per_unit = models.DecimalField(_("price of each unit"), max_digits=14, decimal_places=6, default=0)
    unit_size = models.PositiveIntegerField(_("size of a unit"), default=1)
    factors = models.JSONField(_("factors"), default=list, blank=True)
    minimum = models.DecimalField(_("minimum"), max_digits=14, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering: ClassVar = ["priority", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "priority"], name="price_rule_priority_once"),
            models.CheckConstraint(
                condition=Q(base__gte=0, per_unit__gte=0, minimum__gte=0, unit_size__gte=1),
                name="price_rule_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what could not be computed, or would make more cost less."""
        try:
            self.as_rule()
        except pricing.BadRule as error:
            raise ValidationError(str(error)) from error

    def as_rule(self) -> pricing.Rule:
        """The row as a value to compute with. Raises `pricing.BadRule`."""
        return pricing.Rule(
            name=self.name,
            priority=self.priority,
            match=pricing.read_match(self.match),
            base=self.base,
            per_unit=self.per_unit,
            unit_size=self.unit_size,
            factors=pricing.read_factors(self.factors),
            minimum=self.minimum,
        )


class TermsTemplate(WrittenOnce):
    """A version of the terms. What a quote names can never change: its text is pinned by SHA-256."""

    NEVER = "Terms are never changed: add a version."

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="terms")
    label = models.CharField(_("version"), max_length=20)
    text = models.TextField(_("text"), max_length=50_000)
    sha256 = models.CharField(max_length=64, editable=False)
    duties = models.JSONField(
        _("duties"),
        default=dict,
        help_text=_('{"correction": {"duty": "replace_or_append", "within_hours": 72}, …}'),
    )
    archival_uses = models.JSONField(
        _("archival uses"),
        default=list,
        blank=True,
        help_text=_("Uses whose copies stay after the end, so that they hear of corrections for ever."),
    )
    effective_on = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        ordering: ClassVar = ["-effective_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "label"], name="terms_label_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With the digest of its text. A new wording is a new version."""
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)
