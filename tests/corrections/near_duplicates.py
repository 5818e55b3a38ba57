"""Pairs of reports that say the same in other words, and pairs that only look like it: made from a seed.

A fact is a sentence of an article with an error, and the ways readers put it. A near-duplicate is two readings of one
fact, each edited the way people write: typing errors, words left out, another order, a greeting, the passage marked in
full, in part or not at all. A hard negative is two facts of one article put in the same words.
"""

import random
from dataclasses import dataclass

from corrections.services.similar import Claim, compare
from newsroom.articles import passages


@dataclass(frozen=True)
class Fact:
    sentence: str
    wrong: str
    right: str
    about: str


ARTICLES = [
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
        Fact("The harbor master said that no boat was lost.", "no boat was lost", "two boats were lost", "lost boats"),
        Fact("The school on the island has 85 pupils.", "85 pupils", "58 pupils", "number of pupils"),
    ],
    [
        Fact("The museum opened its new wing on March 3.", "March 3", "April 3", "opening day of the wing"),
        Fact(
            "The painting was sold for 90,000 euros in 1974.", "90,000 euros", "19,000 euros", "price of the painting"
        ),
        Fact("Its director, Ottilie Brandt, studied in Vienna.", "Vienna", "Graz", "town where the director studied"),
        Fact("Admission is free on Sundays.", "Sundays", "Mondays", "day of free admission"),
        Fact("The collection holds 412 herons in glass.", "412 herons", "421 herons", "number of herons"),
    ],
]

READINGS = [
    "The {about} is wrong. It is {right}, not {wrong}.",
    "You wrote {wrong} but the {about} was {right}.",
    "It should be {right} instead of {wrong}: the {about} is incorrect.",
    "Please check the {about}; I am sure that it is {right}.",
    "{right} is correct, not {wrong}. That is the {about}.",
    "I was there. The {about} was {right} and your article says {wrong}.",
    "Wrong {about}! {right}!",
    "The article gives the {about} as {wrong}. According to the official record it is {right}.",
]
GREETINGS = ["", "Hello, ", "Dear editors, ", "hi there - ", "Good morning. ", ""]
CLOSINGS = ["", " Thank you.", " Please fix this.", " Regards, a longtime reader", "", " I read you every day."]


def text_of(article):
    return "Bridges and boats\n\n" + "\n\n".join(fact.sentence for fact in article)


def pairs(seed=7, number=200):
    """(two claims, whether they say the same): so many near-duplicates, and as many hard negatives."""
    chance = random.Random(seed)
    made = []
    for _index in range(number):
        article = chance.choice(ARTICLES)
        fact = chance.choice(article)
        first, second = chance.sample(READINGS, 2)
        made.append((told(chance, article, fact, first), told(chance, article, fact, second), True))
    for _index in range(number):
        article = chance.choice(ARTICLES)
        one, other = chance.sample(article, 2)
        reading = chance.choice(READINGS)
        made.append((told(chance, article, one, reading), told(chance, article, other, reading), False))
    return made


def told(chance, article, fact, reading):
    """One reader's report of the fact."""
    words = reading.format(about=fact.about, right=fact.right, wrong=fact.wrong)
    words = chance.choice(GREETINGS) + edited(chance, words) + chance.choice(CLOSINGS)
    passage = chance.choices(["", fact.wrong, fact.sentence, half(fact)], [4, 2, 3, 1])[0]
    place = passages.find(text_of(article), passage) if passage else None
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
    mistakes: list


def measured(seed=7, number=200):
    """What `compare` makes of the pairs of this seed."""
    made = pairs(seed, number)
    judged = [(one, other, same, bool(compare(one, other)[1])) for one, other, same in made]
    right = sum(same and said for _one, _other, same, said in judged)
    joined = sum(said for _one, _other, _same, said in judged)
    return Measured(
        precision=right / joined if joined else 0.0,
        recall=right / number,
        mistakes=[(one, other, same) for one, other, same, said in judged if same != said],
    )
