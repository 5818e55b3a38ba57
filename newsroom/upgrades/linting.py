"""Which migrations would stop the previous release, or lock a table for long. Expand now, contract a release later.

A finding is allowed by a dated line in the migration's file, with a reason:

    # allowed 2026-11-23: AddConstraint report.report_status_known -- looser than the one it replaces

`*` allows the whole migration: for those made before the first release.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as do
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field

from newsroom.upgrades.online import AddIndexOnline

ALLOWED = re.compile(r"# allowed (\d{4}-\d\d-\d\d): (\w+|\*)(?: ([\w.]+))? -- (\S.*)")
EVERYTHING = ("*", "")
REMOVING = (do.RemoveField, do.DeleteModel, do.RenameField, do.RenameModel, do.AlterModelTable)
STRICTER = (do.AddConstraint, do.AlterUniqueTogether)


@dataclass(frozen=True)
class Finding:
    """What a migration may not do unless it says why."""

    migration: str
    operation: str
    target: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.operation} {self.target}".rstrip() + f": {self.sentence}"


def findings() -> list[Finding]:
    """Everything unsafe that is not allowed, and every allowance that nothing needs, in the order of the migrations."""
    loader = MigrationLoader(None)
    state = ProjectState()
    found: list[Finding] = []
    plan = [key for target in sorted(loader.graph.leaf_nodes()) for key in loader.graph.forwards_plan(target)]
    for key in dict.fromkeys(plan):
        migration = loader.graph.nodes[key]
        state = state if _is_ours(key[0]) else migration.mutate_state(state, preserve=False)
        if _is_ours(key[0]):
            unsafe, state = _of(migration, state)
            found += _unallowed(migration, unsafe)
    return found


def _is_ours(label: str) -> bool:
    return "site-packages" not in apps.get_app_config(label).path


def _of(migration: Migration, state: ProjectState) -> tuple[list[Finding], ProjectState]:
    """The unsafe operations, and the state after the migration. What happens to a table made here is safe."""
    made: set[str] = set()
    unsafe = []
    kinds = {isinstance(operation, do.RunPython) for operation in migration.operations}
    for operation in migration.operations:
        if isinstance(operation, do.CreateModel):
            made.add(operation.name_lower)
        model = str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()
        own = model in made and not isinstance(operation, do.RunPython | do.RunSQL)
        for sentence in () if own else _sentences(operation, migration, state, mixed=len(kinds) > 1):
            name = str(getattr(getattr(operation, "index", None) or getattr(operation, "constraint", None), "name", ""))
            part = name or getattr(operation, "old_name", "") or getattr(operation, "name", "")
            part = str(part) if getattr(operation, "model_name", "") else ""
            target = ".".join(filter(None, (model, part)))
            unsafe.append(Finding(str(migration), type(operation).__name__, target, sentence))
        operation.state_forwards(migration.app_label, state)
    return unsafe, state


def _sentences(operation: Operation, migration: Migration, state: ProjectState, *, mixed: bool) -> Iterator[str]:
    if isinstance(operation, REMOVING):
        yield "the previous release still uses what goes away; drop it a release later"
    elif isinstance(operation, do.AddField):
        yield from _of_new_column(operation.field)
    elif isinstance(operation, do.AlterField):
        before = state.models[migration.app_label, operation.model_name_lower].get_field(operation.name)
        yield from _of_changed_column(before, operation.field)
    elif isinstance(operation, AddIndexOnline):
        if migration.atomic:
            yield "an index is built online outside a transaction: say atomic = False"
    elif isinstance(operation, do.AddIndex):
        yield "writes wait while PostgreSQL builds it: use newsroom.upgrades.online.AddIndexOnline"
    elif isinstance(operation, STRICTER):
        yield "the previous release may write what it refuses, and the table is locked while every row is checked"
    elif isinstance(operation, do.RunPython):
        if operation.reverse_code is None:
            yield "there is no way back: name a reverse, RunPython.noop if nothing is to be done"
        if mixed and migration.atomic:
            yield "rows are changed under the locks of the tables: give the change of rows a migration of its own"
    elif isinstance(operation, do.RunSQL) and operation.reverse_sql is None:
        yield "there is no way back: name reverse_sql"


def _of_new_column(field: Any) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and field.db_default is NOT_PROVIDED:
        yield "the previous release does not write this column: null=True or a db_default"
    # The index of a column that is still empty is built in one scan.
    if (field.unique or field.db_index) and field.db_default is not NOT_PROVIDED:
        yield "writes wait while PostgreSQL builds its index: add the column first, then AddIndexOnline"


def _of_changed_column(before: Any, after: Any) -> Iterator[str]:
    if before.null and not after.null and after.db_default is NOT_PROVIDED:
        yield "the previous release may write NULL here: give it a db_default first"
    if (after.unique or after.db_index) and not (before.unique or before.db_index):
        yield "writes wait while PostgreSQL builds its index"
    if _type(before) != _type(after) and not _widened(before, after):
        yield "the table is written anew under a lock, and the previous release may not fit: add a column instead"


def _type(field: Field) -> str:
    """The column's type on PostgreSQL, whatever database is at hand."""
    if isinstance(field, models.CharField | models.DecimalField):
        sizes = (getattr(field, name, None) for name in ("max_length", "max_digits", "decimal_places"))
        return f"{field.get_internal_type()} {list(sizes)}"
    return "relation" if field.is_relation else str(field.db_type(connection))


def _widened(before: Any, after: Any) -> bool:
    text = isinstance(before, models.CharField | models.TextField) and isinstance(after, models.TextField)
    chars = isinstance(before, models.CharField) and isinstance(after, models.CharField)
    longer = chars and (after.max_length or 0) >= (before.max_length or 0)
    return text or longer


def _unallowed(migration: Migration, unsafe: list[Finding]) -> Iterator[Finding]:
    source = inspect.getsource(import_module(type(migration).__module__))
    allowed = {(kind, target or ""): day for day, kind, target, _reason in ALLOWED.findall(source)}
    needed = set()
    for finding in unsafe:
        place = (finding.operation, finding.target)
        needed.add(place)
        if place not in allowed and EVERYTHING not in allowed:
            yield finding
    for kind, target in allowed.keys() - needed - ({EVERYTHING} if needed else set()):
        yield Finding(str(migration), kind, target, "is allowed, and nothing of the kind is there")
    for place, day in allowed.items():
        if not _is_date(day):
            yield Finding(str(migration), *place, f"{day} is no date")


def _is_date(text: str) -> bool:
    parse: Callable[[str], date] = date.fromisoformat
    try:
        parse(text)
    except ValueError:
        return False
    return True
