"""What readers report in the demo, and what becomes of it without a notice: a report in every status."""

from __future__ import annotations

from datetime import timedelta

from corrections.demo.moves import editor, report_of, taken
from corrections.models import Report
from corrections.services import clock
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from corrections.vocabulary import Category, Channel, Medium
from newsroom.demo.house import DAILY, EVENING, Stage
from newsroom.events import watch
from newsroom.events.models import Promise


def lapsed(stage: Stage) -> None:
    """Asked, reminded twice, and never heard of again."""
    report = taken(
        stage,
        "museum-map",
        claim="The canal did exist, my grandfather saw it.",
        category=Category.OTHER,
        name="Wim Osterhaus",
        email="wim@reader.example",
    )
    reports.ask(report, by=editor(stage), words="Thank you. Do you have a photograph or a letter that shows it?")
    for days in (6, 5):
        stage.clock.wait(days=days)
        clock.remind(stage.clock.moment)
    stage.clock.wait(days=5)
    clock.lapse(stage.clock.moment)


def open_reports(stage: Stage) -> None:
    """What waits for the desk: new, held, in review."""
    report_of(
        stage,
        "market-hall-roof",
        claim="The roof was replaced six years ago, not five. I have the invoice, I sold them the glass.",
        category=Category.NUMBER_OR_DATE,
        passage="replaced only five years ago",
        name="Gottfried Aluko",
        email="g.aluko@reader.example",
    )
    report_of(
        stage,
        "puppet-theater",
        claim="The picture shows the old cellar, not the new hall.",
        category=Category.IMAGE_OR_CAPTION,
    )
    submit(
        Draft(
            publication=stage.publications[DAILY],
            claim="The tide table on page two of Saturday's paper was last week's.",
            medium=Medium.PRINT,
            medium_detail="Saturday, page 2",
            category=Category.NUMBER_OR_DATE,
            phone="+1 555 0119",
        ),
        by=editor(stage),
        channel=Channel.PHONE,
    )
    report_of(
        stage,
        "seaweed-startup",
        claim="GREAT KELP at https://a.example https://b.example https://c.example https://d.example",
        held_reasons=["many_links"],
    )
    taken(
        stage,
        "school-board-map",
        claim="Hillcrest was built for 360 children. It says so on the plaque.",
        category=Category.NUMBER_OR_DATE,
        passage="built for 380 children",
    )


def urgent(stage: Stage) -> None:
    """Somebody whom a story is about, and who cannot wait."""
    report_of(
        stage,
        "ward-boundary-hearing",
        claim="I am the Bram Oyelaran you quote. I said “a creek they cannot smell”, and people laughed.",
        category=Category.QUOTATION,
        passage="You cannot divide people by a creek they cannot see",
        about_me=True,
        urgent=True,
        urgent_reason="subject",
        name="Bram Oyelaran",
        email="bram@reader.example",
    )


def waiting(stage: Stage) -> None:
    """What waits for the reader."""
    waiting = taken(
        stage,
        "moon-lab-students",
        claim="There were twelve students, not eleven.",
        category=Category.NUMBER_OR_DATE,
        passage="built by eleven students",
        name="Mattis Rourke",
        email="mattis@reader.example",
    )
    reports.ask(waiting, by=editor(stage), words="Who is the twelfth, and how can we reach the team to check?")


def joined(stage: Stage) -> None:
    """Two readers of one error."""
    by = editor(stage)
    first = taken(
        stage,
        "ice-rink-record",
        claim="The rink was built in 1975.",
        category=Category.NUMBER_OR_DATE,
        passage="since the rink was built in 1974",
    )
    twin = report_of(
        stage,
        "ice-rink-record",
        claim="1975! I was there.",
        category=Category.NUMBER_OR_DATE,
        email="velt@reader.example",
    )
    stage.clock.work(hours=2)
    reports.join(twin, by=by, other=first, words="Another reader told us the same. You will both hear from us.")


def declined(stage: Stage) -> None:
    """An opinion, and marked as one."""
    report = taken(
        stage,
        "opinion-street-trees",
        claim="It is simply wrong that trees lose every budget.",
        category=Category.OTHER,
        email="budget@reader.example",
    )
    stage.clock.work(days=1)
    reports.decline(
        report,
        by=editor(stage),
        code="opinion",
        words="This is a comment, marked as one. We publish letters that disagree and would be glad of yours.",
    )


def declined_before_an_appeal(stage: Stage) -> None:
    """No error found, the desk says."""
    report = taken(
        stage,
        "women-handball-cup",
        claim="She saved twelve shots. I kept the score sheet.",
        category=Category.NUMBER_OR_DATE,
        passage="saved eleven of the next sixteen shots",
        email="scorer@reader.example",
    )
    stage.clock.work(days=2)
    reports.decline(report, by=editor(stage), code="no_error_found", words="The association's sheet says eleven.")


def appealed(stage: Stage) -> None:
    """The reader is not convinced."""
    refused = Report.objects.get(article=stage.articles["women-handball-cup"], status="declined")
    reports.appeal(refused, words="The association corrected its sheet on Tuesday. Please look again.")


def withdrawn(stage: Stage) -> None:
    """Taken back by the reader."""
    report = report_of(stage, "bakery-cooperative", claim="There are seven bakers.", email="b@reader.example")
    stage.clock.work(hours=5)
    reports.withdraw(report)


def spam(stage: Stage) -> None:
    """None of ours."""
    report = report_of(stage, "film-festival", claim="Cheap watches, best price.")
    stage.clock.work(hours=1)
    reports.mark_spam(report, by=editor(stage))


def late_promises(stage: Stage) -> None:
    """Two promises, one broken and one nearly: only their dates are set, because weekends would move them."""
    stage.clock.wait(days=-2)
    late = report_of(
        stage,
        "opinion-night-ferries",
        claim="There are eleven children on the island, not nine.",
        category=Category.NUMBER_OR_DATE,
        passage="Nine of them are children",
        email="island@reader.example",
    )
    soon = submit(
        Draft(
            publication=stage.publications[EVENING],
            claim="Your podcast of Tuesday says “Port Marlowe”.",
            medium=Medium.PODCAST,
            medium_detail="Tuesday, minute 3",
            category=Category.SPELLING,
        )
    )
    now = stage.now
    for report, due_at in ((late, now - timedelta(hours=27)), (soon, now + timedelta(hours=5))):
        Promise.objects.filter(subject_reference=report.reference, kind="acknowledge").update(
            due_at=due_at, given_at=now - timedelta(days=2)
        )
    watch.watch(now, clock.WATCHED_HERE)
