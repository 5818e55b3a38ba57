"""Rows by the thousand, written at once and without their history: to measure pages with, for nothing else."""

from __future__ import annotations

from itertools import count

from django.db import connection
from django.utils import timezone

from corrections.models import Correction, CorrectionArticle, Report
from newsroom import references
from newsroom.events.models import Promise

BATCH = 500
NUMBERS = count(1)


def many_reports(publication, article, number):
    """Minimal reports with a running promise each, as they were made."""
    now = timezone.now()
    rows = [
        Report(
            reference=references.new("report"),
            publication=publication,
            article=article,
            claim="The figure is wrong.",
            token_nonce=f"nonce-{next(NUMBERS)}",
        )
        for _ in range(number)
    ]
    rows = Report.objects.bulk_create(rows, batch_size=BATCH)
    promises = [
        Promise(
            publication=publication, subject_kind="report", subject_reference=row.reference, kind="decide", due_at=now
        )
        for row in rows
    ]
    Promise.objects.bulk_create(promises, batch_size=BATCH)
    return rows


def multiply(report, number):
    """So many more reports like this one, and promises like its own, by two statements of the database."""
    _copies(report, number, {"reference": "'R-' || CAST(10000000 + i AS TEXT)", "token_nonce": "'copy-' || i"})
    for promise in Promise.objects.filter(subject_reference=report.reference):
        _copies(promise, number, {"subject_reference": "'R-' || CAST(10000000 + i AS TEXT)"})


def _copies(row, number, changed):
    """Copies of the row, in which these columns hold an expression of the number i."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(changed.get(field.column, connection.ops.quote_name(field.column)) for field in fields)
    table, key = (connection.ops.quote_name(name) for name in (row._meta.db_table, row._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %s) "  # noqa: S608 -- the names of our own columns
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, numbers WHERE {key} = %s",
            [number, row.pk],
        )
        cursor.execute(f"ANALYZE {table}")  # as the database does by itself, sooner or later


def many_notices(publication, article, number):
    """Minimal published notices about the article."""
    now = timezone.now()
    rows = [
        Correction(
            reference=references.new("correction"),
            publication=publication,
            status="published",
            text="An earlier version misstated the cost. It was 1.45 million.",
            published_at=now,
        )
        for _ in range(number)
    ]
    rows = Correction.objects.bulk_create(rows, batch_size=BATCH)
    names = [CorrectionArticle(correction=row, article=article) for row in rows]
    CorrectionArticle.objects.bulk_create(names, batch_size=BATCH)
