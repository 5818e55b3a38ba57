"""Notices to measure the linter with: written in the forms that agencies, papers and broadcasters use, all invented.

They were written before the rules they measure and are kept apart from the table in `test_linter.py`: a rule is tuned
on that table, never on these. A good notice must give no finding; a bad one must give the finding it is filed under.
"""

from datetime import UTC, datetime, timedelta

from corrections.linter import Notice

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=210)


def notice(text, kind="correction", **over):
    return Notice(**{"kind": kind, "text": text, "now": NOW, "headlines": ("Council votes on the weir",), **over})


GOOD = [
    # What was said, then what is so.
    notice("An earlier version of this article said the composer Ilse Dorn was born in 1930. She was born in 1931."),
    notice("A previous version of this story said Tamsin Okoro had retired. She is on leave and returns in March."),
    notice("This article originally stated that the weir was built in 1911. It dates from 1921."),
    notice(
        "We said in Monday’s bulletin that three people had been arrested in Alder Street. Two people were arrested."
    ),
    notice("A graphic with this article put unemployment in Kestrel County at 8.1 percent. The rate is 5.1 percent."),
    notice("The column gave Otto Lindqvist’s title as deputy mayor. He is the mayor’s chief of staff."),
    notice("In an article on the harbor tax we wrote that it applies to sailboats. Only motor vessels pay it."),
    notice(
        "An earlier headline on this story said that the bakery chain had gone bankrupt. It has asked for protection "
        "from its creditors."
    ),
    notice(
        "The photo published with this obituary on Sunday showed the twin sister of Marguerite Hale."
        " The portrait now shows Ms. Hale."
    ),
    notice("Our report on the regional final called Lund the winners. Marstal won, 2-1."),
    # Correction verbs.
    notice(
        "An article on Tuesday about the ferry timetable misstated when the winter schedule begins. It begins on "
        "Nov. 28, not Nov. 18."
    ),
    notice(
        "A picture caption on Page A12 on Friday misspelled the given name of a cellist. She is Katalin Voss, not "
        "Katharina."
    ),
    notice(
        "Because of incorrect information from the county, an earlier version of this article misstated the number "
        "of ballots that were rejected. It was 214, not 412."
    ),
    notice(
        "An obituary on Saturday about the geologist Piet Marais omitted a survivor. He is also survived by a "
        "brother, Johan."
    ),
    notice(
        "A recipe on Wednesday for lentil soup gave the wrong amount of salt. It calls for one teaspoon, not one "
        "tablespoon."
    ),
    notice(
        "The Quotation of the Day on Thursday was attributed to the wrong speaker. The senator’s aide, Bea Holloway, "
        "made the remark."
    ),
    notice(
        "An article in some editions on Monday referred incorrectly to Cole Academy. It is a private school, not a "
        "public one."
    ),
    notice(
        "An earlier version of this article described imprecisely the vote on the weir. Five council members voted "
        "for it and two abstained; it did not pass unanimously."
    ),
    notice(
        "A previous version of this article misspelled the name of lobbyist Greer Tallant. The article has been "
        "corrected."
    ),
    notice(
        "An earlier version of this article incorrectly said that Delmar County has 12 polling places. It has 11. The "
        "article has been corrected."
    ),
    notice("A map with this story mislabeled two rivers. The Tern flows north of the town and the Roden flows south."),
    notice("We mixed up the two finalists: Idris Bello teaches in Leeds and Samir Bello in York."),
    # Agency forms.
    notice(
        "In a story published Nov. 3, 2026, about a train derailment, we reported erroneously that the cars had been "
        "built in 1998. They were built in 1989."
    ),
    notice("This story has been corrected to show that the company is based in Dayton, not Columbus."),
    notice("This story has been corrected to reflect that the trial starts in April 2027 instead of March."),
    notice("This version corrects the spelling of the mayor’s first name to Jaclyn, from Jacqueline."),
    notice("(Corrects paragraph 4 to show that the deal for the shipyard was worth $3.1 billion, not $3.1 million)"),
    notice("Corrects the name of the finance minister to Karlsen, from Carlsen, in paragraph 2"),
    notice("Corrects to say the quake struck 40 kilometers east of Balinar, rather than west."),
    # Amended forms.
    notice(
        "This article was amended on 4 June 2026 because an earlier version said the otters were seen in the Severn. "
        "It was the Wye."
    ),
    notice(
        "This article was amended on 9 July 2026. An earlier version gave the cellist’s name as Anna Brodie when it "
        "is Hanna Brodie."
    ),
    notice("This article was amended to remove a reference to Cllr Amir Shah, who was not at the planning meeting."),
    notice(
        "Correction 12 March: this story originally said the hospital had closed two wards. In fact it has closed one, "
        "and we have changed the text."
    ),
    notice(
        "A panel beside an article about rents gave the average in Hove as £1,850; that figure is for Brighton. The "
        "average in Hove is £1,620."
    ),
    notice(
        "The headline said that councillors had recommended refusing the stadium; it was the planning officers who did."
    ),
    notice("A review of “The Salt Road” said its author grew up in Malta. Nadia Fenech was raised in Gozo."),
    notice("The fare to Skarn is 14 kroner. We had it as 41."),
    notice("Contrary to what we reported, Judge Perrin did not dismiss the suit; she delayed the hearing until May."),
    notice("Harlan Pike is the owner of the quarry. This article named his brother, Doyle Pike, as the owner."),
    notice("We reported that the choir was founded by Ruth Amadi. The founder was her mother, Esther Amadi."),
    # People in the news may fail, mislabel and have numbers.
    notice(
        "An earlier version said that Ravi Menon won the Alcott Prize for fiction. The author failed to win the prize; "
        "he was on the shortlist."
    ),
    notice(
        "This article said the recall covered all jars of Bramley honey. The producer incorrectly labeled one batch, "
        "and the recall is for that batch alone."
    ),
    notice("We gave an old number for the flood helpline. The number is 0345 988 1188."),
    notice(
        "An article about the pipeline suit cited the wrong docket number. The case is 21-447-8831 in the federal "
        "court in Duluth."
    ),
    notice("The editor of the Balinar Courier was misidentified in a report on press freedom. She is Olga Tamm."),
    notice(
        "The photographer Lena Brandt was wrongly described as a witness. She arrived after the police had left.",
        bylines=("Tomas Weil",),
    ),
    # Late, with the reason.
    notice(
        "A 2026 profile of the chemist Ada Royce misstated her university. She taught at Tulane, not Tufts. Her family "
        "told us of the error this month.",
        error_published_at=LONG_AGO,
    ),
    notice(
        "An article in April said the monastery had sold its library. It lent the books to a museum. We found the "
        "mistake while preparing a new report.",
        error_published_at=LONG_AGO,
    ),
    notice(
        "The age of the pilot Jens Aune was given as 52 in a report in April. He was 25. The correction was delayed "
        "because the airline confirmed his age only in November.",
        error_published_at=LONG_AGO,
    ),
    # Clarifications, updates, editors’ notes, retractions.
    notice(
        "A sentence on rent subsidies has been changed to make clear that they go to the tenants of city-owned flats "
        "alone.",
        kind="clarification",
    ),
    notice(
        "This article did not make clear that the survey of nurses was paid for by their union.", kind="clarification"
    ),
    notice("This story has been updated to include a statement from the water company.", kind="update"),
    notice("Update: a fourth climber was found alive on Sunday evening.", kind="update"),
    notice(
        "After this essay was published, we learned that its author had been paid by a group that lobbies for the "
        "dam. Readers should have been told.",
        kind="editors_note",
    ),
    notice(
        "A photograph of the riot has been removed at the request of the family of a child it showed.",
        kind="editors_note",
    ),
    notice(
        "We have retracted this article. An inquiry found that two of the people it quotes do not exist.",
        kind="retraction",
    ),
    notice(
        "The story “Ghost pupils of Marsh Lane” has been withdrawn because the attendance lists it is based on were "
        "forged.",
        kind="retraction",
    ),
]

BAD = {
    "no_error_named": [
        notice("This article about the weir has been amended."),
        notice("Correction: we got it wrong about the choir. Sorry."),
        notice("The weir was built in 1921."),
        notice("The story on the harbor tax now carries the right figure of 4 percent."),
        notice("Readers will find a revised text of our report on the monastery."),
    ],
    "no_fact_named": [
        notice("An earlier version of this article misstated the year in which Ilse Dorn was born."),
        notice("An earlier version of our report on the quarry contained an error, which has been put right."),
        notice("A caption gave the wrong name for the woman beside the mayor. We apologise."),
        notice("We made a mistake in our profile of the chemist Ada Royce. It has now been fixed."),
        notice("Some figures in a table about rents in Hove were incorrect."),
        notice("The name of the pilot Jens Aune’s airline was wrong in this report."),
    ],
    "not_self_contained": [
        notice("He was 43, not 34."),
        notice("The date was wrong. It was in May."),
        notice("An earlier version of this article gave a wrong number. The right number is 214."),
    ],
    "euphemism": [
        notice("This article has been edited for clarity: the vote on the weir was 5 to 2, not 7 to 0."),
        notice(
            "An earlier version named the wrong river. It is the Wye, not the Severn. We are sorry for any confusion."
        ),
        notice("We apologise for the confusion: the quake struck east of Balinar, not west."),
        notice("Due to an error in the editing process, Otto Lindqvist was called deputy mayor. He is chief of staff."),
        notice("An error crept into our report on rents: the average in Hove is £1,620, not £1,850."),
        notice("A production error led us to say that Lund won the final. Marstal won."),
        notice("The wording on the choir’s founder has been tweaked. Esther Amadi founded it, not Ruth Amadi."),
        notice("Because of a typing error the fare to Skarn was given as 41 kroner. It is 14."),
    ],
    "blames": [
        notice(
            "An earlier version misstated the age of Jens Aune, an error made by a junior reporter. He was 25, not 52."
        ),
        notice("Our correspondent misheard the mayor: the levy is 4 percent, not 14 percent."),
        notice(
            "Tomas Weil wrote the wrong year for the weir: it was built in 1921, not 1911.", bylines=("Tomas Weil",)
        ),
        notice(
            "Our reporter Ann Smith gave the wrong sum for the prize. It is 500 dollars, not 50.",
            bylines=("Ann Smith",),
        ),
        notice("The error in the table of rents was introduced by the graphics desk. Hove’s average is £1,620."),
        notice(
            "Marstal won the final, not Lund. Our sports editor has been reminded to check results.",
            bylines=("Ida Moe",),
        ),
        notice("The intern who wrote the caption confused Katalin Voss with Katharina Vance. Ms. Voss is the cellist."),
    ],
    "personal_data": [
        notice("The fare to Skarn is 14 kroner, not 41. With thanks to k.olsen@mail.example."),
        notice(
            "The hearing on the weir is in May, not in March. Questions to 555 014 2237.",
            reader_phones=("+1 (555) 014-2237",),
        ),
        notice(
            "The owner of the quarry is Harlan Pike, not Doyle Pike. Reach the caller on 07700 900 461.",
            reader_phones=("07700 900461",),
        ),
    ],
    "names_reader": [
        notice(
            "The otters were seen in the Wye, not the Severn, as Wilma Strand wrote to us.",
            reader_names=("Wilma Strand",),
        ),
        notice("Marstal won the final, not Lund. Thank you, Mr Per  Holt!", reader_names=("Per Holt",)),
    ],
    "late_unexplained": [
        notice(
            "An article in April misstated the age of the pilot Jens Aune. He was 25, not 52, and later flew for the "
            "coast guard.",
            error_published_at=LONG_AGO,
        ),
        notice(
            "An earlier version named the wrong archive. The letters of Ada Royce are in the city archive, not in the "
            "university’s.",
            error_published_at=LONG_AGO,
        ),
        notice(
            "A profile said Nadia Fenech learned Arabic in Malta. She learned it in Tunis.", error_published_at=LONG_AGO
        ),
        notice(
            "This article originally said the weir was built in 1911. It was built in 1921.",
            error_published_at=LONG_AGO,
        ),
    ],
    "wrong_label": [
        notice("This article has been updated to reflect that the mayor was not arrested."),
        notice("This story was updated with the latest figures for Kestrel County."),
        notice("This article has been updated: the hospital has closed one ward, not two as we said.", kind="update"),
        notice(
            "To clarify: we wrongly said that the choir was founded by Ruth Amadi. Esther Amadi founded it.",
            kind="clarification",
        ),
        notice("We are retracting our article about the pupils of Marsh Lane because its lists were forged."),
    ],
    "belittles": [
        notice("A minor mistake in our report: Idris Bello was acquitted of fraud, not convicted.", severity="high"),
    ],
    "retraction_without_reason": [
        notice("We have retracted the article “Ghost pupils of Marsh Lane”.", kind="retraction"),
        notice("Our story about the clinic is no longer available. It has been withdrawn.", kind="retraction"),
    ],
    "retraction_not_said": [
        notice("Two of the people quoted in our report on the clinic do not exist.", kind="retraction"),
    ],
    "only_link": [
        notice("Read our correction here: https://daily.example/corrections/C-1"),
    ],
    "repeats_error": [
        notice(
            "We wrote that the council had sold the old library to a developer for one dollar. It leased the building.",
            original_text="the council had sold the old library to a developer for one dollar",
        ),
    ],
    "same_passages": [
        notice("The weir was built in 1921, not 1911.", original_text="built in 1921", corrected_text="built in  1921"),
    ],
}
