"""A moment that is typed and shown on the publication's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.utils import timezone


class LocalMomentField(forms.DateTimeField):
    """A date and time in `zone`, which the form sets; aware. What the clock change skips or repeats is refused."""

    zone: tzinfo = UTC

    def to_python(self, value: Any) -> datetime | None:
        """The moment."""
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As the local clock shows it, to the minute."""
        if isinstance(value, datetime):
            return timezone.localtime(value, self.zone).strftime("%Y-%m-%d %H:%M")
        return value
