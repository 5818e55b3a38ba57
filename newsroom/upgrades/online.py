"""Operations that do not hold up the desk on a large table."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState


class AddIndexOnline(AddIndex):
    """An index that PostgreSQL builds while others write (`CREATE INDEX CONCURRENTLY`), elsewhere as usual.

    The migration says `atomic = False` and does nothing else. Broken off, it leaves an invalid index: drop it by name,
    and migrate again.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Build it."""
        self._change(schema_editor.add_index, app_label, schema_editor, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop it."""
        self._change(schema_editor.remove_index, app_label, schema_editor, from_state)

    def _change(self, change: Any, app_label: str, schema_editor: Any, state: ProjectState) -> None:
        model: type[models.Model] = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        online = {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
        change(model, self.index, **online)
