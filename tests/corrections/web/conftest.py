"""What the tests of the reader's pages share."""

import pytest
from playwright.sync_api import sync_playwright

from newsroom.web import form_token
from tests.factories import make_article, make_publication
from tests.services import QUIET

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


@pytest.fixture
def open_browser(chromium_path, live_server, settings, monkeypatch):
    # Playwright runs a loop in this thread; the test's own queries are made in it all the same, one at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.FORM_MIN_SECONDS = 0
    settings.BASE_URL = live_server.url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=QUIET)

        def page(**options):
            opened = browser.new_context(base_url=live_server.url, **options).new_page()
            opened.set_default_timeout(10_000)
            return opened

        yield page
        browser.close()


@pytest.fixture
def article(transactional_db):
    daily = make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)
    return make_article(daily, url=URL, headline="Bridge opens late")
