"""A licensing desk that anyone can open, and a requester with a browser."""

import re

import pytest

from newsroom.web import form_token
from reprints.models import LicenseRequest
from tests.reprints import factories as make


@pytest.fixture
def publication(db):
    return make.make_publication(is_default=True)


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def consent(publication):
    """What the second step sends with the box ticked, where it shows the terms in force."""
    return {"agreed": "on", "terms_sha256": publication.terms.get().sha256}


@pytest.fixture
def fields(article):
    """What somebody types into both steps: an ordinary republication, priced by the card."""
    return {
        "article_urls": article.url,
        "use": "republish_web",
        "organization_type": "publisher",
        "quantity": "5,000",
        "portion": "full_text",
        "scope": "countries",
        "countries": "United States",
        "starts_on": make.item(article)["starts_on"],
        "ends_on": make.item(article)["ends_on"],
        "exclusivity": "none",
        "modifications": "none",
        "name": "Wanda Writer",
        "email": "wanda@review.example",
        "company": "The Review",
        "form_token": token(),
        "do": "send",
    }


def token(*, age=60):
    """A form token that was handed out a minute ago."""
    return form_token.issue("license_request", head_start=age)


@pytest.fixture
def ask(client, fields):
    """Send the form; `without` names are left out."""

    def send(*without, **over):
        data = {name: value for name, value in {**fields, **over}.items() if name not in without}
        return client.post("/reprints/new/", data)

    return send


@pytest.fixture
def open_page(client):
    """Follow a private link to the page without a token in its address."""

    def follow(path):
        first = client.get(path)
        assert first.status_code == 303
        second = client.get(first["Location"])
        assert second.status_code == 303
        return client.get(second["Location"])

    return follow


@pytest.fixture
def priced(ask, open_page):
    """A request with an open quote, and its opened private page."""
    answer = ask()
    page = open_page(answer["Location"])
    return LicenseRequest.objects.get(), page


def text(response):
    """The words of a page, in one line."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def form_of(response, action_end):
    """Action and hidden fields of the form whose action ends so."""
    pattern = rf'<form[^>]*action="([^"]*{re.escape(action_end)})"[^>]*>(.*?)</form>'
    action, inner = re.search(pattern, response.content.decode(), flags=re.DOTALL).groups()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inner))
    return action, hidden
