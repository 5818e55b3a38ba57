"""What every record that people act on has: a public reference, a version, and times; and rows that never change."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """A reference that leaves the building, a version that every form and `If-Match` states, and times in UTC."""

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    def by_date(self) -> str:
        """What it has become by its dates alone, without a new version: `expired`, `overdue`. Empty where nothing."""
        return ""


class WrittenOnce(models.Model):
    """A row that says what was, and is never changed. `NEVER` is the sentence for whoever tries."""

    NEVER: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever once: TypeError afterwards."""
        if not self._state.adding:
            raise TypeError(self.NEVER)
        super().save(*args, **kwargs)
