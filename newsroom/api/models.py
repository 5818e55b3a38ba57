"""What the API remembers between requests: how often someone knocked, and what a repeated request was
answered.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Counter(models.Model):
    """Hits of one caller on one throttle in the current window. Written only when Redis does not count."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    window_start = models.BigIntegerField(help_text="Seconds since 1970.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "key"], name="counter_once")]
        indexes: ClassVar = [models.Index(fields=["window_start"], name="counter_by_age")]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class NetworkKey(models.Model):
    """The random key under which the networks of one day's reports are stored. Deleted after eight days: without it,
    what was stored means nothing.
    """

    day = models.DateField(unique=True, help_text="In UTC.")
    key_sealed = models.TextField()

    def __str__(self) -> str:
        return self.day.isoformat()


class IdempotencyRecord(models.Model):
    """A request that was carried out under an `Idempotency-Key`, and the answer it got.

    The row is written in the transaction that does the work: both are there, or neither.
    """

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
