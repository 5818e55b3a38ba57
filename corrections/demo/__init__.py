"""The demo at the corrections desk: a report in every status, a notice of every kind, each by the moves people make."""

from __future__ import annotations

from corrections.demo import answers, published, readers
from newsroom.demo.house import Stage


def load(stage: Stage) -> None:
    """Everything that does not wait for the other desk."""
    answers.load(stage)
    readers.lapsed(stage)
    readers.open_reports(stage)
    readers.closed_reports(stage)
    published.bridge(stage)
    published.herons(stage)
    published.shipyard(stage)
    published.other_kinds(stage)
    published.suppressed(stage)
    published.alone(stage)
    published.unpublished(stage)
    readers.late_promises(stage)


def load_later(stage: Stage) -> None:
    """A retraction, and corrections of articles that partners have licensed by now."""
    published.retraction(stage)
    published.licensed_articles(stage)
