"""A publication with a CMS key, and clients for the API."""

from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient

from newsroom.accounts.models import Organization, Publication
from newsroom.accounts.services import issue_key


def client_with(text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def daily(db):
    return Publication.objects.create(name="The Daily", slug="daily", hosts=["daily.example"])


@pytest.fixture
def weekly(db):
    return Publication.objects.create(name="The Weekly", slug="weekly", hosts=["weekly.example"])


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def cms(daily):
    key, text = issue_key(label="CMS", scopes=["articles:write"], publications=[daily])
    client = client_with(text)
    client.key = key
    return client


@pytest.fixture
def partner(db):
    organization = Organization.objects.create(name="Partner Inc.", slug="partner")
    return client_with(issue_key(label="Partner", scopes=["licenses:read"], organization=organization)[1])


@pytest.fixture
def story():
    """What a CMS sends, as a fresh dictionary for each use."""
    return SimpleNamespace(
        data=lambda **over: {
            "url": "https://daily.example/politics/story",
            "external_id": "cms-1",
            "headline": "Bridge opens late",
            "section": "politics",
            "bylines": ["Ann Reporter"],
            "language": "en",
            "published_at": "2026-11-20T08:00:00Z",
            "body": "The council spent 1.2 million.\n\nThe mayor opened it in May.",
            **over,
        }
    )
