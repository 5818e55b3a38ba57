"""The demo's titles, people, desks, guidelines, partners, keys and articles."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from newsroom.accounts.models import (
    ApiKey,
    Contact,
    Desk,
    DeskKind,
    Guideline,
    Membership,
    Organization,
    Publication,
    Role,
    User,
)
from newsroom.accounts.scopes import CMS, PARTNER
from newsroom.accounts.services import issue_key, revoke_key
from newsroom.articles.models import Article
from newsroom.articles.services import upsert
from newsroom.demo import archive
from newsroom.demo.clock import Clock
from newsroom.demo.texts import ALL_FIXES, Story, stories
from newsroom.events import endpoints, sealed
from newsroom.events.models import Endpoint

DAILY, EVENING = "harbor-daily", "harbor-evening"
PARTNER_SLUG, OTHER_SLUG, BLOCKED_SLUG = "lakeside-ledger", "meridian-review", "clipmill"
OPENED = 125
"""How many days ago the desk of the demo was opened."""
SIGNATORY = "ines.fairweather@lakesideledger.example"
GUIDELINES = Path(__file__).resolve().parent / "guidelines"

PRESS_COUNCIL = {
    "name": "The Estuary Press Council",
    "address": "https://presscouncil.example/complain",
    "limit": "within four months of our answer",
}
PUBLICATIONS: list[dict[str, Any]] = [
    {
        "slug": DAILY,
        "name": "The Harbor Daily",
        "tagline": "News of Port Marlow and the estuary since 1884",
        "hosts": ["harbordaily.example"],
        "is_default": True,
        "time_zone": "America/New_York",
        "legal_entity": "Harbor Newspapers Inc.",
        "legal_address": "12 Custom Street\nPort Marlow",
        "corrections_email": "corrections@harbordaily.example",
        "licensing_email": "licensing@harbordaily.example",
        "legal_phone": "+1 555 0184",
        "settings": {
            "complaints_body": [PRESS_COUNCIL],
            "statistics_open": True,
            "tax": {"country": "US", "rate": "0"},
            "payment_link": "https://pay.harborpress.example/{reference}?amount={amount}&currency={currency}",
        },
    },
    {
        "slug": EVENING,
        "name": "Harbor Evening",
        "tagline": "What happened today",
        "hosts": ["harborevening.example"],
        "desk_host": "desk.harborevening.example",
        "time_zone": "America/Chicago",
        "legal_entity": "Harbor Newspapers Inc.",
        "legal_address": "12 Custom Street\nPort Marlow",
        "corrections_email": "corrections@harborevening.example",
        "licensing_email": "licensing@harborevening.example",
        "legal_phone": "+1 555 0185",
        "settings": {
            "complaints_body": [PRESS_COUNCIL],
            "statistics_open": True,
            "invoicing": "builtin",
            "tax": {"country": "US", "rate": "6.25"},
            "payment_instructions": "First Estuary Bank, account 20 4411 07",
        },
    },
]
# Both quote in dollars, so that a client written against one title works against the other. The accounting system of
# the one writes its invoices; the desk of the other writes its own.

PEOPLE: dict[str, tuple[str, str, str]] = {
    "editor": ("Edda", "Kowalke", Role.DESK_EDITOR),
    "standards": ("Stellan", "Mbeki-Ross", Role.STANDARDS_EDITOR),
    "legal": ("Leonie", "Garrick", Role.LEGAL),
    "licensing": ("Lars", "Toivonen", Role.LICENSING_EDITOR),
    "manager": ("Minna", "Okafor", Role.LICENSING_MANAGER),
    "admin": ("Ada", "Winterbourne", Role.ADMIN),
}

ORGANIZATIONS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (
        {
            "slug": PARTNER_SLUG,
            "name": "Lakeside Ledger",
            "kind": "publisher",
            "address": "3 Promenade\nLakeside",
            "country": "US",
            "payment_terms": "on_account",
            "discount_percent": Decimal(10),
        },
        [
            {"name": "Ines Fairweather", "email": SIGNATORY, "is_signatory": True},
            {"name": "Bo Tanaka", "email": "bo.tanaka@lakesideledger.example"},
            {
                "name": "Accounts payable",
                "email": "accounts@lakesideledger.example",
                "is_requester": False,
                "is_billing": True,
            },
        ],
    ),
    (
        {
            "slug": OTHER_SLUG,
            "name": "Meridian Review",
            "kind": "broadcaster",
            "address": "90 Meridian Avenue\nFairhaven",
            "country": "US",
            "payment_terms": "prepay",
        },
        [
            {
                "name": "Otis Villanueva",
                "email": "otis.villanueva@meridianreview.example",
                "is_signatory": True,
                "is_billing": True,
            },
        ],
    ),
    (
        {"slug": BLOCKED_SLUG, "name": "Clipmill", "kind": "aggregator", "blocked": True},
        [{"name": "Rights desk", "email": "rights@clipmill.example", "is_signatory": True}],
    ),
]


@dataclass
class Secrets:
    """What is shown once: passwords by user name, key texts by their name in `demo.json`, the hook's secret."""

    passwords: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    webhook: str = ""


@dataclass
class Stage:
    """What the desks' demos play with. Articles stand at their first revision until `publish` brings the next."""

    clock: Clock
    publications: dict[str, Publication]
    people: dict[str, User]
    partners: dict[str, Organization]
    keys: dict[str, ApiKey]
    stories: dict[str, Story] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """When the demo is made: today."""
        return self.clock.today

    def publish(self, slug: str, *, fixes: int = ALL_FIXES) -> Article:
        """The CMS pushes the article with that many of its errors put right."""
        story = self.stories[slug]
        publication = self.publications[story.publication]
        done = len(story.fixes) if fixes == ALL_FIXES else fixes
        data = story.data(publication, today=self.now, now=self.clock.moment, fixes=done)
        article = upsert([publication], data, by=self.keys["cms"]).article
        self.articles[slug] = article
        return article


def build(clock: Clock) -> tuple[Stage, Secrets]:
    """Everything both desks need, four months ago. Raises `Invalid` when the demo's hook may not be called."""
    shown = Secrets()
    clock.go(OPENED)
    publications = {row["slug"]: Publication.objects.create(**row) for row in PUBLICATIONS}
    people = {name: _hire(name, shown) for name in PEOPLE}
    for publication in publications.values():
        _desks(publication, people)
        _guidelines(publication, clock.moment)
    partners = {row["slug"]: _partner(row, contacts) for row, contacts in ORGANIZATIONS}
    keys = issue_keys(partners, publications, shown)
    if settings.DEMO_WEBHOOK_URL:
        endpoint, shown.webhook = endpoints.create(partners[PARTNER_SLUG], url=settings.DEMO_WEBHOOK_URL)
        # Whoever runs this machine named the address: it is known to be theirs without a ping.
        Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.ACTIVE)
    archive.fill(list(publications.values()), today=clock.today)
    stage = Stage(clock, publications, people, partners, keys, stories())
    for slug, story in sorted(stage.stories.items(), key=lambda row: -row[1].days_ago):
        clock.moment = story.published_at(publications[story.publication], today=clock.today)
        clock.wait(minutes=1)
        stage.publish(slug, fixes=0)
    return stage, shown


def is_built() -> bool:
    """Whether this database holds the demo newsroom."""
    return Publication.objects.filter(slug__in=[DAILY, EVENING]).count() == len(PUBLICATIONS)


def renew_secrets() -> Secrets:
    """New passwords and keys for a demo whose file was lost; the old keys are revoked. The hook's secret stays."""
    shown = Secrets()
    for name in PEOPLE:
        person = User.objects.get(username=name)
        shown.passwords[name] = _password()
        person.set_password(shown.passwords[name])
        person.save(update_fields=["password"])
    for key in ApiKey.objects.filter(label__startswith="Demo: ", revoked_at=None):
        revoke_key(key)
    partners = {row.slug: row for row in Organization.objects.filter(slug__in=[PARTNER_SLUG, OTHER_SLUG])}
    publications = {row.slug: row for row in Publication.objects.filter(slug__in=[DAILY, EVENING])}
    issue_keys(partners, publications, shown)
    endpoint = Endpoint.objects.filter(organization=partners[PARTNER_SLUG]).order_by("pk").first()
    shown.webhook = sealed.open_text(endpoint.secret_encrypted) if endpoint else ""
    return shown


def issue_keys(
    partners: dict[str, Organization], publications: dict[str, Publication], shown: Secrets
) -> dict[str, ApiKey]:
    """The four keys of `demo.json`; their texts go into `shown`."""
    wanted: dict[str, dict[str, Any]] = {
        "partner": {"scopes": PARTNER, "organization": partners[PARTNER_SLUG]},
        "other_partner": {"scopes": PARTNER, "organization": partners[OTHER_SLUG]},
        "partner_test": {"scopes": PARTNER, "organization": partners[PARTNER_SLUG], "test": True},
        "cms": {"scopes": CMS, "publications": publications.values()},
    }
    keys = {}
    for name, of in wanted.items():
        keys[name], shown.keys[name] = issue_key(label=f"Demo: {name}", **of)
    return keys


def _hire(name: str, shown: Secrets) -> User:
    first, last, role = PEOPLE[name]
    shown.passwords[name] = _password()
    person = User.objects.create_user(
        username=name,
        email=f"{name}@harbordaily.example",
        password=shown.passwords[name],
        first_name=first,
        last_name=last,
        is_staff=True,
        is_superuser=name == "admin",
    )
    Membership.objects.create(user=person, publication=None, role=role)
    return person


def _password() -> str:
    return secrets.token_urlsafe(12)


def _desks(publication: Publication, people: dict[str, User]) -> None:
    for name, kind, sections, members in (
        ("News", DeskKind.CORRECTIONS, ["politics", "city", "business"], ["editor", "standards"]),
        ("Culture and science", DeskKind.CORRECTIONS, ["culture", "science"], ["editor"]),
        ("Corrections", DeskKind.CORRECTIONS, [], ["editor"]),
        ("Syndication", DeskKind.LICENSING, ["business", "science"], ["licensing"]),
        ("Licensing", DeskKind.LICENSING, [], ["licensing", "manager"]),
    ):
        desk = Desk.objects.create(publication=publication, kind=kind, name=name, sections=sections)
        desk.members.set(people[member] for member in members)


def _guidelines(publication: Publication, now: datetime) -> None:
    for kind in ("editorial", "ai"):
        Guideline.objects.create(
            publication=publication,
            kind=kind,
            number=1,
            body=(GUIDELINES / f"{kind}.txt").read_text(encoding="utf-8").strip(),
            effective_on=now.date(),
        )


def _partner(row: dict[str, Any], contacts: list[dict[str, Any]]) -> Organization:
    organization = Organization.objects.create(**row)
    Contact.objects.bulk_create(Contact(organization=organization, **contact) for contact in contacts)
    return organization
