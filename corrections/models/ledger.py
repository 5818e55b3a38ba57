"""The public log: append-only leaves without any person in them, and the openings that an order can destroy."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from corrections.models.notice import Correction
from newsroom.records import WrittenOnce


class LedgerEntry(WrittenOnce):
    """A leaf {type, reference, publication, kind, at, commitment} in canonical JSON (RFC 8785), and its hash."""

    NEVER = "The log is append-only."

    index = models.PositiveBigIntegerField(_("index"), unique=True)
    leaf = models.TextField(_("leaf"))
    leaf_hash = models.CharField(_("leaf hash"), max_length=64)
    correction = models.OneToOneField(
        Correction, on_delete=models.PROTECT, null=True, related_name="ledger_entry", editable=False
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return str(self.index)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise TypeError("The log is append-only.")


class LedgerOpening(models.Model):
    """What a leaf's commitment commits to: the salt and the public content. An order destroys it; the leaf stays."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.CASCADE, primary_key=True, related_name="opening")
    salt = models.CharField(max_length=64)
    content = models.JSONField()

    def __str__(self) -> str:
        return str(self.entry_id)


class LedgerHead(models.Model):
    """The one row that appenders lock, last in their transaction: the size of the log and the peaks of its tree."""

    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.size)


class LedgerCheckpoint(models.Model):
    """A signed statement of size and root (C2SP tlog-checkpoint), as it was published."""

    noun = "ledger"
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    text = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["size"], name="ledger_checkpoint_size")]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"

    @property
    def reference(self) -> str:
        """What events call it: how many leaves it covers."""
        return str(self.size)


class LedgerKey(models.Model):
    """A public key that signs the log (C2SP vkey), since when, and until when it did."""

    vkey = models.CharField(max_length=400, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.vkey
