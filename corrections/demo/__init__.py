"""The demo at the corrections desk: a report in every status, a notice of every kind, each by the moves people make."""

from __future__ import annotations

from corrections.demo import answers, everyday, published, readers
from corrections.demo.moves import Scene, play
from corrections.services import fixed
from newsroom.demo.house import Stage

LICENSED = 18
"""From so many days ago on, partners hold copies of what is corrected."""

SCENES = [
    Scene(114, published.herons),
    Scene(95, published.update),
    Scene(93, published.note),
    Scene(90, published.clarification),
    Scene(82, published.bridge),
    Scene(74, published.reply),
    Scene(69, published.minor_fix),
    Scene(61, published.shipyard),
    Scene(55, published.suppressed),
    Scene(53, readers.spam),
    Scene(48, readers.withdrawn),
    Scene(46, readers.lapsed),
    Scene(26, readers.declined),
    Scene(25, readers.declined_before_an_appeal),
    Scene(16, published.swim),
    Scene(12, published.tides),
    Scene(5, published.discarded),
    Scene(4, readers.waiting),
    Scene(3.5, published.organ),
    Scene(2, published.unpublished),
    Scene(2, readers.joined, hour=15),
    Scene(1.9, readers.appealed),
    Scene(1, published.swim_again, hour=9),
    Scene(1, readers.open_reports, hour=13),
]
"""With how many days ago each begins."""
TODAY = [
    (9, published.retraction),
    (7, published.under_an_order),
    (4, published.alone),
    (1, readers.urgent),
    (0, readers.late_promises),
]
"""With how many hours ago."""


def load(stage: Stage) -> None:
    """Everything before partners hold copies."""
    stage.clock.go(120)
    answers.load(stage)
    play(stage, [scene for scene in [*SCENES, *everyday.scenes()] if scene.days > LICENSED])


def load_later(stage: Stage) -> None:
    """Corrections of articles that partners have licensed by now, and what is open today."""
    play(stage, [scene for scene in [*SCENES, *everyday.scenes()] if scene.days <= LICENSED])
    for hours, scene in TODAY:
        stage.clock.moment = stage.now
        stage.clock.wait(hours=-hours)
        scene(stage)
    fixed.ask(stage.now)
