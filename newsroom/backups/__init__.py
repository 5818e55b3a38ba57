"""Backups: one archive with the database, the signer's memory and the keys of this installation."""

from collections.abc import Callable

AFTER_RESTORE: list[Callable[[], list[str]]] = []
"""What each desk has to say of what was just restored: sentences for the operator."""
