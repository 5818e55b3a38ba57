"""The few moves that every scene of the demo is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from corrections.models import Correction, Report
from corrections.services import contacts
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from corrections.vocabulary import Kind, Severity
from newsroom.accounts.models import User
from newsroom.demo.house import Stage
from newsroom.events import planning

MOST_PLANNED = 1000


@dataclass(frozen=True)
class Scene:
    """What begins so many days ago, at an hour of that day."""

    days: float
    play: Callable[[Stage], None]
    hour: int = 10


def play(stage: Stage, scenes: Iterable[Scene]) -> None:
    """One after the other, the oldest first."""
    for scene in sorted(scenes, key=lambda scene: -scene.days):
        stage.clock.go(scene.days, scene.hour)
        scene.play(stage)


def correct(
    stage: Stage,
    slug: str,
    *,
    text: str,
    kind: str = Kind.CORRECTION,
    severity: str = Severity.LOW,
    report: Report | None = None,
    fixes: int = -1,
    target: Correction | None = None,
    effect: str = "",
    **words: Any,
) -> Correction:
    """Draft, fix, send for approval, publish: by the editor and the standards editor. `fixes` as in `Stage.publish`."""
    stage.clock.work(hours=2)
    draft = draft_of(stage, slug, text=text, kind=kind, severity=severity, report=report, target=target, effect=effect)
    story = stage.stories[slug]
    stage.clock.work(minutes=40)
    if story.fixes and not words.get("not_fixed_reason"):
        right, wrong = story.fixes[fixes if fixes == -1 else fixes - 1]
        words = {"original_text": wrong, "corrected_text": right, **words}
        see_fixed(stage, draft, slug, fixes)
    if words:
        draft = notices.edit(draft, by=editor(stage), **words)
    draft = notices.send_for_approval(draft, by=editor(stage))
    stage.clock.work(hours=1, minutes=20)
    return publish(stage, draft)


def publish(stage: Stage, draft: Correction) -> Correction:
    """By the standards editor, after whatever is published already; and who must hear of it hears of it then."""
    stage.clock.go_on()
    published = notices.publish(draft, by=standards(stage))
    planning.plan_due(MOST_PLANNED)
    return published


def draft_of(
    stage: Stage,
    slug: str,
    *,
    text: str,
    kind: str = Kind.CORRECTION,
    severity: str = Severity.LOW,
    report: Report | None = None,
    target: Correction | None = None,
    effect: str = "",
) -> Correction:
    """A draft with its words: the one that the accepted report started, or a new one."""
    article = stage.articles[slug]
    draft = report.correction if report is not None else None
    if draft is None:
        draft = notices.start(
            article.publication, by=editor(stage), articles=[article], kind=kind, target=target, effect=effect
        )
    return notices.edit(
        draft,
        by=editor(stage),
        kind=kind,
        severity=severity,
        text=text,
        error_published_at=article.published_at,
    )


def see_fixed(stage: Stage, draft: Correction, slug: str, fixes: int) -> None:
    """The CMS pushes the fixed text, and the editor says that this is the fix."""
    article = stage.publish(slug, fixes=fixes)
    notices.see_fix(draft, by=editor(stage), article=article, revision=article.revision)


def report_of(stage: Stage, slug: str, *, passage: str = "", **words: Any) -> Report:
    """A reader's report about the article, its address confirmed where one was given."""
    how = {name: words.pop(name) for name in ("by", "channel", "origin", "held_reasons") if name in words}
    article = stage.articles[slug]
    report = submit(Draft(publication=article.publication, article=article, passage_exact=passage, **words), **how)
    if words.get("email"):
        contacts.confirm_address(report, number=0)
    return report


def taken(stage: Stage, slug: str, **words: Any) -> Report:
    """The same, taken up by the editor."""
    report = report_of(stage, slug, **words)
    stage.clock.work(hours=3)
    return reports.take_up(report, by=editor(stage))


def accepted(stage: Stage, slug: str, **words: Any) -> Report:
    """The same, accepted: its correction is begun."""
    report = taken(stage, slug, **words)
    stage.clock.work(hours=21)
    return reports.accept(report, by=editor(stage))


def editor(stage: Stage) -> User:
    """Who drafts."""
    return stage.people["editor"]


def standards(stage: Stage) -> User:
    """Who approves."""
    return stage.people["standards"]
