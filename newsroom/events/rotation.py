"""From one key of `FIELD_KEYS` to the next: which columns are sealed, what does not open, what is under an older key.

A column is sealed when its name ends in `_sealed` or `_encrypted`, or when it stands in `BESIDES`. Nothing remembers
how far a rotation came, and nothing needs to: what is under the first key already is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models, transaction

from newsroom.events import sealed

SUFFIXES = ("_sealed", "_encrypted")
BESIDES = {"api.IdempotencyRecord": ("body",)}
"""Label of a model → its sealed columns whose name does not say so."""
BATCH = 500


@dataclass
class Tally:
    """The values of one column, empty ones left out. `unreadable` holds the primary keys of those that no key opens."""

    column: str
    values: int = 0
    older: int = 0
    unreadable: list[str] = field(default_factory=list)


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every sealed column of the installed models, by label and name."""
    found = [
        (model, column.name)
        for model in apps.get_models()
        for column in model._meta.concrete_fields  # noqa: SLF001 -- documented by Django
        if column.name.endswith(SUFFIXES) or column.name in BESIDES.get(_label(model), ())
    ]
    return sorted(found, key=lambda pair: (_label(pair[0]), pair[1]))


def count(model: type[models.Model], column: str) -> Tally:
    """What is there, by opening each value. Writes nothing."""
    tally = Tally(f"{_label(model)}.{column}")
    for rows in _batches(model, column):
        for key, token in rows:
            _judge(tally, key, token)
    return tally


def rotate(model: type[models.Model], column: str) -> Tally:
    """Seal anew whatever is under an older key, a batch a transaction. `older` is how many were. May be broken off at
    any moment and begun again; what somebody writes meanwhile is not overwritten.
    """
    tally = Tally(f"{_label(model)}.{column}")
    for rows in _batches(model, column):
        with transaction.atomic():
            for key, token in rows:
                if _judge(tally, key, token):
                    _rows(model).filter(pk=key, **{column: token}).update(**{column: sealed.rotate(token)})
    return tally


def _judge(tally: Tally, key: object, token: str) -> bool:
    """Count one value; whether it opens, but not with the first key."""
    tally.values += 1
    if sealed.is_newest(token):
        return False
    try:
        sealed.open_text(token)
    except sealed.Unreadable:
        tally.unreadable.append(str(key))
        return False
    tally.older += 1
    return True


def _batches(model: type[models.Model], column: str) -> Iterator[list[tuple[object, str]]]:
    """Primary key and value of every row that has one, by primary key."""
    rows = _rows(model).exclude(**{column: ""}).order_by("pk").values_list("pk", column)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])


def _label(model: type[models.Model]) -> str:
    return str(model._meta.label)  # noqa: SLF001 -- documented by Django


def _rows(model: type[models.Model]) -> models.QuerySet[models.Model]:
    """Every row, whatever the model's own manager leaves out."""
    return model._base_manager.all()  # noqa: SLF001 -- documented by Django
