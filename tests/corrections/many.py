"""Rows by the thousand, written at once and without their history: to measure pages with, for nothing else."""

from __future__ import annotations

from itertools import count

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
