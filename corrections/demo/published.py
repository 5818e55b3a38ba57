"""The demo's notices: one of every kind, and in every status."""

from __future__ import annotations

from corrections.demo.moves import accepted, correct, draft_of, editor, see_fixed, standards
from corrections.models import Correction
from corrections.services import correction as notices
from corrections.vocabulary import Category, Channel, Effect, Kind, Origin, Severity
from newsroom.demo.house import Stage


def bridge(stage: Stage) -> None:
    """The plain story: a reader is right, and says so first."""
    report = accepted(
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


def herons(stage: Stage) -> None:
    """A correction that was itself wrong is superseded."""
    first = correct(
        stage,
        "heron-count",
        text="An earlier version of this article misstated the number of breeding pairs. There are 421, not 214.",
        fixes=1,
    )
    stage.clock.work(days=3)
    correct(
        stage,
        "heron-count",
        text="A correction of this article transposed two digits. There are 412 breeding pairs, not 421 or, as the "
        "article said at first, 214.",
        fixes=2,
        target=first,
        effect=Effect.SUPERSEDE,
    )


def shipyard(stage: Stage) -> None:
    """A correction that should not have been made is withdrawn by a notice of its own."""
    mistaken = correct(
        stage,
        "shipyard-orders",
        text="An earlier version of this article misstated the number of apprentices. The yard trains 18, not 81.",
        not_fixed_reason="The figure is in a caption of the printed edition only.",
    )
    stage.clock.work(days=1)
    correct(
        stage,
        "shipyard-orders",
        text="We withdraw our correction about the number of apprentices: the article does not give one. "
        "We took the figure from an article about another yard.",
        kind=Kind.EDITORS_NOTE,
        target=mistaken,
        effect=Effect.WITHDRAW,
        not_fixed_reason="Nothing in the article is wrong.",
    )
    stage.clock.work(days=2)
    correct(
        stage,
        "shipyard-orders",
        text="An earlier version of this article transposed the digits of last year's growth in orders. "
        "It was 12 percent, not 21.",
    )


def clarification(stage: Stage) -> None:
    """What could be misunderstood is said more plainly."""
    correct(
        stage,
        "tram-night-service",
        kind=Kind.CLARIFICATION,
        text="This article has been clarified: night trams run on Fridays and Saturdays, not before public holidays.",
    )


def note(stage: Stage) -> None:
    """What readers should have been told about the author."""
    correct(
        stage,
        "opinion-parking",
        kind=Kind.EDITORS_NOTE,
        text="After publication we learned that the author advised the tram company until last year. "
        "Our guidelines ask that this be said; it now stands at the end of the article.",
    )


def update(stage: Stage) -> None:
    """New facts, and no error."""
    correct(
        stage,
        "pier-nine-fire",
        kind=Kind.UPDATE,
        text="This article has been updated with the cause of the fire, which investigators named on Monday.",
    )


def reply(stage: Stage) -> None:
    """The words of those whom the article is about."""
    correct(
        stage,
        "savings-bank-merger",
        kind=Kind.REPLY,
        text="Port Marlow Savings writes: “No branch on Gull Island is planned to be closed, first or last. We have "
        "told our customers there so in writing.”",
        not_fixed_reason="The article reports what the petitioners say and stands.",
    )


def minor_fix(stage: Stage) -> None:
    """Kept, and not listed."""
    correct(
        stage,
        "library-sunday-hours",
        kind=Kind.MINOR_FIX,
        text="A transposed letter was put right.",
        report=accepted(
            stage,
            "library-sunday-hours",
            claim="“form one to six” should be “from one to six”.",
            category=Category.SPELLING,
            passage="form one to six",
        ),
    )


def suppressed(stage: Stage) -> None:
    """A notice that a court will have something against."""
    correct(
        stage,
        "film-festival",
        text="An earlier version of this article named a juror who was not on the jury.",
        not_fixed_reason="The name was removed within the hour; no revision of ours shows it.",
    )


def under_an_order(stage: Stage) -> None:
    """Its text is gone from every page, its leaf stays. A second person reviews it within a day."""
    notices.suppress(
        Correction.objects.get(articles__article=stage.articles["film-festival"]),
        by=stage.people["legal"],
        words="Order of the district court, file 4 C 117, until the hearing.",
    )


def alone(stage: Stage) -> None:
    """Published by one person because it could not wait. A second one reviews it within a day."""
    draft = draft_of(
        stage,
        "water-main-elm-street",
        severity=Severity.HIGH,
        text="An earlier version of this article gave the wrong area for the boil-water notice. It applies between Elm "
        "Street and the river, not Oak Street.",
    )
    see_fixed(stage, draft, "water-main-elm-street", -1)
    stage.clock.go_on()
    notices.publish_urgent(
        draft,
        by=standards(stage),
        words="People on two streets were drinking the water. No second editor could be reached.",
    )


def unpublished(stage: Stage) -> None:
    """A draft, and one that waits for approval."""
    report = accepted(
        stage,
        "council-ferry-vote",
        claim="It was 7 to 4. I counted the hands, and mine was one of the four.",
        category=Category.NUMBER_OR_DATE,
        passage="voted 8 to 3",
        name="Tabitha Renn",
        email="t.renn@reader.example",
    )
    draft_of(
        stage,
        "council-ferry-vote",
        text="An earlier version of this article misstated the result of the vote.",
        report=report,
    )
    quote = draft_of(
        stage,
        "rowing-final",
        text="An earlier version of this article misquoted Ottilie Brandt-Nwosu. She said: “We rowed our own race and "
        "looked at nobody.”",
    )
    see_fixed(stage, quote, "rowing-final", -1)
    notices.send_for_approval(quote, by=editor(stage))


def discarded(stage: Stage) -> None:
    """One that came to nothing."""
    draft = draft_of(stage, "poet-prize", text="An earlier version of this article gave the wrong sum.")
    stage.clock.work(hours=3)
    notices.discard(draft, by=editor(stage))


def retraction(stage: Stage) -> None:
    """The article is canceled, and whoever licensed it must take it down."""
    decided = stage.clock.moment
    stage.clock.wait(days=-3)
    report = accepted(
        stage,
        "clinic-mold-claim",
        claim="The building number on those records is the old laundry. There is no ward in it.",
        category=Category.ATTRIBUTION,
        channel=Channel.LAWYER,
        origin=Origin.SOURCE,
        by=editor(stage),
    )
    # Not on the Friday before a weekend: by today no licensee may be late with taking it down.
    stage.clock.moment = max(stage.clock.moment, decided)
    correct(
        stage,
        "clinic-mold-claim",
        kind=Kind.RETRACTION,
        severity=Severity.HIGH,
        text="We retract this article. The maintenance records it relied on belong to another building, which is not "
        "used for patients. We should have checked the address with the clinic before we published, and did not. "
        "We apologize to the clinic, its staff and the families whom we alarmed.",
        report=report,
    )


def swim(stage: Stage) -> None:
    """The first of two corrections that partners must act on."""
    correct(
        stage,
        "harbor-swim",
        text="An earlier version of this article gave the wrong number of swimmers. 640 people took part, not 460.",
        fixes=1,
    )


def swim_again(stage: Stage) -> None:
    """The second, of the same article."""
    correct(
        stage,
        "harbor-swim",
        text="An earlier version of this article gave the wrong time of the fastest swimmer. "
        "It was 19 minutes and 52 seconds.",
        fixes=2,
    )


def tides(stage: Stage) -> None:
    """One that three licenses of one partner are about."""
    correct(
        stage,
        "tide-gauge",
        text="An earlier version of this article misstated how far the sea has risen at the north mole in a hundred "
        "years. It is eleven inches, not seven.",
        severity=Severity.HIGH,
    )


def organ(stage: Stage) -> None:
    """One that a reader found, whose aunt it is about."""
    report = accepted(
        stage,
        "organ-restored",
        category=Category.NAME_OR_TITLE,
        claim="My aunt's name is Thessaly Krummhorn. You wrote Tessa Krumhorn.",
        passage="organ builder Tessa Krumhorn",
        name="Juno Krummhorn",
        email="juno@reader.example",
    )
    correct(
        stage,
        "organ-restored",
        text="An earlier version of this article misspelled the name of the organ builder. She is Thessaly Krummhorn.",
        report=report,
    )
