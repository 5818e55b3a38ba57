"""What a release relies on in the tables: every column it reads, and a row of each table as it writes it.

Taken at a release, replayed by the tests on the tables of the next: a column that is gone, and a row that is refused,
would stop processes of the previous release that still run while the tables are changed.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Field
from django.utils.dateparse import parse_datetime

SECRETS = {"password": "!", "secret_sha256": "0" * 64}
OPTIONS = ("max_length", "max_digits", "decimal_places")


def taken() -> dict[str, Any]:
    """Table → `columns` (name → how it is written) and `row` (a row that is there, as text; None without one)."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta  # noqa: SLF001 -- Django's own way to a table's columns
        if "site-packages" in apps.get_app_config(table.app_label).path or not table.managed:
            continue
        fields = table.local_concrete_fields
        row = table.base_manager.order_by("pk").first()
        found[table.db_table] = {
            "columns": {str(field.column): _written_as(field) for field in fields},
            "row": {str(field.column): _as_text(field, row) for field in fields} if row is not None else None,
        }
    return found


def missing(tables: dict[str, Any]) -> list[str]:
    """Each column that the release reads and that is not there, as `table.column`."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        columns = {
            table: {column.name for column in connection.introspection.get_table_description(cursor, table)}
            for table in tables.keys() & there
        }
    return [
        f"{table}.{column}"
        for table, described in tables.items()
        for column in described["columns"]
        if column not in columns.get(table, set())
    ]


def refused(tables: dict[str, Any]) -> list[str]:
    """Each table whose recorded row is refused when only the release's columns are written, with the reason.

    Nothing stays: every row is taken back, before the database asks whether what it points to is there.
    """
    found = []
    for table, described in tables.items():
        if described["row"] is None:
            continue
        columns = list(described["row"])
        values = [_value(described["columns"][column], described["row"][column]) for column in columns]
        names = ", ".join(connection.ops.quote_name(column) for column in columns)
        marks = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES ({marks})"  # noqa: S608 -- names of our own file
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(sql, values)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 -- whatever refuses it, is what is asked for
            found.append(f"{table}: {error}")
    return found


def _written_as(field: Any) -> dict[str, Any]:
    target = field.target_field if field.is_relation else field
    options = {name: getattr(target, name, None) for name in OPTIONS}
    return {
        "type": _plain(target.get_internal_type()),
        **{name: value for name, value in options.items() if value is not None},
    }


def _plain(name: str) -> str:
    """An automatic key is written as a number."""
    return {"BigAutoField": "BigIntegerField", "AutoField": "IntegerField"}.get(name, name)


def _as_text(field: Field, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if field.name in SECRETS:
        return SECRETS[field.name]
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _value(written_as: dict[str, Any], text: Any) -> Any:
    kind, options = written_as["type"], {name: value for name, value in written_as.items() if name != "type"}
    field: Field = getattr(models, kind)(**options)
    if isinstance(text, str) and kind == "DateTimeField":
        text = parse_datetime(text)
    return field.get_db_prep_save(text if kind == "JSONField" else field.to_python(text), connection)
