"""The linter against notices written for it, good and bad. Each row: the notice, and exactly the codes it must give."""

from datetime import UTC, datetime, timedelta

import pytest

from corrections.linter import LEVELS, SENTENCES, Notice, lint
from tests.corrections import notices_held_out, notices_tried

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "The council spent 1.2 million on the bridge. " * 30
COST = (
    "An earlier version of this article misstated the cost of the bridge. It was 1.45 million dollars, not 1.2 million."
)


def notice(text, kind="correction", **over):
    return Notice(**{"kind": kind, "text": text, "now": NOW, "headlines": ("Bridge opens late",), **over})


GOOD = [
    notice(COST),
    notice("An earlier version of this article misspelled the surname of the organ builder Thessaly Krummhorn."),
    notice("A headline on Tuesday misidentified the mayor. She is Robin Vale."),
    notice("Robin Vale was not arrested, as we reported on Monday. He was a witness."),
    notice("We wrongly said that the ferry stops at Gull Island. It has not stopped there since 2019."),
    notice("A caption misidentified the woman on the left. Pictured is Ottilie Brandt, the coxswain."),
    notice("An earlier version misquoted Ottilie Brandt. She said: “We rowed our own race and looked at nobody.”"),
    notice("This article said the vote was 8 to 3; it should have said 7 to 4."),
    notice("The train left the harbor at nine.", original_text="at eight", corrected_text="at nine"),
    notice(
        "An earlier version omitted the hospital’s statement that it had been warned. The statement has been added."
    ),
    notice(COST, error_published_at=NOW - timedelta(days=29)),
    notice(f"{COST} We learned of it only last week.", error_published_at=NOW - timedelta(days=400)),
    notice(f"{COST} A reader pointed out the error after two years.", error_published_at=NOW - timedelta(days=730)),
    notice(COST, original_text="1.2 million", corrected_text="1.45 million"),
    notice(COST, original_text="1.2  Million", erroneous=("It cost 1.3 million.", LONG)),
    notice(COST, original_text="The council […] the bridge", erroneous=(LONG,)),
    notice(COST, original_text="“a toll” - at 8", erroneous=('Then "a toll" — at 8.',)),
    notice(COST, original_text="cost 1.2 million", effect="withdraw", erroneous=(LONG,)),
    notice(COST, severity="high"),
    notice("An earlier version wrongly called the signature a “typo”. The court called it a forgery."),
    notice("A minor error in the tide table was wrong by an hour: high water is at 9, not at 10."),
    notice("Night trams run on Fridays and Saturdays, not before public holidays.", kind="clarification"),
    notice("This article has been clarified: the levy applies to freight ferries alone.", kind="clarification"),
    notice("This article has been updated with the cause of the fire, which investigators named.", kind="update"),
    notice("After publication we learned that the author advised the tram company.", kind="editors_note"),
    notice("We retract this article because the records it relied on belong to another building.", kind="retraction"),
    notice("This story is retracted: we could not confirm that the memo is genuine.", kind="retraction"),
    notice("“No branch is to be closed”, writes the bank, on 555 010 0199.", kind="reply"),
    notice("A typo.", kind="minor_fix"),
    notice("We withdraw our correction about apprentices.", kind="editors_note", effect="withdraw"),
    notice("The retraction was made in error.", kind="editors_note", effect="withdraw"),
    notice("In einer früheren Fassung stand eine falsche Zahl.", language="de"),
    notice("The name of the poet is Juno Krummhorn, not Krumhorn.", reader_names=("Rita Reader",)),
    notice(
        "The poet’s name was misspelled. She is Juno Krummhorn.",
        reader_names=("Juno Krummhorn",),
        corrected_text="Juno Krummhorn",
    ),
    notice("We gave a wrong number for the crisis line. It is 0800 111 0147.", corrected_text="call 0800 111 0147"),
    notice(
        "We named the wrong archive. It is the harbor archive: write to desk@daily.example.",
        house=("desk@daily.example",),
    ),
    notice("The dam was finished in 1998-2001, not 2011, and holds 1 450 000 tons, said a report of 2026-11-02."),
    notice("An earlier version of this article said Vale was born in 1930. She was born in 1931."),
    notice("We published this article with the wrong map. The map now shows the harbor."),
    notice("The ferry fare is 4 dollars. We had it as 6."),
    notice("The author failed to win the Booker Prize, contrary to what this article said."),
    notice("The producer incorrectly labeled the wine as organic. An earlier version said that a rival did."),
    notice("An earlier version gave an old number for the helpline. The number is 0800 555 0147."),
    notice("The case is docket number 555-014-7712 at the harbor court. An earlier version cited another case."),
    notice("An earlier version said a computer error grounded the ferries. The cause was a strike."),
    notice("Ann Reporter was misidentified in a caption. She is on the left.", bylines=("Ann Reporter",)),
    notice("The bridge’s surveyor misread the plans, not its architect as we wrote.", bylines=("Ann Reporter",)),
    notice(f"{COST} An editor found the error this week.", error_published_at=NOW - timedelta(days=90)),
    notice(f"{COST} We regret the delay in correcting it.", error_published_at=NOW - timedelta(days=90)),
    notice("We mistook the plaintiff, Ann Reporter, for the judge. The judge is Mae Obi.", bylines=("Tom Byline",)),
]

BAD = [
    (notice("The train left the harbor at nine."), ["no_error_named"]),
    (notice("The mayor is Robin Vale.", corrected_text="Robin Vale"), ["no_error_named"]),
    (notice("An earlier version of this article misstated the number of apprentices."), ["no_fact_named"]),
    (notice("An earlier version gave the wrong sum for the poetry prize. It has been corrected."), ["no_fact_named"]),
    (notice("We misspelled the mayor’s name. We regret the error."), ["no_fact_named"]),
    (notice("An earlier version misstated a passage. It has been corrected."), ["no_fact_named", "not_self_contained"]),
    (notice("The figure was wrong. It is 1.45 million."), ["not_self_contained"]),
    (
        notice("An earlier version of this article was incorrect. This version is right."),
        ["no_fact_named", "not_self_contained"],
    ),
    (notice("Correction: we got it wrong. Sorry."), ["no_error_named", "no_fact_named", "not_self_contained"]),
    (notice("This article about the dam contained an error."), ["no_error_named", "no_fact_named"]),
    (notice("An earlier version of this article said that Vale was born in 1930."), ["no_fact_named"]),
    (notice("She was 43, not 34."), ["not_self_contained"]),
    (notice("This article has been updated to reflect that the mayor was not arrested."), ["wrong_label"]),
    (
        notice("The ferry stops at Gull Island, not at Heron Island as we said.", kind="update"),
        ["wrong_label"],
    ),
    (notice("This has been fixed."), ["no_error_named", "no_fact_named", "not_self_contained"]),
    (notice("This article has been updated with the cause of the fire."), ["wrong_label"]),
    (notice("This article adds new information from the harbor master."), ["wrong_label"]),
    (notice("This article has been clarified: the levy applies to freight ferries."), ["wrong_label"]),
    (notice("We retract this article about the clinic because its records were false."), ["wrong_label"]),
    (
        notice("An earlier version misstated the fare of the ferry. It is 4 dollars.", kind="clarification"),
        ["wrong_label"],
    ),
    (notice("The article wrongly said the school had closed. It is open.", kind="update"), ["wrong_label"]),
    (notice("The levy.", kind="clarification"), []),
    (notice("This article has been clarified.", kind="clarification"), ["no_fact_named", "not_self_contained"]),
    (notice(f"{COST} The Daily regrets any confusion."), ["euphemism"]),
    (notice("An earlier version inadvertently gave the wrong date of the vote. It is May 4."), ["euphemism"]),
    (notice("Due to an editing error, the bridge’s cost was misstated. It was 1.45 million."), ["euphemism"]),
    (notice("A glitch changed the score of the rowing final. It was 3 to 1, not 1 to 3."), ["euphemism"]),
    (notice("The senator misspoke about the levy; the figure was wrong. It is 4 percent."), ["euphemism"]),
    (notice("A typo made the mayor’s salary 10,000 dollars. It is 100,000, not 10,000."), ["euphemism"]),
    (notice(f"This article has been edited for clarity. {COST}"), ["euphemism"]),
    (notice(f"{COST} We apologise for the confusion."), ["euphemism"]),
    (notice(f"An error in the editing process led to this. {COST}"), ["euphemism"]),
    (notice("A small mistake: the verdict was guilty, not innocent.", severity="high"), ["belittles"]),
    (
        notice("A slight error and a typo: Vale was acquitted, not convicted.", severity="high"),
        ["euphemism", "belittles"],
    ),
    (notice(f"{COST} The error was made by our copy editor."), ["blames"]),
    (notice("Our reporter misheard the figure for the bridge: it was 1.45 million, not 1.2."), ["blames"]),
    (notice(f"{COST} The sports desk mixed up two reports."), ["blames"]),
    (notice("Ann Reporter misquoted the mayor. He said the dam was safe.", bylines=("Ann Reporter",)), ["blames"]),
    (notice(f"{COST} An error by Ann Reporter led to this.", bylines=("Ann Reporter",)), ["blames"]),
    (
        notice("Our reporter Ann Smith wrote the wrong figure: it is 1.45, not 1.2.", bylines=("Ann Smith",)),
        ["blames"],
    ),
    (notice(f"{COST} Smith forgot to ask.", bylines=("Ann Smith",)), ["blames"]),
    (notice(f"{COST} Our sports editor has been reminded of the rules."), ["blames"]),
    (notice(f"{COST} The intern who drew the map mixed up two lines."), ["blames"]),
    (notice(f"{COST} His line is 0147 555-010.", reader_phones=("+44 147 555010",)), ["personal_data"]),
    (notice(f"{COST} Rita Reader told us.", reader_names=("Rita Reader",)), ["names_reader"]),
    (notice(f"{COST} We thank rita  READER.", reader_names=("Rita Reader",)), ["names_reader"]),
    (notice(f"{COST} Write to rita@reader.example."), ["personal_data"]),
    (notice(f"{COST} Call +1 555 010 0199."), ["personal_data"]),
    (notice(f"{COST} His number is 212-555-0147."), ["personal_data"]),
    (notice("Die Zahl war falsch. Fragen an rita@reader.example.", language="de"), ["personal_data"]),
    (notice(COST, error_published_at=NOW - timedelta(days=31)), ["late_unexplained"]),
    (notice(f"{COST} It was painted later.", error_published_at=NOW - timedelta(days=31)), ["late_unexplained"]),
    (notice(f"{COST} Pupils learned there.", error_published_at=NOW - timedelta(days=31)), ["late_unexplained"]),
    (
        notice(f"{COST} The plans are in the archive.", error_published_at=NOW - timedelta(days=31)),
        ["late_unexplained"],
    ),
    (notice(f"{COST} We apologize.", error_published_at=NOW - timedelta(days=900)), ["late_unexplained"]),
    (notice(f"{COST} {'The bridge is old and long. ' * 40}"), ["too_long"]),
    (notice("https://daily.example/corrections/7"), ["only_link"]),
    (notice("Please see the full correction here: www.daily.example/c/7"), ["only_link"]),
    (
        notice("This article is about a clinic.", kind="retraction"),
        ["retraction_not_said", "retraction_without_reason"],
    ),
    (notice("We retract this article about the clinic.", kind="retraction"), ["retraction_without_reason"]),
    (notice("The records about the clinic were false.", kind="retraction"), ["retraction_not_said"]),
    (
        notice(
            "We wrongly wrote: the council spent 1.2 million on the new bridge. It was 1.45.",
            original_text="the council spent 1.2 million on the new bridge",
        ),
        ["repeats_error"],
    ),
    (notice(COST, original_text="1.2  million", corrected_text="1.2 million"), ["same_passages"]),
    (notice(COST, original_text="cost 1.2 million", erroneous=(LONG,)), ["passage_not_found"]),
    (notice(COST, original_text="The council … 2.2 million", erroneous=(LONG,)), ["passage_not_found"]),
]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.text[:60])
def test_a_good_notice_gives_no_finding(row):
    assert [(found.code, found.sentence) for found in lint(row)] == []


@pytest.mark.parametrize(("row", "codes"), BAD, ids=lambda value: getattr(value, "text", "")[:60])
def test_a_bad_notice_gives_exactly_these(row, codes):
    assert [found.code for found in lint(row)] == codes


def test_the_table_is_large_enough_and_knows_every_rule():
    assert len(GOOD) + len(BAD) >= 40
    assert {code for _row, codes in BAD for code in codes} == set(LEVELS)
    assert set(SENTENCES) == set(LEVELS)


def measured(sets):
    """The share of good notices with a finding, and of bad ones without theirs; and which these are."""
    good = [row for each in sets for row in each.GOOD]
    bad = [(code, row) for each in sets for code, rows in each.BAD.items() for row in rows]
    alarms = [row.text for row in good if lint(row)]
    missed = [row.text for code, row in bad if code not in {found.code for found in lint(row)}]
    return len(alarms) / len(good), len(missed) / len(bad), alarms + missed


def test_of_notices_that_no_rule_was_tuned_on_few_good_ones_are_doubted_and_few_bad_ones_pass():
    false_alarms, misses, which = measured([notices_held_out])

    assert len(notices_held_out.GOOD) >= 45
    assert sum(map(len, notices_held_out.BAD.values())) >= 35
    assert false_alarms <= 0.02, which
    assert misses == 0, which


def test_what_was_gained_on_the_notices_tried_since_is_kept():
    false_alarms, misses, which = measured([notices_tried])

    assert false_alarms <= 0.02, which
    assert misses == 0, which


@pytest.mark.parametrize(
    ("row", "level"),
    [
        (notice(f"{COST} Call +1 555 010 0199."), "warn"),
        (notice(f"{COST} Call +1 555 010 0199.", reader_phones=("(555) 010-0199",)), "block"),
        (notice(f"{COST} Write to box@city.example."), "warn"),
        (notice(f"{COST} Write to Rita@Reader.example.", reader_emails=("rita@reader.example",)), "block"),
        (notice(f"{COST} Our copy editor misread it."), "warn"),
        (notice(f"{COST} Smith misread it.", bylines=("Ann Smith",)), "warn"),
        (notice(f"{COST} Ann Smith misread it.", bylines=("Ann Smith",)), "block"),
    ],
    ids=lambda value: getattr(value, "text", value)[-40:],
)
def test_only_what_is_certain_blocks_and_a_guess_can_be_answered(row, level):
    assert [found.level for found in lint(row)] == [level]
    assert [found.level for found in lint(row, levels={"blames": "warn", "personal_data": "warn"})] == ["warn"]


def test_a_finding_says_what_it_found():
    [found] = lint(notice(f"{COST} Call +1 555 010 0199."))

    assert found.sentence == "Take “+1 555 010 0199” out: a notice holds no mail address and no telephone number."


def test_a_publication_turns_rules_off_and_up_and_nonsense_is_overlooked():
    bad = notice("The train left the harbor at nine, due to a glitch.")

    assert [(row.code, row.level) for row in lint(bad)] == [("no_error_named", "warn"), ("euphemism", "warn")]
    assert [(row.code, row.level) for row in lint(bad, levels={"euphemism": "block", "no_error_named": "off"})] == [
        ("euphemism", "block")
    ]
    assert [row.level for row in lint(bad, levels={"euphemism": "loud", "unknown": "block"})] == ["warn", "warn"]


def test_hostile_length_is_judged_at_once():
    for text in ("a" * 5000, "1 " * 2500, "(0) " * 1250, "“" * 5000, "editor " * 700, "0 1" * 1600, "we " * 1600):
        assert isinstance(lint(notice(text)), list)
