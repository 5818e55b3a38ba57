"""The public log, to read."""

from __future__ import annotations

from django.contrib import admin

from corrections.admin.rights import DESK_ROLES
from corrections.models import LedgerCheckpoint, LedgerEntry
from newsroom.admin import ReadOnlyAdmin


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The public log, to read."""

    roles = DESK_ROLES
    list_display = ("index", "at", "leaf_hash")


@admin.register(LedgerCheckpoint)
class LedgerCheckpointAdmin(ReadOnlyAdmin):
    """What was signed, to read."""

    roles = DESK_ROLES
    list_display = ("size", "root", "signed_at")
