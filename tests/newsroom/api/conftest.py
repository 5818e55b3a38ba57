"""Keys and clients for the probe routes."""

import pytest
from rest_framework.test import APIClient

from newsroom.accounts.models import Organization
from newsroom.accounts.services import issue_key


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def organization(db):
    return Organization.objects.create(name="Partner Inc.", slug="partner")


@pytest.fixture
def issued(organization):
    return issue_key(label="Partner", scopes=["requests:read", "requests:write"], organization=organization)


@pytest.fixture
def partner(issued):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued[1]}")
    return client
