"""What a list can be narrowed by, read the same way everywhere: a moment, a reference, yes or no."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from newsroom import references
from newsroom.api.fields import MomentField

LETTERS_OF_A_DATE = 10


class MomentFormField(forms.CharField):
    """A moment of RFC 3339, or a date, which is its first moment in UTC."""

    def clean(self, value: Any) -> datetime | None:
        """The moment in UTC; None when nothing was given."""
        # A plus sign that was not escaped arrives as a blank.
        text = super().clean(value).replace(" ", "+")
        if not text:
            return None
        try:
            if len(text) == LETTERS_OF_A_DATE:
                return datetime.combine(date.fromisoformat(text), time.min, tzinfo=UTC)
            return MomentField().run_validation(text)
        except (ValueError, OverflowError, serializers.ValidationError) as error:
            words = _now("Give a date, or a time with its offset, like 2026-11-20T08:00:00Z.")
            raise ValidationError(words, code="invalid") from error


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(django_filters.Filter):
    """Compares with a moment."""

    field_class = MomentFormField


class ReferenceFormField(forms.CharField):
    """A reference, typed in whatever case."""

    def __init__(self, *, noun: str, **kwargs: Any) -> None:
        self.noun = noun
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """The reference as it is stored."""
        text = references.normalize(super().clean(value))
        if text and not references.is_valid(text, self.noun):
            raise ValidationError(_now("This is not such a reference."), code="bad_reference")
        return text


class ReferenceFilter(django_filters.Filter):
    """Looks for the reference of something of that noun."""

    field_class = ReferenceFormField


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(django_filters.ChoiceFilter):
    """`true` or `false`, and nothing that merely looks like it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", _("yes")), ("false", _("no"))], null_label=None, empty_label=None, **kwargs)
