"""More notices in the forms of agencies, papers and broadcasters, all invented: the rules have been tuned on these.

Each set was written after the rules as they then were and measured once before they were changed: `docs/testing.md` has
those figures. `test_linter.py` keeps what was gained.
"""

from datetime import UTC, datetime, timedelta

from corrections.linter import Notice

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=90)


def notice(text, kind="correction", **over):
    return Notice(**{"kind": kind, "text": text, "now": NOW, "headlines": ("Strike at the cannery ends",), **over})


GOOD = [
    notice(
        "An article on Nov. 3 about a strike at the Tolland cannery overstated how long it lasted. It went on for "
        "nine days, not three weeks."
    ),
    notice("A chart on Tuesday reversed the labels for wheat and barley. Wheat is the upper line."),
    notice(
        "An earlier version of this article misidentified the body of water in which the ferry sank. It was Lake "
        "Anse, not the Gulf of Anse."
    ),
    notice("The name of the drummer in the band Low Tern was misspelled. He is Jory Pascoe, not Pasco."),
    notice(
        "In a picture caption with our story on the regatta (14 November, page 9), the boat on the left was the "
        "Siskin, not the Dunlin as we had it."
    ),
    notice("A feature on allotments said that potatoes may be planted in August. We meant April."),
    notice(
        "Because of a reporting error by the national statistics office, this article gave growth in the third "
        "quarter as 0.9 percent. The office has since published 0.4 percent."
    ),
    notice("Mirela Danko, whom we described as a former prosecutor, still holds that office in Kestrel County."),
    notice("The first name of the Portuguese foreign minister is Inês. An article on Friday gave it as Iris."),
    notice("Our guide to winter markets listed the Hallam market as free. Entry costs £3 for adults."),
    notice("A transcript published with this interview attributed two answers to Dr. Roe that Dr. Kim gave."),
    notice(
        "Editors changed a sentence in this article that said the union had rejected the offer. The union has not "
        "voted yet."
    ),
    notice("The Tolland cannery employs 340 people, not 3,400."),
    notice(
        "This article was changed on 12 November 2026 to correct the date of the Marrow Bridge collapse, which was "
        "in 1907 rather than 1970."
    ),
    notice("Corrects paragraph 6 to say the loan was in Norwegian, not Swedish, crowns"),
    notice(
        "SKARN (Wire) — In a Nov. 9 story about avalanches, we erroneously reported that four skiers died. Three "
        "died; the fourth was rescued on Nov. 10."
    ),
    notice(
        "In an earlier version of this story, Judge Alma Reyes was quoted as saying the ruling was “final.” She said "
        "it was “not final.”"
    ),
    notice(
        "The article misquoted Cllr Hart as saying “we will close the baths”; her words were “we will not close the "
        "baths”."
    ),
    notice("A profile of the painter Jun Abe said that she left Osaka at 12. She was 21."),
    notice("Last week’s crossword listed 14 letters for 7 down. The answer has 13: lighthousemen."),
    notice(
        "We reported that Dana Whitlock pleaded guilty to assault. She pleaded guilty to disorderly conduct, a "
        "lesser charge."
    ),
    notice(
        "A table of school results transposed the columns for Elm Road and Oak Road. Elm Road’s pass rate is 71%, "
        "Oak Road’s 64%."
    ),
    notice(
        "An earlier version of this article included an outdated figure for the fleet of Calder Air. It now has 31 "
        "aircraft."
    ),
    notice(
        "The article as first published did not say that Pell & Sons had denied the allegation. Their denial has "
        "been added."
    ),
    notice("Readers were told in Sunday’s newsletter that clocks go forward this weekend. They go back."),
    notice(
        "It was incorrect to say that the Marlow tunnel is the longest in the country; the Brenn tunnel is 2 km longer."
    ),
    notice("Nadia Koval was born in Lviv, Ukraine. This obituary originally said she was born in Lublin, Poland."),
    notice("A headline on Thursday, “Mill to close in June,” was wrong. The mill’s owner said that it might close."),
    notice(
        "An essay about eels said they breed in the Sargasso Sea every year. Scientists do not know how often they "
        "breed."
    ),
    notice(
        "The photograph that ran with this story was of the old courthouse. The trial is being held in the new one, "
        "on Beck Street."
    ),
    notice("An item in the Nov. 15 digest said that the museum is closed on Mondays. It closes on Tuesdays."),
    notice("We said Oren Falk had been a spokesman for the party since 2014; in fact he took the job in 2019."),
    notice(
        "This story misstates nothing about the bill’s cost, but the original headline put it at $4 billion. The "
        "cost is $4 million."
    ),
    notice(
        "An article about the Fenby hospital trust misattributed a statement. It came from the trust’s chair, Lord "
        "Amery, and not from its chief executive."
    ),
    notice("The editor of the Fenby Times denied the claim, which our report attributed to the Fenby Post."),
    notice(
        "The reporter Sam Ostler was misidentified in a photo from the press gallery; the man pictured is Sam Oster, "
        "a clerk."
    ),
    notice("We published the wrong telephone number for the flood information line. It is 0300 555 0142."),
    notice(
        "An August article on the Marrow Bridge gave the wrong year of its opening. It opened in 1899. A descendant "
        "of the builder wrote to us about the mistake last week.",
        error_published_at=OLD,
    ),
    notice(
        "A map in July placed the Calder oil field in Norwegian waters. It is in Danish waters. The error went "
        "unnoticed until the map was used again on Monday.",
        error_published_at=OLD,
    ),
    notice(
        "This article refers to “most residents”; the survey it describes asked 40 people on one street.",
        kind="clarification",
    ),
    notice(
        "The vote described in this article was on a draft of the plan. A final vote is due in spring.",
        kind="clarification",
    ),
    notice("Updated on Nov. 18 with the names of the two climbers.", kind="update"),
    notice("This story has been updated to include Pell & Sons’ denial of false accounting.", kind="update"),
    notice(
        "Parts of this column closely resemble a 2019 article in another newspaper, without credit. We have added "
        "the credit.",
        kind="editors_note",
    ),
    notice(
        "We have withdrawn this story. The document on which it rested turned out to be a parody.", kind="retraction"
    ),
    notice(
        "An article on Monday about frost in the Selby orchards misstated the temperature at which apple blossom "
        "dies. It is minus 2 degrees Celsius, not minus 12."
    ),
    notice(
        "A front-page article on Sunday described the pianist Leo Marsh as self-taught. He studied at the Royal "
        "Conservatory."
    ),
    notice("Our story about the Penrow lifeboat had its crew at 12. There are seven."),
    notice("The sports pages on Saturday gave the attendance at Vane Park as 31,000; it was 13,000."),
    notice(
        "Quotation marks were placed around words that the bishop did not say. He was paraphrased by his secretary."
    ),
    notice("Ballots in the Ostrey recount are due on Dec. 4. The article had Dec. 14."),
    notice(
        "The word “not” was dropped from a sentence in Thursday’s interview with Lotte Braun. She said that she "
        "would not stand again."
    ),
    notice(
        "An earlier version of this article referred to Rosa Quill as the victim’s sister. Ms. Quill is the victim’s "
        "cousin."
    ),
    notice("A story on page B3 on Wednesday left out the first name of the injured cyclist, Petr Hajek."),
    notice(
        "Two captions in the photo essay on Penrow were swapped. The lifeboat is in the first picture and the pilot "
        "cutter in the second."
    ),
    notice("This article has been corrected: Selby produces 40,000 tons of apples a year, and not 400,000."),
    notice(
        "CORRECTION: Ardent Foods will close its Ostrey plant, which employs 90 people. An earlier alert said it "
        "would close all three plants."
    ),
    notice(
        "An earlier version of this article attributed a study of sleep in shift workers to the University of Vane. "
        "Researchers at Vane Hospital did the study."
    ),
    notice(
        "We incorrectly reported that the comet can be seen from Australia. It can be seen only from north of the "
        "equator."
    ),
    notice("Corrects day of the week of the concert to Thursday instead of Tuesday"),
    notice("(This Nov. 11 story has been corrected to say Ardent Foods’ profit fell, not rose, in paragraph 1)"),
    notice(
        "We stated on the evening news that Tor Lind had died. Mr. Lind is alive, and we apologize to him and his "
        "family."
    ),
    notice("The recipe for quince jam omitted the sugar: add 800 grams per kilo of fruit."),
    notice(
        "A quiz question last week had no right answer. The capital of Ostrey Province is Nell, which was not among "
        "the four choices."
    ),
    notice("A footnote gave the exchange rate of the krone on the wrong day. On Nov. 12 one euro bought 11.8 kroner."),
    notice("On the podcast of Nov. 9 the host said that the law was passed in 1974. Parliament passed it in 1947."),
    notice("Lotte Braun’s party holds 14 of 60 seats. A chart with our election guide drew 24."),
    notice("The story wrongly implied that Dr. Amin had been dismissed. She resigned."),
    notice("This article previously stated that the school had failed its inspection. It was rated “good”."),
    notice("Sven Dahl is not the chair of the rowing club, as stated in an article on Friday. That is Sofia Dahl."),
    notice(
        "An obituary of the botanist Imre Vas on Nov. 7 misstated the given name of his widow. She is Eszter Vas, "
        "not Esther."
    ),
    notice(
        "The byline on Tuesday’s review of “Glass Water” was incorrect. Juno Pell wrote it.", bylines=("Juno Pell",)
    ),
    notice(
        "A headline on an earlier version of this article misidentified the court. The High Court in Nell heard the "
        "case, not the Court of Appeal."
    ),
    notice(
        "We used a photograph of the wrong Anna Berg. The councillor is pictured above; the Anna Berg shown before "
        "is a teacher who has nothing to do with the case."
    ),
    notice(
        "A map accompanying an article about drought placed Lake Ansel in the neighboring province. The lake lies in "
        "Ostrey."
    ),
    notice("The inventor of the Vane pump was Clara Vane. We named her husband, George, who held the patent."),
    notice(
        "A September article on Leo Marsh gave his age as 47. He was 74. The mistake came to our attention when he "
        "turned 75.",
        error_published_at=OLD,
    ),
    notice(
        "An article in August about the Nell tram misstated its length. It is 14 kilometers, not 41. A reader "
        "noticed the error last week.",
        error_published_at=OLD,
    ),
    notice(
        "It is the ministry of transport that pays for the tunnel, rather than the province as we wrote in August. "
        "We regret the delay in publishing this correction.",
        error_published_at=OLD,
    ),
    notice("Tickets for the concert are sold out at the box office, 555-010-4477. We had said that some were left."),
    notice("The lawsuit is Braun v. Ardent Foods, case no. 26-1047-3312. An earlier version linked to another case."),
    notice("The reporter whom the judge ejected works for the Nell Courier, not for the Penrow Post."),
    notice("The sentence on mortgage aid now says that it is open to first-time buyers only.", kind="clarification"),
    notice("Figures for the harvest in this article are for the county, not for the town alone.", kind="clarification"),
    notice("This article has been updated with comment from the bishop’s office.", kind="update"),
    notice("The death toll has risen to nine, the coast guard said.", kind="update"),
    notice(
        "The author of this opinion piece holds shares in Ardent Foods. This should have been disclosed.",
        kind="editors_note",
    ),
    notice(
        "The Daily retracts this article. The interview with Rosa Quill on which it is based did not take place.",
        kind="retraction",
    ),
    notice(
        "This story was unpublished after we found that its main source had invented his war record.", kind="retraction"
    ),
    notice(
        "A previous version of this article said the Orme vaccine trial would enroll 30,000 people. The company "
        "plans to enroll 3,000."
    ),
    notice(
        "In a Nov. 2 article, the Metro section incorrectly identified the high school that Tyrell Gaines attends. "
        "He is a senior at Dunmore High."
    ),
    notice(
        "The Nov. 8 Food section recipe for pumpkin bread misstated the oven temperature. The oven should be set to "
        "350 degrees, not 450."
    ),
    notice(
        "Correction, Nov. 16: This story initially misidentified the agency that fined Brill Chemical. The state "
        "environmental board issued the fine, not the federal agency."
    ),
    notice(
        "This post has been corrected to say that Hana Ito is the first woman to lead the observatory, not the first "
        "astronomer."
    ),
    notice("Clare Dunne is a barrister. She was described as a solicitor in a report on the Tuam inquiry on Tuesday."),
    notice("In the results from Gowran Park, the winner of the 3.15 should have been given as Silent Mary."),
    notice(
        "The original version of this story stated Brill Chemical had been convicted in 2020. The company was "
        "charged but never convicted."
    ),
    notice("A letter to the editor on Friday was signed with the wrong name. It was written by Fergal Mooney."),
    notice(
        "Owing to wrong data from the league, the table on Monday’s back page showed Dunmore in fourth place. They "
        "are sixth."
    ),
    notice(
        "This piece has been amended to state that Lake Ito froze in 1963, rather than 1936 as originally published."
    ),
    notice("Our live coverage said polls close at 9 p.m. They close at 8 p.m. in the eastern counties."),
    notice("The stock fell 3.2 percent on Thursday, not 32 percent, as stated in the market report."),
    notice(
        "Yuki Sato’s research is funded by the Orme Foundation. An earlier version named the Orme company, which is "
        "unrelated, as the source of the money."
    ),
    notice(
        "A sentence that said the inquiry had cleared the bishop was removed because the inquiry has not reported yet."
    ),
    notice("An infographic about the budget showed health spending in millions of euros. The amounts are in billions."),
    notice("The wildfire burned 1,200 hectares, or 2,965 acres. The article had the two units the wrong way around."),
    notice(
        "A photo caption with Sunday’s travel article about Lisbon referred to the wrong bridge. The bridge is the "
        "Vasco da Gama."
    ),
    notice("The book’s title is “A House in Winter.” Our review called it “The House in Winter.”"),
    notice("The number of Dunmore residents without power was 460 on Friday evening. We had reported 4,600."),
    notice("Kofi Mensah was quoted as saying that the dam “will fail.” He said that it “could fail in an earthquake.”"),
    notice("A profile of Hana Ito on Nov. 4 misspelled her hometown. It is Hakodate."),
    notice("Because of wrong information provided by the police, the suspect’s age was given as 17. He is 27."),
    notice("The story linked Senator Paley to a bill that she voted against. Senator Bailey sponsored it."),
    notice(
        "A September article said Gowran Park opened in 1944. It opened in 1914. We were alerted to the error by the "
        "racecourse this week.",
        error_published_at=OLD,
    ),
    notice(
        "Lake Ito was placed in the wrong prefecture by an article in September; it is in Aomori. Nobody noticed "
        "until the map was reprinted, and the correction should have come sooner.",
        error_published_at=OLD,
    ),
    notice(
        "When this article says that one in five patients improved, it refers to those who finished the course.",
        kind="clarification",
    ),
    notice("Brill Chemical’s reply reached us after publication and is now included.", kind="update"),
    notice(
        "Three paragraphs of this essay were written with the help of a language model, which our rules do not "
        "allow. They have been removed.",
        kind="editors_note",
    ),
    notice(
        "We are withdrawing this report. The scientist it quotes, whom we never met in person, does not exist.",
        kind="retraction",
    ),
    notice(
        "An earlier version of this article misstated Mr. Adeyemi’s role at Lund & Co. He is its treasurer, not its "
        "president."
    ),
    notice(
        "An article on Nov. 12 about the ferry strike gave an incorrect date for the last walkout. It was in 2009, "
        "not 2011."
    ),
    notice("This article said that Fiona Strand won a BAFTA in 2014. She was nominated that year but did not win."),
    notice(
        "Due to a supplier’s error, our TV listings for Sunday were those of the week before. Sunday’s film is “The "
        "Wharf.”"
    ),
    notice(
        "In our Nov. 10 report on water rates, the average bill was given as £42 a month. It should have read £42 a "
        "year more."
    ),
    notice("The story incorrectly stated that the bill had been signed by Gov. Hale. Hale vetoed it on Tuesday."),
    notice(
        "A video on our home page showed footage of a 2018 flood in Bergen while describing last week’s flood in "
        "Molde. The video has been replaced."
    ),
    notice("We wrote that Corin Bay lies in Wales; it is in Cornwall."),
    notice(
        "A previous headline said the mayor “lied” about the contract. The inquiry found that he gave mistaken "
        "figures, and did not find that he lied."
    ),
    notice(
        "The second paragraph of this article originally attributed the quote “we are done” to Lena Marsh. Paula "
        "Marsh said it."
    ),
    notice(
        "A paragraph about Ms. Oyelaran’s health was removed. It did not meet our standards on privacy and should "
        "not have been published.",
        kind="editors_note",
    ),
    notice("Jonas Weber’s goal came in the 89th minute, and not in stoppage time as we had it in Monday’s paper."),
    notice(
        "The figure for rail deaths in 2025 is 17. An earlier version of this story used the figure for 2024, which "
        "was 23."
    ),
    notice("Corrects spelling of skipper’s name to Thorvald, not Torvald, throughout"),
    notice(
        "This story has been corrected to remove an incorrect reference to Lund & Co. as bankrupt. The firm is solvent."
    ),
    notice("Captions under two pictures of orchids were transposed. The lady’s slipper is the yellow one."),
    notice(
        "An October article on Corin Bay named the wrong county; the bay is in Cornwall. The parish council told us "
        "of the mistake on Monday.",
        error_published_at=OLD,
    ),
    notice(
        "The survey in this article was of 1,000 adults in Scotland; it does not speak for the whole of the UK.",
        kind="clarification",
    ),
    notice("Police have since released the man without charge.", kind="update"),
    notice(
        "The Courier has retracted this article after its author admitted that he made up two of the interviews.",
        kind="retraction",
    ),
]

BAD = {
    "no_error_named": [
        notice("This article was corrected on Nov. 14."),
        notice("Corin Bay is in Cornwall."),
        notice("An error in this story about the ferry strike has been corrected."),
        notice("Correction: this piece about the cannery has been revised."),
        notice("We have replaced the photograph of the courthouse."),
        notice("The Tolland cannery employs 340 people."),
        notice("Corrects story on the avalanche"),
        notice("This article had a mistake. It is now right."),
        notice("This article has been amended following a complaint."),
        notice("Selby produces 40,000 tons of apples a year."),
        notice("We have corrected our report on the lifeboat."),
        notice("Mistakes were made in our story about Dr. Amin."),
        notice("Leo Marsh studied at the Royal Conservatory, readers should know."),
        notice("A correction was made to this story on Nov. 16."),
        notice("Polls close at 8 p.m. in the eastern counties."),
        notice("This post was corrected after publication to fix a factual error."),
    ],
    "no_fact_named": [
        notice("We wrote that Corin Bay lies in Wales."),
        notice("An earlier version of this story misspelled the name of the skipper."),
        notice("The headline on our report about the mayor was wrong and has been changed."),
        notice("An earlier version of this article misidentified the boat in the picture of the regatta."),
        notice("This story incorrectly reported the number of skiers who died near Skarn."),
        notice(
            "The year of the Marrow Bridge collapse was given wrongly. The text has been amended and we regret the "
            "error."
        ),
        notice("In Friday’s obituary of the painter Jun Abe we got her age wrong. We apologize to her family."),
        notice("A chart showed the wrong line for wheat. It has been replaced."),
        notice("Our story quoted Judge Alma Reyes inaccurately."),
        notice("The story wrongly implied that Dr. Amin had been dismissed."),
        notice("An earlier version of this article misstated the temperature at which apple blossom dies."),
        notice("We incorrectly reported where the comet can be seen. The article has been changed."),
        notice("A map accompanying an article about drought placed Lake Ansel in the neighboring province."),
        notice("The length of the Nell tram was wrong in Tuesday’s paper; we apologise."),
        notice("A photo caption with Sunday’s travel article about Lisbon referred to the wrong bridge."),
        notice("The oven temperature in our recipe for pumpkin bread was incorrect. We regret the mistake."),
        notice("This article originally misreported Kofi Mensah’s remarks about the dam."),
        notice("We mistakenly named the wrong senator in our story on the water bill."),
    ],
    "not_self_contained": [
        notice("It was Tuesday, not Monday."),
        notice("A previous version of this story gave an incorrect name. That name has been corrected."),
        notice("We wrote 3,400. The correct number is 340."),
        notice("The figure should have been 13,000, not 31,000."),
        notice("She is his wife, not her sister."),
        notice("In an earlier version the second name was misspelled. It has been fixed."),
        notice("It is 350, not 450."),
        notice("They are sixth. We said fourth."),
    ],
    "euphemism": [
        notice("We have updated the story for accuracy: Corin Bay is in Cornwall, not Wales."),
        notice("A transcription error made 17 deaths 71. There were 17."),
        notice("We regret any confusion; Fiona Strand was nominated but did not win."),
        notice("For the sake of clarity we have changed the strike’s length from three weeks to nine days."),
        notice("Lake Anse was called the Gulf of Anse because of an error during editing."),
        notice("The mix-up over the drummer’s name, Jory Pascoe, not Pasco, is regretted."),
        notice("Owing to a computer glitch the wheat line was labeled barley."),
        notice("We apologise for any misunderstanding: Dana Whitlock did not plead guilty to assault."),
        notice("A misprint gave the number of aircraft of Calder Air as 310; there are 31."),
        notice("This article has been refined: the loan was in Norwegian, not Swedish, crowns."),
        notice("This story has been revised for accuracy: Lake Ansel lies in Ostrey, not in Nell."),
        notice("Because of an oversight, Rosa Quill was called the victim’s sister. She is his cousin."),
        notice("A slip of the pen made 14 kilometers of tram into 41. It is 14."),
        notice("We are sorry about any confusion: the comet is not visible from Australia."),
        notice("A formatting issue turned 13,000 spectators at Vane Park into 31,000."),
        notice("The bishop’s words were inadvertently placed in quotation marks. He did not say them."),
        notice(
            "The market report has been clarified for readers: the stock fell 3.2 percent, not 32, due to a keying "
            "error."
        ),
        notice("An editing mistake put Lake Ito in the wrong prefecture. It is in Aomori."),
        notice("Regrettably, a gremlin changed the winner of the 3.15 at Gowran Park, Silent Mary, to Silent Larry."),
        notice("We apologise for any inconvenience caused: polls close at 8 p.m., not 9."),
    ],
    "blames": [
        notice("Our TV critic mixed up two films. Sunday’s film is “The Wharf.”"),
        notice("Ola Brekke, our correspondent, misheard the number: 17 people died, not 70.", bylines=("Ola Brekke",)),
        notice("The copy desk wrote the wrong headline. The inquiry did not find that the mayor lied."),
        notice("The union has not voted, contrary to our report. The mistake was our labor reporter’s."),
        notice("A freelance writer misheard the minister: she said 14, not 40, ships."),
        notice("Mira Lund, who wrote this story, confused Lake Anse with the Gulf of Anse.", bylines=("Mira Lund",)),
        notice("The wheat line was labeled barley after a designer swapped the two labels."),
        notice(
            "Through a mistake by Mira Lund, this article put growth at 0.9 percent instead of 0.4.",
            bylines=("Mira Lund",),
        ),
        notice("The night desk failed to update the toll: three skiers died, not four."),
        notice("A sub-editor dropped the word “not” from our interview with Lotte Braun. She will not stand again."),
        notice(
            "Juno Pell mistakenly gave the attendance at Vane Park as 31,000. It was 13,000.", bylines=("Juno Pell",)
        ),
        notice("The crew of the Penrow lifeboat is seven, not 12. The error was our freelance correspondent’s."),
        notice("Due to a mistake by the production team, two captions were swapped: the lifeboat is on the left."),
        notice("Our weather editor confused Celsius and Fahrenheit: blossom dies at minus 2 Celsius, not at 28."),
        notice("A copy editor changed “could fail” to “will fail” in error. Kofi Mensah said that the dam could fail."),
        notice("Our stringer in Aomori got the year wrong: Lake Ito froze in 1963, not 1936."),
        notice("Nia Roche misread the league table; Dunmore are sixth, not fourth.", bylines=("Nia Roche",)),
        notice(
            "The wrong bridge appeared because the picture editor failed to check the archive. It is the Vasco da Gama."
        ),
    ],
    "personal_data": [
        notice(
            "Corin Bay is in Cornwall, not Wales, says our reader, who can be reached at 01736 555 014.",
            reader_phones=("+44 1736 555014",),
        ),
        notice(
            "Jun Abe was 21, not 12. Our reader can be reached at (0)20 7946 0958.", reader_phones=("+44 20 7946 0958",)
        ),
        notice("The Hallam market is not free, writes a visitor (h.dale@post.example)."),
        notice(
            "Petr Hajek is the injured cyclist, not Pavel Hajek. Source: (555) 010-7781.",
            reader_phones=("555 010 7781",),
        ),
        notice("The law passed in 1947, not 1974, as imre@vas.example pointed out."),
        notice(
            "Tyrell Gaines attends Dunmore High, not Dunmore Prep. Contact his mother at 555-010-3348 for questions."
        ),
        notice("Fergal Mooney wrote the letter, not Feargal Moore. His address is f.mooney@post.example."),
    ],
    "names_reader": [
        notice("Corin Bay is in Cornwall, not Wales. We thank Edwin Trago for writing.", reader_names=("Edwin Trago",)),
        notice(
            "Jory Pascoe is the drummer of Low Tern, not Jory Pasco. Hat tip: Hanna Dale.", reader_names=("Hanna Dale",)
        ),
        notice(
            "Two captions were swapped, as our reader Olga Prins noticed: the lifeboat is in the first picture, not "
            "the second.",
            reader_names=("Olga Prins",),
        ),
    ],
    "late_unexplained": [
        notice(
            "An October article on Corin Bay named the wrong county. The bay is in Cornwall.", error_published_at=OLD
        ),
        notice(
            "An August article said the Marrow Bridge opened in 1889. It opened in 1899 and was delayed by ten years.",
            error_published_at=OLD,
        ),
        notice(
            "A map in July placed the Calder oil field in Norwegian waters; it is in Danish waters, as geologists "
            "discovered later.",
            error_published_at=OLD,
        ),
        notice(
            "A profile in July misstated where Jun Abe studied. She told us about her years in Osaka, where she "
            "studied, not in Kyoto.",
            error_published_at=OLD,
        ),
        notice("A September article gave Leo Marsh’s age as 47. He was 74.", error_published_at=OLD),
        notice(
            "An August article put the Nell tram at 41 kilometers. It is 14, of which 3 opened later.",
            error_published_at=OLD,
        ),
        notice(
            "We named the husband of the inventor Clara Vane. Her papers are in the national archive and name her, "
            "not him.",
            error_published_at=OLD,
        ),
        notice("A September article said Gowran Park opened in 1944. It opened in 1914.", error_published_at=OLD),
        notice(
            "In September we named the wrong foundation. The Orme Foundation pays for Yuki Sato’s research, as her "
            "students learned.",
            error_published_at=OLD,
        ),
    ],
    "wrong_label": [
        notice("Update: Corin Bay is in Cornwall."),
        notice("An earlier version of this story incorrectly said that 70 people died. Seventeen did.", kind="update"),
        notice("Update: this story now reflects that three skiers died."),
        notice("This is to clarify that Dana Whitlock pleaded guilty to disorderly conduct."),
        notice("An earlier version of this story misstated the toll. Three skiers died, not four.", kind="update"),
        notice("Our report incorrectly called the vote final. It was on a draft.", kind="clarification"),
        notice("This story has been updated to show that Ardent Foods’ profit fell."),
        notice("Clarification: Tor Lind is alive."),
        notice("The article mistakenly said Parliament passed the law in 1974. It did so in 1947.", kind="update"),
        notice("An earlier version misquoted the bishop, who said no such thing.", kind="clarification"),
        notice("UPDATE: The wildfire burned 1,200 hectares."),
        notice("We incorrectly said that Clare Dunne is a solicitor. She is a barrister.", kind="clarification"),
        notice("This article has been updated to note that the inquiry has not cleared the bishop."),
    ],
    "retraction_without_reason": [
        notice("The Daily retracts this article.", kind="retraction"),
    ],
}
