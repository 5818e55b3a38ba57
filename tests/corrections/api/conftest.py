"""Clients: without a key, of a CMS, of a partner; a log whose signer remembers in a folder of the test's own."""

import itertools

import pytest
from rest_framework.test import APIClient

from newsroom.accounts.models import Organization
from newsroom.accounts.services import issue_key
from tests.factories import make_publication

_count = itertools.count(1)


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def publication(db):
    return make_publication()


@pytest.fixture
def client_of():
    """A client with a key: of publications (their CMS), or of a fresh partner when none is named."""

    def make(*publications, scopes=("events:read",), test=False):
        number = next(_count)
        partner = None if publications else Organization.objects.create(name=f"P{number}", slug=f"partner-{number}")
        _key, text = issue_key(label="Key", scopes=scopes, organization=partner, publications=publications, test=test)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return client

    return make


@pytest.fixture
def own_memory(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path
