"""The demo's articles: one text file each, a short header and the text as it stands after every fix.

Header lines are `name: value`; each `fix: right <- wrong` line, oldest first, is one more revision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from newsroom.accounts.models import Publication
from newsroom.articles.services import ArticleData

FOLDER = Path(__file__).resolve().parent / "articles"
RIGHTS = {"ours": True, "theirs": False, "unknown": None}
ALL_FIXES = -1


@dataclass(frozen=True)
class Story:
    """One file. `fixes` are pairs (right, wrong), oldest first."""

    slug: str
    publication: str
    headline: str
    section: str
    byline: str
    days_ago: int
    hour: int
    body: str
    fixes: list[tuple[str, str]] = field(default_factory=list)
    rights: str = "ours"
    agency: str = ""
    photo: str = ""

    def text(self, fixes: int = ALL_FIXES) -> str:
        """The text with that many of its fixes made."""
        done = len(self.fixes) if fixes == ALL_FIXES else fixes
        body = self.body
        for right, wrong in reversed(self.fixes[done:]):
            body = body.replace(right, wrong)
        return body

    def published_at(self, publication: Publication, *, today: datetime) -> datetime:
        """When it appeared."""
        day = (today.astimezone(publication.zone) - timedelta(days=self.days_ago)).date()
        return datetime.combine(day, time(self.hour, 5), tzinfo=publication.zone).astimezone(UTC)

    def data(self, publication: Publication, *, today: datetime, now: datetime, fixes: int = 0) -> ArticleData:
        """The article as a CMS would push it now, with that many of its fixes made."""
        published_at = self.published_at(publication, today=today)
        url = f"https://{publication.hosts[0]}/{self.section}/{self.slug}"
        return {
            "url": url,
            "aliases": [f"https://{publication.hosts[0]}/amp/{self.slug}"],
            "external_id": f"{publication.slug}-{self.slug}",
            "headline": self.headline,
            "section": self.section,
            "bylines": [self.byline],
            "source_agency": self.agency,
            "language": publication.language,
            "published_at": published_at,
            "modified_at": now if fixes else published_at,
            "licensable": RIGHTS[self.rights],
            "components": [{"kind": "photo", "credit": self.photo, "licensable": False}] if self.photo else [],
            "body": self.text(fixes),
        }


def stories() -> dict[str, Story]:
    """Slug → story, in the order of the file names."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.txt"))}


def _read(path: Path) -> Story:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    values: dict[str, str] = {}
    fixes = []
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        if name == "fix":
            right, _, wrong = value.partition(" <- ")
            fixes.append((right, wrong))
        else:
            values[name] = value
    return Story(
        slug=path.stem,
        publication=values["publication"],
        headline=values["headline"],
        section=values["section"],
        byline=values["byline"],
        days_ago=int(values["days"]),
        hour=int(values["hour"]),
        body=body.strip(),
        fixes=fixes,
        rights=values.get("rights", "ours"),
        agency=values.get("agency", ""),
        photo=values.get("photo", ""),
    )
