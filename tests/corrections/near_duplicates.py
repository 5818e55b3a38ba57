"""Pairs of reports that say the same in other words, and pairs that only look like it: made from a seed.

A fact is a piece of a sentence that is wrong, and the ways readers put it. A near-duplicate is two readings of one
fact, each edited the way people write: typing errors, words left out, another order, a greeting, the passage marked in
full, in part or not at all. A hard negative is two facts of one article put in the same words, or two facts of one
sentence that both readers marked. Half of the articles and readings (`HELD_OUT`) is never looked at when thresholds and
words are set.
"""

import random
from collections import Counter
from dataclasses import dataclass

from corrections.services.similar import SAME, Claim, compare
from newsroom.articles import passages


@dataclass(frozen=True)
class Fact:
    sentence: str
    wrong: str
    right: str
    about: str


@dataclass(frozen=True)
class Material:
    """What pairs are made of. `crowded` are sentences with several facts each; `bare` readings name no value."""

    articles: list
    crowded: list
    readings: list
    bare: list


@dataclass(frozen=True)
class Pair:
    one: Claim
    other: Claim
    kind: str

    @property
    def same(self):
        return self.kind.startswith("same")


def crowd(sentence, *facts):
    return [Fact(sentence, *fact) for fact in facts]


TUNED = Material(
    articles=[
        [
            Fact(
                "The council spent 1.2 million dollars on the harbor bridge.",
                "1.2 million",
                "1.45 million",
                "cost of the bridge",
            ),
            Fact("The mayor, Robin Vale, cut the ribbon in May.", "Robin Vale", "Robyn Vail", "name of the mayor"),
            Fact("The vote on the levy was 8 to 3.", "8 to 3", "7 to 4", "result of the vote"),
            Fact("Some 300 people lost their homes in the flood of 1998.", "1998", "1988", "year of the flood"),
            Fact("The architect Mae Obi drew the first plans in 2011.", "2011", "2013", "date of the plans"),
        ],
        [
            Fact("The ferry takes 40 minutes to Gull Island.", "40 minutes", "55 minutes", "length of the ferry trip"),
            Fact("A ticket for the ferry costs 4 dollars.", "4 dollars", "6 dollars", "price of a ticket"),
            Fact("Captain Jo Renn has steered it for 20 years.", "20 years", "12 years", "years of the captain"),
            Fact(
                "The harbor master said that no boat was lost.", "no boat was lost", "two boats were lost", "lost boats"
            ),
            Fact("The school on the island has 85 pupils.", "85 pupils", "58 pupils", "number of pupils"),
        ],
        [
            Fact("The museum opened its new wing on March 3.", "March 3", "April 3", "opening day of the wing"),
            Fact(
                "The painting was sold for 90,000 euros in 1974.",
                "90,000 euros",
                "19,000 euros",
                "price of the painting",
            ),
            Fact(
                "Its director, Ottilie Brandt, studied in Vienna.", "Vienna", "Graz", "town where the director studied"
            ),
            Fact("Admission is free on Sundays.", "Sundays", "Mondays", "day of free admission"),
            Fact("The collection holds 412 herons in glass.", "412 herons", "421 herons", "number of herons"),
        ],
    ],
    crowded=[
        crowd(
            "In May 2011 Mayor Robin Vale opened the 340-meter harbor bridge, which had cost 1.2 million dollars.",
            ("May", "June", "month"),
            ("2011", "2012", "year"),
            ("Robin Vale", "Robyn Vail", "name"),
            ("340-meter", "304-meter", "length"),
            ("1.2 million", "1.45 million", "cost"),
        ),
        crowd(
            "Captain Jo Renn, 47, has steered the ferry from Port Marlow to Gull Island since 2004.",
            ("Jo Renn", "Joe Wren", "name"),
            ("47", "57", "age"),
            ("Port Marlow", "Port Anse", "harbor"),
            ("2004", "2014", "year"),
        ),
        crowd(
            "The council voted 8 to 3 on Tuesday to raise the levy by 4 percent, said its clerk, Mae Obi.",
            ("8 to 3", "7 to 4", "vote"),
            ("Tuesday", "Monday", "day"),
            ("4 percent", "14 percent", "percentage"),
            ("Mae Obi", "May Obie", "spelling of her name"),
        ),
    ],
    readings=[
        "The {about} is wrong. It is {right}, not {wrong}.",
        "You wrote {wrong} but the {about} was {right}.",
        "It should be {right} instead of {wrong}: the {about} is incorrect.",
        "Please check the {about}; I am sure that it is {right}.",
        "{right} is correct, not {wrong}. That is the {about}.",
        "I was there. The {about} was {right} and your article says {wrong}.",
        "Wrong {about}! {right}!",
        "The article gives the {about} as {wrong}. According to the official record it is {right}.",
    ],
    bare=[
        "The {about} is wrong.",
        "Wrong {about} here.",
        "Please check the {about} in this sentence.",
        "There is an error in the {about}.",
    ],
)

HELD_OUT = Material(
    articles=[
        [
            Fact("The orchard lost 70 percent of its blossom.", "70 percent", "17 percent", "loss of blossom"),
            Fact("Frost came on the night of April 21.", "April 21", "April 12", "night of the frost"),
            Fact("Selby grows 40,000 tons of apples a year.", "40,000 tons", "14,000 tons", "harvest of apples"),
            Fact("Its oldest grower, Piet Marais, is 91.", "91", "81", "age of the grower"),
            Fact("The pickers come from Poland.", "Poland", "Portugal", "country of the pickers"),
        ],
        [
            Fact("The comet was found by Hana Ito.", "Hana Ito", "Hanna Itoh", "discoverer of the comet"),
            Fact("It passes the sun every 76 years.", "76 years", "67 years", "period of the comet"),
            Fact(
                "The observatory stands 2,100 meters high.", "2,100 meters", "1,200 meters", "height of the observatory"
            ),
            Fact("It was built in 1931 by the navy.", "the navy", "the university", "builder of the observatory"),
            Fact("Visitors pay 12 crowns on weekdays.", "12 crowns", "20 crowns", "entry fee"),
        ],
        [
            Fact("Marstal won the final 2-1.", "2-1", "3-1", "score of the final"),
            Fact("Some 31,000 people watched at Vane Park.", "31,000", "13,000", "attendance"),
            Fact("Idris Bello scored the first goal.", "Idris Bello", "Samir Bello", "scorer of the first goal"),
            Fact("The coach, Ida Moe, leaves for Lund.", "Lund", "Lyon", "new club of the coach"),
            Fact("It was the club’s first title since 1987.", "1987", "1978", "last title"),
        ],
    ],
    crowded=[
        crowd(
            "On April 21, growers in Selby, among them Piet Marais, 91, lost 70 percent of the blossom to frost.",
            ("April 21", "April 12", "date"),
            ("Selby", "Shelby", "name of the town"),
            ("Piet Marais", "Pieter Maree", "surname"),
            ("91", "81", "age"),
            ("70 percent", "17 percent", "share"),
        ),
        crowd(
            "Hana Ito found the comet in 1931 at the navy’s observatory, 2,100 meters up on Mount Anse.",
            ("Hana Ito", "Hanna Itoh", "spelling of the astronomer"),
            ("1931", "1913", "year of discovery"),
            ("navy", "university", "owner"),
            ("2,100 meters", "1,200 meters", "height"),
            ("Mount Anse", "Mount Orme", "mountain"),
        ),
        crowd(
            "Marstal beat Lund 2-1 before 31,000 people at Vane Park on Saturday, with goals by Bello and Holt.",
            ("2-1", "3-1", "score"),
            ("31,000", "13,000", "number of spectators"),
            ("Vane Park", "Vance Park", "stadium"),
            ("Saturday", "Sunday", "day"),
            ("Holt", "Hult", "second scorer"),
        ),
    ],
    readings=[
        "Not {wrong}: the {about} is {right}.",
        "I think the {about} must be {right}, you have {wrong}.",
        "Your {about} is off, {right} would be right.",
        "As far as I know it was {right} and not {wrong}, see the {about}.",
        "{wrong}? No. {right}. Look up the {about} again.",
        "My family has lived here for years, and the {about} is {right}.",
        "Error in the text: {about}. Should read {right}.",
    ],
    bare=[
        "I doubt the {about}.",
        "The {about} cannot be right.",
        "You have the {about} wrong.",
        "Mistake: {about}.",
    ],
)
GREETINGS = ["", "Hello, ", "Dear editors, ", "hi there - ", "Good morning. ", ""]
CLOSINGS = ["", " Thank you.", " Please fix this.", " Regards, a longtime reader", "", " I read you every day."]
IN_ONE_SENTENCE = 3
"""One pair in so many is about a sentence with several facts."""


def text_of(sentences):
    return "Bridges and boats\n\n" + "\n\n".join(sentences)


def pairs(seed=7, number=200, material=TUNED):
    """So many near-duplicates, and as many hard negatives; of each, one in three within one sentence."""
    chance = random.Random(seed)
    made = []
    for index in range(number):
        if index % IN_ONE_SENTENCE:
            made.append(_same_in_article(chance, material))
            made.append(_other_in_article(chance, material))
        else:
            made.append(_same_in_sentence(chance, material))
            made.append(_other_in_sentence(chance, material, index // IN_ONE_SENTENCE))
    return made


def _same_in_article(chance, material):
    article = chance.choice(material.articles)
    fact = chance.choice(article)
    first, second = chance.sample(material.readings, 2)
    sentences = [each.sentence for each in article]
    return Pair(told(chance, sentences, fact, first), told(chance, sentences, fact, second), "same error")


def _other_in_article(chance, material):
    article = chance.choice(material.articles)
    one, other = chance.sample(article, 2)
    reading = chance.choice(material.readings)
    sentences = [each.sentence for each in article]
    return Pair(told(chance, sentences, one, reading), told(chance, sentences, other, reading), "other sentence")


def _same_in_sentence(chance, material):
    fact = chance.choice(chance.choice(material.crowded))
    first, second = chance.sample([*material.readings, *material.bare], 2)
    marks = chance.choice([(fact.sentence, fact.sentence), (fact.sentence, fact.wrong), (fact.wrong, fact.wrong)])
    sentences = [fact.sentence]
    one = told(chance, sentences, fact, first, passage=marks[0])
    return Pair(one, told(chance, sentences, fact, second, passage=marks[1]), "same error in a crowded sentence")


def _other_in_sentence(chance, material, index):
    """Two errors of one sentence: named alone, with their values, one of each, and one marked closely."""
    one, other = chance.sample(chance.choice(material.crowded), 2)
    kinds = {
        "both named alone": (material.bare, material.bare, one.sentence),
        "both with values": (material.readings, material.readings, one.sentence),
        "one named alone": (material.bare, material.readings, one.sentence),
        "one marked closely": (material.readings, material.bare, one.wrong),
    }
    kind = list(kinds)[index % len(kinds)]
    first, second, passage = kinds[kind]
    sentences = [one.sentence]
    return Pair(
        told(chance, sentences, one, chance.choice(first), passage=passage),
        told(chance, sentences, other, chance.choice(second), passage=other.sentence),
        f"other error, {kind}",
    )


def told(chance, sentences, fact, reading, passage=None):
    """One reader's report of the fact."""
    words = reading.format(about=fact.about, right=fact.right, wrong=fact.wrong)
    words = chance.choice(GREETINGS) + edited(chance, words) + chance.choice(CLOSINGS)
    if passage is None:
        passage = chance.choices(["", fact.wrong, fact.sentence, half(fact)], [4, 2, 3, 1])[0]
    place = passages.find(text_of(sentences), passage) if passage else None
    return Claim(words, passage, place)


def half(fact):
    words = fact.sentence.split()
    return " ".join(words[len(words) // 2 :])


def edited(chance, text):
    """Up to three slips: a word left out, two letters swapped, a letter doubled, everything in lower case."""
    words = text.split()
    for _slip in range(chance.randint(0, 3)):
        place = chance.randrange(len(words))
        word = words[place]
        slip = chance.randrange(4)
        if slip == 0 and len(words) > 5 and not any(letter.isdigit() for letter in word):
            words.pop(place)
        elif slip == 1 and len(word) > 4 and word.isalpha():
            at = chance.randrange(1, len(word) - 2)
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip == 2 and word.isalpha():
            words[place] = word + word[-1]
        elif slip == 3 and chance.random() < 0.3:
            words = [each.lower() for each in words]
    return " ".join(words)


@dataclass(frozen=True)
class Measured:
    precision: float
    recall: float
    told_apart: float
    """Of two errors in one sentence, the share that is not taken for one."""
    by_kind: dict
    mistakes: list


def measured(seed=7, number=200, material=TUNED):
    """What `compare` makes of the pairs of this seed."""
    judged = [(pair, compare(pair.one, pair.other)[1] in SAME) for pair in pairs(seed, number, material)]
    right = sum(pair.same and said for pair, said in judged)
    joined = sum(said for _pair, said in judged)
    crowded = [said for pair, said in judged if pair.kind.startswith("other error")]
    good = Counter(pair.kind for pair, said in judged if pair.same == said)
    every = Counter(pair.kind for pair, _said in judged)
    return Measured(
        precision=right / joined if joined else 0.0,
        recall=right / number,
        told_apart=crowded.count(False) / len(crowded),
        by_kind={kind: (good[kind], every[kind]) for kind in sorted(every)},
        mistakes=[pair for pair, said in judged if pair.same != said],
    )
