"""What else the demo's titles published in four months: short pieces, so that figures are those of a newsroom."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count, product

from newsroom import references
from newsroom.accounts.models import Publication
from newsroom.articles.addresses import canonical_key
from newsroom.articles.models import Article, ArticleAddress, Revision
from newsroom.articles.services import text_sha256

DAYS = 118
A_DAY = 24
SEED = 1884
MARK = "brief-"
"""How the CMS ids of these pieces begin, after the title's slug."""
BATCH = 500

WHO = {
    "politics": ["Council", "Port commission", "School board", "Water district", "Planning panel"],
    "city": ["Fire brigade", "Parks office", "Tram company", "Night shelter", "Street works crew"],
    "business": ["Cannery", "Port Marlow Savings", "Shipyard", "Market stalls", "Ferry line"],
    "science": ["Marine station", "Observatory", "Tide office", "Botanic garden", "Weather service"],
    "culture": ["Harbor museum", "City theater", "Choir", "Film club", "Library"],
    "sport": ["Rowing club", "Handball team", "Harbor runners", "Ice hockey juniors", "Chess club"],
    "opinion": ["Letter", "Column", "Guest comment", "Editorial", "Notebook"],
}
WHAT = [
    "puts off a decision until next week",
    "opens its doors on Saturday",
    "asks for volunteers",
    "reports a quiet month",
    "thanks its members",
    "looks back on a long year",
    "moves to Custom Street",
    "names a new secretary",
    "wants longer hours",
    "answers questions about its plans",
    "counts fewer visitors",
    "meets in the old customs house",
    "sets a date for the summer",
    "waits for a ruling",
    "has a new address",
    "closes early on Monday",
    "buys a second boat",
    "tries out a new timetable",
    "turns thirty",
    "repairs its roof",
    "invites the neighbors",
    "begins the season",
    "speaks of a good start",
    "counts more visitors",
]
WEIGHT = {"politics": 3, "city": 4, "business": 2, "science": 1, "culture": 2, "sport": 3, "opinion": 1}
BYLINES = ["Cosima Dray", "Ilya Brandt", "Nell Okonjo", "Theo Marsh", "Ruth Vandermeer", ""]


def fill(publications: list[Publication], *, today: datetime) -> int:
    """Write them down as imported long ago, at once and without events: nobody acted on them. How many."""
    rows = list(_pieces(publications, today))
    articles = Article.objects.bulk_create([article for article, _body in rows], batch_size=BATCH)
    ArticleAddress.objects.bulk_create(
        [ArticleAddress(article=article, key=canonical_key(article.url), url=article.url) for article in articles],
        batch_size=BATCH,
    )
    Revision.objects.bulk_create(
        [
            Revision(
                article=article,
                number=1,
                headline=article.headline,
                body=body,
                sha256=article.revision_sha256,
                seen_at=article.published_at or today,
            )
            for article, (_article, body) in zip(articles, rows, strict=True)
        ],
        batch_size=BATCH,
    )
    return len(articles)


def _pieces(publications: list[Publication], today: datetime) -> Iterator[tuple[Article, str]]:
    """Each article with its text, the same for the same day."""
    chance = random.Random(SEED)  # noqa: S311 -- the same demo every time, no secret
    turns = {section: _shuffled(chance, section) for section in WHO}
    sections = [section for section, weight in WEIGHT.items() for _ in range(weight)]
    numbers = count(1)
    for days, _turn in product(range(DAYS, 1, -1), range(A_DAY)):
        publication, section, number = chance.choice(publications), chance.choice(sections), next(numbers)
        headline = next(turns[section])
        day = (today.astimezone(publication.zone) - timedelta(days=days)).date()
        moment = time(chance.randrange(6, 22), chance.randrange(60))
        published = datetime.combine(day, moment, tzinfo=publication.zone).astimezone(UTC)
        body = (
            f"{headline}, it was said in Port Marlow on {day:%A}. More is to be known by the end of the month.\n\n"
            "Questions are answered at the counter between nine and four."
        )
        yield (
            Article(
                reference=references.new("article"),
                publication=publication,
                external_id=f"{publication.slug}-{MARK}{number}",
                url=f"https://{publication.hosts[0]}/{section}/{day:%Y-%m-%d}-{number}",
                headline=headline,
                section=section,
                bylines=[name] if (name := chance.choice(BYLINES)) else [],
                language=publication.language,
                published_at=published,
                modified_at=published,
                revision=1,
                revision_sha256=text_sha256(headline, body),
            ),
            body,
        )


def _shuffled(chance: random.Random, section: str) -> Iterator[str]:
    """Headlines of this section, all of them before one comes again."""
    while True:
        rows = [f"{who} {what}" for who, what in product(WHO[section], WHAT)]
        chance.shuffle(rows)
        yield from rows
