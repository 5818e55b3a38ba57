"""The demo at the corrections desk: a report in every status, a notice of every kind, each by the moves people make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import clock
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from corrections.vocabulary import Category, Channel, Effect, Kind, Medium, Origin, Severity
from newsroom.accounts.models import User
from newsroom.demo.house import DAILY, EVENING, Stage
from newsroom.events.models import Promise


def load(stage: Stage) -> None:
    """Everything that does not wait for the other desk."""
    _lapsed(stage)
    _open_reports(stage)
    _closed_reports(stage)
    _bridge(stage)
    _herons(stage)
    _shipyard(stage)
    _other_kinds(stage)
    _suppressed(stage)
    _alone(stage)
    _unpublished(stage)
    _late(stage)


def load_later(stage: Stage) -> None:
    """Corrections of articles that partners have licensed by now, and a retraction."""
    _retraction(stage)
    correct(
        stage,
        "harbor-swim",
        text="An earlier version of this article gave the wrong number of swimmers. 640 people took part, not 460.",
        fixes=1,
    )
    correct(
        stage,
        "harbor-swim",
        text="An earlier version of this article gave the wrong time of the fastest swimmer. "
        "It was 19 minutes and 52 seconds.",
        fixes=2,
    )
    correct(
        stage,
        "tide-gauge",
        text="An earlier version of this article misstated how far the sea has risen at the north mole in a hundred "
        "years. It is eleven inches, not seven.",
        severity=Severity.HIGH,
    )
    correct(
        stage,
        "organ-restored",
        text="An earlier version of this article misspelled the name of the organ builder. "
        "She is Thessaly Krummhorn.",
        report=_accepted(
            stage,
            "organ-restored",
            category=Category.NAME_OR_TITLE,
            claim="My aunt's name is Thessaly Krummhorn. You wrote Tessa Krumhorn.",
            passage="organ builder Tessa Krumhorn",
            name="Juno Krummhorn",
            email="juno@reader.example",
        ),
    )


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
    draft = _draft(stage, slug, text=text, kind=kind, severity=severity, report=report, target=target, effect=effect)
    story = stage.stories[slug]
    if story.fixes and not words.get("not_fixed_reason"):
        right, wrong = story.fixes[fixes if fixes == -1 else fixes - 1]
        words = {"original_text": wrong, "corrected_text": right, **words}
        _see_fixed(stage, draft, slug, fixes)
    if words:
        draft = notices.edit(draft, by=_editor(stage), **words)
    draft = notices.send_for_approval(draft, by=_editor(stage))
    return notices.publish(draft, by=_standards(stage))


def _draft(
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
    article = stage.articles[slug]
    draft = report.correction if report is not None else None
    if draft is None:
        draft = notices.start(
            article.publication, by=_editor(stage), articles=[article], kind=kind, target=target, effect=effect
        )
    return notices.edit(
        draft,
        by=_editor(stage),
        kind=kind,
        severity=severity,
        text=text,
        error_published_at=article.published_at,
    )


def _see_fixed(stage: Stage, draft: Correction, slug: str, fixes: int) -> None:
    article = stage.publish(slug, fixes=fixes)
    notices.see_fix(draft, by=_editor(stage), article=article, revision=article.revision)


def _report(stage: Stage, slug: str, *, passage: str = "", **words: Any) -> Report:
    """A reader's report about the article, its address confirmed where one was given."""
    how = {name: words.pop(name) for name in ("by", "channel", "origin", "held_reasons") if name in words}
    article = stage.articles[slug]
    report = submit(
        Draft(publication=article.publication, article=article, passage_exact=passage, **words), **how
    )
    if words.get("email"):
        reports.confirm_address(report)
    return report


def _taken(stage: Stage, slug: str, **words: Any) -> Report:
    return reports.take_up(_report(stage, slug, **words), by=_editor(stage))


def _accepted(stage: Stage, slug: str, **words: Any) -> Report:
    return reports.accept(_taken(stage, slug, **words), by=_editor(stage))


def _lapsed(stage: Stage) -> None:
    """First of all, because the clock that is turned forward here reminds every reader who is waited for."""
    report = _taken(
        stage,
        "museum-map",
        claim="The canal did exist, my grandfather saw it.",
        category=Category.OTHER,
        name="Wim Osterhaus",
        email="wim@reader.example",
    )
    reports.ask(report, by=_editor(stage), words="Thank you. Do you have a photograph or a letter that shows it?")
    now = timezone.now()
    clock.remind(now + timedelta(days=6))
    clock.remind(now + timedelta(days=11))
    clock.lapse(now + timedelta(days=16))


def _open_reports(stage: Stage) -> None:
    _report(
        stage,
        "market-hall-roof",
        claim="The roof was replaced six years ago, not five. I have the invoice, I sold them the glass.",
        category=Category.NUMBER_OR_DATE,
        passage="replaced only five years ago",
        name="Gottfried Aluko",
        email="g.aluko@reader.example",
    )
    _report(
        stage,
        "puppet-theater",
        claim="The picture shows the old cellar, not the new hall.",
        category=Category.IMAGE_OR_CAPTION,
    )
    _report(
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
    submit(
        Draft(
            publication=stage.publications[DAILY],
            claim="The tide table on page two of Saturday's paper was last week's.",
            medium=Medium.PRINT,
            medium_detail="Saturday, page 2",
            category=Category.NUMBER_OR_DATE,
            phone="+1 555 0119",
        ),
        by=_editor(stage),
        channel=Channel.PHONE,
    )
    _report(
        stage,
        "seaweed-startup",
        claim="GREAT KELP at https://a.example https://b.example https://c.example https://d.example",
        held_reasons=["many_links"],
    )
    waiting = _taken(
        stage,
        "moon-lab-students",
        claim="There were twelve students, not eleven.",
        category=Category.NUMBER_OR_DATE,
        passage="built by eleven students",
        name="Mattis Rourke",
        email="mattis@reader.example",
    )
    reports.ask(waiting, by=_editor(stage), words="Who is the twelfth, and how can we reach the team to check?")
    _taken(
        stage,
        "school-board-map",
        claim="Hillcrest was built for 360 children. It says so on the plaque.",
        category=Category.NUMBER_OR_DATE,
        passage="built for 380 children",
    )


def _closed_reports(stage: Stage) -> None:
    editor = _editor(stage)
    first = _taken(
        stage,
        "ice-rink-record",
        claim="The rink was built in 1975.",
        category=Category.NUMBER_OR_DATE,
        passage="since the rink was built in 1974",
    )
    twin = _report(
        stage,
        "ice-rink-record",
        claim="1975! I was there.",
        category=Category.NUMBER_OR_DATE,
        email="velt@reader.example",
    )
    reports.join(twin, by=editor, other=first, words="Another reader told us the same. You will both hear from us.")
    reports.decline(
        _taken(
            stage,
            "opinion-street-trees",
            claim="It is simply wrong that trees lose every budget.",
            category=Category.OTHER,
            email="budget@reader.example",
        ),
        by=editor,
        code="opinion",
        words="This is a comment, marked as one. We publish letters that disagree and would be glad of yours.",
    )
    appealed = reports.decline(
        _taken(
            stage,
            "women-handball-cup",
            claim="She saved twelve shots. I kept the score sheet.",
            category=Category.NUMBER_OR_DATE,
            passage="saved eleven of the next sixteen shots",
            email="scorer@reader.example",
        ),
        by=editor,
        code="no_error_found",
        words="The association's sheet says eleven.",
    )
    reports.appeal(appealed, words="The association corrected its sheet on Tuesday. Please look again.")
    reports.withdraw(_report(stage, "bakery-cooperative", claim="There are seven bakers.", email="b@reader.example"))
    reports.mark_spam(_report(stage, "film-festival", claim="Cheap watches, best price."), by=editor)


def _bridge(stage: Stage) -> None:
    """The plain story: a reader is right, and says so first."""
    report = _accepted(
        stage,
        "harbor-bridge-budget",
        claim="The closing account on the city's site says 1.45 million, not 1.2.",
        suggestion="1.45 million dollars",
        category=Category.NUMBER_OR_DATE,
        passage="1.2 million dollars",
        sources=["https://city.example/accounts/swing-bridge"],
        name="Rita Lindgren-Osei",
        email="rita@reader.example",
    )
    correct(
        stage,
        "harbor-bridge-budget",
        text="An earlier version of this article misstated what the repair of the swing bridge cost. "
        "The city spent 1.45 million dollars, not 1.2 million.",
        severity=Severity.HIGH,
        report=report,
    )


def _herons(stage: Stage) -> None:
    """A correction that was itself wrong is superseded."""
    first = correct(
        stage,
        "heron-count",
        text="An earlier version of this article misstated the number of breeding pairs. There are 421, not 214.",
        fixes=1,
    )
    correct(
        stage,
        "heron-count",
        text="A correction of this article transposed two digits. There are 412 breeding pairs, not 421 or, as the "
        "article said at first, 214.",
        fixes=2,
        target=first,
        effect=Effect.SUPERSEDE,
    )


def _shipyard(stage: Stage) -> None:
    """A correction that should not have been made is withdrawn by a notice of its own."""
    mistaken = correct(
        stage,
        "shipyard-orders",
        text="An earlier version of this article misstated the number of apprentices.",
        not_fixed_reason="The figure is in a caption of the printed edition only.",
    )
    correct(
        stage,
        "shipyard-orders",
        text="We withdraw our correction about the number of apprentices: the article does not give one. "
        "A mix-up with another article was to blame.",
        kind=Kind.EDITORS_NOTE,
        target=mistaken,
        effect=Effect.WITHDRAW,
        not_fixed_reason="Nothing in the article is wrong.",
    )
    correct(
        stage,
        "shipyard-orders",
        text="An earlier version of this article transposed the digits of last year's growth in orders. "
        "It was 12 percent, not 21.",
    )


def _other_kinds(stage: Stage) -> None:
    correct(
        stage,
        "tram-night-service",
        kind=Kind.CLARIFICATION,
        text="This article has been clarified: night trams run on Fridays and Saturdays, not before public holidays.",
    )
    correct(
        stage,
        "opinion-parking",
        kind=Kind.EDITORS_NOTE,
        text="After publication we learned that the author advised the tram company until last year. "
        "Our guidelines ask that this be said; it now stands at the end of the article.",
    )
    correct(
        stage,
        "pier-nine-fire",
        kind=Kind.UPDATE,
        text="This article has been updated with the cause of the fire, which investigators named on Monday.",
    )
    correct(
        stage,
        "savings-bank-merger",
        kind=Kind.REPLY,
        text="Port Marlow Savings writes: “No branch on Gull Island is planned to be closed, first or last. We have "
        "told our customers there so in writing.”",
        not_fixed_reason="The article reports what the petitioners say and stands.",
    )
    correct(
        stage,
        "library-sunday-hours",
        kind=Kind.MINOR_FIX,
        text="A transposed letter was put right.",
        report=_accepted(
            stage,
            "library-sunday-hours",
            claim="“form one to six” should be “from one to six”.",
            category=Category.SPELLING,
            passage="form one to six",
        ),
    )


def _suppressed(stage: Stage) -> None:
    published = correct(
        stage,
        "film-festival",
        text="An earlier version of this article named a juror who was not on the jury.",
        not_fixed_reason="The name was removed within the hour; no revision of ours shows it.",
    )
    notices.suppress(
        published,
        by=stage.people["legal"],
        words="Order of the district court, file 4 C 117, until the hearing.",
    )


def _alone(stage: Stage) -> None:
    """Published by one person because it could not wait. A second one reviews it within a day."""
    draft = _draft(
        stage,
        "water-main-elm-street",
        severity=Severity.HIGH,
        text="An earlier version of this article gave the wrong area for the boil-water notice. It applies between Elm "
        "Street and the river, not Oak Street.",
    )
    _see_fixed(stage, draft, "water-main-elm-street", -1)
    notices.publish_urgent(
        draft,
        by=_standards(stage),
        words="People on two streets were drinking the water. No second editor could be reached.",
    )


def _unpublished(stage: Stage) -> None:
    """A draft, one that waits for approval, and one that came to nothing."""
    report = _accepted(
        stage,
        "council-ferry-vote",
        claim="It was 7 to 4. I counted the hands, and mine was one of the four.",
        category=Category.NUMBER_OR_DATE,
        passage="voted 8 to 3",
        name="Tabitha Renn",
        email="t.renn@reader.example",
    )
    _draft(
        stage,
        "council-ferry-vote",
        text="An earlier version of this article misstated the result of the vote.",
        report=report,
    )
    quote = _draft(
        stage,
        "rowing-final",
        text="An earlier version of this article misquoted Ottilie Brandt-Nwosu. She said: “We rowed our own race and "
        "looked at nobody.”",
    )
    _see_fixed(stage, quote, "rowing-final", -1)
    notices.send_for_approval(quote, by=_editor(stage))
    notices.discard(
        _draft(stage, "poet-prize", text="An earlier version of this article gave the wrong sum."), by=_editor(stage)
    )


def _late(stage: Stage) -> None:
    """Two promises, one broken and one nearly: only their dates are set back, because nobody can wait for a week."""
    late = _report(
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
    now = timezone.now()
    for report, due_at in ((late, now - timedelta(hours=27)), (soon, now + timedelta(hours=5))):
        Promise.objects.filter(subject_reference=report.reference, kind="acknowledge").update(due_at=due_at)
    clock.watch_promises(now)


def _retraction(stage: Stage) -> None:
    correct(
        stage,
        "clinic-mold-claim",
        kind=Kind.RETRACTION,
        severity=Severity.HIGH,
        text="We retract this article. The maintenance records it relied on belong to another building, which is not "
        "used for patients. We should have checked the address with the clinic before we published, and did not. "
        "We apologize to the clinic, its staff and the families whom we alarmed.",
        report=_accepted(
            stage,
            "clinic-mold-claim",
            claim="The building number on those records is the old laundry. There is no ward in it.",
            category=Category.ATTRIBUTION,
            channel=Channel.LAWYER,
            origin=Origin.SOURCE,
            by=_editor(stage),
        ),
    )


def _editor(stage: Stage) -> User:
    return stage.people["editor"]


def _standards(stage: Stage) -> User:
    return stage.people["standards"]
