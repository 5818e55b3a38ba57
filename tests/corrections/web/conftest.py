"""What the tests of the reader's pages share."""

import pytest

from newsroom.web import form_token
from tests import browsing
from tests.factories import make_article, make_publication

URL = "https://daily.example/politics/bridge"


@pytest.fixture
def daily(db):
    return make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)


@pytest.fixture
def filled():
    """The fields of a complete form, fetched a minute ago."""

    def fields(**over):
        return {
            "article_url": "https://daily.example/politics/story",
            "claim": "It was 1.45 million, not 1.2 million.",
            "form_token": form_token.issue("report", head_start=60),
            **over,
        }

    return fields


@pytest.fixture(scope="module")
def browser(chromium_path):
    with browsing.started(chromium_path) as found:
        yield found


@pytest.fixture
def open_browser(browser, live_server, settings):
    with browsing.opening(browser, live_server, settings) as page:
        yield page


@pytest.fixture
def article(transactional_db):
    daily = make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)
    return make_article(daily, url=URL, headline="Bridge opens late")
